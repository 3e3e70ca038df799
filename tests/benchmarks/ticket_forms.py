"""Tickets with a form of 60 fields beside tickets of plain helpdesk_mgmt.

``bare`` is a ticket of ours without a template: what the 60 fields alone cost.
"""

import itertools
from xml.etree import ElementTree

from odoo.fields import Command

from . import business
from .measure import pairs

FIELDS = 60
MANY = 100_000
SHOWN = 80
KEY = "bench_text_0"
_kinds = ("text", "number", "choice", "date", "yes_no", "money")
_numbers = itertools.count(1)


class Forms:
    """A template with 60 fields of six types, and tickets of it.

    :param plain: door of the superuser into the plain database
    :param ours: the same into ours
    """

    def __init__(self, plain, ours):
        self.plain, self.ours = plain, ours
        self.plain_is = plain.get(business.Business)
        self.ours_is = ours.get(business.Business)
        self.template = ours.get(self._add_template)
        self.plain_tickets = plain.get(lambda env: self._tickets(env, self.plain_is))
        self.bare_tickets = ours.get(lambda env: self._tickets(env, self.ours_is))
        more = {"template_id": self.template, "scrm_values": values()}
        self.our_tickets = ours.get(
            lambda env: self._tickets(env, self.ours_is, **more)
        )

    def _add_template(self, env):
        made = env["scrm.form.field"].create(
            [
                {
                    "key": key,
                    "name": key.replace("_", " ").capitalize(),
                    "type": kind,
                    "option_ids": [
                        Command.create({"key": name, "name": name.capitalize()})
                        for name in ("one", "two", "three", "four")
                    ]
                    if kind == "choice"
                    else [],
                }
                for key, kind in keys()
            ]
        )
        template = env["scrm.ticket.template"].create(
            {
                "key": "bench_form",
                "name": "Sixty fields",
                "team_id": self.ours_is.team,
                "portal_published": True,
                "line_ids": [Command.create({"field_id": one.id}) for one in made],
            }
        )
        return template.id

    def _tickets(self, env, who, **more):
        tickets = env["helpdesk.ticket"].with_context(tracking_disable=True)
        rows = [who.ticket_vals(**more) for _number in range(SHOWN)]
        return tickets.create(rows).ids

    def door(self, name):
        """The desk clerk's door into ``plain`` or ``ours``."""
        return getattr(self, name).as_user(getattr(self, f"{name}_is").clerk)


def keys():
    """(key, type) of the 60 fields."""
    for number in range(FIELDS):
        kind = _kinds[number % len(_kinds)]
        yield f"bench_{kind}_{number // len(_kinds)}", kind


def values():
    """A value for each of them."""
    samples = {
        "text": "A text of some words",
        "number": 12.5,
        "choice": "two",
        "date": "2026-03-31",
        "yes_no": True,
        "money": 99.9,
    }
    return {key: samples[kind] for key, kind in keys()}


def specification(env, kind):
    """What the web client reads for a view of tickets.

    :param kind: form or list
    """
    tickets = env["helpdesk.ticket"]
    arch = ElementTree.fromstring(tickets.get_view(view_type=kind)["arch"])
    found = {}

    def walk(node):
        for child in node:
            name = child.get("name")
            if child.tag == "field" and name in tickets._fields:
                type_ = tickets._fields[name].type
                # of a record that is never shown the client asks for the ID only
                is_shown = child.get("invisible") not in ("1", "True")
                shown = {"display_name": {}} if is_shown else {}
                found[name] = {"fields": shown} if type_ == "many2one" else {}
            else:
                walk(child)

    walk(arch)
    return found


