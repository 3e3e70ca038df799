from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestUnknownContact(TicketCase):
    """Who writes or calls unknown is no contact until somebody has looked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template.line_ids.required = False
        cls.people = cls.env["res.partner"]

    def mailed(self, sender, number):
        ticket = self.env["mail.thread"].message_process(
            "helpdesk.ticket",
            f"From: {sender}\nTo: help@example.com\nMessage-ID: <m{number}@example>\n"
            "Subject: It leaks\n\nPlease come.",
            custom_values={"template_id": self.template.id},
        )
        return self.env["helpdesk.ticket"].browse(ticket)

    def known(self, domain):
        return self.people.search(domain)

    def test_made_once_somebody_let_it_go_on(self):
        """A mail alone makes no contact, nor one that is closed as advertising; one
        that a colleague lets go on does. The next mail is that contact's."""
        mine = [("email_normalized", "=", "vera@new.example")]
        ticket = self.mailed("Vera Wu <Vera@New.example>", 1)
        self.assertFalse(ticket.partner_id)
        spam = self.mailed("Cheap <cheap@spam.example>", 2)
        spam.with_user(self.desk).scrm_flow_cancel("Advertising")
        self.assertFalse(self.known(mine))
        ticket.with_user(self.dora).scrm_step_complete()
        vera = self.known(mine)
        self.assertEqual((vera.name, vera.email), ("Vera Wu", "vera@new.example"))
        self.assertEqual(ticket.partner_id, vera)
        self.assertEqual(self.mailed("vera@new.example", 3).partner_id, vera)
        self.assertFalse(self.known([("email_normalized", "=", "cheap@spam.example")]))

    def test_a_call(self):
        """The number of an unknown caller is the contact's, as it is compared
        everywhere; a number that several have makes no third."""
        self.env.company.country_id = self.env.ref("base.cn")
        calls = self.env["helpdesk.ticket"].create(
            [
                {
                    "name": "Call",
                    "description": "<p>Call</p>",
                    "template_id": self.template.id,
                    "scrm_contact_phone": phone,
                }
                for phone in ("139 1111 2222", "13933334444", "no number")
            ]
        )
        first, shared, unreadable = calls
        for name in ("Ann", "Ben"):
            self.people.create({"name": name, "phone": "+86 139 3333 4444"})
        for call in calls:
            call.with_user(self.dora).scrm_step_complete()
        self.assertEqual(first.partner_id.phone_sanitized, "+8613911112222")
        self.assertEqual(first.partner_id.name, "139 1111 2222")
        self.assertFalse(shared.partner_id)
        self.assertFalse(unreadable.partner_id)
        self.assertEqual(
            len(self.known([("phone_sanitized", "=", "+8613933334444")])), 2
        )
        for call in shared | unreadable:
            with self.assertRaisesRegex(UserError, "Choose the customer by hand"):
                call.with_user(self.desk).action_scrm_make_contact()

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_by_hand(self):
        """Who may write the ticket makes the contact at once, with the name that was
        left; others do not."""
        ticket = self.mailed("info@shop.example", 4)
        ticket.partner_name = "The Shop"
        for user in (self.pia, self.clerk):
            with self.assertRaises(AccessError):
                ticket.with_user(user).action_scrm_make_contact()
        self.assertFalse(self.known([("email_normalized", "=", "info@shop.example")]))
        ticket.with_user(self.dora).action_scrm_make_contact()
        self.assertEqual(ticket.partner_id.name, "The Shop")
        ticket.with_user(self.dora).action_scrm_make_contact()
        shop = self.known([("email_normalized", "=", "info@shop.example")])
        self.assertEqual(shop, ticket.partner_id)
