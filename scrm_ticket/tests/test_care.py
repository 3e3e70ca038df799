import os
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .alert_common import AlertCase

HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 2, 12)
DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCare(AlertCase):
    """Customers are thought of again: after visits and purchases, on their dates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.partner_id.tz = "UTC"
        cls.person = cls.pia.partner_id
        cls.person.email = "pia@example.com"
        cls.nutritionists = cls.env["res.groups"].create(
            {"name": "Nutritionists", "user_ids": [Command.set(cls.ella.ids)]}
        )
        cls.task = cls.make_course(
            "test_call",
            {
                "start": {"type": "start"},
                "call": {
                    "handler_rule": "role",
                    "handler_group_id": cls.nutritionists.id,
                },
                "end": {"type": "end"},
            },
            [("start", "call", {}), ("call", "end", {})],
        )
        cls.say = cls.make_course(
            "test_say",
            {"start": {"type": "start"}, "end": {"type": "end"}},
            [("start", "end", {})],
        )
        cls.email = cls.env.ref("scrm_flow.notice_channel_email")

    def plan(self, **values):
        return self.env["scrm.care.plan"].create(
            {"key": "test_plan", "name": "Plan", "template_id": self.task.id, **values}
        )

    def tell(self, body):
        """Have the customer told what a ticket of the plan says."""
        self.rule(
            event="started",
            flow_id=self.say.flow_id.id,
            to_customer=True,
            channel_ids=[Command.set(self.email.ids)],
            body=body,
        )

    def run_all(self, at):
        self.run_at(
            at,
            ("scrm.care", "_cron_open"),
            ("scrm.notice.delivery", "_run_all"),
        )

    def opened(self, plan):
        return plan.env["scrm.care"].search([("plan_id", "=", plan.id)]).ticket_id

    def told(self):
        found = self.env["scrm.notice.delivery"].search(
            [("rule_id", "!=", False)], order="id"
        )
        return [(one.partner_id.name, one.body) for one in found]

    def buy(self, product, quantity, at, partner=None):
        """Goods go out to a customer."""
        self.env["stock.quant"]._update_available_quantity(
            product, self.shelf, quantity
        )
        customers = self.env.ref("stock.stock_location_customers")
        kind = self.warehouse.out_type_id
        picking = self.env["stock.picking"].create(
            {
                "partner_id": (partner or self.person).id,
                "picking_type_id": kind.id,
                "location_id": self.shelf.id,
                "location_dest_id": customers.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "product_uom": product.uom_id.id,
                            "location_id": self.shelf.id,
                            "location_dest_id": customers.id,
                        }
                    )
                ],
            }
        )
        with freeze_time(at):
            picking.action_confirm()
            picking.action_assign()
            picking.move_ids.picked = True
            picking._action_done()
        self.assertEqual(picking.state, "done")

    def test_cycle_of_the_member(self):
        """Each visit sets the next date from the member's own cycle, of which he is
        told once.

        Covers: N28
        """
        visits = self.make_course(
            "test_visit",
            {
                "start": {"type": "start"},
                "treat": self.by(self.dora),
                "end": {"type": "end"},
            },
            [("start", "treat", {}), ("treat", "end", {})],
        )
        plan = self.plan(
            kind="visit",
            visit_template_ids=[Command.set(visits.ids)],
            template_id=self.say.id,
            cycle_days=30,
            member_ids=[
                Command.create({"partner_id": self.person.id, "cycle_days": 21})
            ],
        )
        self.tell("Time for your next treatment, {{ recipient }}.")

        def visit(at, partner):
            ticket = self.ticket(visits, at, partner_id=partner.id)
            with freeze_time(at):
                ticket.with_user(self.dora).scrm_step_complete()

        other = self.paul.partner_id
        other.email = "paul@example.com"
        visit(NOON, self.person)
        visit(NOON, other)
        cares = self.env["scrm.care"].search([("plan_id", "=", plan.id)])
        self.assertEqual(
            {care.partner_id: care.due_on for care in cares},
            {self.person: date(2026, 3, 23), other: date(2026, 4, 1)},
        )
        visit(NOON + 10 * DAY, self.person)  # sooner: the date moves on
        self.run_all(NOON + 30 * DAY - 13 * HOUR)
        self.assertEqual(self.told(), [])
        for days in (30, 31, 32):
            self.run_all(NOON + days * DAY)
        self.assertEqual(
            self.told(),
            [
                (partner.name, f"Time for your next treatment, {partner.name}.")
                for partner in (other, self.person)
            ],
        )
        visit(NOON + 40 * DAY, self.person)
        self.assertEqual(
            self.env["scrm.care"]
            .search([("plan_id", "=", plan.id), ("state", "=", "planned")])
            .due_on,
            date(2026, 5, 2),
        )

    def test_replenishment_when_it_is_used_up(self):
        """Quantity by daily use of the customer, not a fixed period; what he still has
        counts.

        Covers: X08
        """
        milk = self.make_part("Milk powder", 1)
        plan = self.plan(
            kind="supply",
            product_ids=[Command.set(milk.ids)],
            template_id=self.say.id,
            unit_content=900,
            daily_use=90,
            offset_days=-3,
            member_ids=[
                Command.create({"partner_id": self.person.id, "daily_use": 60})
            ],
        )
        self.tell("Your {{ scrm_care_id.product_id }} is used up soon.")
        stranger = self.quentin.partner_id
        stranger.email = "quentin@example.com"
        self.buy(milk, 2, NOON)  # 1800 / 60 = 30 days
        self.buy(milk, 2, NOON, stranger)  # 1800 / 90 = 20 days

        def due(partner):
            return plan._planned(partner).due_on

        self.assertEqual(due(self.person), date(2026, 3, 29))
        self.assertEqual(due(stranger), date(2026, 3, 19))
        self.buy(milk, 1, NOON + 5 * DAY)  # 15 days more
        self.assertEqual(due(self.person), date(2026, 4, 13))
        self.run_all(datetime(2026, 3, 18, 23, 59, 59))
        self.assertEqual(self.told(), [])
        self.run_all(datetime(2026, 3, 19))
        self.run_all(datetime(2026, 3, 20))
        self.assertEqual(
            self.told(), [("Quentin", "Your Milk powder is used up soon.")]
        )

    def test_the_day_of_a_purchase_is_that_of_the_clock(self):
        """In a scenario goods move in its time, not in the server's."""
        milk = self.make_part("Milk powder", 1)
        plan = self.plan(
            kind="supply",
            product_ids=[Command.set(milk.ids)],
            template_id=self.say.id,
            unit_content=30,
        )
        self.env["ir.config_parameter"].set_param("scrm_flow.scenario_database", "1")
        clock = self.env["scrm.clock"].with_user(self.env.ref("base.user_admin"))
        with patch.dict(os.environ, {"SCRM_TEST_CLOCK": "1"}), freeze_time(NOON):
            for at in ("2026-08-03 12:00:00", "2026-08-20 12:00:00"):
                clock.test_set(at, stand_still=True)
                self.buy(milk, 1, NOON)
        self.assertEqual(plan._planned(self.person).due_on, date(2026, 10, 2))

    def test_a_task_on_day_58_after_the_purchase(self):
        """Exactly then the role has it to do, once for each purchase.

        Covers: X09
        """
        milk, tea = self.make_part("Milk powder", 1), self.make_part("Tea", 1)
        plan = self.plan(
            kind="purchase", product_ids=[Command.set(milk.ids)], offset_days=58
        )
        self.buy(milk, 1, NOON)
        self.buy(tea, 1, NOON)
        self.run_all(datetime(2026, 4, 28, 23, 59, 59))
        self.assertFalse(self.opened(plan))
        for at in (datetime(2026, 4, 29), datetime(2026, 4, 29, 1), NOON + 99 * DAY):
            self.run_all(at)
        ticket = self.opened(plan)
        self.assertEqual(len(ticket), 1)
        self.assertEqual(ticket.scrm_handler_ids, self.ella)
        self.assertEqual(ticket.partner_id, self.person)
        self.buy(milk, 1, NOON)
        self.run_all(NOON + 100 * DAY)
        self.assertEqual(len(self.opened(plan)), 2)

    def test_the_guide_of_the_age(self):
        """The guide of the child's age, once a stage; who comes late gets only his.

        Covers: X10
        """
        self.plan(
            kind="date",
            template_id=self.say.id,
            date_field_id=self.env["ir.model.fields"]
            ._get("res.partner", "scrm_child_birthday")
            .id,
            stage_ids=[
                Command.create(
                    {"months": months, "name": name, "content": f"Guide: {name}"}
                )
                for months, name in ((0, "newborn"), (6, "first food"), (12, "steps"))
            ],
        )
        self.tell("{{ scrm_care_id.stage_id.content }}")
        late = self.paul.partner_id
        late.write({"email": "p@example.com", "scrm_child_birthday": "2025-06-15"})
        self.person.scrm_child_birthday = "2026-03-01"
        for at in (NOON, NOON + DAY, datetime(2026, 6, 14, 12)):
            self.run_all(at)
        self.assertEqual(
            sorted(self.told()),
            [("Paul", "Guide: first food"), ("Pia", "Guide: newborn")],
        )
        self.run_all(datetime(2026, 6, 15))
        self.assertEqual(self.told()[2:], [("Paul", "Guide: steps")])
        self.run_all(datetime(2026, 8, 31, 23))
        self.assertEqual(len(self.told()), 3)
        self.run_all(datetime(2026, 9, 1))
        self.run_all(datetime(2026, 9, 2))
        self.assertEqual(self.told()[3:], [("Pia", "Guide: first food")])

    def test_birthday_of_a_vip(self):
        """Three days before it a coupon goes out, and stock knows the favourite dish.

        Covers: X11
        """
        fish, soup = self.make_part("Fish", 20), self.make_part("Soup", 20)
        for product, quantity in ((soup, 2), (fish, 3), (soup, 2)):
            self.buy(product, quantity, NOON - 9 * DAY)
        vip = self.env["res.partner.category"].create({"name": "VIP"})
        plan = self.plan(
            kind="date",
            template_id=self.say.id,
            date_field_id=self.env["ir.model.fields"]
            ._get("res.partner", "scrm_birthday")
            .id,
            offset_days=-3,
            partner_condition=f"[('category_id', 'in', [{vip.id}])]",
            adds_favourite=True,
            coupon_days=10,
        )
        self.tell("Happy birthday! {{ scrm_care_id.coupon_code }}")
        self.person.write({"scrm_birthday": "1990-03-10", "category_id": vip.ids})
        self.paul.partner_id.write(
            {"scrm_birthday": "1990-03-10", "email": "paul@example.com"}
        )
        self.run_all(datetime(2026, 3, 6, 23, 59, 59))
        self.assertEqual(self.told(), [])
        for at in (datetime(2026, 3, 7), datetime(2026, 3, 7, 1), NOON + 30 * DAY):
            self.run_all(at)
        care = self.env["scrm.care"].search([("plan_id", "=", plan.id)])
        self.assertEqual(self.told(), [("Pia", f"Happy birthday! {care.coupon_code}")])
        self.assertEqual(care.ticket_id.part_line_ids.product_id, soup)
        self.assertEqual(care.coupon_until, date(2026, 3, 17))
        with freeze_time(datetime(2026, 3, 18)), self.assertRaises(UserError):
            care.with_user(self.dora).action_redeem()
        with freeze_time(datetime(2026, 3, 10)):
            care.with_user(self.dora).action_redeem()
            with self.assertRaisesRegex(UserError, "used already"):
                care.action_redeem()
        self.run_all(datetime(2027, 3, 7))
        self.assertEqual(len(self.told()), 2)

    def test_the_29th_of_february(self):
        plan = self.plan(
            kind="date",
            date_field_id=self.env["ir.model.fields"]
            ._get("res.partner", "scrm_birthday")
            .id,
        )
        self.person.scrm_birthday = "2000-02-29"
        self.run_all(datetime(2026, 2, 27))
        self.assertFalse(self.opened(plan))
        self.run_all(datetime(2026, 2, 28))
        self.run_all(datetime(2026, 3, 1))
        self.assertEqual(len(self.opened(plan)), 1)

    def test_what_a_plan_lacks(self):
        for kind, words in (
            ("visit", "Visits"),
            ("supply", "Products"),
            ("date", "Date"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self.plan(key=f"test_{kind}", kind=kind)
