"""All that happened on a ticket, by time."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import TicketCase


class TestTrace(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.ticket = cls.submit().with_env(cls.env)
        cls.flush_tracking(cls)
        cls.lead = new_test_user(
            cls.env,
            login="test_lead",
            groups="scrm_ticket.group_user,helpdesk_mgmt.group_helpdesk_user_team",
        )
        cls.team.user_ids += cls.lead

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def rows(self, user=None, *domain):
        self.flush_tracking()
        self.env.invalidate_all()
        return (
            self.env["scrm.ticket.trace"]
            .with_user(user or self.lead)
            .search([("ticket_id", "=", self.ticket.id), *domain])
        )

    def texts(self, user=None, *domain):
        return self.rows(user, *domain).mapped("text")

    def test_everything_by_time(self):
        """Messages, steps of the flow and changed values, found by when and who.

        Covers in part: R15
        """
        self.ticket.with_user(self.lead).message_post(
            body="He called twice", subtype_xmlid="mail.mt_comment"
        )
        self.ticket.with_user(self.lead).write({"priority": "3"})
        self.ticket.with_user(self.dora).scrm_values = {"test_area": 75}
        self.ticket.with_user(self.lead).description = "<p>Quite another thing</p>"
        self.ticket.with_user(self.dora).scrm_step_complete()
        kinds = dict.fromkeys(self.rows().mapped("kind"))
        self.assertLessEqual(
            {"message", "tracking", "value", "text", "flow"}, kinds.keys()
        )
        message = self.rows(None, ("kind", "=", "message"))[0]
        self.assertEqual(message.text, "He called twice")
        self.assertEqual(message.partner_id, self.lead.partner_id)
        tracked = self.rows(None, ("kind", "=", "tracking"))
        self.assertIn("Priority: High → Very High", " ".join(tracked.mapped("text")))
        (value,) = self.rows(None, ("kind", "=", "value"))
        self.assertEqual(value.text, "Floor area: 60 → 75")
        self.assertEqual(value.partner_id, self.dora.partner_id)
        self.assertEqual(value.key, "test_area")
        flow = self.texts(None, ("kind", "=", "flow"))
        self.assertTrue(any("Step completed" in text for text in flow), flow)
        # by time: nothing of tomorrow, all of today, in order
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        self.assertFalse(self.rows(None, ("at", ">", tomorrow)))
        rows = self.rows(None, ("at", "<=", tomorrow))
        self.assertEqual(rows, self.rows())
        self.assertEqual(rows.mapped("at"), sorted(rows.mapped("at"), reverse=True))
        groups = self.env["scrm.ticket.trace"].with_user(self.lead)
        groups = groups.formatted_read_group(
            [("ticket_id", "=", self.ticket.id)], ["at:day", "kind"], ["__count"]
        )
        self.assertEqual(sum(group["__count"] for group in groups), len(rows))

    def test_what_was_said_is_kept(self):
        """An edited message keeps its earlier text; none is deleted, nor the rows.

        Covers in part: R15
        """
        ticket = self.ticket.with_user(self.lead)
        said = ticket.message_post(
            body="First word",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        ticket._message_update_content(said, body="Second word")
        self.assertEqual(self.texts(None, ("kind", "=", "edit")), ["First word"])
        self.assertIn("Second word", " ".join(self.texts(None)))
        with self.assertRaisesRegex(UserError, "are kept"):
            said.unlink()
        change = self.env["scrm.ticket.change"].search(
            [("ticket_id", "=", self.ticket.id)]
        )
        for act in (lambda: change.write({"after": 1}), change.unlink):
            with self.assertRaisesRegex(UserError, "as it was recorded"):
                act()
        with self.assertRaises(AccessError):
            change.with_user(self.manager).read(["before"])

    def test_who_reads_the_ticket(self):
        """Who does not read the ticket reads nothing of it."""
        rows = self.rows()
        self.assertTrue(rows)
        self.assertFalse(self.rows(self.egon))
        with self.assertRaises(AccessError):
            rows.with_user(self.egon).read(["text"])
        for user in (self.clerk, self.pia):
            with self.assertRaises(AccessError):
                rows.with_user(user).read(["text"])

    @mute_logger("odoo.models.unlink")
    def test_hidden_values_stay_hidden(self):
        """A value that is hidden at some node is in the timeline of who may see it."""
        version = self.flow.published_version_id
        draft = version.browse(version.design_new_draft())
        check = draft.node_ids.filtered(lambda node: node.key == "check")
        check.form_right_ids = [
            Command.create(
                {
                    "field_id": self.note.id,
                    "audience": "everybody",
                    "level": "hidden",
                }
            ),
            Command.create(
                {"field_id": self.note.id, "audience": "handlers", "level": "edit"}
            ),
        ]
        draft.action_publish()
        self.ticket = self.submit().with_env(self.env)
        self.ticket.with_user(self.dora).scrm_values = {"test_note": "A secret"}
        self.ticket.with_user(self.dora).scrm_values = {"test_area": 61}
        row = self.env["scrm.ticket.trace"].search(
            [("ticket_id", "=", self.ticket.id), ("key", "=", "test_note")]
        )
        self.assertEqual(row.text, "Note: – → A secret")
        self.assertNotIn("secret", " ".join(self.texts(self.lead)))
        keys = self.rows(self.lead, ("key", "!=", False)).mapped("key")
        self.assertEqual(keys, ["test_area"])
        with self.assertRaises(AccessError):
            row.with_user(self.lead).read(["text"])
