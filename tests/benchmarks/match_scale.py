"""What finding the opportunities of a ticket costs among very many."""

import io
import itertools
import statistics

from odoo.tools import SQL, split_every

from odoo.addons.scrm_opportunity.matching import keys
from odoo.addons.scrm_opportunity.matching.signals import Subject

from .measure import Door, pairs

BATCH = 1_000
#: Opportunities whose keys are copied at once.
PIECE = 20_000
#: Rows are made by PostgreSQL, company names out of so many signs.
_SIGNS = (
    "晨华星达信恒新嘉宏源通利盛泰安瑞正博远海天东金龙光科业诚隆丰康顺和昌荣辉润泽邦腾"
    "凯旺祥益升创美百千万长江山河春夏秋冬松竹梅兰"
)
_TRADES = "{科技,贸易,机械,制冷设备,电子,建材,食品,物流}"
_PLACES = "{上海,北京,广州,深圳,杭州,苏州,成都,武汉,南京,宁波,青岛,无锡}"
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
#: The peer's index: similar names, as Odoo's own ``trigram`` fields have it.
_PEER_INDEX = """
    CREATE INDEX IF NOT EXISTS bench_trigram ON crm_lead
     USING gin (scrm_company_key gin_trgm_ops)
"""
_FILL = """
    WITH sign AS (SELECT %(signs)s::text AS all_signs, length(%(signs)s) AS many),
    drawn AS (
        SELECT number,
               substr(all_signs, 1 + (number * 7919 %% many)::int, 1)
               || substr(all_signs, 1 + (number / many * 104729 %% many)::int, 1)
               || CASE WHEN number %% 3 = 0 THEN
                  substr(all_signs, 1 + (number * 31 / 7 %% many)::int, 1)
                  ELSE '' END AS own,
               (%(trades)s::text[])[1 + (number * 13 %% 8)::int] AS trade,
               (%(places)s::text[])[1 + (number * 17 / 3 %% 12)::int] AS place,
               substr(%(family)s, 1 + (number %% 20)::int, 1)
               || substr(all_signs, 1 + (number * 11 / 5 %% many)::int, 1)
               || substr(all_signs, 1 + (number * 5 / 3 %% many)::int, 1) AS person
          FROM sign, generate_series(%(first)s::bigint, %(last)s::bigint) AS number
    )
    INSERT INTO crm_lead (
        name, type, active, won_status, stage_id, company_id, partner_name,
        contact_name, phone_sanitized, email_normalized, email_domain_criterion,
        scrm_company_key, scrm_person_key, street, city,
        date_last_stage_update, probability, create_date, write_date
    )
    SELECT place || own || trade || ' ' || number, 'opportunity', TRUE, 'pending',
           %(stage)s, %(company)s, place || own || trade || '有限公司',
           person, '+86139' || lpad(number::text, 8, '0'),
           'u' || number || '@c' || number / 2 || '.example',
           '@c' || number / 2 || '.example',
           own || trade || ' ' || place, person,
           place || '市人民路' || number %% 2000 || '号', place,
           now() - number %% 1000 * interval '1 day', 20, now(), now()
      FROM drawn
"""


def fill(door, first, last):
    """Open opportunities with these numbers, made by PostgreSQL itself."""

    def insert(env):
        env.cr.execute(
            _FILL,
            {
                "signs": _SIGNS,
                "trades": _TRADES,
                "places": _PLACES,
                "family": _FAMILY,
                "first": first,
                "last": last,
                "stage": env["crm.stage"].search([], limit=1).id,
                "company": env.company.id,
            },
        )

    def complete(env):
        """The keys, as the product makes them, copied in large pieces."""
        env.cr.execute("SELECT coalesce(max(lead_id), 0) FROM scrm_lead_key")
        env.cr.execute(
            "SELECT id, date_last_stage_update, scrm_company_key, scrm_person_key,"
            " street, email_normalized, email_domain_criterion, phone_sanitized"
            " FROM crm_lead WHERE id > %s",
            env.cr.fetchone(),
        )
        for rows in split_every(PIECE, env.cr.fetchall(), list):
            lines = (
                f"{key}\t{lead}\t{touched}\n"
                for lead, touched, company, person, street, email, domain, phone in rows
                for key in keys.lookup_keys(
                    company=company,
                    person=person,
                    street=street,
                    email=email,
                    domain=domain,
                    phones=[phone],
                )
            )
            env.cr._obj.copy_from(
                io.StringIO("".join(lines)),
                "scrm_lead_key",
                columns=("key", "lead_id", "touched"),
            )

    door.get(insert)
    door.get(complete)
    with door.registry.cursor() as cr:
        cr.commit()
        cr._cnx.autocommit = True
        cr.execute("VACUUM ANALYZE crm_lead, scrm_lead_key")
        cr.execute(_PEER_INDEX)
        cr._cnx.autocommit = False


def _subjects(door, count):
    """Tickets' sides: each repeats one opportunity with something changed."""

    def read(env):
        rows = env.execute_query(
            SQL(
                """
                SELECT scrm_company_key, scrm_person_key, phone_sanitized,
                       email_normalized, email_domain_criterion, street, city
                  FROM crm_lead
                 WHERE id IN (
                       SELECT low + number * ((high - low) / %(count)s)
                         FROM (SELECT min(id) AS low, max(id) AS high FROM crm_lead)
                              AS ends,
                              generate_series(1, %(count)s) AS number)
                """,
                count=count,
            )
        )
        return [
            Subject(
                company=company,
                person=person,
                phone=phone if number % 2 else None,
                email=email if number % 3 else None,
                domain=domain,
                street=street if number % 2 else None,
                city=city,
            )
            for number, (company, person, phone, email, domain, street, city)
            in enumerate(rows)
        ]  # fmt: skip

    return door.get(read)


def measure(registry, report, size):
    """Print the figures of a table with ``size`` opportunities."""
    door = Door(registry, 1)
    subjects = _subjects(door, BATCH)
    ours, floors = itertools.cycle(subjects), itertools.cycle(subjects)

    def match(wanted):
        def find(env):
            company = env.company.id
            return env["crm.lead"]._scrm_candidates(
                [(number, company, subject, "") for number, subject in wanted]
            )

        return door.run(find)

    def one():
        return match([(1, next(ours))])

    def floor():
        subject = next(floors)

        def search(env):
            env.cr.execute("SET LOCAL pg_trgm.similarity_threshold = 0.5")
            env.cr.execute(
                "SELECT id FROM crm_lead WHERE scrm_company_key %% %s",
                (subject.company,),
            )
            return env.cr.fetchall()

        return door.run(search)

    floor_s, one_s, queries, ratio = pairs(floor, one, repeat=20, warm=5)
    report.say(
        f"{size:,} opportunities: one trigram search {floor_s * 1000:.1f} ms, "
        f"one ticket {one_s * 1000:.1f} ms"
    )
    report.figure(f"match_one_{size}", ratio, 3.0, queries)

    def batch():
        return match(list(enumerate(subjects)))

    def each():
        times = [one()[0] for _number in range(10)]
        return statistics.median(times) * BATCH, 0

    each_s, batch_s, queries, ratio = pairs(each, batch, warm=1)
    report.say(f"1,000 tickets: {batch_s:.2f} s in one call, {each_s:.2f} s one by one")
    report.figure(f"match_batch_{size}", ratio, 0.2, queries)
