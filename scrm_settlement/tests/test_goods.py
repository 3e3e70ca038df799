"""What tickets know of goods that were sold: purchases, deliveries, when they are used
up."""

from datetime import date
from unittest.mock import patch

from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from .goods_common import GoodsCommon


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
        with self.assertRaises(AccessError, msg="it is for colleagues"):
            ticket.with_user(self.customer).read(["scrm_purchases_html"])

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
