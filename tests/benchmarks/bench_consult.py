"""``make bench-consult``: what is there when a customer asks: the whole communication
record among a million messages, replies among 20,000, causes among 100,000 cases.

All is made by PostgreSQL itself, by number: every run has the same.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import odoo.init  # noqa: E402, F401

from tests.benchmarks import rooms  # noqa: E402
from tests.benchmarks.measure import Door, Report, pairs  # noqa: E402

MESSAGES, TICKETS, CUSTOMERS = 1_000_000, 100_000, 20_000
#: Of the customer whose record is opened: this part of all messages and tickets.
SHARE = 100
REPLIES = 20_000
#: What somebody who waits for an answer is to wait at most, in seconds.
PATIENCE = 3.0
_SIGNS = (
    "水泵电机漏声音转动屏幕按键热冷管阀门刹车油灯开关线路板过滤网皮带轴承风扇异响堵塞"
)

_FILL = """
    CREATE TEMP TABLE bench_said ON COMMIT DROP AS
    SELECT number,
           (SELECT string_agg(
                       substr(%(signs)s, 1 + (number * prime %% many)::int, 2), '，')
              FROM unnest(ARRAY[7, 31, 101, 331, 733]) prime) AS text
      FROM generate_series(1, %(cases)s::bigint) number,
           (SELECT length(%(signs)s) - 1 AS many) signs;

    INSERT INTO res_partner (name, complete_name, active, type)
    SELECT 'Customer ' || number, 'Customer ' || number, TRUE, 'contact'
      FROM generate_series(1, %(customers)s) number;
    UPDATE res_partner SET commercial_partner_id = id
     WHERE commercial_partner_id IS NULL;

    INSERT INTO helpdesk_ticket (
        number, name, description, active, company_id, team_id, stage_id, partner_id,
        commercial_partner_id, create_date, write_date, priority, closed_date,
        rating_status, scrm_door)
    SELECT 'B' || said.number, 'Case ' || said.number, '<p>' || said.text || '</p>',
           TRUE, %(company)s, %(team)s, %(stage)s, owner.id, owner.id,
           now() - said.number * interval '9 minutes', now(), '1', now(),
           'no_rate', 'backend'
      FROM bench_said said
      JOIN (SELECT id, row_number() OVER (ORDER BY id) AS number
              FROM res_partner WHERE name LIKE 'Customer %%') owner
        ON owner.number = CASE WHEN said.number %% %(share)s = 0 THEN 1
                               ELSE 1 + said.number %% %(customers)s END;

    INSERT INTO scrm_ticket_case (ticket_id, words)
    SELECT ticket.id, replace(said.text, '，', ' ')
      FROM bench_said said
      JOIN helpdesk_ticket ticket ON ticket.number = 'B' || said.number;

    INSERT INTO mail_message (
        model, res_id, author_id, date, message_type, subtype_id, body, is_internal,
        create_date)
    SELECT 'helpdesk.ticket', ticket.id, ticket.partner_id,
           ticket.create_date + part * interval '1 minute', 'comment', %(comment)s,
           '<p>' || part || ' ' || ticket.description || '</p>', FALSE, now()
      FROM helpdesk_ticket ticket, generate_series(1, %(each)s) part
     WHERE ticket.number LIKE 'B%%';

    INSERT INTO scrm_reply (key, name, text, active, words)
    SELECT 'reply_' || number, jsonb_build_object('en_US', text),
           jsonb_build_object('en_US', text), TRUE, replace(text, '，', ' ')
      FROM bench_said WHERE number <= %(replies)s;
"""


def fill(env):
    """Everything, and what the planner knows of it."""
    env.cr.execute(
        _FILL,
        {
            "signs": _SIGNS,
            "cases": TICKETS,
            "customers": CUSTOMERS,
            "share": SHARE,
            "each": MESSAGES // TICKETS,
            "replies": REPLIES,
            "company": env.company.id,
            "team": env["helpdesk.ticket.team"].search([], limit=1).id or None,
            "stage": env["helpdesk.ticket.stage"].search([], limit=1).id,
            "comment": env.ref("mail.mt_comment").id,
        },
    )


def main():
    report = Report()
    rooms.prepare_odoo()
    with rooms.copy_of("ticket") as name:
        registry = rooms.open_registry(name)
        start = time.perf_counter()
        Door(registry, 1).run(fill)
        with registry.cursor() as cr:
            for table in (
                *("mail_message", "helpdesk_ticket", "res_partner"),
                *("scrm_ticket_case", "scrm_reply"),
            ):
                cr.execute(f"ANALYZE {table}")
        report.say(f"filled in {time.perf_counter() - start:.0f} s")
        door = Door(registry, 2)
        customer = door.get(
            lambda env: env["res.partner"].search([("name", "=", "Customer 1")]).id
        )
        _talks(door, customer, report)
        _advice(door, customer, report)
    if report.missed:
        report.say(f"missed: {', '.join(report.missed)}")
    return 1 if report.missed else 0


def _talks(door, customer, report):
    def page(**kwargs):
        return door.run(
            lambda env: env["res.partner"].browse(customer).scrm_talks(**kwargs)
        )

    def plain():
        return door.run(
            lambda env: env["mail.message"]
            .search([("author_id", "=", customer)], limit=40)
            .read(["date", "body", "author_id", "record_name"])
        )

    deep, pages = None, 0
    while pages < 100:
        answer = page(limit=100, after=deep)[2]
        pages += 1
        if not answer["next"]:
            break
        deep = answer["next"]
    report.say(f"{pages} pages of 100 of one customer among {MESSAGES:,} messages")
    for label, ours in (
        ("talks_page", page),
        ("talks_search", lambda: page(search="水泵 7")),
    ):
        theirs, mine, queries, ratio = pairs(plain, ours)
        report.say(
            f"{label}: {mine * 1000:.0f} ms; 40 messages plain {theirs * 1000:.0f} ms, "
            f"ratio {ratio:.2f}"
        )
        report.figure(f"{label}_of_3_s", mine / PATIENCE, 1.0, queries)
    _first, last, queries, ratio = pairs(page, lambda: page(after=deep))
    report.say(f"the page at the end: {last * 1000:.0f} ms")
    report.figure("talks_deep", ratio, 2.0, queries)


def _advice(door, customer, report):
    ticket = door.get(
        lambda env: env["helpdesk.ticket"]
        .search([("partner_id", "=", customer)], limit=1)
        .id
    )

    def advice():
        return door.run(lambda env: env["helpdesk.ticket"].browse(ticket).scrm_advice())

    def floor():
        """The words looked for in all replies and tickets, without an index."""
        return door.run(
            lambda env: env.cr.execute(
                "SELECT count(*) FROM scrm_reply WHERE text->>'en_US' ILIKE '%水泵%';"
                "SELECT count(*) FROM helpdesk_ticket WHERE description ILIKE '%水泵%'"
            )
        )

    theirs, mine, queries, ratio = pairs(floor, advice)
    report.say(
        f"advice: {mine * 1000:.0f} ms; reading all texts for one word "
        f"{theirs * 1000:.0f} ms, ratio {ratio:.2f}"
    )
    report.figure("advice_of_3_s", mine / PATIENCE, 1.0, queries)


if __name__ == "__main__":
    sys.exit(main())
