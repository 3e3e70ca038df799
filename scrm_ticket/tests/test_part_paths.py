"""Every way of a part, with the quants before and after."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TicketCase


class PathCase(TicketCase):
    """The depot has 5 brackets, the West warehouse 4, the van of Egon 2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.west = cls.env["stock.warehouse"].create({"name": "West", "code": "TWST"})
        cls.west.scrm_keeper_ids = cls.ella
        cls.van = cls.env["stock.location"].create(
            {
                "name": "Van of Egon",
                "location_id": cls.warehouse.view_location_id.id,
                "scrm_van_user_id": cls.egon.id,
            }
        )
        cls.put(cls.bracket, cls.west.lot_stock_id, 4)
        cls.put(cls.bracket, cls.van, 2)
        cls.engineers.user_ids = cls.egon

    @classmethod
    def put(cls, product, location, quantity, lot=None):
        cls.env["stock.quant"]._update_available_quantity(
            product, location, quantity, lot_id=lot
        )

    def at(self, location, product=None):
        """(on hand, reserved) of a part (the bracket) there."""
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", (product or self.bracket).id),
                ("location_id", "=", location.id),
            ]
        )
        quants.invalidate_recordset()
        return sum(quants.mapped("quantity")), sum(quants.mapped("reserved_quantity"))

    def three(self):
        """(depot, West, van): on hand and reserved brackets of each."""
        west = self.west.lot_stock_id
        return self.at(self.shelf), self.at(west), self.at(self.van)

    def ticket(self, quantity=1):
        ticket = self.submit()
        ticket.part_line_ids.quantity = quantity
        return ticket

    def short_ticket(self):
        """A ticket that needs 7 brackets: 5 are in the depot, 4 in West."""
        return self.ticket(7)


