"""What the end of a ticket does to its quotation and the parts it did not need."""

from odoo.fields import Command
from odoo.tests import tagged

from .quotation_common import QuotationCommon


@tagged("post_install", "-at_install")
class TestQuotationEnd(QuotationCommon):
    def three_lamps(self):
        """A ticket of 400 and three lamps of 100, and its quotation of 700."""
        parts = [Command.create({"product_id": self.part.id, "quantity": 3})]
        ticket = self.new_ticket(50, part_line_ids=parts)
        return ticket, ticket.scrm_order_ids

    def on_shelf(self):
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.part.id),
                ("location_id.usage", "=", "internal"),
            ]
        )
        quants.invalidate_recordset()
        return sum(quants.mapped("quantity")), sum(quants.mapped("reserved_quantity"))

    def noted(self, ticket, words):
        return ticket.message_ids.filtered(lambda note: words in (note.body or ""))

    def test_unused_part_is_not_charged(self):
        """Three lamps are accepted and held, none is used: 400 instead of 700.

        10 lamps lie on the shelf before and after; the order asks for none.
        """
        ticket, order = self.three_lamps()
        ticket.part_line_ids._scrm_reserve()
        self.assertEqual(self.on_shelf(), (10, 3))
        order.action_confirm()
        self.assertEqual(ticket.scrm_price_total, 700)
        ticket.with_user(self.engineer).scrm_step_complete()
        self.assertEqual(ticket.scrm_run_state, "done", ticket.scrm_incident_reason)
        self.assertEqual(self.on_shelf(), (10, 0))
        self.assertEqual(ticket.scrm_price_total, 400)
        self.assertEqual(order.amount_total, 400)
        self.assertEqual((order.state, ticket.scrm_quote_state), ("sale", "accepted"))
        self.assertFalse(ticket.scrm_quote_changed)
        self.assertTrue(self.noted(ticket, "3 × [LAMP] Lamp"))

    def test_used_less_than_accepted(self):
        """Three accepted and paid in advance, two used: 600; the third is credited.

        7 x 100 is invoiced; after the end one lamp, 100, is to be credited.
        """
        self.part.invoice_policy = self.service.invoice_policy = "order"
        ticket, order = self.three_lamps()
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 700)
        ticket.part_line_ids.quantity_used = 2
        self.assertEqual(ticket.scrm_price_total, 700, "as accepted until the end")
        ticket.part_line_ids._scrm_consume()
        ticket.with_user(self.engineer).scrm_step_complete()
        self.assertEqual(self.on_shelf(), (8, 0))
        self.assertEqual(ticket.scrm_price_total, 600)
        (line,) = ticket.scrm_price_line_ids.filtered(lambda one: one.origin == "part")
        self.assertIn("2 ×", line.reason)
        self.assertEqual((line.quantity, line.amount_total), (2, 200))
        self.assertEqual(order.amount_total, 600)
        sold = order.order_line.filtered("scrm_part_line_id")
        self.assertEqual((sold.qty_delivered, sold.qty_to_invoice), (2, -1))
        self.assertTrue(self.noted(ticket, "1 × [LAMP] Lamp"))
        credit = order._create_invoices(final=True)
        self.assertEqual((credit.move_type, credit.amount_total), ("out_refund", 100))

    def test_brought_back_after_use(self):
        """A used lamp that comes back is neither delivered nor charged: 700 - 100."""
        ticket, order = self.three_lamps()
        order.action_confirm()
        ticket.part_line_ids._scrm_consume()
        sold = order.order_line.filtered("scrm_part_line_id")
        self.assertEqual(sold.qty_delivered, 3)
        ticket.part_line_ids._scrm_return(1)
        self.assertEqual(self.on_shelf(), (8, 0))
        self.assertEqual(sold.qty_delivered, 2)
        ticket.with_user(self.engineer).scrm_step_complete()
        self.assertEqual(ticket.scrm_price_total, 600)
        self.assertEqual(order.amount_total, 600)

    def test_without_quotation(self):
        """Parts are charged as they stand: 700 for three lamps, 500 for one, 400 once
        it is given back."""
        ticket, order = self.three_lamps()
        order._action_cancel()
        part = ticket.part_line_ids
        part.with_user(self.engineer).quantity = 1
        self.assertEqual(ticket.scrm_price_total, 500)
        part._scrm_reserve()
        for _step in ("answer", "visit"):
            ticket.with_user(self.engineer).scrm_step_complete()
        self.assertEqual(ticket.scrm_run_state, "done")
        self.assertEqual(part.state, "released")
        self.assertEqual(ticket.scrm_price_total, 400)
        self.assertEqual(len(ticket.scrm_price_line_ids), 1)

    def test_unanswered(self):
        """A ticket that ends takes its unanswered quotation back: nobody can accept
        what will not be done."""
        for end in ("done", "cancelled"):
            with self.subTest(end):
                ticket, order = self.three_lamps()
                if end == "done":
                    for _step in ("answer", "visit"):
                        ticket.with_user(self.engineer).scrm_step_complete()
                else:
                    ticket.scrm_flow_cancel("Not needed")
                self.assertEqual(ticket.scrm_run_state, end)
                self.assertEqual(order.state, "cancel")
                self.assertTrue(self.noted(ticket, "taken back"))
                with self.refused("not in a state requiring confirmation"):
                    order.action_confirm()

    def test_cancelled_after_acceptance(self):
        """A cancelled ticket cancels its order and frees its parts; once a part was
        used the order stays, and somebody decides."""
        ticket, order = self.three_lamps()
        ticket.part_line_ids._scrm_reserve()
        order.action_confirm()
        ticket.scrm_flow_cancel("Not needed")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(ticket.scrm_quote_state, "refused")
        self.assertEqual(self.on_shelf(), (10, 0))
        ticket, order = self.three_lamps()
        order.action_confirm()
        ticket.part_line_ids._scrm_consume()
        ticket.scrm_flow_cancel("Not needed")
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.on_shelf(), (7, 0))
        self.assertTrue(self.noted(ticket, "it stays"))
