"""A complaint brings along who was on shift and what was delivered and used."""

from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TicketCase

#: The meal that somebody complains about a day later.
MEAL = datetime(2026, 3, 2, 11)
HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestCircumstances(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        moment = cls.env["scrm.form.field"].create(
            {"key": "test_meal_at", "name": "Meal", "type": "datetime"}
        )
        cls.template.write(
            {
                "part_ids": [Command.clear()],
                "line_ids": [Command.create({"field_id": moment.id})],
            }
        )
        cls.roster = cls.env["scrm.flow.roster"].create(
            {"key": "test_kitchen", "name": "Kitchen", "timezone": "UTC"}
        )
        cls.other_roster = cls.roster.copy({"key": "test_other", "name": "Other"})
        cls.store.roster_ids = cls.roster
        cls.supplier = cls.env["res.partner"].create({"name": "Fish Market"})
        cls.fish = cls.env["product.product"].create(
            {"name": "Test Fish", "is_storable": True, "tracking": "lot"}
        )

    @classmethod
    def shift(cls, user, hours, roster=None):
        start, end = (MEAL + hour * HOUR for hour in hours)
        return cls.env["scrm.flow.roster.shift"].create(
            {
                "roster_id": (roster or cls.roster).id,
                "user_id": user.id,
                "start_at": start,
                "end_at": end,
            }
        )

    def move(self, hours, lot, source, target, partner=False):
        """A done transfer of two fish of this batch."""
        suppliers = self.env.ref("stock.stock_location_suppliers")
        is_receipt = source == suppliers
        with freeze_time(MEAL + hours * HOUR):
            batch = self.env["stock.lot"].search(
                [("name", "=", lot), ("product_id", "=", self.fish.id)]
            ) or self.env["stock.lot"].create({"name": lot, "product_id": self.fish.id})
            picking = self.env["stock.picking"].create(
                {
                    "picking_type_id": (
                        self.warehouse.in_type_id
                        if is_receipt
                        else self.warehouse.out_type_id
                    ).id,
                    "partner_id": partner and partner.id,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.fish.id,
                                "product_uom_qty": 2,
                                "location_id": source.id,
                                "location_dest_id": target.id,
                            }
                        )
                    ],
                }
            )
            picking.action_confirm()
            picking.move_ids.move_line_ids.unlink()
            picking.move_ids.write(
                {
                    "move_line_ids": [
                        Command.create(
                            {
                                "product_id": self.fish.id,
                                "lot_id": batch.id,
                                "quantity": 2,
                                "location_id": source.id,
                                "location_dest_id": target.id,
                            }
                        )
                    ],
                    "picked": True,
                }
            )
            picking._action_done()
        return picking

    def complain(self, hours=24, **config):
        with freeze_time(MEAL + hours * HOUR):
            ticket = self.submit(values={**self.good_values, "test_meal_at": str(MEAL)})
            step = ticket.scrm_step_ids[:1]
            service = self.env["scrm.flow.service.circumstances"]
            config = {"moment": "test_meal_at", **config}
            self.assertFalse(service._check_config("helpdesk.ticket", config))
            service.with_user(self.dora).run(ticket.with_user(self.dora), step, config)
        return ticket

    def test_roster_and_purchases_of_that_time_and_place(self):
        """Who was on shift at the meal, not who is when the complaint comes, nor who
        was elsewhere; what was delivered within the three days before and not after,
        of whom and which batch; what was used then. Later changes of the roster alter
        nothing, and nobody writes it by hand.

        Covers: X21
        """
        there = self.shift(self.egon, (-3, 5))
        self.shift(self.ella, (20, 28))
        self.shift(self.dora, (-3, 5), self.other_roster)
        suppliers = self.env.ref("stock.stock_location_suppliers")
        customers = self.env.ref("stock.stock_location_customers")
        far = self.env["stock.warehouse"].create({"name": "Far", "code": "TFAR"})
        bought = self.move(-20, "B-1", suppliers, self.shelf, self.supplier)
        self.move(-24 * 5, "OLD", suppliers, self.shelf, self.supplier)
        self.move(3, "LATE", suppliers, self.shelf, self.supplier)
        self.move(-20, "FAR", suppliers, far.lot_stock_id, self.supplier)
        used = self.move(-1, "B-1", self.shelf, customers)
        ticket = self.complain()
        found = ticket.with_user(self.dora).scrm_circumstances
        self.assertEqual(
            (found["store"], found["moment"]), ("Test Store", "2026-03-02 11:00:00")
        )
        self.assertEqual([row["name"] for row in found["people"]], ["Egon"])
        self.assertEqual(
            [
                (row["received"], row["lot"], row["partner"], row["document"])
                for row in found["goods"]
            ],
            [
                (False, "B-1", "", used.name),
                (True, "B-1", "Fish Market", bought.name),
            ],
        )
        self.assertEqual(found["goods"][1]["quantity"], 2)
        there.unlink()
        service = self.env["scrm.flow.service.circumstances"]
        service.run(ticket, ticket.scrm_step_ids[:1], {"moment": "test_meal_at"})
        ticket.invalidate_recordset()
        self.assertEqual(ticket.scrm_circumstances, found)
        html = ticket.with_user(self.dora).scrm_circumstances_html
        for words in ("Egon", "Test Fish", "Fish Market", "B-1", "Test Store"):
            self.assertIn(words, html)
        with self.assertRaisesRegex(UserError, "stay as the flow has found"):
            ticket.with_user(self.manager).scrm_circumstances = {}
        with self.assertRaises(AccessError):
            ticket.with_user(self.pia).read(["scrm_circumstances"])

    def test_settings(self):
        """Without a moment it is when the ticket came; wrong settings are named."""
        self.shift(self.ella, (20, 28))
        ticket = self.complain(moment="test_meal_at", hours=0)
        self.assertEqual(ticket.scrm_circumstances["people"], [])
        with freeze_time(MEAL + 24 * HOUR):
            ticket = self.submit()
            service = self.env["scrm.flow.service.circumstances"]
            service.run(ticket, ticket.scrm_step_ids[:1], {})
        people = ticket.scrm_circumstances["people"]
        self.assertEqual([row["name"] for row in people], ["Ella"])
        check = service._check_config
        self.assertIn("test_note", check("helpdesk.ticket", {"moment": "test_note"})[0])
        self.assertTrue(check("helpdesk.ticket", {"hours": 99}))
        self.assertTrue(check("res.partner", {}))
