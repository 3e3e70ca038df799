from odoo.exceptions import AccessError, ValidationError

from .common import TicketCase


class TestTicketSubmit(TicketCase):
    """``scrm_submit``: who may submit what, and what is refused."""

    def test_customer_submits(self):
        """A customer gets a ticket with its number, for themselves.

        Covers: E12, E31
        """
        answer = (
            self.env["helpdesk.ticket"]
            .with_user(self.pia)
            .scrm_submit(
                "test_installation",
                {"test_area": "88.5", "test_mounting": "wall"},
                subject="Two units",
                description="<b>Third</b> floor\nring twice",
            )
        )
        ticket = self.env["helpdesk.ticket"].browse(answer["id"])
        self.assertEqual(answer, {"id": ticket.id, "number": ticket.number})
        self.assertTrue(ticket.number.startswith("HT"))
        self.assertEqual(ticket.name, "Two units")
        self.assertEqual(ticket.partner_id, self.pia.partner_id)
        self.assertEqual(ticket.scrm_door, "json2")
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.priority, "2")
        self.assertEqual(ticket._scrm_value("test_area"), 88.5)
        self.assertIn("&lt;b&gt;Third", ticket.description)
        self.assertIn(self.pia.partner_id, ticket.message_partner_ids)

    def test_customers_submit_for_their_own_company_only(self):
        """A colleague is fine, another company is not, whatever it is named by."""
        colleague = self.paul.partner_id
        ticket = self.submit(partner=colleague.id)
        self.assertEqual(ticket.partner_id, colleague)
        foreign = self.quentin.partner_id
        foreign.email = "quentin@example.com"
        for partner in (foreign.id, "quentin@example.com", self.stranger.id, True, []):
            with self.assertRaisesRegex(ValidationError, "no customer"):
                self.submit(partner=partner)

    def test_customers_use_published_templates_only(self):
        """What is not on the portal does not exist for customers."""
        self.template.portal_published = False
        with self.assertRaisesRegex(ValidationError, "no ticket template"):
            self.submit()
        self.assertTrue(self.submit(self.desk))

    def test_helpdesk_submits_for_customers(self):
        """Helpdesk users name the customer by id or e-mail."""
        partner = self.pia.partner_id
        partner.email = "pia@customer.example"
        for name in (partner.id, "pia@customer.example", "Pia <PIA@Customer.example>"):
            self.assertEqual(self.submit(self.desk, partner=name).partner_id, partner)
        self.paul.partner_id.email = "pia@customer.example"
        with self.assertRaisesRegex(ValidationError, "Several contacts"):
            self.submit(self.desk, partner="pia@customer.example")

    def test_who_may_not_create_tickets(self):
        """Internal users without helpdesk rights are refused at the API's door."""
        with self.assertRaises(AccessError):
            self.submit(self.clerk)
        with self.assertRaises(AccessError):
            self.env["helpdesk.ticket"].with_user(self.pia).create(
                {"template_id": self.template.id}
            )

    def test_bad_arguments(self):
        """Each wrong argument is named; nothing is created."""
        before = self.env["helpdesk.ticket"].search_count([])
        submit = self.env["helpdesk.ticket"].with_user(self.pia).scrm_submit
        for arguments, words in (
            ({"template": "nonsense"}, "nonsense"),
            ({"template": None}, "None"),
            ({"values": "text"}, "by field key"),
            ({"values": ["a"]}, "by field key"),
            ({"values": {}}, "Floor area"),
            ({"values": {**self.good_values, "x": 1}}, "no field “x”"),
            ({"subject": "s" * 300}, "“Subject” is too long"),
            ({"subject": ["s"]}, "“Subject” must be a text"),
            ({"description": "a\x00"}, "“Description” must be a text"),
            ({"store": "nonsense"}, "no store “nonsense”"),
            ({"idempotency_key": 7}, "“Idempotency key” must be a text"),
            ({"idempotency_key": "k" * 256}, "“Idempotency key” is too long"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                submit(
                    **{
                        "template": "test_installation",
                        "values": self.good_values,
                        **arguments,
                    }
                )
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_repeated_key(self):
        """The same key gives the same ticket, per user, for the same content only.

        Covers: E12
        """
        first = self.submit(idempotency_key="order-1")
        self.assertEqual(self.submit(idempotency_key="order-1"), first)
        self.assertNotEqual(self.submit(idempotency_key="order-2"), first)
        self.assertNotEqual(self.submit(self.paul, idempotency_key="order-1"), first)
        self.assertNotEqual(self.submit(), self.submit())
        with self.assertRaisesRegex(ValidationError, "order-1"):
            self.submit(
                values={**self.good_values, "test_area": 61},
                idempotency_key="order-1",
            )
        self.template.line_ids.unlink()
        self.assertEqual(self.submit(idempotency_key="order-1"), first)

    def test_store_decides(self):
        """The named store is the ticket's, else the template's."""
        other = self.env["scrm.store"].create({"key": "test_other", "name": "Other"})
        self.assertEqual(self.submit().store_id, self.store)
        self.assertEqual(self.submit(store="test_other").store_id, other)

    def test_mail_door(self):
        """A ticket by mail says so and needs no template.

        Covers: E31
        """
        ticket = self.env["helpdesk.ticket"].message_new(
            {"subject": "Broken", "body": "Help", "from": "a@example.com"}
        )
        self.assertEqual(ticket.scrm_door, "email")
        self.assertFalse(ticket.template_id)
        self.assertEqual(ticket.channel_id.name, "Email")
        groups = self.env["helpdesk.ticket"]._read_group(
            [("id", "in", (ticket | self.submit()).ids)], ["scrm_door"], ["__count"]
        )
        self.assertEqual(sorted(groups), [("email", 1), ("json2", 1)])
