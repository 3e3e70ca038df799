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
            for name in ("fetch", "reserve", "order", "receive"):
                with self.assertRaises(AccessError):
                    getattr(ticket.with_user(user), f"action_scrm_parts_{name}")()
        self.assertEqual(self.three(), ((5, 0), (4, 0), (2, 0)))


@tagged("post_install", "-at_install")
class TestPartLots(PathCase):
    """Serial numbers and batches; parts that come back or are broken."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.board = cls.env["product.product"].create(
            {"name": "Test Board", "is_storable": True, "tracking": "serial"}
        )
        cls.glue = cls.env["product.product"].create(
            {"name": "Test Glue", "is_storable": True, "tracking": "lot"}
        )
        lots = cls.env["stock.lot"]
        cls.b1, cls.b2, cls.b3 = lots.create(
            [{"name": f"B-{n}", "product_id": cls.board.id} for n in (1, 2, 3)]
        )
        cls.g1, cls.g2 = lots.create(
            [{"name": f"G-{n}", "product_id": cls.glue.id} for n in (1, 2)]
        )
        cls.put(cls.board, cls.shelf, 1, cls.b1)
        cls.put(cls.board, cls.shelf, 1, cls.b2)
        cls.put(cls.board, cls.west.lot_stock_id, 1, cls.b3)
        cls.put(cls.glue, cls.shelf, 2, cls.g1)
        cls.put(cls.glue, cls.shelf, 5, cls.g2)
        cls.template.part_ids.product_id = cls.board

    def reserved(self, product=None, quantity=1):
        ticket = self.submit()
        line = ticket.part_line_ids
        line.write({"product_id": (product or self.board).id, "quantity": quantity})
        line._scrm_reserve()
        return line

    def test_the_named_piece_leaves(self):
        """Another piece than the one reserved is used: that one leaves the shelf."""
        line = self.reserved()
        held = line.move_id.move_line_ids.lot_id
        other = (self.b1 | self.b2) - held
        line.lot_ids = other
        line._scrm_consume()
        self.assertEqual(line.move_id.move_line_ids.lot_id, other)
        self.assertEqual(line.move_id.state, "done")
        self.assertEqual(self.at(self.shelf, self.board), (1, 0))
        with self.assertRaisesRegex(UserError, "consumed part"):
            line.lot_ids = held

    def test_wrong_numbers(self):
        """None, too many, of another part, in another place, held by another ticket.

        Nothing is consumed, the reservation stays.
        """
        line, other = self.reserved(), self.reserved()
        taken = other.move_id.move_line_ids.lot_id
        for lots, words in (
            (self.b1.browse(), "Name the serial numbers of “Test Board”"),
            (self.b1 | self.b2, "1 are used, 2 named"),
            (self.g1, "G-1 is no number of “Test Board”"),
            (self.b3, "B-3 of “Test Board” is not free in"),
            (taken, f"{taken.name} of “Test Board” is not free in"),
        ):
            line.lot_ids = lots
            with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
                line._scrm_consume()
            line.invalidate_recordset()
            self.assertEqual(line.state, "reserved")
            self.assertEqual(self.at(self.shelf, self.board), (2, 2))

    def test_batches(self):
        """Three of two batches: the first is used up, the rest is from the second."""
        line = self.reserved(self.glue, 3)
        line.lot_ids = self.g1 | self.g2
        line._scrm_consume()
        used = {
            move_line.lot_id.name: move_line.quantity
            for move_line in line.move_id.move_line_ids
        }
        self.assertEqual(used, {"G-1": 2, "G-2": 1})
        self.assertEqual(self.at(self.shelf, self.glue), (4, 0))

    def test_return(self):
        """What was not needed after all comes back, never more than was used."""
        line = self.reserved(self.bracket, 3)
        line._scrm_consume()
        self.assertEqual(self.at(self.shelf), (2, 0))
        line.with_user(self.dora)._scrm_return(2)
        self.assertEqual(self.at(self.shelf), (4, 0))
        self.assertEqual(line.quantity_returned, 2)
        with self.assertRaisesRegex(UserError, "1 can come back, not 2"):
            line._scrm_return(2)
        with self.assertRaisesRegex(UserError, "0 can come back"):
            self.reserved(self.bracket)._scrm_return(1)

    def test_return_of_a_number(self):
        """The piece that was used comes back, and no other one."""
        line = self.reserved()
        line.lot_ids = self.b1
        line._scrm_consume()
        with self.assertRaisesRegex(UserError, "B-2 was not used"):
            line._scrm_return(1, self.b2)
        operation = (
            self.env["scrm.part.operation"]
            .with_user(self.dora)
            .create({"line_id": line.id, "lot_ids": [Command.set(self.b1.ids)]})
        )
        self.assertEqual(operation.kind, "return")
        operation.action_apply()
        self.assertEqual(self.at(self.shelf, self.board), (2, 0))
        self.assertEqual(self.b1.location_id, self.shelf)

    def test_what_is_back_does_not_come_back_again(self):
        """Two boards used, B-1 back: again B-1 is refused, B-2 comes back.

        Of three glues from two batches, 2 of G-1 and 1 of G-2, two of G-2 cannot
        come back; one of each can. Nothing moves where it is refused.
        """
        self.put(self.board, self.shelf, 1, self.b1.copy({"name": "B-4"}))
        line = self.reserved(quantity=2)
        line.lot_ids = self.b1 | self.b2
        line._scrm_consume()
        customers = line.move_id.location_dest_id
        line._scrm_return(1, self.b1)
        self.assertEqual(self.at(self.shelf, self.board), (2, 0))
        with self.assertRaisesRegex(UserError, "B-1 was not used .* back already"):
            line.with_user(self.dora)._scrm_return(1, self.b1)
        self.assertEqual(self.at(self.shelf, self.board), (2, 0))
        self.assertEqual(self.at(customers, self.board), (1, 0))
        line.with_user(self.dora)._scrm_return(1, self.b2)
        self.assertEqual(self.at(self.shelf, self.board), (3, 0))
        self.assertEqual(self.at(customers, self.board), (0, 0))

        glue = self.reserved(self.glue, 3)
        glue.lot_ids = self.g1 | self.g2
        glue._scrm_consume()
        self.assertEqual(self.at(self.shelf, self.glue), (4, 0))
        with self.assertRaisesRegex(UserError, "Of G-2 .* still has 1, not 2"):
            glue._scrm_return(2, self.g2)
        self.assertEqual(self.at(self.shelf, self.glue), (4, 0))
        glue._scrm_return(1, self.g2)
        glue._scrm_return(2, self.g1)
        self.assertEqual(self.at(self.shelf, self.glue), (7, 0))
        self.assertEqual(self.at(customers, self.glue), (0, 0))

    def test_wrong_numbers_are_not_scrapped(self):
        """Of another part, in another place, held by another ticket: nothing moves,
        both reservations stay.
        """
        line, other = self.reserved(), self.reserved()
        held = line.move_id.move_line_ids.lot_id
        taken = other.move_id.move_line_ids.lot_id
        west = self.west.lot_stock_id
        for lots, words in (
            (self.b1.browse(), "Name the serial numbers"),
            (self.g1, "G-1 is no number of “Test Board”"),
            (self.b3, "B-3 of “Test Board” is not free in"),
            (taken, f"{taken.name} of “Test Board” is not free in"),
        ):
            with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
                line.with_user(self.dora)._scrm_scrap(1, lots)
            self.env.invalidate_all()
            self.assertEqual(line.state, "reserved")
            self.assertEqual(line.move_id.move_line_ids.lot_id, held)
            self.assertEqual(self.at(self.shelf, self.board), (2, 2))
            self.assertEqual(self.at(west, self.board), (1, 0))
        line.with_user(self.dora)._scrm_scrap(1, held)
        self.assertEqual(self.at(self.shelf, self.board), (1, 1))
        self.assertEqual((line.state, other.state), ("waiting", "reserved"))

    def test_scrapped_from_the_shelf_it_lies_on(self):
        """Three lie on a shelf of the depot, five in the depot itself: 8 - 6 = 2 are
        left, and none is below zero anywhere.
        """
        rack = self.env["stock.location"].create(
            {"name": "Rack", "location_id": self.shelf.id}
        )
        self.put(self.bracket, rack, 3)
        line = self.reserved(self.bracket, 6)
        line._scrm_scrap(6)
        left = [self.at(self.shelf)[0], self.at(rack)[0]]
        self.assertEqual(sum(left), 2)
        self.assertGreaterEqual(min(left), 0)
        self.assertEqual((line.state, line.quantity_reserved), ("waiting", 2))

    def test_scrap(self):
        """A broken one is thrown away, another one is held instead, while there is.

        5 are there, 2 are held: after 2 and 2 more one is left and one is missing.
        """
        line = self.reserved(self.bracket, 2)
        operation = (
            self.env["scrm.part.operation"]
            .with_user(self.dora)
            .create({"line_id": line.id, "quantity": 2})
        )
        self.assertEqual(operation.kind, "scrap")
        operation.action_apply()
        self.assertEqual(self.at(self.shelf), (3, 2))
        self.assertEqual(line.state, "reserved")
        line._scrm_scrap(2)
        self.assertEqual(self.at(self.shelf), (1, 1))
        self.assertEqual((line.state, line.quantity_reserved), ("waiting", 1))
        with self.assertRaisesRegex(UserError, "1 are held"):
            line._scrm_scrap(2)

    def test_scrap_of_a_batch(self):
        """Whoever names two batches does not say how many of each were broken."""
        line = self.reserved(self.glue, 3)
        with self.assertRaisesRegex(UserError, "one lot after the other"):
            line._scrm_scrap(3, self.g1 | self.g2)
        self.assertEqual(line.quantity_reserved, 3)
        line._scrm_scrap(2, self.g2)
        self.assertEqual(self.at(self.shelf, self.glue), (5, 3))
