"""Purchasing, warehouse and carrier of one repair on one page, with real purchases."""

from odoo import Command
from odoo.tests import tagged

from odoo.addons.scrm_ticket.tests.common import TicketCase


@tagged("post_install", "-at_install")
class TestSupply(TicketCase):
    def test_purchase_of_a_part(self):
        """A part that no place has is bought: the draft, the confirmed order with its
        day, and what arrived stand on the ticket's page, for somebody who may open no
        order and sees no price. An order for another place does not stand there."""
        supplier = self.env["res.partner"].create({"name": "Test Supplier"})
        pump = self.env["product.product"].create(
            {
                "name": "Test Pump",
                "is_storable": True,
                "route_ids": [
                    Command.set(self.warehouse.buy_pull_id.route_id.ids),
                ],
                "seller_ids": [
                    Command.create({"partner_id": supplier.id, "price": 7654.0})
                ],
            }
        )
        ticket = self.submit()
        ticket.part_line_ids = [
            Command.clear(),
            Command.create({"product_id": pump.id, "quantity": 2}),
        ]
        line = ticket.part_line_ids
        reader = ticket.with_user(self.dora)
        self.assertFalse(self.dora.has_group("purchase.group_purchase_user"))
        self.assertEqual(reader._scrm_supply_purchase(), [])
        line.with_user(self.dora)._scrm_order()
        order = self.env["purchase.order"].search([("partner_id", "=", supplier.id)])
        self.assertEqual(order.order_line.product_qty, 2)
        requested, draft = reader._scrm_supply_purchase()
        self.assertEqual(requested.state, "Requested")
        self.assertEqual((draft.what, draft.state), ("Test Pump", "RFQ"))
        self.assertIn("Test Supplier: 0 of 2 received", draft.text)
        self.assertFalse(draft.link)
        # another ticket waits for the same: nothing of this purchase is left for it
        later = self.submit()
        later.part_line_ids = [
            Command.clear(),
            Command.create({"product_id": pump.id, "quantity": 3}),
        ]
        later.part_line_ids.with_user(self.dora)._scrm_reserve(wait=True)
        other = later.with_user(self.dora)
        self.assertEqual(other._scrm_supply_purchase(), [])
        order.order_line.product_qty = 4
        (partly,) = other._scrm_supply_purchase()
        self.assertIn("0 of 4 received, 2 for this ticket", partly.text)
        self.assertIn("2 for this ticket", reader._scrm_supply_purchase()[1].text)
        later.priority = "3"  # more urgent: served first
        (partly,) = other._scrm_supply_purchase()
        self.assertIn("3 for this ticket", partly.text)
        self.assertIn("1 for this ticket", reader._scrm_supply_purchase()[1].text)
        later.part_line_ids.with_user(self.dora)._scrm_release()
        order.order_line.product_qty = 2
        order.button_confirm()
        ordered = reader._scrm_supply_purchase()[1]
        self.assertEqual((ordered.state, ordered.colour), ("Purchase Order", "info"))
        self.assertEqual(ordered.at, order.order_line.date_planned)
        (receipt,) = reader._scrm_supply_warehouse()
        self.assertIn("2 from Vendors to TDEP/Stock", receipt.text)
        order.picking_ids.move_ids.write({"quantity": 2, "picked": True})
        order.picking_ids._action_done()
        (received,) = reader._scrm_supply_purchase()
        self.assertEqual((received.state, received.is_done), ("Received", False))
        self.assertIn("2 of 2 received", received.text)
        self.assertEqual(line.state, "reserved")
        html = reader.scrm_supply()["html"]
        self.assertIn(order.name, html)
        self.assertNotIn("7,654", html)
        self.assertNotIn("7654", html)
        far = self.env["stock.warehouse"].create({"name": "Far", "code": "TFAR"})
        self.env["purchase.order"].create(
            {
                "partner_id": supplier.id,
                "picking_type_id": far.in_type_id.id,
                "order_line": [Command.create({"product_id": pump.id})],
            }
        )
        self.assertEqual(len(reader._scrm_supply_purchase()), 1)
