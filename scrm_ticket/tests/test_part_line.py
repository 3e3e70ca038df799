from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestPartLine(TicketCase):
    """Parts are real stock: quants before and after, as the people who work."""

    def to_visit(self, **kwargs):
        ticket = self.submit(**kwargs)
        ticket.with_user(self.dora).scrm_step_complete()
        return ticket

    def test_reserve_and_consume(self):
        """Reserving holds the part, consuming takes exactly it out of stock.

        Covers: P04
        """
        ticket = self.submit()
        self.assertEqual(self.on_shelf(), (5, 0))
        self.assertEqual(ticket.part_line_ids.state, "draft")
        ticket.with_user(self.dora).scrm_step_complete()
        line = ticket.part_line_ids
        self.assertEqual(line.state, "reserved")
        self.assertEqual(line.quantity_reserved, 1)
        self.assertEqual(self.on_shelf(), (5, 1))
        ticket.with_user(ticket.user_id).scrm_step_complete()
        self.assertEqual(line.state, "consumed")
        self.assertEqual(self.on_shelf(), (4, 0))
        move = line.move_id
        self.assertEqual(move.state, "done")
        self.assertEqual(move.location_dest_id.usage, "customer")
        self.assertEqual(move.scrm_ticket_id, ticket)
        self.assertEqual((move.origin, move.reference), (ticket.number,) * 2)
        at_customer = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.bracket.id),
                ("location_id", "=", move.location_dest_id.id),
            ]
        )
        self.assertEqual(sum(at_customer.mapped("quantity")), 1)

    def test_cancel_releases(self):
        """Cancelling the flow gives back what it held.

        Covers in part: P27
        """
        ticket = self.to_visit()
        self.assertEqual(self.on_shelf(), (5, 1))
        ticket.with_user(self.desk).scrm_flow_cancel("Customer called off")
        self.assertEqual(self.on_shelf(), (5, 0))
        self.assertEqual(ticket.part_line_ids.state, "released")
        self.assertEqual(ticket.part_line_ids.move_id.state, "cancel")

    def test_shortage_is_an_incident(self):
        """A short part stops the flow with the reason; it goes on after repair.

        Covers in part: P03
        """
        ticket = self.submit()
        rare = self.make_part("Test Rare Part", 1)
        ticket.part_line_ids = [Command.create({"product_id": rare.id, "quantity": 3})]
        ticket.with_user(self.dora).scrm_step_complete()
        self.assertEqual(ticket.scrm_run_state, "incident")
        for words in ("Test Rare Part", "3 needed", "1 available", "TDEP"):
            self.assertIn(words, ticket.scrm_incident_reason)
        self.assertEqual(self.on_shelf(), (5, 0), "the other part is free again")
        self.assertEqual(self.on_shelf(rare), (1, 0))
        self.assertEqual(set(ticket.part_line_ids.mapped("state")), {"draft"})
        self.env["stock.quant"]._update_available_quantity(rare, self.shelf, 2)
        ticket.scrm_run_id.with_user(self.manager).action_retry()
        self.assertEqual(ticket.scrm_node_key, "visit")
        self.assertEqual(self.on_shelf(rare), (3, 3))

    def test_use_less_than_reserved(self):
        """What was not used is free again."""
        ticket = self.submit()
        ticket.part_line_ids.with_user(self.dora).quantity = 3
        ticket.with_user(self.dora).scrm_step_complete()
        self.assertEqual(self.on_shelf(), (5, 3))
        ticket.part_line_ids.with_user(ticket.user_id).quantity_used = 2
        ticket.with_user(ticket.user_id).scrm_step_complete()
        self.assertEqual(self.on_shelf(), (3, 0))
        moves = self.env["stock.move"].search([("scrm_ticket_id", "=", ticket.id)])
        self.assertEqual(moves.filtered(lambda m: m.state == "done").quantity, 2)
        self.assertFalse(moves.filtered(lambda m: m.state in ("assigned", "confirmed")))

    def test_more_than_reserved_is_refused(self):
        """Consuming more than is reserved stops the flow; stock is untouched."""
        ticket = self.to_visit()
        engineer = ticket.user_id
        ticket.part_line_ids.with_user(engineer).quantity_used = 2
        ticket.with_user(engineer).scrm_step_complete()
        self.assertEqual(ticket.scrm_run_state, "incident")
        self.assertIn("only 1 are reserved", ticket.scrm_incident_reason)
        self.assertEqual(self.on_shelf(), (5, 1))
        ticket.part_line_ids.with_user(self.manager).quantity_used = 1
        ticket.scrm_run_id.with_user(self.manager).action_retry()
        self.assertEqual(ticket.scrm_run_state, "done")
        self.assertEqual(self.on_shelf(), (4, 0))

    def test_what_is_gone_is_not_consumed(self):
        """A reserved part that left the shelf: refused, stock never goes below zero."""
        ticket = self.to_visit()
        self.env["stock.quant"]._update_available_quantity(self.bracket, self.shelf, -5)
        ticket.with_user(ticket.user_id).scrm_step_complete()
        self.assertEqual(ticket.scrm_run_state, "incident")
        self.assertIn("1 needed, 0 available", ticket.scrm_incident_reason)
        self.assertEqual(self.on_shelf()[0], 0)

    def test_quantity_in_words(self):
        """Half a metre of hose is no whole one to the customer; pieces have no unit."""
        hose = self.env["product.product"].create(
            {
                "name": "Hose",
                "is_storable": True,
                "uom_id": self.env.ref("uom.product_uom_meter").id,
            }
        )
        self.env["res.lang"]._activate_lang("de_DE")
        ticket = self.submit()
        for product, quantity, lang, text in (
            (hose, 0.5, "en_US", "0.5\u00a0m"),
            (hose, 0.5, "de_DE", "0,5\u00a0m"),
            (hose, 12, "en_US", "12\u00a0m"),
            (hose, 0.25, "en_US", "0.25\u00a0m"),
            (self.bracket, 2, "en_US", "2"),
            (self.bracket, 1000, "en_US", "1,000"),
        ):
            with self.subTest(quantity=quantity, lang=lang):
                line = self.env["scrm.part.line"].create(
                    {
                        "ticket_id": ticket.id,
                        "product_id": product.id,
                        "quantity": quantity,
                    }
                )
                self.assertEqual(line.with_context(lang=lang)._quantity_text(), text)

    def test_part_added_on_site(self):
        """A part added after the reservation is taken from stock as well."""
        ticket = self.to_visit()
        screw = self.make_part("Test Screw", 10)
        ticket.with_user(ticket.user_id).part_line_ids = [
            Command.create({"product_id": screw.id, "quantity": 4})
        ]
        ticket.with_user(ticket.user_id).scrm_step_complete()
        self.assertEqual(self.on_shelf(screw), (6, 0))
        self.assertEqual(self.on_shelf(), (4, 0))

    def test_two_tickets_do_not_share_a_reservation(self):
        """Moves of the same part are not merged into one another."""
        first, second = self.to_visit(), self.to_visit()
        self.assertEqual(self.on_shelf(), (5, 2))
        self.assertNotEqual(first.part_line_ids.move_id, second.part_line_ids.move_id)
        first.with_user(self.desk).scrm_flow_cancel("Not needed")
        self.assertEqual(self.on_shelf(), (5, 1))
        second.with_user(second.user_id).scrm_step_complete()
        self.assertEqual(self.on_shelf(), (4, 0))

    def test_store_decides_the_warehouse(self):
        """Each store's tickets take from its own warehouse.

        Covers in part: P06
        """
        depot = self.env["stock.warehouse"].create({"name": "West", "code": "TWST"})
        self.env["scrm.store"].create(
            {"key": "test_west", "name": "West", "warehouse_id": depot.id}
        )
        self.env["stock.quant"]._update_available_quantity(
            self.bracket, depot.lot_stock_id, 1
        )
        ticket = self.to_visit(store="test_west")
        self.assertEqual(ticket.part_line_ids.location_id, depot.lot_stock_id)
        self.assertEqual(ticket.part_line_ids.state, "reserved")
        self.assertEqual(self.on_shelf(), (5, 0))

    def test_moved_parts_are_fixed(self):
        """A reserved part can be neither changed nor deleted, nor faked."""
        ticket = self.to_visit()
        line = ticket.part_line_ids.with_user(ticket.user_id)
        for vals in ({"quantity": 9}, {"product_id": self.bracket.id}):
            with self.assertRaisesRegex(UserError, "already reserved"):
                line.write(vals)
        with self.assertRaisesRegex(UserError, "already reserved"):
            line.unlink()
        for vals in ({"state": "consumed"}, {"move_id": False}):
            with self.assertRaises(UserError):
                line.write(vals)
        with self.assertRaises(UserError):
            line.copy({"ticket_id": ticket.id}).write({"state": "reserved"})

    @mute_logger("odoo.sql_db")
    def test_quantities_are_positive(self):
        """Nobody needs or uses less than nothing."""
        ticket = self.submit()
        for vals in ({"quantity": 0}, {"quantity": -1}, {"quantity_used": -1}):
            with self.assertRaises(CheckViolation), self.cr.savepoint():
                ticket.part_line_ids.write(vals)
                ticket.part_line_ids.flush_recordset()
