from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.scrm_flow.tests.cron_common import CronFixture

from .common import TicketCase

MONDAY = datetime(2026, 3, 2, 8)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestTicketNotices(CronFixture, TicketCase):
    """What is told of tickets, and who waits for whose word."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.email = cls.env.ref("scrm_flow.notice_channel_email")
        cls.activity = cls.env.ref("scrm_flow.notice_channel_activity")

    def rule(self, **values):
        return self.env["scrm.notice.rule"].create(
            {
                "name": "Rule",
                "model_id": self.env["ir.model"]._get("helpdesk.ticket").id,
                "flow_id": self.flow.id,
                "event": "reached",
                "skip_actor": False,
                **values,
            }
        )

    def run_crons(self, at):
        self.run_at(
            at,
            ("scrm.flow.timer", "_fire_due"),
            ("scrm.notice.delivery", "_run_all"),
        )

    def sent(self, ticket):
        """{(recipient, channel)} of what went out about a ticket."""
        found = self.env["scrm.notice.delivery"].search(
            [
                ("res_model", "=", ticket._name),
                ("res_id", "=", ticket.id),
                ("state", "in", ("sent", "queued")),
            ]
        )
        return [(one.partner_id.name, one.channel_id.key) for one in found.sorted("id")]

    def test_overdue_is_red_and_the_customer_hears_why(self):
        """At the limit the handler's ticket is red, the customer gets an apology.

        Covers: N05
        """
        version = self.flow.published_version_id._copy_as_draft()
        version.node_ids.filtered(lambda node: node.key == "check").deadline_hours = 4
        version.action_publish()
        self.rule(
            event="deadline",
            name="Overdue",
            to_handlers=True,
            channel_ids=[Command.set(self.activity.ids)],
            subject="{{ record }} is overdue",
            is_urgent=True,
        )
        self.rule(
            event="deadline",
            name="Apology",
            to_customer=True,
            channel_ids=[Command.set(self.email.ids)],
            body="We are sorry for the delay of {{ number }}.",
        )
        with freeze_time(MONDAY):
            ticket = self.submit()
        ticket.partner_id.email = "pia@example.com"
        due = MONDAY + 4 * HOUR
        self.run_crons(due - SECOND)
        self.assertEqual(self.sent(ticket), [])
        self.assertFalse(ticket.activity_exception_decoration)
        self.run_crons(due)
        wanted = [("Dora", "activity"), (ticket.partner_id.name, "email")]
        self.assertEqual(sorted(self.sent(ticket)), sorted(wanted))
        self.assertEqual(ticket.activity_exception_decoration, "danger")
        self.run_crons(due + HOUR)
        self.assertEqual(len(self.sent(ticket)), 2)

    def test_clocks_of_silence(self):
        """The customer's first word counts, an answer stops it, a note does not."""
        with freeze_time(MONDAY):
            ticket = self.submit()
        self.assertEqual(ticket.scrm_unanswered_since, MONDAY)
        customer = ticket.partner_id
        with freeze_time(MONDAY + HOUR):
            ticket.message_post(
                body="Hello?", author_id=customer.id, message_type="comment"
            )
        self.assertEqual(ticket.scrm_unanswered_since, MONDAY)
        with freeze_time(MONDAY + 2 * HOUR):
            ticket.with_user(self.dora).message_post(
                body="Note", message_type="comment", subtype_xmlid="mail.mt_note"
            )
        self.assertEqual(ticket.scrm_unanswered_since, MONDAY)
        self.assertFalse(ticket.scrm_silent_since)
        with freeze_time(MONDAY + 3 * HOUR):
            ticket.with_user(self.dora).message_post(
                body="We come.", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertFalse(ticket.scrm_unanswered_since)
        self.assertEqual(ticket.scrm_silent_since, MONDAY + 3 * HOUR)
        with freeze_time(MONDAY + 4 * HOUR):
            ticket.message_post(
                body="Thanks", author_id=customer.id, message_type="email"
            )
        self.assertEqual(ticket.scrm_unanswered_since, MONDAY + 4 * HOUR)
        self.assertFalse(ticket.scrm_silent_since)

    def test_a_silent_customer_is_asked_again(self):
        """Two days after our answer, unless the customer wrote."""
        name = self.env["ir.model.fields"]._get("helpdesk.ticket", "scrm_silent_since")
        with freeze_time(MONDAY):
            self.rule(
                event="date",
                field_id=name.id,
                date_hours=48,
                to_customer=True,
                channel_ids=[Command.set(self.email.ids)],
                body="Is {{ number }} solved?",
            )
            ticket = self.submit()
            ticket.partner_id.email = "pia@example.com"
            ticket.with_user(self.dora).message_post(
                body="Done.", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.run_crons(MONDAY + 48 * HOUR - SECOND)
        self.assertEqual(self.sent(ticket), [])
        self.run_crons(MONDAY + 48 * HOUR)
        self.run_crons(MONDAY + 72 * HOUR)
        self.assertEqual(self.sent(ticket), [(ticket.partner_id.name, "email")])
