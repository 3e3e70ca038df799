"""Figures of notifications: reminders per second, what a move pays, many rules."""

import statistics

from odoo import fields
from odoo.fields import Command

from . import business
from .measure import ROUNDS, pairs

#: Reminders that come due together.
COUNT = 10_000
#: Messages the peer posts in one run; its cost of one does not depend on how many.
POSTED = 300
#: Rules in all, and those of them that concern an event.
RULES, CONCERNING = 200, 5
#: Events that are looked at together.
EVENTS = 200


def measure(world, report):
    _measure_reminders(world, report)
    _measure_move(world, report)
    _measure_rules(world, report)


class _Reminders:
    """Tickets whose date comes, and a rule that tells their customers by e-mail."""

    def __init__(self, world):
        self.ours = world.ours
        self.tickets = world.plain_tickets("ours", COUNT)
        self.rule = self.ours.get(self._add_rule).id
        self.round = 0

    def _add_rule(self, env):
        name = env["ir.model.fields"]._get(business.TICKET, "assigned_date").id
        return env["scrm.notice.rule"].create(
            {
                "name": "Reminder",
                "model_id": env["ir.model"]._get(business.TICKET).id,
                "event": "date",
                "field_id": name,
                "to_customer": True,
                "channel_ids": [
                    Command.set(env.ref("scrm_flow.notice_channel_email").ids)
                ],
                "subject": "{{ record }}",
                "body": "Dear {{ recipient }}, {{ record }} is due: {{ link }}",
            }
        )

    def come_due(self, timing):
        """Let the dates of all tickets come; what was sent before is forgotten."""
        self.round += 1

        def act(env):
            env.cr.execute("DELETE FROM scrm_notice_delivery")
            env.cr.execute("DELETE FROM scrm_notice_event")
            env.cr.execute(
                "DELETE FROM mail_message WHERE id IN "
                "(SELECT mail_message_id FROM mail_mail)"
            )
            env.cr.execute(
                """
                UPDATE helpdesk_ticket
                   SET assigned_date = now() AT TIME ZONE 'UTC'
                                       - %s * interval '1 second'
                 WHERE id = ANY(%s)
                """,
                [100 - self.round, self.tickets],
            )
            rule = env["scrm.notice.rule"].browse(self.rule)
            rule.write({"timing": timing, "dates_until": False})
            env.cr.execute(
                "UPDATE scrm_notice_rule SET dates_since = '2020-01-01' WHERE id = %s",
                [self.rule],
            )

        self.ours.get(act)

    def send(self, env):
        """Everything from the date to the mail queue, committed by the chunk."""
        deliveries = env["scrm.notice.delivery"]
        deliveries._run_all()
        return env["mail.mail"].search_count([("state", "=", "outgoing")])


def _measure_reminders(world, report):
    tickets = world.plain_tickets("plain", POSTED)
    reminders = _Reminders(world)
    columns = []

    def post(env):
        for ticket in env[business.TICKET].browse(tickets):
            ticket.message_post(
                body="Dear customer, your ticket is due",
                subject=ticket.name,
                partner_ids=ticket.partner_id.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )

    def peer():
        seconds, queries, _none = world.plain.run(post)
        return seconds / POSTED, queries / POSTED

    def instant():
        reminders.come_due("now")
        seconds, queries, _count = world.ours.run(reminders.send)
        return seconds / COUNT, queries / COUNT

    def digest():
        reminders.come_due("hour")

        def later(env):
            env["scrm.notice.event"]._expand_due()
            # the hour ends
            env.cr.execute("UPDATE scrm_notice_delivery SET due_at = digest_at")
            env.cr.execute(
                "UPDATE scrm_notice_delivery SET due_at = %s WHERE state = 'due'",
                [fields.Datetime.now()],
            )
            env.invalidate_all()
            return env["scrm.notice.delivery"]._send_due()

        seconds, queries, _count = world.ours.run(later)
        return seconds / COUNT, queries / COUNT

    for name, ours in (("instant", instant), ("digest", digest)):
        theirs, mine, queries, ratio = pairs(peer, ours)
        columns.append(mine)
        report.say(
            f"{COUNT} reminders, {name}: message_post {1 / theirs:.0f}, "
            f"ours {1 / mine:.0f} a second"
        )
        report.figure(f"notify_{name}", ratio, 0.20, round(queries, 2))


