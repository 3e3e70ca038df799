"""Settling facts: per line beside the floor, flat in the number, memory of a worker.

The floor is psycopg2's batch INSERT of the same rows, trace and digest included,
into the same table with its indexes and foreign keys, and nothing else.
"""

import os
import resource
import statistics
import time

from psycopg2.extras import execute_values

from odoo.fields import Command

#: Facts of a measured round; the long round shows whether the cost stays flat.
SMALL, LARGE = 10_000, int(os.environ.get("SCRM_BENCH_FACTS", 100_000))
PAYEES = 300
ROUNDS = 5
#: Columns of a record that the settlement writes.
COLUMNS = (
    *("fact_id", "plan_id", "version_id", "component_id", "component_key"),
    *("rule_id", "payee_id", "source_key", "source_name", "revision", "basis_date"),
    *("amount", "currency_id", "company_id", "computed_at", "inputs", "steps"),
    *("parts", "digest", "create_uid", "create_date"),
)


def prepare(door):
    """A plan with as many facts as the long round takes; returns the plan's id."""
    plan = door.get(_make_plan)
    door.get(lambda env: _make_facts(env, LARGE))
    return plan


def measure(door, plan, report):
    small = [settle(door, plan, SMALL) for _round in range(ROUNDS)]
    per_small = statistics.median(seconds / lines for seconds, lines, _ in small)
    floors = [_floor(door, plan) for _round in range(ROUNDS)]
    floor = statistics.median(floors)
    queries = statistics.median(queries for _s, _l, queries in small)
    report.say(
        f"{small[0][1]} lines of {SMALL} facts: {per_small * 1e6:.0f} us a line, "
        f"batch INSERT {floor * 1e6:.0f} us"
    )
    report.figure("settle-line-over-insert", per_small / floor, 6.0, queries)
    seconds, lines, queries = settle(door, plan, LARGE)
    report.say(f"{lines} lines of {LARGE} facts: {seconds:.1f} s")
    report.figure("settle-flat", seconds / lines / per_small, 1.6, queries)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report.say(f"peak memory of the process {peak:.0f} MiB")
    report.figure("settle-memory-of-500-mib", peak / 500, 1.0, 0)


def settle(door, plan, count):
    """(seconds, lines, queries) of settling ``count`` facts; undone afterwards."""
    with door.registry.cursor() as cr:
        env = _env(cr, door.uid)
        queries = cr.sql_log_count
        start = time.perf_counter()
        lines, last = 0, 0
        record = env["scrm.settlement.plan"].browse(plan)
        while last < count:
            facts = record._next_facts(last)[: count - last]
            if not facts:
                break
            records, _problems = record._settle(facts)
            lines += len(records)
            last += len(facts)
        seconds = time.perf_counter() - start
        queries = cr.sql_log_count - queries
        cr.rollback()
        return seconds, lines, queries


def _floor(door, plan):
    """Seconds per line of inserting the same rows in batches; undone afterwards."""
    with door.registry.cursor() as cr:
        env = _env(cr, door.uid)
        record = env["scrm.settlement.plan"].browse(plan)
        record._settle(record._next_facts(0))
        names = ", ".join(COLUMNS)
        cr.execute(f"SELECT {names} FROM scrm_settlement_record")  # noqa: S608
        rows = [_plain(row) for row in cr.fetchall()]
        cr.rollback()
        start = time.perf_counter()
        execute_values(
            cr._obj,
            f"INSERT INTO scrm_settlement_record ({names}) VALUES %s",  # noqa: S608
            rows,
            page_size=1000,
        )
        seconds = time.perf_counter() - start
        cr.rollback()
        return seconds / len(rows)


def _plain(row):
    from psycopg2.extras import Json

    return [Json(value) if isinstance(value, dict | list) else value for value in row]


def _env(cr, uid):
    from odoo import api

    return api.Environment(cr, uid, {"tracking_disable": True})


def _make_plan(env):
    """12 rules in 3 components, as a plan of some size has.

    :return: id of the plan
    """
    product = env["product.product"].create({"name": "Fee", "type": "service"})

    def rules(formula):
        return [
            Command.create(
                {
                    "key": f"rule_{number}",
                    "name": f"Rule {number}",
                    "rank": number,
                    **formula,
                    "condition_ids": [
                        Command.create(
                            {
                                "dimension": "price_total",
                                "operator": "between",
                                "value": f"{number * 1000}, {(number + 1) * 1000}",
                            }
                        )
                    ],
                }
            )
            for number in range(4)
        ]

    tiers = [(0, 1000, 1), (1000, 2000, 2), (2000, 0, 3)]
    formulas = (
        {"formula": "percent", "rate": 8, "dimension": "price_total"},
        {
            "formula": "range",
            "inner": "percent",
            "rate": 20,
            "dimension": "price_total",
            "minimum": 80,
            "maximum": 150,
        },
        {
            "formula": "slab",
            "unit": "percent",
            "dimension": "price_total",
            "tier_ids": [
                Command.create({"above": low, "up_to": high, "value": rate})
                for low, high, rate in tiers
            ],
        },
    )
    components = [
        Command.create(
            {
                "key": f"part_{number}",
                "name": f"Part {number}",
                "product_id": product.id,
                "rule_ids": rules(formula),
            }
        )
        for number, formula in enumerate(formulas)
    ]
    plan = env["scrm.settlement.plan"].create(
        {
            "key": "bench",
            "name": "Bench",
            "payee_node_key": "visit",
            "version_ids": [
                Command.create(
                    {"valid_from": "2020-01-01", "component_ids": components}
                )
            ],
        }
    )
    return plan.id


def _make_facts(env, count):
    """Facts of 300 payees with inputs as wide as a ticket's."""
    partners = env["res.partner"].create(
        [{"name": f"Payee {number}"} for number in range(PAYEES)]
    )
    env.cr.execute(
        """
        INSERT INTO scrm_settlement_fact (
            source_model, source_id, source_key, source_name, event, revision, cause,
            basis_date, occurred_at, inputs, people, company_id, digest)
        SELECT 'helpdesk.ticket', 0, 'bench:' || n, 'HT' || n, 'ticket_done', 0, 'done',
               DATE '2026-03-01' + (n %% 28), now() AT TIME ZONE 'UTC',
               jsonb_build_object(
                   'price_total', 1 + n %% 3999, 'region', 'East', 'priority', '1',
                   'template', 'installation', 'store', 'store_' || n %% 40,
                   'field.area', n %% 200, 'customer', 'Customer ' || n %% 999),
               jsonb_build_object('visit', (%s::int[])[1 + n %% %s]),
               %s, repeat('0', 64)
          FROM generate_series(1, %s) AS n
        """,
        [partners.ids, PAYEES, env.company.id, count],
    )
    env.cr.execute("ANALYZE scrm_settlement_fact")
