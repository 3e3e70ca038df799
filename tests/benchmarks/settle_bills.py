"""Posting 300 statements beside the same bills by plain ``account.move``."""

import time

from odoo.fields import Command

from tests.benchmarks.measure import pairs

STATEMENTS = 300
RECORDS = 30_000


def measure(door, report):
    ready = door.get(_prepare)

    def plain():
        return _undone(door, lambda env: _plain_bills(env, ready))

    def ours():
        return _undone(
            door,
            lambda env: env["scrm.settlement.statement"].browse(ready).action_post(),
        )

    theirs, mine, queries, ratio = pairs(plain, ours)
    report.say(
        f"{STATEMENTS} statements of {RECORDS} records: {mine:.1f} s, the same bills "
        f"by account.move {theirs:.1f} s"
    )
    report.figure("settle-post-300", ratio, 1.2, queries)


def _undone(door, act):
    """(seconds, queries) of a transaction that is rolled back."""
    from odoo import api

    with door.registry.cursor() as cr:
        env = api.Environment(cr, door.uid, {})
        queries = cr.sql_log_count
        start = time.perf_counter()
        act(env)
        env.flush_all()
        seconds = time.perf_counter() - start
        queries = cr.sql_log_count - queries
        cr.rollback()
        return seconds, queries


def _prepare(env):
    """Ids of 300 approved statements of the benchmark's plan."""
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
    plan = env["scrm.settlement.plan"].search([("key", "=", "bench")])
    last = 0
    for _portion in range(RECORDS // 3 // 2000):
        facts = plan._next_facts(last)
        plan._settle(facts)
        last = facts[-1]["id"]
    statements = env["scrm.settlement.statement"].prepare("bench", "2026-03")
    statements.action_confirm()
    statements._step({"author_ids": [Command.clear()]})
    statements.action_approve()
    return statements.ids


def _plain_bills(env, ids):
    statements = env["scrm.settlement.statement"].browse(ids)
    products = statements.record_ids.component_id.product_id
    moves = env["account.move"].create(
        [
            {
                "move_type": "in_invoice",
                "partner_id": statement.payee_id.id,
                "invoice_date": "2026-03-31",
                "date": "2026-03-31",
                "ref": f"plain {statement.name}",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": products[0].id,
                            "name": "Fee",
                            "quantity": 1,
                            "price_unit": statement.amount_total,
                            "tax_ids": [],
                        }
                    )
                ],
            }
            for statement in statements
        ]
    )
    moves.action_post()
