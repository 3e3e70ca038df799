"""What tickets know of goods that were sold: purchases, use, usual items; parts and
labour that are priced; parts on the payee's statement."""

from datetime import date
from unittest.mock import patch

from lxml import html

from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .price_common import PriceCommon


class GoodsCommon(PriceCommon):
    @classmethod
    def order(cls, product, quantity, day, partner=None):
        """A confirmed order of the customer."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.customer.partner_id).id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                ],
            }
        )
        order.action_confirm()
        order.date_order = f"{day} 06:00:00"
        return order

    @classmethod
    def goods(cls, name, quantity=10):
        product = cls.env["product.product"].create(
            {"name": name, "type": "consu", "is_storable": True, "taxes_id": False}
        )
        cls.stock(quantity, product)
        return product


@tagged("post_install", "-at_install")
class TestPurchases(GoodsCommon):
    def test_open_on_the_ticket(self):
        """What was bought, how much is delivered and where the rest is stand on the
        ticket, for who may read no orders; only of the ticket's own customer.

        Covers: X19
        """
        shoe = self.goods("Boot 38")
        order = self.order(shoe, 2, "2026-02-01")
        picking = order.picking_ids
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        picking._action_done()
        other = self.env["res.partner"].create({"name": "Somebody else"})
        foreign = self.order(shoe, 5, "2026-02-02", other)
        self.template.purchases_first = True
        ticket = self.new_ticket(50)
        self.assertFalse(
            self.env["sale.order"].with_user(self.engineer).has_access("read")
        )
        form = Form(ticket.with_user(self.engineer))
        self.assertTrue(form.scrm_purchases_first, "shown above all else")
        (row,) = html.fromstring(form.scrm_purchases_html).xpath("//li")
        words = " ".join(row.itertext())
        self.assertIn(order.name, words)
        self.assertIn("2 × Boot 38, 1 delivered", words)
        self.assertIn(f"{picking.name} · Done", words)
        self.assertIn(picking.backorder_ids.name, words, "the rest is on its way")
        self.assertNotIn(foreign.name, words)
        self.assertFalse(ticket.with_user(self.customer).scrm_purchases_html)

    def test_device_history(self):
        """The history of a device tells where its owner has ordered it."""
        boiler = self.env["product.product"].create(
            {"name": "Boiler", "is_storable": True, "tracking": "serial"}
        )
        lot = self.env["stock.lot"].create(
            {
                "name": "BO-1",
                "product_id": boiler.id,
                "scrm_partner_id": self.customer.partner_id.id,
                "scrm_install_date": "2026-02-10",
            }
        )
        order = self.order(boiler, 1, "2026-02-01")
        self.env["scrm.store"].create(
            {"key": "mall", "name": "Mall 3", "warehouse_id": order.warehouse_id.id}
        )
        page = html.fromstring(lot.with_user(self.engineer).scrm_timeline_html)
        rows = [" ".join(row.itertext()) for row in page.xpath("//li")]
        self.assertIn("Installed", rows[0])
        self.assertIn(f"Order {order.name}", rows[1])
        self.assertIn("Mall 3", rows[1])


@tagged("post_install", "-at_install")
class TestReplenishment(GoodsCommon):
    """Milk powder, 900 g a tin, each customer drinks at a pace of his own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.milk = cls.goods("Milk powder", 100)
        cls.plan = cls.env["scrm.care.plan"].create(
            {
                "key": "test_refill",
                "name": "Refill",
                "kind": "supply",
                "template_id": cls.template.id,
                "product_ids": cls.milk.ids,
                "daily_use": 0,
                "learns_use": True,
            }
        )

    def member(self, partner, daily_use):
        return self.env["scrm.care.member"].create(
            {
                "plan_id": self.plan.id,
                "partner_id": partner.id,
                "daily_use": daily_use,
            }
        )

    def due(self, partner):
        return self.plan._planned(partner).due_on

    def test_each_customer_has_a_day(self):
        """Quantity bought over use a day; not the same 45 days for everybody.

        4 tins at 0.1 a day last 40 days: 1 March + 40 = 10 April. The other one had
        3 tins on 1 February and 3 on 1 March: 3 in 28 days, so 3 last 28 days: 29
        March. After 6 more on 20 March: 6 in 47 days, 6 last 47 days: 6 May. They are
        delivered on the 22nd, 6 in 49 days: 10 May, and do not count twice.

        Covers: X08
        """
        first = self.customer.partner_id
        second = self.env["res.partner"].create({"name": "Second"})
        order = self.order(self.milk, 4, "2026-03-01", first)
        self.assertFalse(self.due(first), "nobody knows how much is used")
        self.order(self.milk, 3, "2026-02-01", second)
        self.order(self.milk, 3, "2026-03-01", second)
        member = self.member(first, 0.1)
        self.assertEqual(self.due(first), date(2026, 4, 10))
        self.assertEqual(self.due(second), date(2026, 3, 29))
        picking = self.order(self.milk, 6, "2026-03-20", second).picking_ids
        self.assertEqual(self.due(second), date(2026, 5, 6))
        with freeze_time("2026-03-22 06:00:00"):
            picking.move_ids.write({"quantity": 6, "picked": True})
            picking._action_done()
        self.assertEqual(self.due(second), date(2026, 5, 10))
        member.daily_use = 0.2
        self.assertEqual(self.due(first), date(2026, 3, 21))
        order._action_cancel()
        self.assertFalse(self.due(first), "nothing is bought any more")

    def test_reminded_once(self):
        """The ticket is opened so many days before, once for each day."""
        self.plan.offset_days = -5
        self.member(self.customer.partner_id, 0.1)
        order = self.order(self.milk, 4, "2026-03-01")
        fields = type(self.env["scrm.form.field"])
        tickets = self.env["helpdesk.ticket"]
        known = tickets.search([])
        for day, number in ((4, 0), (5, 1), (6, 1)):
            with (
                patch.object(
                    fields, "_scrm_today", lambda model, day=day: date(2026, 4, day)
                ),
                self.enter_registry_test_mode(),
                self.registry.cursor() as cr,
            ):
                self.env(cr=cr)["scrm.care"]._cron_open()
            self.env.invalidate_all()
            self.assertEqual(len(tickets.search([]) - known), number, day)
        found = tickets.search([]) - known
        self.assertEqual(found.partner_id, order.partner_id)
        order.date_order = "2026-02-27 06:00:00"  # a day that is past is not told
        self.assertFalse(self.due(order.partner_id))

    def test_a_course_that_is_never_delivered(self):
        """What the stock does not know counts by its order, once."""
        course = self.env["product.product"].create(
            {"name": "Course", "type": "service", "taxes_id": False}
        )
        self.plan.write(
            {"kind": "purchase", "product_ids": course.ids, "offset_days": 58}
        )
        partner = self.customer.partner_id
        with patch.object(
            type(self.env["scrm.form.field"]),
            "_scrm_today",
            lambda model: date(2026, 3, 1),
        ):
            self.order(course, 1, "2026-03-01").date_order = "2026-03-01 07:00:00"
        cares = self.env["scrm.care"].search([("plan_id", "=", self.plan.id)])
        self.assertEqual(cares.partner_id, partner)
        self.assertEqual(cares.due_on, date(2026, 4, 28))


@tagged("post_install", "-at_install")
class TestUsualItem(GoodsCommon):
    def flow(self, *services):
        flow = self.env["scrm.flow"].create(
            {
                "key": "goods_flow",
                "name": "Goods",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        version = self.env["scrm.flow.version"].create({"flow_id": flow.id})
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
        nodes = self.env["scrm.flow.node"].create(
            [
                {"version_id": version.id, "rank": rank, "name": row["key"], **row}
                for rank, row in enumerate(rows)
            ]
        )
        self.env["scrm.flow.transition"].create(
            [
                {
                    "version_id": version.id,
                    "key": f"to_{target.key}",
                    "source_id": source.id,
                    "target_id": target.id,
                }
                for source, target in zip(nodes, nodes[1:], strict=False)
            ]
        )
        version.action_publish()
        return flow

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