def _measure_move(world, report):
    """What a move pays more for 50 rules with many recipients."""

    def move(ticket):
        def handler(env):
            return env[business.TICKET].browse(ticket).user_id.id

        def act(env):
            return env[business.TICKET].browse(ticket).scrm_step_complete()

        return world.ours.as_user(world.ours.get(handler)).run(act)[1]

    def queries():
        tickets = world.flow_tickets(ROUNDS)
        return statistics.median([move(ticket) for ticket in tickets])

    queries()  # whatever is compiled at the first time
    before = queries()

    def add(env):
        everybody = env["res.users"].search([("share", "=", False)]).ids
        channels = env["scrm.notice.channel"].search([]).ids
        env["scrm.notice.rule"].create(
            [
                {
                    "name": f"Rule {number}",
                    "model_id": env["ir.model"]._get(business.TICKET).id,
                    "event": "reached",
                    "to_customer": True,
                    "user_ids": [Command.set(everybody)],
                    "channel_ids": [Command.set(channels)],
                }
                for number in range(50)
            ]
        )

    world.ours.get(add)
    queries()
    after = queries()
    world.ours.get(_forget_rules)
    report.say(f"a move: {before:g} queries without, {after:g} with 50 rules")
    report.figure("notify_trigger_queries", after - before, 3, after)


def _measure_rules(world, report):
    """The same events with five rules, and with 195 more that do not concern them."""
    tickets = world.flow_tickets(EVENTS)

    def rule(env, number, **values):
        return {
            "name": f"Rule {number}",
            "model_id": env["ir.model"]._get(business.TICKET).id,
            "event": "reached",
            "to_customer": True,
            "channel_ids": [Command.set(env.ref("scrm_flow.notice_channel_inbox").ids)],
            **values,
        }

    def add(env):
        rules = env["scrm.notice.rule"]
        rules.create([rule(env, number) for number in range(CONCERNING)])
        others = [
            rule(env, number, node_keys=f"other_{number}", active=False)
            for number in range(CONCERNING, RULES)
        ]
        return rules.create(others).ids

    others = world.ours.get(add)

    def expand(is_active):
        def switch(env):
            rules = env["scrm.notice.rule"].browse(others)
            rules.write({"active": is_active})
            env.cr.execute("DELETE FROM scrm_notice_delivery")
            env.cr.execute("DELETE FROM scrm_notice_event")
            now = fields.Datetime.now()
            env["scrm.notice.event"]._insert(
                [
                    {
                        "key": f"bench:{ticket.id}",
                        "name": "open",
                        "res_model": business.TICKET,
                        "res_id": ticket.id,
                        "run_id": ticket.scrm_run_id.id,
                        "node_key": ticket.scrm_node_key,
                        "at": now,
                    }
                    for ticket in env[business.TICKET].browse(tickets)
                ]
            )
            # the caches of a server that runs
            env["scrm.notice.rule"]._concerning(business.TICKET)

        world.ours.get(switch)
        return world.ours.run(lambda env: env["scrm.notice.event"]._expand_due())

    theirs, mine, queries, ratio = pairs(
        lambda: expand(False), lambda: expand(True), repeat=3
    )
    report.say(
        f"{EVENTS} events: {CONCERNING} rules {theirs * 1000:.0f} ms, "
        f"{RULES} rules {mine * 1000:.0f} ms"
    )
    report.figure("notify_rules", ratio, 1.50, queries / EVENTS)
    world.ours.get(_forget_rules)


def _forget_rules(env):
    env["scrm.notice.rule"].with_context(active_test=False).search([]).unlink()
