from odoo.exceptions import AccessError

from .common import TicketCase


class TestTicketAccess(TicketCase):
    """Handlers see their tickets; helpdesk_mgmt's own and team rules stay."""

    def sees(self, user, ticket):
        tickets = self.env["helpdesk.ticket"].with_user(user)
        return bool(tickets.search([("id", "=", ticket.id)]))

    def test_handlers_see_their_tickets(self):
        """Open handlers read and write, past ones read, others see nothing."""
        ticket = self.submit()
        self.assertTrue(self.sees(self.dora, ticket))
        self.assertFalse(self.sees(self.egon, ticket))
        self.assertFalse(self.sees(self.ella, ticket))
        ticket.with_user(self.dora).scrm_values = {"test_note": "checked"}
        ticket.with_user(self.dora).scrm_step_complete()
        engineer = ticket.user_id
        other = (self.egon | self.ella) - engineer
        self.assertTrue(self.sees(engineer, ticket))
        self.assertFalse(self.sees(other, ticket))
        self.assertTrue(self.sees(self.dora, ticket), "she may look back")
        with self.assertRaises(AccessError):
            ticket.with_user(self.dora).name = "Mine again"
        with self.assertRaises(AccessError):
            ticket.with_user(other).read(["scrm_values"])

    def test_rules_of_helpdesk_stay(self):
        """Personal, team and all-tickets users see what they saw before."""
        ticket = self.submit()
        self.assertTrue(self.sees(self.desk, ticket))
        self.assertFalse(self.sees(self.clerk, ticket))
        for customer, expected in (
            (self.pia, True),
            (self.paul, True),
            (self.quentin, False),
        ):
            self.assertEqual(self.sees(customer, ticket), expected, customer.login)

    def test_who_raises_a_ticket_follows_it(self):
        """Any ticket user raises a ticket and reads it, though others handle it.

        Covers in part: E09
        """
        ticket = self.submit(self.egon, partner=self.customer.id)
        self.assertEqual(ticket.scrm_handler_ids, self.dora)
        self.assertTrue(self.sees(self.egon, ticket))
        self.assertFalse(self.sees(self.ella, ticket))
        self.assertEqual(ticket.part_line_ids.product_id, self.bracket)
        with self.assertRaises(AccessError):
            ticket.with_user(self.egon).name = "Mine"

    def test_customers_write_nothing(self):
        """Customers read their ticket and write nothing on it directly."""
        ticket = self.submit().with_user(self.pia)
        self.assertEqual(ticket.number, ticket.sudo().number)
        for vals in (
            {"scrm_values": {"test_area": 1}},
            {"stage_id": 1},
            {"template_id": False},
        ):
            with self.assertRaises(AccessError):
                ticket.write(vals)
        with self.assertRaises(AccessError):
            ticket.scrm_flow_cancel("I want out")
        with self.assertRaises(AccessError):
            ticket.scrm_step_complete()

    def test_parts_follow_the_ticket(self):
        """Parts are read with the ticket, written with it, by nobody else."""
        ticket = self.submit()
        line = ticket.part_line_ids
        lines = self.env["scrm.part.line"]
        for user, expected in ((self.dora, 1), (self.desk, 1), (self.egon, 0)):
            found = lines.with_user(user).search([("ticket_id", "=", ticket.id)])
            self.assertEqual(len(found), expected, user.login)
        line.with_user(self.dora).quantity = 2
        for user in (self.egon, self.clerk, self.pia):
            with self.assertRaises(AccessError):
                line.with_user(user).quantity = 3
            with self.assertRaises(AccessError):
                line.with_user(user).read(["quantity"])
            with self.assertRaises(AccessError):
                lines.with_user(user).create(
                    {"ticket_id": ticket.id, "product_id": self.bracket.id}
                )
            with self.assertRaises(AccessError):
                line.with_user(user).unlink()