def measure(forms, report):
    """All figures about opening, saving and listing."""
    plain, ours = forms.door("plain"), forms.door("ours")
    spec = {
        kind: (
            plain.get(lambda env, kind=kind: specification(env, kind)),
            ours.get(lambda env, kind=kind: specification(env, kind)),
        )
        for kind in ("form", "list")
    }

    def opened(door, tickets, spec):
        ids = [tickets[next(_numbers) % SHOWN]]
        return lambda: door.run(
            lambda env: env["helpdesk.ticket"].browse(ids).web_read(spec)
        )

    def saved(door, tickets, spec, with_form=False):
        def read(env):
            return env["helpdesk.ticket"].browse(tickets).read(["scrm_values"])

        # what the client holds since it opened the ticket
        opened = door.get(read) if with_form else []
        forms_of = {row["id"]: row["scrm_values"] for row in opened}

        def act(env):
            number = next(_numbers)
            ticket = env["helpdesk.ticket"].browse(tickets[number % SHOWN])
            vals = {"name": f"Renamed {number}"}
            if with_form:
                sent = [dict(part) for part in forms_of[ticket.id]]
                sent[0]["value"] = f"Another text {number}"
                vals["scrm_values"] = sent
            return ticket.web_save(vals, spec)

        return lambda: door.run(act)

    def listed(door, tickets, spec):
        domain = [("id", "in", tickets)]
        return lambda: door.run(
            lambda env: env["helpdesk.ticket"].web_search_read(
                domain, spec, limit=SHOWN
            )
        )

    form, lines = spec["form"], spec["list"]
    shown = {**lines[1], "scrm_values": {}}
    mine = forms.our_tickets
    for name, bound, act, more, kind in (
        ("open", 1.3, opened, (), form),
        ("save", 1.3, saved, (), form),
        ("list", 1.5, listed, (), (lines[0], shown)),
    ):
        extra = (True,) if name == "save" else more
        peer = act(plain, forms.plain_tickets, kind[0])
        bare_spec = lines[1] if name == "list" else kind[1]
        bare = act(ours, forms.bare_tickets, bare_spec)
        our = act(ours, mine, kind[1], *extra)
        for title, other in (("", peer), ("_bare", bare)):
            theirs, seconds, queries, ratio = pairs(other, our, repeat=9, warm=3)
            report.say(
                f"{name}: {'plain' if not title else 'without template'} "
                f"{theirs * 1000:.1f} ms, with 60 fields {seconds * 1000:.1f} ms"
            )
            report.figure(f"ticket_{name}{title}", ratio, bound, queries)


def measure_search(forms, report):
    """Search by a marked field among 100,000 tickets, and its plan."""
    forms.ours.get(_many)
    door = forms.door("ours")
    domain = [(f"scrm_values.{KEY}", "=", "needle 77777")]

    def search():
        return door.run(lambda env: env["helpdesk.ticket"].search(domain).ids)

    search()
    slow = min(search()[0] for _number in range(3))

    def mark(env):
        field = env["scrm.form.field"].search([("key", "=", KEY)])
        field.searchable = True
        env.cr.commit()
        field._scrm_build_index()
        env.cr.execute("ANALYZE helpdesk_ticket")
        return field.index_state

    report.say(f"the index is {forms.ours.get(mark)}")

    def plain_search():
        return forms.door("plain").run(
            lambda env: env["helpdesk.ticket"].search([("number", "=", "none")]).ids
        )

    theirs, seconds, queries, ratio = pairs(plain_search, search, repeat=5)
    report.say(
        f"search among {MANY}: without the mark {slow * 1000:.1f} ms, "
        f"with it {seconds * 1000:.1f} ms"
    )
    report.figure("ticket_search", seconds / slow, 0.2, queries)

    def plan(env):
        query = env["helpdesk.ticket"].sudo()._search(domain)
        env.cr.execute("EXPLAIN (COSTS OFF) " + env.cr.mogrify(*_raw(query)).decode())
        return [row[0].strip() for row in env.cr.fetchall()]

    for line in forms.ours.get(plan):
        report.say(f"  {line}")


def _raw(query):
    sql = query.select()
    return sql.code, sql.params


def _many(env):
    env.cr.execute(
        """
        INSERT INTO helpdesk_ticket
               (name, number, description, stage_id, company_id, rating_status,
                template_id, scrm_door, active, scrm_values)
        SELECT 'many', 'TB' || n, '', stage_id, company_id, rating_status, template_id,
               'backend', TRUE, scrm_values || jsonb_build_object(%s, 'needle ' || n)
          FROM generate_series(1, %s) n,
               (SELECT * FROM helpdesk_ticket WHERE template_id IS NOT NULL
                 LIMIT 1) t
        """,
        [KEY, MANY],
    )
    env.cr.execute("ANALYZE helpdesk_ticket")
