from odoo import Command
from odoo.exceptions import AccessError, UserError

from .common import TicketCase


class TestTicketCheck(TicketCase):
    """A reading among the template's own fields is checked at a node."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        reading = cls.env["scrm.form.field"].create(
            {"key": "test_leak", "name": "Leakage", "type": "number"}
        )
        cls.template.line_ids = [Command.create({"field_id": reading.id})]
        cls.director = cls.dora
        role = cls.env["res.groups"].create(
            {"name": "Directors", "user_ids": [Command.set(cls.director.ids)]}
        )
        draft = cls.flow.published_version_id._copy_as_draft()
        draft.node_ids.filtered(lambda node: node.key == "visit").write(
            {
                "type": "check",
                "handler_rule": "people",
                "handler_user_ids": [Command.set(cls.egon.ids)],
                "alert_group_id": role.id,
                "release_group_id": role.id,
                "is_release_exclusive": True,
                "check_ids": [
                    Command.create(
                        {
                            "key": "leak",
                            "field_path": "scrm_values.test_leak",
                            "lower": "-1",
                            "upper": "500",
                            "severity": "freeze",
                            "message": "Leakage current",
                        }
                    )
                ],
            }
        )
        draft.action_publish()

    def at_visit(self):
        ticket = self.submit()
        ticket.with_user(self.dora).scrm_step_complete()
        self.assertEqual(ticket.scrm_node_key, "visit")
        return ticket

    def measure(self, ticket, value):
        ticket.with_user(self.egon).scrm_values = {"test_leak": value}
        ticket.flush_recordset()
        ticket.invalidate_recordset()

    def test_above_the_limit_the_ticket_is_frozen(self):
        """At the limit it goes on; one above, nothing moves and the director knows.

        Covers: F14
        """
        ticket = self.at_visit()
        self.measure(ticket, 501)
        self.assertEqual(ticket._scrm_value("test_leak"), 501, "nothing is lost")
        self.assertTrue(ticket.scrm_run_id.frozen_at)
        activity = ticket.activity_ids.filtered(lambda a: a.user_id == self.director)
        self.assertIn("Leakage current (501", activity.summary)
        for user in (self.egon, self.manager):
            with self.assertRaisesRegex(UserError, "frozen by Egon"):
                ticket.with_user(user).scrm_step_complete()
            with self.assertRaises(AccessError):
                ticket.with_user(user).scrm_flow_release("Let it go")
        ticket.with_user(self.director).scrm_flow_release("Measured again")
        self.measure(ticket, 500)
        self.assertFalse(ticket.scrm_run_id.frozen_at)
        ticket.with_user(self.egon).scrm_step_complete()
        self.assertEqual(ticket.scrm_run_id.state, "done")

    def test_zero_is_a_reading_and_nothing_is_none(self):
        ticket = self.at_visit()
        with self.assertRaisesRegex(UserError, "Leakage current.*not filled in"):
            ticket.with_user(self.egon).scrm_step_complete()
        self.assertFalse(ticket.scrm_run_id.frozen_at)
        self.measure(ticket, 0)
        ticket.with_user(self.egon).scrm_step_complete()
        self.assertEqual(ticket.scrm_run_id.state, "done")
