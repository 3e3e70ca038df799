"""Settling beside the settle step of OCA's commissions, as many lines in turn.

Theirs makes settlements of posted invoice lines, with no trace; ours computes the
amounts, and writes each with its steps and digest.
"""

import time

from odoo import api
from odoo.fields import Command

from tests.benchmarks import settle_lines
from tests.benchmarks.measure import pairs

MODULE = "account_commission_oca"
#: Lines that each settles in a round, of as many payees as a plan has.
LINES = 9_000
LINES_OF_AN_INVOICE = 30


def measure(plain, ours, plan, report):
    """At least four times as fast a line.

    :param plain: door of a database with :data:`MODULE`
    :param ours: door of the database with ``plan``, the id of a plan whose facts
        make three lines each
    """
    plain.get(_invoices)

    def theirs():
        return _undone(plain, _settle_step)

    def mine():
        seconds, lines, queries = settle_lines.settle(ours, plan, LINES // 3)
        _expect(lines)
        return seconds, queries

    their_time, my_time, queries, ratio = pairs(theirs, mine)
    report.say(
        f"{LINES} lines: commission_oca {their_time / LINES * 1e6:.0f} us a line, "
        f"ours {my_time / LINES * 1e6:.0f} us"
    )
    report.figure("settle-line-over-commission", ratio, 0.25, queries)


def _expect(lines):
    if lines != LINES:
        raise AssertionError(f"{lines} lines were settled, not {LINES}")


def _undone(door, act):
    """(seconds, queries) of a transaction that is rolled back."""
    with door.registry.cursor() as cr:
        env = api.Environment(cr, door.uid, {"tracking_disable": True})
        queries = cr.sql_log_count
        start = time.perf_counter()
        act(env)
        env.flush_all()
        seconds = time.perf_counter() - start
        queries = cr.sql_log_count - queries
        _expect(env["commission.settlement.line"].search_count([]))
        cr.rollback()
        return seconds, queries


def _settle_step(env):
    wizards = env["commission.make.settle"]
    wizards.create(
        {"date_to": "2026-06-01", "settlement_type": "sale_invoice"}
    ).action_settle()


def _invoices(env):
    """Posted invoices in March whose lines pay tiered commissions to 300 agents."""
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
    sections = [(0, 1000, 1), (1000.01, 2000, 2), (2000.01, 10**9, 3)]
    commission = env["commission"].create(
        {
            "name": "Tiers",
            "commission_type": "section",
            "settlement_type": "sale_invoice",
            "section_ids": [
                Command.create({"amount_from": low, "amount_to": high, "percent": rate})
                for low, high, rate in sections
            ],
        }
    )
    agents = env["res.partner"].create(
        [
            {
                "name": f"Agent {number}",
                "agent": True,
                "agent_type": "agent",
                "commission_id": commission.id,
                "settlement": "monthly",
            }
            for number in range(settle_lines.PAYEES)
        ]
    )
    customers = env["res.partner"].create(
        [
            {"name": f"Customer of {agent.name}", "commission_agent_ids": agent.ids}
            for agent in agents
        ]
    )
    product = env["product.product"].create({"name": "Visit", "type": "service"})
    moves = env["account.move"].with_context(tracking_disable=True)
    moves.create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": customers[number % len(customers)].id,
                "invoice_date": f"2026-03-{1 + number % 28:02}",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "price_unit": 1 + (number * 131 + line * 97) % 3999,
                            "tax_ids": [],
                        }
                    )
                    for line in range(LINES_OF_AN_INVOICE)
                ],
            }
            for number in range(LINES // LINES_OF_AN_INVOICE)
        ]
    ).action_post()
