from base64 import b64decode
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form

from .common import TicketCase
from .test_field_types import PIXEL


class TestDoorDiscuss(TicketCase):
    """Pia writes in a conversation with Dora and Desk; a ticket is made of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template.words = "repair, broken, 报修"
        cls.channel = cls.env["discuss.channel"]._create_group(
            partners_to=(cls.pia | cls.dora | cls.desk).partner_id.ids
        )

    def say(self, text, user=None, **more):
        return (
            self.channel.with_user(user or self.pia)
            .sudo()
            .message_post(
                body=text,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=(user or self.pia).partner_id.id,
                **more,
            )
        )

    def draft(self, message, user=None):
        """The form of a colleague, as the conversation opens it."""
        user = user or self.desk
        context = message.with_user(user).scrm_ticket_draft()
        view = context.pop("form_view_ref")
        tickets = self.env["helpdesk.ticket"].with_user(user)
        return Form(tickets.with_context(**context), view)

    def test_ticket_of_a_message(self):
        """The form is filled in: customer, subject, the quoted message, the template
        its words speak for; saved, the ticket has its files and its entry.

        Covers in part: E04
        """
        message = self.say(
            "Our printer is broken\nSince Monday.",
            attachments=[("photo.gif", b64decode(PIXEL))],
        )
        form = self.draft(message)
        self.assertEqual(form.template_id, self.template)
        self.assertEqual(form.partner_id, self.pia.partner_id)
        self.assertRegex(form.name, r"^Installation · Pia · [\d-]+ [\d:]+$")
        self.assertIn("<blockquote", form.description)
        self.assertIn("Pia", form.description)
        ticket = form.save()
        self.assertEqual(ticket.scrm_door, "discuss")
        self.assertEqual(ticket.scrm_message_id, message)
        self.assertEqual(ticket.scrm_node_key, "check")
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(files.mapped("name"), ["photo.gif"])
        self.assertEqual(len(message.attachment_ids), 1)

    def test_keywords_offer_a_draft(self):
        """Where a template's words fall, a ticket is offered at once; afterwards the
        ticket is shown. Other messages offer nothing.

        Covers: E33
        """
        asked = self.say("设备报修：洗衣机漏水")
        other = self.say("Good morning")
        offers = (asked | other).with_user(self.desk).scrm_offers()
        self.assertEqual(offers, {asked.id: {"template": "Installation"}})
        form = self.draft(asked)
        self.assertEqual(form.template_id, self.template)
        ticket = form.save()
        offers = (asked | other).with_user(self.desk).scrm_offers()
        self.assertEqual(
            offers, {asked.id: {"ticket": {"id": ticket.id, "name": ticket.number}}}
        )

    def test_who_the_customer_is(self):
        """A colleague marks what a colleague wrote: the one customer there is meant;
        of several nobody."""
        message = self.say("Pia wants a repair", self.dora)
        self.assertEqual(self.draft(message).partner_id, self.pia.partner_id)
        self.channel.add_members(self.paul.partner_id.ids)
        self.assertFalse(self.draft(message).partner_id)

    def test_strangers_to_the_conversation(self):
        """Neither a colleague outside nor a customer makes a ticket of it."""
        message = self.say("broken")
        for user in (self.egon, self.pia, self.clerk):
            if user == self.egon:
                self.assertEqual(message.with_user(user).scrm_offers(), {})
            with self.assertRaises(AccessError):
                message.with_user(user).scrm_ticket_draft()
            with self.assertRaises(AccessError):
                self.env["helpdesk.ticket"].with_user(user).create(
                    {
                        "name": "x",
                        "description": "x",
                        "template_id": self.template.id,
                        "scrm_message_id": message.id,
                    }
                )

    def test_script_is_text(self):
        """What somebody wrote in a message is no program on the ticket."""
        message = self.say("<img src=x onerror=alert(1)> broken")
        ticket = self.draft(message).save()
        self.assertNotIn("<img", ticket.description)


class TestPortrait(TicketCase):
    """What a customer did with us in the last three months, on ticket and card."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.submit(partner=cls.paul.partner_id.id)
        cls.ticket.message_post(
            body="Please ring twice",
            author_id=cls.paul.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        cls.picking = cls.env["stock.picking"].create(
            {
                "partner_id": cls.pia.partner_id.id,
                "picking_type_id": cls.warehouse.out_type_id.id,
                "origin": "S00042",
                "move_ids": [
                    Command.create(
                        {
                            "product_id": cls.bracket.id,
                            "product_uom_qty": 2,
                            "location_id": cls.shelf.id,
                            "location_dest_id": cls.env.ref(
                                "stock.stock_location_customers"
                            ).id,
                        }
                    )
                ],
            }
        )

    def portrait(self, user=None, partner=None):
        partner = (partner or self.pia.partner_id).with_user(user or self.desk)
        return partner.scrm_portrait()

    def test_portrait(self):
        """Tickets, deliveries and what was said, of all contacts of the company; the
        new ticket's form opens with the customer.

        Covers in part: E05, X03
        """
        text = self.portrait()
        for words in (self.ticket.number, "S00042", "Please ring twice", "API"):
            self.assertIn(words, text)
        self.assertNotIn("S00042", self.portrait(partner=self.quentin.partner_id))
        action = self.pia.partner_id.with_user(self.desk).action_scrm_new_ticket()
        form = Form(
            self.env["helpdesk.ticket"]
            .with_user(self.desk)
            .with_context(**action["context"]),
            "scrm_ticket.helpdesk_ticket_view_form_quick",
        )
        self.assertEqual(form.partner_id, self.pia.partner_id)

    def test_three_months(self):
        """What is older is not shown."""
        self.picking.scheduled_date = fields.Datetime.now() - timedelta(days=100)
        self.assertNotIn("S00042", self.portrait())

    def test_not_for_customers(self):
        """Nobody outside sees a portrait, and no one tickets he or she may not."""
        self.assertEqual(self.portrait(self.pia), "")
        self.assertNotIn(self.ticket.number, self.portrait(self.egon))

    def test_what_customers_write_is_text(self):
        """Nothing of it runs."""
        self.ticket.name = "<script>alert(1)</script>"
        self.assertNotIn("<script", self.portrait())
