"""What purchasing, warehouse and carrier do for a ticket, on one page."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_part_paths import PathCase


@tagged("post_install", "-at_install")
class TestSupply(PathCase):
    """The ticket needs 7 brackets and a lamp: the depot has 5 brackets, West 4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamp = cls.env["product.product"].create(
            {"name": "Test Lamp", "is_storable": True}
        )

    def setUp(self):
        super().setUp()
        self.case = self.short_ticket()
        self.case.part_line_ids = [Command.create({"product_id": self.lamp.id})]
        self.bracket_line, self.lamp_line = self.case.part_line_ids

    def told(self):
        """The three departments as Dora reads them: [(what, state, text)] each."""
        ticket = self.case.with_user(self.dora)
        ticket.env.invalidate_all()
        return [
            [(row.what, row.state, row.text) for row in rows]
            for rows in (
                ticket._scrm_supply_purchase(),
                ticket._scrm_supply_warehouse(),
                ticket._scrm_supply_way(),
            )
        ]

    def test_all_departments(self):
        """From nothing to used: the lamp is requested, its receipt announced, then
        arrived; brackets are fetched from West, arrive, and are used; a parcel is on
        its way. Goods for another ticket are not among them.

        Covers: V08
        """
        self.assertEqual(self.told(), [[], [], []])
        other = self.ticket(3)
        self.bracket_line.with_user(self.dora)._scrm_transfer()
        self.lamp_line.with_user(self.dora)._scrm_order()
        purchase, warehouse, way = self.told()
        self.assertEqual(
            [(what, state) for what, state, _text in purchase],
            [("Test Lamp", "Requested")],
        )
        announced, fetched = warehouse
        self.assertEqual(announced[:2], ("Test Lamp", "Available"))
        self.assertIn("1 from Vendors to TDEP/Stock", announced[2])
        self.assertEqual(fetched[:2], ("Test Bracket", "Available"))
        self.assertIn("2 from TWST/Stock to TDEP/Stock", fetched[2])
        self.assertFalse(way)
        # the supplier's delivery comes
        receipt = self.env["stock.move"].search([("product_id", "=", self.lamp.id)])
        receipt = receipt.picking_id
        receipt.move_ids.write({"quantity": 1, "picked": True})
        receipt._action_done()
        self.case.part_line_ids.with_user(self.dora)._scrm_receive()
        states = {(what, state) for what, state, _text in self.told()[1]}
        self.assertEqual(
            states, {("Test Lamp", "Arrived"), ("Test Bracket", "Arrived")}
        )
        self.case.part_line_ids.with_user(self.dora)._scrm_consume()
        states = [(what, state) for what, state, _text in self.told()[1]]
        self.assertIn(("Test Bracket", "Used"), states)
        self.assertIn(("Test Lamp", "Used"), states)
        # the carrier
        self.case.scrm_track_number = "SF-1"
        self.env["helpdesk.ticket"]._scrm_take_track(
            "m1",
            {
                "number": "SF-1",
                "at": "2026-03-02T10:00:00",
                "state": "moving",
                "place": "Suzhou",
                "expected_at": "2026-03-04T10:00:00",
            },
        )
        ((number, state, text),) = self.told()[2]
        self.assertEqual((number, state, text), ("SF-1", "On its way", "Suzhou"))
        html = str(self.case.with_user(self.dora).scrm_supply()["html"])
        for words in ("Purchasing", "Warehouse", "On the Way", "SF-1", "03/04/2026"):
            self.assertIn(words, html)
        self.assertNotIn(other.number, html)

    def test_who_sees_it(self):
        """Who may not read the ticket sees nothing; who may, sees also the transfers
        that he or she may not open, without a link to them.

        Covers in part: V08
        """
        self.bracket_line.with_user(self.dora)._scrm_transfer()
        (row,) = self.case.with_user(self.dora)._scrm_supply_warehouse()
        self.assertFalse(row.link)
        self.case.invalidate_recordset()
        keeper = self.dora
        keeper.group_ids += self.env.ref("stock.group_stock_user")
        (row,) = self.case.with_user(keeper)._scrm_supply_warehouse()
        self.assertTrue(row.link.startswith("/odoo/stock.picking/"))
        with self.assertRaises(AccessError):
            self.case.with_user(self.quentin).scrm_supply()

    def test_live(self):
        """Who looks is told when a part is asked for, goods move that a ticket waits
        for, and the carrier says something.

        Covers in part: V08
        """
        told = set()
        flows = self.env.registry["scrm.flow"]
        listener = patch.object(
            flows, "_tell_maps", lambda flows: told.update(flows.ids)
        )
        self.startPatcher(listener)
        flow = self.flow.id
        self.assertEqual(self.case.with_user(self.dora).scrm_supply()["flow"], flow)
        self.lamp_line.with_user(self.dora)._scrm_order()
        self.assertIn(flow, told)
        told.clear()
        move = self.env["stock.move"].create(
            {
                "product_id": self.lamp.id,
                "product_uom_qty": 1,
                "product_uom": self.lamp.uom_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.shelf.id,
            }
        )
        self.assertNotIn(flow, told)
        move._action_confirm()
        self.assertIn(flow, told, "it is announced")
        told.clear()
        self.case.write({"scrm_track_number": "SF-2"})
        self.assertIn(flow, told)
        told.clear()
        foreign = self.make_part("Test Screw", 3)
        self.env["stock.quant"]._update_available_quantity(foreign, self.shelf, 1)
        self.assertNotIn(flow, told)