@tagged("post_install", "-at_install")
class TestPartPaths(PathCase):
    """Waiting, fetching, receiving, issuing, ordering."""

    def test_wait_holds_what_is_there(self):
        """What is there is held, the rest is waited for; cancelling frees it."""
        ticket = self.short_ticket()
        line = ticket.part_line_ids
        line.with_user(self.dora)._scrm_reserve(wait=True)
        self.assertEqual((line.state, line.quantity_reserved), ("waiting", 5))
        self.assertEqual(self.three(), ((5, 5), (4, 0), (2, 0)))
        with self.assertRaisesRegex(UserError, "already waiting"):
            line.with_user(self.dora).quantity = 1
        ticket.with_user(self.desk).scrm_flow_cancel("Not needed")
        self.assertEqual(line.state, "released")
        self.assertEqual(self.three(), ((5, 0), (4, 0), (2, 0)))

    def test_arrival_serves_the_urgent_first(self):
        """Goods that come in are taken by waiting tickets, the urgent one first."""
        calm, urgent = self.ticket(6), self.ticket(6)
        calm.priority, urgent.priority = "0", "3"
        calm.part_line_ids._scrm_reserve(wait=True)
        urgent.part_line_ids._scrm_reserve(wait=True)
        self.assertEqual(self.at(self.shelf), (5, 5))
        receipt = self.env["stock.move"].create(
            {
                "product_id": self.bracket.id,
                "product_uom_qty": 6,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.shelf.id,
            }
        )
        receipt._action_confirm()
        receipt.quantity, receipt.picked = 6, True
        receipt._action_done()
        self.assertEqual(urgent.part_line_ids.state, "reserved")
        self.assertEqual(calm.part_line_ids.state, "waiting")
        self.assertEqual(calm.part_line_ids.quantity_reserved, 5)

    def test_fetch_and_receive(self):
        """A transfer brings what is missing; what arrives is this ticket's.

        Covers in part: P03, P04
        """
        ticket = self.short_ticket()
        self.assertEqual(ticket.scrm_parts_state, "short", "no place has all 7")
        ticket.part_line_ids.with_user(self.dora)._scrm_reserve(wait=True)
        ticket.invalidate_recordset()
        self.assertEqual(ticket.scrm_parts_state, "elsewhere")
        self.assertIn("Test Bracket: 2 missing", ticket.scrm_parts_words)
        self.assertIn("West: 4", ticket.scrm_parts_words)
        ticket.with_user(self.dora).action_scrm_parts_fetch()
        self.assertEqual(self.three(), ((5, 5), (4, 2), (2, 0)))
        picking = self.env["stock.picking"].search([("scrm_ticket_id", "=", ticket.id)])
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(picking.location_id, self.west.lot_stock_id)
        self.assertEqual(ticket.scrm_parts_state, "expected")
        self.assertTrue(ticket.part_line_ids.expected_date)
        told = ticket.message_ids.filtered(lambda m: picking.name in (m.body or ""))
        self.assertIn(self.ella.partner_id, told.notified_partner_ids)
        ticket.with_user(self.dora).action_scrm_parts_fetch()
        self.assertEqual(self.at(self.west.lot_stock_id), (4, 2), "asked for once")
        other = self.ticket(2)
        other.priority = "3"
        other.part_line_ids._scrm_reserve(wait=True)
        ticket.with_user(self.dora).action_scrm_parts_receive()
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.three(), ((7, 7), (2, 0), (2, 0)))
        self.assertEqual(ticket.part_line_ids.state, "reserved")
        self.assertEqual(other.part_line_ids.state, "waiting", "fetched for the first")
        ticket.part_line_ids._scrm_consume()
        self.assertEqual(self.three(), ((0, 0), (2, 0), (2, 0)))

    def test_cancel_takes_the_transfer_back(self):
        """A cancelled ticket releases what it holds everywhere.

        Covers: P27
        """
        self.template.reserve_parts = True
        ticket = self.ticket_at_once()
        self.assertEqual(self.at(self.shelf), (5, 1), "held at creation")
        ticket.with_user(self.desk).scrm_flow_cancel("Called off")
        self.assertEqual(self.at(self.shelf), (5, 0))
        short = self.short_ticket_at_once()
        short.with_user(self.dora).action_scrm_parts_fetch()
        self.assertEqual(self.three(), ((5, 5), (4, 2), (2, 0)))
        short.with_user(self.desk).scrm_flow_cancel("Called off")
        self.assertEqual(self.three(), ((5, 0), (4, 0), (2, 0)))
        pickings = self.env["stock.picking"].search([("scrm_ticket_id", "=", short.id)])
        self.assertEqual(pickings.state, "cancel")

    def ticket_at_once(self):
        return self.submit()

    def short_ticket_at_once(self):
        self.template.part_ids.quantity = 7
        return self.submit()

    def test_closed_by_hand_or_deleted(self):
        """Tickets without a flow give back what they hold as well."""
        self.template.write({"flow_id": False, "reserve_parts": True})
        for act in (
            lambda ticket: ticket.write(
                {
                    "stage_id": self.env.ref(
                        "helpdesk_mgmt.helpdesk_ticket_stage_done"
                    ).id
                }
            ),
            lambda ticket: ticket.write({"active": False}),
            lambda ticket: ticket.unlink(),
        ):
            ticket = self.submit()
            self.assertEqual(self.at(self.shelf), (5, 1))
            act(ticket)
            self.assertEqual(self.at(self.shelf), (5, 0))

    def test_nobody_has_it(self):
        """Without any place the message names product and need; nothing is moved."""
        ticket = self.ticket(20)
        with self.assertRaisesRegex(UserError, "has 15 “Test Bracket”"):
            ticket.with_user(self.dora).action_scrm_parts_fetch()
        self.assertEqual(self.at(self.west.lot_stock_id), (4, 0))

    def test_partial_transfer_is_not_received(self):
        """A transfer that lacks goods cannot be reported as arrived."""
        ticket = self.short_ticket()
        ticket.action_scrm_parts_fetch()
        picking = self.env["stock.picking"].search([("scrm_ticket_id", "=", ticket.id)])
        picking.do_unreserve()
        self.put(self.bracket, self.west.lot_stock_id, -3)
        picking.action_assign()
        with self.assertRaisesRegex(UserError, "is not complete"):
            ticket.action_scrm_parts_receive()
        self.assertEqual(self.three(), ((5, 5), (1, 1), (2, 0)))

    def test_backorder_of_the_warehouse(self):
        """The keeper sends one of two: the line takes it and waits for the other."""
        ticket = self.short_ticket()
        ticket.action_scrm_parts_fetch()
        picking = self.env["stock.picking"].search([("scrm_ticket_id", "=", ticket.id)])
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        picking._action_done()
        line = ticket.part_line_ids
        self.assertEqual((line.state, line.quantity_reserved), ("waiting", 6))
        rest = line._scrm_open_transfers()
        self.assertEqual(len(rest), 1)
        rest.action_assign()
        ticket.action_scrm_parts_receive()
        self.assertEqual((line.state, line.quantity_reserved), ("reserved", 7))
        self.assertEqual(self.three(), ((7, 7), (2, 0), (2, 0)))

    def test_issue_to_the_van(self):
        """Parts are handed out, lie in the van, and are used from it.

        Covers in part: P04
        """
        ticket = self.ticket(3)
        ticket.with_user(self.dora).scrm_step_complete()
        self.assertEqual(ticket.user_id, self.egon)
        self.assertEqual(self.three(), ((5, 3), (4, 0), (2, 0)))
        ticket.part_line_ids.with_user(self.egon)._scrm_issue(ticket._scrm_van())
        self.assertEqual(self.three(), ((2, 0), (4, 0), (5, 3)))
        self.assertEqual(ticket.part_line_ids.state, "reserved")
        ticket.with_user(self.egon).scrm_step_complete()
        self.assertEqual(self.three(), ((2, 0), (4, 0), (2, 0)))

    def test_no_van(self):
        """Who has no van gets nothing issued, and is named."""
        self.van.scrm_van_user_id = False
        ticket = self.ticket()
        ticket.with_user(self.dora).scrm_step_complete()
        with self.assertRaisesRegex(UserError, "Egon"):
            ticket._scrm_van()

    def test_order_from_outside(self):
        """What nobody has is ordered once; its receipt is expected, then held."""
        rare = self.env["product.product"].create(
            {"name": "Test Rare", "is_storable": True}
        )
        ticket = self.submit()
        ticket.part_line_ids = [Command.create({"product_id": rare.id, "quantity": 3})]
        line = ticket.part_line_ids.filtered(lambda line: line.product_id == rare)
        self.assertEqual(line.availability, "short")
        ticket.with_user(self.dora).action_scrm_parts_order()
        ticket.with_user(self.dora).action_scrm_parts_order()
        receipt = self.env["stock.move"].search(
            [("product_id", "=", rare.id), ("location_id.usage", "=", "supplier")]
        )
        self.assertEqual(receipt.product_qty, 3)
        self.assertEqual((line.state, line.quantity_ordered), ("waiting", 3))
        line.invalidate_recordset()
        self.assertEqual(line.availability, "expected")
        self.assertTrue(
            ticket.message_ids.filtered(lambda m: "3 Test Rare" in (m.body or ""))
        )
        receipt.picking_id.button_validate()
        self.assertEqual((line.state, line.quantity_ordered), ("reserved", 0))
        self.assertEqual(self.at(self.shelf, rare), (3, 3))

    def test_order_without_a_rule(self):
        """Where no rule says how, it waits in the replenishment for who buys."""
        self.warehouse.reception_route_id.rule_ids.active = False
        rare = self.env["product.product"].create(
            {"name": "Test Rare", "is_storable": True}
        )
        ticket = self.submit()
        ticket.part_line_ids = [Command.create({"product_id": rare.id, "quantity": 3})]
        ticket.with_user(self.dora).action_scrm_parts_order()
        point = self.env["stock.warehouse.orderpoint"].search(
            [("product_id", "=", rare.id)]
        )
        self.assertEqual((point.qty_to_order, point.trigger), (3, "manual"))
        self.assertEqual(point.location_id, self.shelf)

    def test_order_by_a_route(self):
        """A warehouse that is supplied by another one orders there."""
        self.warehouse.resupply_wh_ids = self.west
        route = self.warehouse.resupply_route_ids
        self.bracket.route_ids = route
        ticket = self.short_ticket()
        ticket.with_user(self.dora).action_scrm_parts_order()
        moves = self.env["stock.move"].search(
            [
                ("product_id", "=", self.bracket.id),
                ("location_dest_id", "child_of", self.shelf.id),
                ("state", "not in", ("done", "cancel")),
            ]
        )
        self.assertEqual(sum(moves.mapped("product_qty")), 2)
        self.assertEqual(ticket.part_line_ids.quantity_ordered, 2)

    def test_rights(self):
        """Nobody moves parts of a ticket he may not change."""
        ticket = self.submit(user=self.quentin)
        for user in (self.ella, self.pia):
            own = ticket.with_user(user)
            for name in ("fetch", "order", "receive"):
                with self.assertRaises(AccessError):
                    getattr(own, f"action_scrm_parts_{name}")()
            with self.assertRaises(AccessError):
                own.part_line_ids._scrm_reserve()
        self.assertEqual(self.three(), ((5, 0), (4, 0), (2, 0)))
