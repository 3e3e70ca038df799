from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .common import TicketCase


class TestTicketFlow(TicketCase):
    """A ticket goes through its flow: stage, user, handlers."""

    def test_from_start_to_end(self):
        """Stage, user and handlers follow the open step, along transitions only.

        Covers: F01
        Covers in part: T01
        """
        ticket = self.submit()
        self.assertEqual(ticket.scrm_node_key, "check")
        self.assertEqual(ticket.scrm_node_name, "Check the request")
        self.assertEqual(ticket.stage_id.name, "New")
        self.assertEqual(ticket.user_id, self.dora)
        self.assertEqual(ticket.scrm_handler_ids, self.dora)
        with self.assertRaises(UserError):
            ticket.with_user(self.dora).scrm_step_complete("to_end")
        answer = ticket.with_user(self.dora).scrm_step_complete()
        self.assertEqual(answer, {"node": "visit", "state": "running"})
        self.assertEqual(ticket.stage_id.name, "In Progress")
        engineer = ticket.user_id
        self.assertIn(engineer, self.egon | self.ella)
        self.assertEqual(ticket.scrm_handler_ids, engineer)
        with self.assertRaises(AccessError):
            ticket.with_user(self.dora).scrm_step_complete()
        answer = ticket.with_user(engineer).scrm_step_complete()
        self.assertEqual(answer, {"node": False, "state": "done"})
        self.assertEqual(ticket.stage_id.name, "Done")
        self.assertTrue(ticket.closed_date)
        self.assertFalse(ticket.scrm_handler_ids)

    def test_engineers_in_turn(self):
        """Consecutive tickets go to consecutive engineers.

        Covers: H04
        """
        tickets = [self.submit() for _number in range(4)]
        for ticket in tickets:
            ticket.with_user(self.dora).scrm_step_complete()
        first, second, third, fourth = (ticket.user_id for ticket in tickets)
        self.assertEqual({first, second}, {self.egon, self.ella})
        self.assertEqual((third, fourth), (first, second))

    def test_stage_follows_the_flow_only(self):
        """A stage set by hand is refused while the flow shows its own."""
        ticket = self.submit()
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        with self.assertRaisesRegex(UserError, "Check the request"):
            ticket.with_user(self.desk).stage_id = done
        with self.assertRaisesRegex(UserError, "Check the request"):
            ticket.with_user(self.desk).with_context(
                scrm_flow_moving=True
            ).stage_id = done
        ticket.with_user(self.desk).scrm_flow_cancel("Customer called")
        ticket.with_user(self.desk).stage_id = done
        self.assertTrue(ticket.closed)

    def test_team_change_keeps_the_handler(self):
        """Another team resets stage and user in helpdesk_mgmt; the flow's stay."""
        other = self.env["helpdesk.ticket.team"].create({"name": "Test Others"})
        ticket = self.submit()
        ticket.with_user(self.desk).team_id = other
        self.assertEqual(ticket.user_id, self.dora)
        self.assertEqual(ticket.stage_id.name, "New")

    def test_a_block_is_no_flow_to_choose(self):
        offered = Domain(type(self.template).flow_id.domain)
        self.assertIn(self.flow, self.flow.search(offered))
        self.flow.is_block = True
        self.assertNotIn(self.flow, self.flow.search(offered))

    def test_unpublished_flow_is_no_door(self):
        """A template whose flow cannot start takes no tickets."""
        self.flow.active = False
        with self.assertRaisesRegex(UserError, "no ticket template"):
            self.submit()
        with self.assertRaisesRegex(UserError, "no published version"):
            self.env["helpdesk.ticket"].create({"template_id": self.template.id})

    def test_customer_progress(self):
        """The customer reads customer names, and nothing of private nodes.

        Covers: E32
        """
        ticket = self.submit()
        first = ticket._scrm_progress(for_customer=True)
        self.assertEqual([item["state"] for item in first], ["now", "next", "next"])
        self.assertEqual(first[1]["name"], "Our visit")
        self.assertNotIn("Check the request", str(first))
        self.assertNotIn("Dora", str(first))
        ticket.with_user(self.dora).scrm_step_complete()
        second = ticket._scrm_progress(for_customer=True)
        self.assertEqual([item["state"] for item in second], ["done", "now", "next"])
        ticket.with_user(ticket.user_id).scrm_step_complete()
        third = ticket._scrm_progress(for_customer=True)
        self.assertEqual({item["state"] for item in third}, {"done"})
