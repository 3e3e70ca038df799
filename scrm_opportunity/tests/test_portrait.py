from datetime import timedelta

from lxml import html

from odoo.exceptions import ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestPortrait(OpportunityCase):
    """Zhao asks in a chat about a sofa that she looked at and put into her cart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = cls.env["scrm.clock"].now()
        cls.sofa, cls.lamp, cls.rug = cls.env["product.product"].create(
            [
                {"name": name, "default_code": name.upper(), "type": "service"}
                for name in ("Sofa", "Lamp", "Rug")
            ]
        )
        cls.env["scrm.customer.channel"].create(
            {"partner_id": cls.zhao.id, "channel": "tmall", "identity": "buyer-1"}
        )
        cls.template = cls.env["scrm.ticket.template"].create(
            {"key": "test_question", "name": "Question", "words": "sofa"}
        )
        cls.talk = cls.env["discuss.channel"]._create_group(
            partners_to=(cls.zhao | cls.desk.partner_id).ids
        )

    def tell(self, kind, product, hours, source="Tmall", **facts):
        """What the shop's platform sends of the customer."""
        entries = self.env["scrm.profile.entry"].with_user(self.lin)
        return entries.record(
            [
                {
                    "customer": {"channel": "tmall", "id": "buyer-1"},
                    "kind": kind,
                    "at": str(self.now - timedelta(hours=hours)),
                    "product": product.default_code,
                    "facts": facts,
                    "source": source,
                }
            ]
        )

    def rows(self, ticket, user):
        view = ticket.partner_id.with_user(user).scrm_portrait()
        if not view:
            return []
        found = html.fromstring(view).xpath(".//tr")
        cells = [row.xpath("./td") for row in found]
        return [
            " ".join(" ".join(one.text_content().split()) for one in row)
            for row in cells
        ]

    def of_kind(self, rows, kind):
        return [row for row in rows if f" {kind} " in row]

    def chat_ticket(self, user):
        """The ticket that a colleague makes of a message in the conversation."""
        message = self.talk.sudo().message_post(
            body="Is the sofa there in blue?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.zhao.id,
        )
        context = message.with_user(user).scrm_ticket_draft()
        view = context.pop("form_view_ref")
        tickets = self.env["helpdesk.ticket"].with_user(user)
        return Form(tickets.with_context(**context), view).save()

    def test_ticket_of_a_chat_has_the_portrait(self):
        """The ticket that is made of the chat shows orders, browsing, cart, tickets.

        The agent has no right to orders or opportunities.

        Covers: X03
        """
        order = self.env["sale.order"].create(
            {
                "partner_id": self.zhao.id,
                "order_line": [(0, 0, {"product_id": self.lamp.id, "price_unit": 88})],
            }
        )
        order.action_confirm()
        earlier = self.ticket(self.zhao, name="Lamp flickers")
        self.tell("browse", self.sofa, 3, seconds=120)
        self.tell("browse", self.sofa, 2, seconds=30)
        self.tell("browse", self.rug, 100 * 24, seconds=30)
        self.tell("cart", self.sofa, 2, quantity=1, price=1999)
        self.tell("cart", self.sofa, 1, quantity=2, price=1999)
        self.tell("cart", self.lamp, 2, quantity=1)
        self.tell("cart", self.lamp, 1, quantity=0)
        ticket = self.chat_ticket(self.desk)
        self.assertEqual(ticket.scrm_door, "discuss")
        self.assertEqual(ticket.partner_id, self.zhao)
        rows = self.rows(ticket, self.desk)
        [browsed] = self.of_kind(rows, "Browsing")
        self.assertIn("Sofa", browsed)
        self.assertIn("Tmall", browsed)
        self.assertIn("2×, 150 s", browsed)
        [cart] = self.of_kind(rows, "In the cart")
        self.assertIn("2 × ", cart)
        self.assertIn("Sofa", cart)
        self.assertIn("3,998", cart)
        [bought] = self.of_kind(rows, "Purchase")
        self.assertIn(order.name, bought)
        tickets = " ".join(self.of_kind(rows, "Ticket"))
        self.assertIn(earlier.number, tickets)
        self.assertNotIn("Rug", " ".join(rows), "longer than three months ago")
        arch = self.env["helpdesk.ticket"].with_user(self.desk).get_view()["arch"]
        self.assertTrue(html.fromstring(arch).xpath("//widget[@name='scrm_portrait']"))

    def test_whose_portrait(self):
        """Other customers' carts are not in it; customers and those who may not read
        what is known of customers see none of it."""
        self.tell("cart", self.sofa, 1, quantity=2)
        self.tell("browse", self.sofa, 1, seconds=5)
        other = self.ticket(self.moon)
        self.assertFalse(self.of_kind(self.rows(other, self.desk), "In the cart"))
        ticket = self.ticket(self.zhao)
        self.assertTrue(self.of_kind(self.rows(ticket, self.desk), "In the cart"))
        clerk = new_test_user(self.env, "scrm_clerk", "base.group_user")
        rows = self.rows(ticket, clerk)
        for kind in ("In the cart", "Browsing"):
            self.assertFalse(self.of_kind(rows, kind))
        portal = new_test_user(self.env, "scrm_portal", "base.group_portal")
        portal.partner_id.parent_id = self.sunrise
        self.assertEqual(portal.partner_id.with_user(portal).scrm_portrait(), "")

    def test_what_shops_may_send(self):
        """A cart says how many; an account that nobody has is nobody's."""
        for facts, words in (
            ({}, "facts.quantity"),
            ({"quantity": -1}, "facts.quantity"),
            ({"quantity": "two"}, "facts.quantity"),
            ({"quantity": 1, "price": -5}, "facts.price"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self.tell("cart", self.sofa, 1, **facts)
        entries = self.env["scrm.profile.entry"].with_user(self.lin)
        for customer in ({"channel": "tmall", "id": "x"}, {"channel": "tmall"}, {}):
            row = {"customer": customer, "kind": "cart", "at": str(self.now)}
            with self.assertRaisesRegex(ValidationError, "no such customer"):
                entries.record([{**row, "facts": {"quantity": 1}}])
