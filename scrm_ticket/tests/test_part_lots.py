from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_part_paths import PathCase


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

    def test_pieces_of_another_ticket(self):
        """Each ticket gives back the piece that it used; a piece that came back can be
        used by the other one, and then only that one gives it back.

        Two boards lie in the depot, one in West:
        both in use (0, 0); the first one back (1, 0); used by a third ticket (0, 0);
        back from there (1, 0)
        """
        line, other = self.reserved(), self.reserved()
        customers = line.move_id.location_dest_id
        first, second = (one.move_id.move_line_ids.lot_id for one in (line, other))
        other.lot_ids = first
        words = f"{first.name} of .* is not free"
        with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
            other._scrm_consume()
        line.lot_ids, other.lot_ids = first, second
        (line | other)._scrm_consume()
        self.assertEqual(self.at(self.shelf, self.board), (0, 0))
        self.assertEqual(self.at(customers, self.board), (2, 0))
        words = f"{second.name} was not used"
        with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
            line.with_user(self.dora)._scrm_return(1, second)
        line.with_user(self.dora)._scrm_return(1, first)
        self.assertEqual(self.at(self.shelf, self.board), (1, 0))
        third = self.reserved()
        third.lot_ids = first
        third._scrm_consume()
        self.assertEqual(self.at(self.shelf, self.board), (0, 0))
        with self.assertRaisesRegex(UserError, "0 can come back"), self.cr.savepoint():
            line.with_user(self.dora)._scrm_return(1, first)
        self.assertEqual(self.at(customers, self.board), (2, 0))
        third.with_user(self.dora)._scrm_return(1, first)
        self.assertEqual(self.at(self.shelf, self.board), (1, 0))
        self.assertEqual(self.at(customers, self.board), (1, 0))

    def test_fetched_and_issued_by_number(self):
        """B-3 comes from West for one ticket, lies in the van, is used from there; the
        other ticket's board stays held in the depot all the time."""
        other = self.reserved()
        held = other.move_id.move_line_ids.lot_id
        ticket = self.submit()
        line = ticket.part_line_ids
        line.write({"product_id": self.board.id, "quantity": 2})
        ticket.with_user(self.dora).action_scrm_parts_fetch()
        west = self.west.lot_stock_id
        self.assertEqual(self.at(self.shelf, self.board), (2, 2))
        self.assertEqual(self.at(west, self.board), (1, 1))
        ticket.with_user(self.dora).action_scrm_parts_receive()
        self.assertEqual(line.state, "reserved")
        self.assertEqual(self.at(self.shelf, self.board), (3, 3))
        line.with_user(self.dora)._scrm_issue(self.van)
        self.assertEqual(self.at(self.shelf, self.board), (1, 1))
        self.assertEqual(self.at(self.van, self.board), (2, 2))
        line.lot_ids = held | self.b3
        words = f"{held.name} of .* is not free in"
        with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
            line._scrm_consume()
        line.lot_ids = (self.b1 | self.b2 | self.b3) - held
        line._scrm_consume()
        self.assertEqual(self.at(self.van, self.board), (0, 0))
        self.assertEqual(self.at(self.shelf, self.board), (1, 1))
        self.assertEqual(other.move_id.move_line_ids.lot_id, held)
        other.lot_ids = held
        other._scrm_consume()
        self.assertEqual(self.at(self.shelf, self.board), (0, 0))

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
