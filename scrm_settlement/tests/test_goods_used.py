"""Goods on tickets: put aside, from the store's warehouse, priced, and on the payee's
statement."""

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.scrm_ticket.tests.straight_flow import straight_flow

from .goods_common import GoodsCommon


@tagged("post_install", "-at_install")
class TestUsualItem(GoodsCommon):
    def flow(self, *services):
        rows = [
            {"key": "start", "type": "start"},
            *(
                {"key": kind, "type": "service_task", "service_kind": kind}
                for kind in services
            ),
            {
                "key": "visit",
                "handler_rule": "people",
                "handler_user_ids": [Command.set(self.engineer.ids)],
            },
            {
                "key": "parts_consume",
                "type": "service_task",
                "service_kind": "parts_consume",
            },
            {"key": "end", "type": "end"},
        ]
        return straight_flow(self.env, "goods_flow", rows)

    def test_put_aside_for_a_birthday(self):
        """Three days before the birthday the care ticket holds what the customer has
        ordered most often, in the kitchen of his store; not a day earlier.

        Steak in three orders of one piece, wine in one of nine: steak.

        Covers: P29
        """
        steak, wine = self.goods("Steak"), self.goods("Wine", 20)
        for _number in range(3):
            self.order(steak, 1, "2026-03-01")
        self.order(wine, 9, "2026-03-02")
        self.template.flow_id = self.flow("usual_item")
        self.env["scrm.care.plan"].create(
            {
                "key": "test_birthday",
                "name": "Birthday",
                "kind": "date",
                "template_id": self.template.id,
                "date_field_id": self.env["ir.model.fields"]
                ._get("res.partner", "scrm_birthday")
                .id,
                "offset_days": -3,
            }
        )
        self.customer.partner_id.scrm_birthday = "1990-04-10"
        taken = steak.free_qty
        ticket = self.opened_on("2026-04-06 12:00:00")
        self.assertFalse(ticket)
        steak.invalidate_recordset()
        self.assertEqual(steak.free_qty, taken, "not yet")
        ticket = self.opened_on("2026-04-07 12:00:00")
        self.assertEqual(ticket.partner_id, self.customer.partner_id)
        self.assertEqual(ticket.part_line_ids.product_id, steak)
        self.assertEqual(ticket.part_line_ids.state, "reserved")
        steak.invalidate_recordset()
        self.assertEqual(steak.free_qty, taken - 1, "put aside")
        ticket.scrm_flow_cancel("Not coming")
        steak.invalidate_recordset()
        self.assertEqual(steak.free_qty, taken)

    def opened_on(self, moment):
        """The tickets that care plans open at a moment, by their cron."""
        tickets = self.env["helpdesk.ticket"]
        known = tickets.search([])
        with (
            freeze_time(moment),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            self.env(cr=cr)["scrm.care"]._cron_open()
        self.env.invalidate_all()
        return tickets.search([]) - known

    def test_nothing_ordered(self):
        """Without any order the ticket says so, and goes on."""
        self.template.flow_id = self.flow("usual_item")
        ticket = self.new_ticket(50)
        self.assertEqual(ticket.scrm_node_key, "visit")
        self.assertFalse(ticket.part_line_ids)
        notes = ticket.message_ids.mapped("body")
        self.assertTrue([note for note in notes if "not ordered anything" in note])

    def test_parts_and_labour_are_priced(self):
        """A fault brings parts and hours, both are priced: a lamp of 100 and 1.5
        hours at 80 are 220 beside the service of 400; another fault changes both.

        Covers: P05
        """
        fault = self.env["scrm.form.field"].create(
            {
                "key": "goods_fault",
                "name": "Fault",
                "type": "choice",
                "option_ids": [
                    Command.create({"key": "dark", "name": "Dark"}),
                    Command.create({"key": "loose", "name": "Loose"}),
                ],
            }
        )
        self.template.line_ids = [Command.create({"field_id": fault.id})]
        self.template.price_parts = True
        for option, hours, parts in (
            (fault.option_ids[0], 1.5, [{"product_id": self.part.id, "quantity": 1}]),
            (fault.option_ids[1], 0.5, []),
        ):
            self.env["scrm.repair.plan"].create(
                {
                    "key": f"goods_{option.key}",
                    "name": option.name,
                    "fault_id": option.id,
                    "hours": hours,
                    "part_ids": [Command.create(part) for part in parts],
                }
            )
        labour = self.env["product.product"].create(
            {"name": "Labour", "type": "service", "taxes_id": False}
        )
        self.adjustment(
            "surcharge",
            [("planned_hours", ">", "0")],
            product_id=labour.id,
            amount=80,
            quantity_dimension="planned_hours",
        )
        ticket = self.new_ticket(50)
        self.assertEqual(ticket.scrm_price_total, 400)
        ticket.with_user(self.engineer).write({"scrm_values": {"goods_fault": "dark"}})
        amounts = ticket.scrm_price_line_ids.sorted("id").mapped("amount")
        self.assertEqual(amounts, [400, 100, 120])
        ticket.with_user(self.engineer).write({"scrm_values": {"goods_fault": "loose"}})
        amounts = ticket.scrm_price_line_ids.sorted("id").mapped("amount")
        self.assertEqual(amounts, [400, 40])

    def test_parts_on_the_statement(self):
        """What was used leaves stock and stands on the statements of who is paid: of
        the engineer, and of the supplier of the device.

        Covers: P08
        """
        self.stock(5)
        self.template.flow_id = self.flow("parts_reserve")
        before = self.part.qty_available
        maker = self.env["res.partner"].create({"name": "Maker", "is_company": True})
        device = self.env["stock.lot"].create(
            {
                "name": "TEST-DEVICE",
                "product_id": self.env["product.product"]
                .create({"name": "Boiler", "is_storable": True, "tracking": "serial"})
                .id,
                "scrm_supplier_id": maker.id,
            }
        )
        terms = self._create_plan(
            "supplies", self.company.currency_id, payee_node_key="supplier"
        )
        ticket = self.new_ticket(
            50,
            scrm_lot_id=device.id,
            part_line_ids=[Command.create({"product_id": self.part.id, "quantity": 3})],
        )
        ticket.part_line_ids.with_user(self.engineer).quantity_used = 2
        ticket.with_user(self.engineer).scrm_step_complete()
        self.assertEqual(ticket.scrm_run_state, "done", ticket.scrm_incident_reason)
        self.part.invalidate_recordset()
        self.assertEqual(self.part.qty_available, before - 2)
        records = self.env["scrm.settlement.record"].search(
            [("source_key", "=", f"helpdesk.ticket:{ticket.id}")]
        )
        self.assertEqual(records.payee_id, self.engineer.partner_id | maker)
        for record in records:
            self.assertEqual(record.payee_id == maker, record.plan_id == terms)
            self.assertEqual(record.parts_used, "2 × [LAMP] Lamp")
            statement = (
                self.env["scrm.settlement.statement"]
                .with_user(self.accountant)
                .prepare(
                    record.plan_id.key, f"{record.basis_date:%Y-%m}", record.payee_id.id
                )
            )
            self.assertEqual(statement.record_ids, record)
            paper = statement.sudo()._paper("en_US")
            self.assertIn("2 × [LAMP] Lamp", paper["rows"][0][1])

    def test_source_and_fee_of_the_region(self):
        """The same ticket in two regions: each takes from its own warehouse and pays
        by its own rule. East 20 % of 400, at least 80: 80; West 70, whatever it costs.

        Covers: P06
        """
        self.template.flow_id = self.flow("parts_reserve")
        self.template.part_ids = [
            Command.create({"product_id": self.part.id, "quantity": 2})
        ]
        self.rule.condition_ids = self._conditions([("region", "=", "East")])
        self.rule.copy(
            {
                "key": "west",
                "name": "West",
                "component_id": self.component.id,
                "formula": "fixed",
                "amount": 70,
                "condition_ids": self._conditions([("region", "=", "West")]),
            }
        )
        shelves = {}
        for region in ("East", "West"):
            depot = self.env["stock.warehouse"].create(
                {"name": region, "code": region, "company_id": self.company.id}
            )
            shelves[region] = depot.lot_stock_id
            self.env["stock.quant"]._update_available_quantity(
                self.part, depot.lot_stock_id, 5
            )
            self.env["scrm.store"].create(
                {
                    "key": region.lower(),
                    "name": region,
                    "region": region,
                    "warehouse_id": depot.id,
                }
            )

        def left():
            found = {}
            for region, shelf in shelves.items():
                part = self.part.with_context(location=shelf.id)
                part.invalidate_recordset()
                found[region] = (part.qty_available, part.free_qty)
            return found

        self.assertEqual(left(), {"East": (5, 5), "West": (5, 5)})
        stores = {store.region: store for store in self.env["scrm.store"].search([])}
        tickets = {
            region: self.new_ticket(50, store_id=stores[region].id)
            for region in shelves
        }
        self.assertEqual(left(), {"East": (5, 3), "West": (5, 3)})
        for region, fee in (("East", 80), ("West", 70)):
            ticket = tickets[region]
            self.assertEqual(ticket.part_line_ids.location_id, shelves[region])
            ticket.with_user(self.engineer).scrm_step_complete()
            record = self.env["scrm.settlement.record"].search(
                [("source_key", "=", f"helpdesk.ticket:{ticket.id}")]
            )
            self.assertEqual(record.amount, fee, region)
            self.assertEqual(record.payee_id, self.engineer.partner_id)
            self.assertEqual(left()[region], (3, 3), region)

    def test_tiers_to_pick(self):
        """One service with four prices: the seller picks the tier, nobody calculates.

        Base 1000, member 900, promotion 850, VIP 800.

        Covers: P12
        """
        prices = {"Base": 1000, "Member": 900, "Promotion": 850, "VIP": 800}
        tiers = {}
        for name, price in prices.items():
            tiers[name] = self.tier.copy({"name": name})
            tiers[name].item_ids.fixed_price = price
        ticket = self.new_ticket(50)
        for name, price in prices.items():
            with self.subTest(name):
                ticket.with_user(self.engineer).scrm_tier_id = tiers[name]
                self.assertEqual(ticket.scrm_price_total, price)
                self.assertIn(name, ticket.scrm_price_line_ids.reason)
        ticket.with_user(self.engineer).scrm_tier_id = False
        self.assertEqual(ticket.scrm_price_total, 400, "as the table says")

    def test_service_library(self):
        """An installation ticket takes its service from the library: parts, hours,
        who is able to do it, and the price by tier: gold 350, others 400.

        Covers: P10
        """
        self.item([("customer_level", "=", "gold")], self.service, fixed_price=350)
        able = self.env["res.groups"].create(
            {"name": "Fitters", "user_ids": [Command.set(self.engineer_2.ids)]}
        )
        self.service.write(
            {
                "scrm_hours": 1.5,
                "scrm_role_ids": [Command.set(able.ids)],
                "scrm_service_part_ids": [
                    Command.create({"product_id": self.part.id, "quantity": 2})
                ],
            }
        )
        self.stock(10)
        self.template.service_ids = self.service
        self.template.flow_id = self.flow("parts_reserve")
        draft = self.template.flow_id.published_version_id._copy_as_draft()
        visit = draft.node_ids.filtered(lambda node: node.key == "visit")
        visit.handler_rule = "able"
        draft.action_publish()
        for level, price in (("silver", 400), ("gold", 350)):
            self.customer.partner_id.scrm_level = level
            ticket = self.new_ticket(50)
            self.assertEqual(ticket.scrm_price_total, price)
            self.assertEqual(ticket.scrm_service_ids, self.service)
            self.assertEqual(ticket.scrm_planned_hours, 1.5)
            self.assertEqual(ticket.part_line_ids.quantity, 2)
            self.assertEqual(ticket.part_line_ids.state, "reserved")
            self.assertEqual(ticket.user_id, self.engineer_2)
