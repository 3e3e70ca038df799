from datetime import date, datetime
from unittest.mock import patch

from lxml import html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .quotation_common import QuotationCommon


@tagged("post_install", "-at_install")
class TestQuotation(QuotationCommon, HttpCase):
    def test_accepted(self):
        """The quotation is sent, its acceptance moves the flow; 400 + 100 = 500."""
        ticket, order = self.quoted()
        self.assertEqual((order.state, order.amount_total), ("sent", 500))
        self.assertEqual(ticket.scrm_quote_state, "sent")
        self.assertEqual(ticket.scrm_node_key, "answer")
        order.action_confirm()
        self.assertEqual(ticket.scrm_quote_state, "accepted")
        self.assertEqual(ticket.scrm_node_key, "visit")

    def test_sent_without_a_printer(self):
        """Where nothing prints PDF files the mail goes out all the same, without one;
        the customer accepts on his page."""
        for state, files in (("ok", 1), ("install", 0)):
            with (
                self.subTest(state),
                patch.object(
                    type(self.env["ir.actions.report"]),
                    "get_wkhtmltopdf_state",
                    lambda report, state=state: state,
                ),
            ):
                ticket, order = self.quoted()
                mail = order.message_ids.filtered(
                    lambda one: self.customer.partner_id in one.notified_partner_ids
                )
                self.assertEqual(len(mail), 1)
                self.assertEqual(len(mail.attachment_ids), files)
                self.assertEqual(order.state, "sent")
                self.assertEqual(ticket.scrm_quote_state, "sent")

    def test_says_why(self):
        """The quotation says what each price is made of, in the customer's language,
        in the words the ticket has for customers."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.partner_id.lang = "zh_CN"
        ticket, order = self.quoted()
        prices = ticket.scrm_price_line_ids.with_context(lang="zh_CN")
        self.assertEqual(len(prices), 2)
        for line, price in zip(order.order_line, prices, strict=True):
            self.assertEqual(line.product_id, price.product_id)
            self.assertIn(price.product_id.name, line.name)
            self.assertTrue(line.name.endswith(f"\n{price.reason}"), line.name)
        english = ticket.scrm_price_line_ids.with_context(lang="en_US")[0].reason
        self.assertNotIn(english, order.order_line[0].name)

    def test_one_delivery(self):
        """The quoted part leaves once, by the ticket's move, and counts as delivered.

        10 lamps on the shelf, one used: 9. It is the same whether the part was
        reserved before or after the customer accepted.
        """
        for before in (True, False):
            with self.subTest(before=before):
                there = self.part.qty_available
                ticket, order = self.quoted()
                if before:
                    ticket.part_line_ids._scrm_reserve()
                order.action_confirm()
                if not before:
                    ticket.part_line_ids._scrm_reserve()
                ticket.part_line_ids._scrm_consume()
                self.assertFalse(order.picking_ids)
                line = order.order_line.filtered("scrm_part_line_id")
                self.assertEqual(line.move_ids, ticket.part_line_ids.move_id)
                self.assertEqual(line.qty_delivered, 1)
                self.part.invalidate_recordset(["qty_available"])
                self.assertEqual(self.part.qty_available, there - 1)

    def test_changed_before_acceptance(self):
        """A price that changes takes the quotation back; the next has its number."""
        ticket, order = self.quoted()
        charge = self.env["scrm.price.charge"].create(
            {"ticket_id": ticket.id, "product_id": self.part.id}
        )
        self.assertEqual(order.state, "cancel")
        self.assertEqual(ticket.scrm_quote_state, "refused")
        self.assertEqual(ticket.scrm_price_total, 600)
        ticket.with_user(self.engineer).action_scrm_quote_send()
        second = ticket.scrm_order_ids - order
        self.assertEqual((second.scrm_revision, second.amount_total), (2, 600))
        charge.unlink()
        self.assertEqual(second.state, "cancel")

    def test_changed_after_acceptance(self):
        """An accepted price stays until a new quotation is accepted.

        500 accepted; one lamp more would be 600: shown, not charged, until then.
        """
        ticket, order = self.quoted()
        ticket.part_line_ids._scrm_reserve()
        order.action_confirm()
        line = order.order_line[0]
        seller = self.supervisor
        seller.group_ids |= self.env.ref("sales_team.group_sale_manager")
        with self.refused("needs a new quotation"):
            line.with_user(seller).price_unit = 1
        with self.refused("needs a new quotation"):
            line.with_user(seller).product_uom_qty = 3
        self.env["scrm.price.charge"].create(
            {"ticket_id": ticket.id, "product_id": self.part.id}
        )
        self.assertEqual(ticket.scrm_price_total, 500)
        self.assertTrue(ticket.scrm_quote_changed)
        ticket.with_user(self.engineer).action_scrm_quote_send()
        second = ticket.scrm_order_ids - order
        self.assertEqual(ticket.scrm_quote_state, "sent")
        self.assertEqual(ticket.scrm_price_total, 500)
        second._action_cancel()
        self.assertEqual(ticket.scrm_price_total, 500)
        self.assertEqual(ticket.scrm_quote_state, "kept", "the accepted one holds")
        self.assertTrue(ticket.scrm_quote_changed)
        ticket.with_user(self.engineer).action_scrm_quote_send()
        third = ticket.scrm_order_ids - order - second
        third.action_confirm()
        self.assertEqual(ticket.scrm_price_total, 600)
        self.assertEqual(ticket.scrm_quote_state, "accepted")
        self.assertEqual(order.state, "cancel")
        self.assertFalse(ticket.scrm_quote_changed)
        part = third.order_line.filtered("scrm_part_line_id")
        self.assertEqual(ticket.part_line_ids.move_id.sale_line_id, part)

    def test_changed_by_hand(self):
        """What was quoted is not changed on the order: its prices are the ticket's.

        500 quoted. A seller can neither change nor add nor delete a line, and what
        was taken back does not come to life again.
        """
        ticket, order = self.quoted()
        seller = self.supervisor
        seller.group_ids |= self.env.ref("sales_team.group_sale_manager")
        mine = order.with_user(seller)
        line = mine.order_line[0]
        for change in (
            lambda: line.write({"price_unit": 1}),
            lambda: line.write({"discount": 100}),
            lambda: line.unlink(),
            lambda: mine.write(
                {"order_line": [Command.create({"product_id": self.part.id})]}
            ),
        ):
            with self.refused("change them there"):
                change()
        mine.action_cancel()
        self.assertEqual(ticket.scrm_quote_state, "refused")
        with self.refused("make a new one"):
            mine.action_draft()
        self.assertEqual(order.amount_total, 500)

    def test_signed_on_the_portal(self):
        """The customer sees his own price before he signs; the signature moves on.

        Gold customers pay 350 for the service, in the North 1.2 times as much, the
        lamp as well: 420 + 120 = 540. Somebody else of the North pays 480 + 120 = 600,
        a gold customer of the South 350 + 100 = 450.

        Covers: P22
        """
        self.company.portal_confirmation_sign = True
        self.company.portal_confirmation_pay = False
        self.item([("customer_level", "=", "gold")], self.service, fixed_price=350)
        self.adjustment("coefficient", [("region", "=", "North")], factor=1.2)
        self.customer.partner_id.scrm_level = "gold"
        north, south = self.env["scrm.store"].create(
            [
                {"key": name.lower(), "name": name, "region": name}
                for name in ("North", "South")
            ]
        )
        ticket, order = self.quoted(store_id=north.id)
        plain = self.env["res.partner"].create({"name": "Plain"})
        _other, dearer = self.quoted(store_id=north.id, partner_id=plain.id)
        _other, cheaper = self.quoted(store_id=south.id)
        self.assertEqual((dearer.amount_total, cheaper.amount_total), (600, 450))
        self.authenticate("customer", "customer")
        page = self.url_open(f"/my/ticket/{ticket.id}")
        (link,) = html.fromstring(page.text).xpath(
            "//a[contains(@class, 'o_scrm_quote')]"
        )
        page = self.url_open(link.get("href"))
        self.assertEqual(page.status_code, 200)
        self.assertIn("540.00", page.text)
        self.assertNotIn("600.00", page.text)
        self.assertEqual(order.state, "sent")
        pixel = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
            "awAAAABJRU5ErkJggg=="
        )
        self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order.access_token,
                "name": "Customer",
                "signature": pixel,
            },
        )
        self.env.invalidate_all()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.amount_total, 540)
        self.assertTrue(order.signature)
        self.assertEqual(ticket.scrm_node_key, "visit")

    def test_signed_without_a_printer(self):
        """Where nothing prints PDF files a customer signs all the same: the signature
        and the mail stay, the printed copies do not."""
        self.company.portal_confirmation_sign = True
        self.company.portal_confirmation_pay = False
        self.authenticate("customer", "customer")
        pixel = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
            "awAAAABJRU5ErkJggg=="
        )
        for state, files in (("ok", 1), ("install", 0)):
            with (
                self.subTest(state),
                patch.object(
                    type(self.env["ir.actions.report"]),
                    "get_wkhtmltopdf_state",
                    lambda report, state=state: state,
                ),
            ):
                _ticket, order = self.quoted()
                before = order.message_ids
                self.make_jsonrpc_request(
                    f"/my/orders/{order.id}/accept",
                    {
                        "access_token": order.access_token,
                        "name": "Customer",
                        "signature": pixel,
                    },
                )
                self.env.invalidate_all()
                self.assertEqual((order.state, order.signed_by), ("sale", "Customer"))
                self.assertTrue(order.signature)
                posted = order.message_ids - before
                (signed,) = posted.filtered(lambda one: "signed by" in one.body)
                self.assertEqual(len(signed.attachment_ids), files)
                (mail,) = (posted - signed).filtered(
                    lambda one: self.customer.partner_id in one.notified_partner_ids
                )
                self.assertEqual(len(mail.attachment_ids), files)

    def test_offer_ends_by_the_clock_of_the_product(self):
        """A quotation holds for the company's days from the product's day on: on the
        last it can be signed, on the next not, whatever the server's clock says."""
        self.company.quotation_validity_days = 7
        self.company.portal_confirmation_sign = True
        self.company.partner_id.tz = "Asia/Shanghai"
        clock = self.env.registry["scrm.clock"]

        def at(moment):
            return patch.object(clock, "now", lambda self: moment)

        with at(datetime(2031, 3, 2, 18)):  # the third in Shanghai
            _ticket, order = self.quoted()
        self.assertEqual(order.validity_date, date(2031, 3, 10))
        for moment, is_over in (
            (datetime(2031, 3, 10, 15, 59), False),
            (datetime(2031, 3, 10, 16), True),
        ):
            order.invalidate_recordset(["is_expired"])
            with self.subTest(moment), at(moment):
                self.assertEqual(order.is_expired, is_over)
                page = self.url_open(order.get_portal_url()).text
                found = html.fromstring(page).xpath("//*[@id='modalaccept']//form")
                self.assertEqual(bool(found), not is_over)

    def test_refused(self):
        """What cannot be quoted says why; nobody writes the state by hand."""
        ticket, _order = self.quoted()
        self.tier.scrm_beyond = "approval"
        ticket.with_user(self.engineer).scrm_discount = 50
        with self.refused("waits for approval"):
            ticket.with_user(self.engineer).action_scrm_quote_send()
        with self.assertRaises(AccessError):
            ticket.with_user(self.accountant).action_scrm_quote_send()
        with self.refused("follows the order"):
            ticket.with_user(self.engineer).scrm_quote_state = "accepted"

    def test_warranty_is_quoted(self):
        """What the warranty pays is on the quotation with its price, charged 0."""
        self.adjustment("cover", percent=100, name="Warranty")
        _ticket, order = self.quoted()
        self.assertEqual(order.amount_total, 0)
        self.assertEqual(order.order_line.mapped("price_unit"), [400, 100])
