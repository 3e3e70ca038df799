from odoo import Command
from odoo.exceptions import AccessError, UserError

from .common import TicketCase


class TestTicketAssign(TicketCase):
    """Assigning a ticket in a flow by hand hands its leading step over."""

    def test_assigning_hands_the_step_over(self):
        """A manager assigns in the list: step, handlers and log agree with it.

        Covers in part: H01
        """
        ticket = self.submit()
        step = ticket._scrm_assigned_step()
        self.assertEqual(step.user_id, self.dora)
        # in a list, together with an ordinary value
        ticket.with_user(self.manager).write({"user_id": self.egon.id, "priority": "3"})
        self.assertEqual(ticket.user_id, self.egon)
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(step.user_id, self.egon)
        self.assertEqual(ticket.scrm_handler_ids, self.egon)
        entry = step.run_id.log_ids.filtered(lambda entry: entry.event == "transfer")
        self.assertEqual(entry.user_id, self.manager)
        self.assertEqual(entry.detail["reason"], "Assigned on the ticket")
        ticket.with_user(self.egon).scrm_step_complete()
        self.assertEqual(ticket.scrm_node_key, "visit")

    def test_only_handlers_and_managers_assign(self):
        """Who neither handles the step nor manages flows changes nothing."""
        ticket = self.submit()
        with self.assertRaisesRegex(AccessError, "Dora"):
            ticket.with_user(self.desk).write({"user_id": self.desk.id})
        with self.assertRaises(AccessError):
            ticket.with_user(self.pia).write({"user_id": self.pia.id})
        self.assertEqual(ticket.user_id, self.dora)
        self.assertEqual(ticket.scrm_handler_ids, self.dora)

    def test_a_running_step_is_never_left_without_a_handler(self):
        ticket = self.submit()
        with self.assertRaisesRegex(UserError, "stays with Dora"):
            ticket.with_user(self.manager).write({"user_id": False})
        self.assertEqual(ticket.user_id, self.dora)

    def test_assign_to_me_claims_what_is_shared(self):
        """Of several who share a step, the one who assigns it to himself has it.

        Covers in part: H03
        """
        draft = self.flow.published_version_id._copy_as_draft()
        check = draft.node_ids.filtered(lambda node: node.key == "check")
        check.handler_user_ids = [Command.set((self.dora | self.egon).ids)]
        draft.action_publish()
        ticket = self.submit()
        self.team.user_ids |= self.egon
        self.assertEqual(ticket.scrm_handler_ids, self.dora | self.egon)
        ticket.with_user(self.egon).assign_to_me()
        self.assertEqual(ticket.user_id, self.egon)
        self.assertEqual(ticket.scrm_handler_ids, self.egon)
        step = ticket._scrm_assigned_step()
        self.assertEqual(step.accepted_by_id, self.egon)

    def test_tickets_with_and_without_flow_together(self):
        """One write over both: each in its own way."""
        in_flow = self.submit()
        plain = self.env["helpdesk.ticket"].create(
            {"name": "Plain", "description": "x", "team_id": self.team.id}
        )
        both = in_flow | plain
        both.with_user(self.manager).write({"user_id": self.egon.id})
        self.assertEqual(both.user_id, self.egon)
        self.assertEqual(in_flow.scrm_handler_ids, self.egon)
        self.assertFalse(plain.scrm_handler_ids)
