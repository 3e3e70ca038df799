import os
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..models.scrm_flow_timer import CHUNK
from .common import FlowCase

MONDAY = datetime(2026, 3, 2, 8)
SECOND = timedelta(seconds=1)


class TimerCase(FlowCase):
    """A flow that waits: start -> rest (timer) -> visit (Ann) -> end."""

    def make_waiting(self, key="waiting", **wait):
        version = self.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "rest", "type": "timer", **wait},
                {
                    "key": "visit",
                    "type": "user_task",
                    "handler_rule": "people",
                    "handler_user_ids": [(6, 0, self.ann.ids)],
                },
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "rest", {}),
                ("rested", "rest", "visit", {}),
                ("visited", "visit", "end", {}),
            ],
            key=key,
        )
        version.action_publish()
        return version.flow_id

    def begin(self, flow, at=MONDAY, **values):
        with freeze_time(at):
            order = self.Order.create({"name": "Order", **values})
            order.scrm_flow_start(flow)
        return order

    def fire(self, at):
        """Let the crons run at a moment; how many timers they took."""
        with (
            freeze_time(at),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            return self.env(cr=cr)["scrm.flow.timer"]._fire_due()

    def timers(self, order):
        return self.env["scrm.flow.timer"].search([("res_id", "=", order.id)])


@tagged("post_install", "-at_install")
class TestFlowTimer(TimerCase):
    def test_waits_to_the_second_then_goes_on(self):
        """One second before nothing, at the limit exactly once.

        Covers: F20
        """
        order = self.begin(self.make_waiting(timer_hours=2))
        due = MONDAY + timedelta(hours=2)
        self.assertEqual(order.scrm_node_key, "rest")
        self.assertFalse(order.scrm_handler_ids)
        self.assertEqual(self.timers(order).due_at, due)
        self.assertEqual(self.fire(due - SECOND), 0)
        self.assertEqual(order.scrm_node_key, "rest")
        self.assertEqual(self.fire(due), 1)
        self.assertEqual(order.scrm_node_key, "visit")
        self.assertEqual(order.scrm_handler_ids, self.ann)
        self.assertEqual(self.timers(order).state, "fired")
        self.assertEqual(self.fire(due + SECOND), 0)
        self.assertEqual(self.events(order), ["start", "open", "complete", "open"])

    def test_working_hours(self):
        """Friday at four, three working hours: one is left of Friday."""
        calendar = self.env.company.resource_calendar_id
        calendar.write({"tz": "UTC"})
        friday = datetime(2026, 3, 6, 16)
        with patch.object(
            type(calendar),
            "_work_intervals_batch",
            lambda self, first, last, resource=None: {
                False: [
                    (first.replace(day=day, hour=9), first.replace(day=day, hour=17), 0)
                    for day in (6, 9)
                    if first.day <= 9
                ]
            },
        ):
            order = self.begin(
                self.make_waiting(timer_hours=3, time_kind="working"), friday
            )
        self.assertEqual(self.timers(order).due_at, datetime(2026, 3, 9, 11))

    def test_real_calendar_with_a_holiday(self):
        """A public holiday does not count."""
        calendar = self.env["resource.calendar"].create(
            {"name": "Shop", "tz": "Asia/Shanghai"}
        )
        self.env.company.resource_calendar_id = calendar
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "date_from": "2026-03-02 16:00:00",  # Tuesday in Shanghai
                "date_to": "2026-03-03 15:59:59",
            }
        )
        calendar.attendance_ids.unlink()
        calendar.attendance_ids = [
            (
                0,
                0,
                {
                    "name": "Day",
                    "dayofweek": str(day),
                    "hour_from": 9,
                    "hour_to": 17,
                    "day_period": "full_day",
                },
            )
            for day in range(5)
        ]
        order = self.begin(self.make_waiting(timer_hours=3, time_kind="working"))
        # Monday 16:00 in Shanghai: one hour on Monday, two on Wednesday
        self.assertEqual(self.timers(order).due_at, datetime(2026, 3, 4, 3))

    def test_nobody_ever_works(self):
        """The run is stuck with the reason and goes on after repair."""
        calendar = self.env["resource.calendar"].create({"name": "Never"})
        calendar.attendance_ids.unlink()
        self.env.company.resource_calendar_id = calendar
        flow = self.make_waiting(timer_hours=3, time_kind="working")
        order = self.begin(flow)
        self.assertEqual(order.scrm_run_id.state, "incident")
        self.assertIn("Never", order.scrm_run_id.incident_reason)
        self.env.company.resource_calendar_id = False  # all hours count
        with freeze_time(MONDAY):
            order.scrm_run_id.with_user(self.designer).action_retry()
        self.assertEqual(order.scrm_run_id.state, "running")
        self.assertEqual(self.timers(order).due_at, MONDAY + timedelta(hours=3))

    def test_date_of_the_record(self):
        """A day of the record, some hours before it; a missing one is said."""
        self.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        flow = self.make_waiting(timer_hours=-1, timer_field="day")
        order = self.begin(flow, day="2026-03-05")
        self.assertEqual(self.timers(order).due_at, datetime(2026, 3, 4, 15))
        order = self.begin(flow)
        self.assertEqual(
            order.scrm_run_id.incident_reason, "“Rest”: “Day” is not set on the record"
        )
        order.day = "2026-03-06"
        order.scrm_run_id.with_user(self.designer).action_retry()
        self.assertEqual(self.timers(order).due_at, datetime(2026, 3, 5, 15))

    def test_publish_asks_for_a_wait_and_one_way(self):
        with self.assertRaisesRegex(UserError, r"rest.*not said how long it waits"):
            self.make_waiting(timer_hours=0)
        with self.assertRaisesRegex(UserError, "no date or time field “name”"):
            self.make_waiting(key="other", timer_field="name")

    def test_manager_cuts_the_wait_short(self):
        """The timer is cancelled with its step; nobody else may do that."""
        order = self.begin(self.make_waiting(timer_hours=2))
        with self.assertRaises(AccessError):
            order.with_user(self.ann).scrm_step_complete()
        order.with_user(self.designer).scrm_step_complete()
        self.assertEqual(order.scrm_node_key, "visit")
        self.assertEqual(self.timers(order).state, "cancelled")
        self.assertEqual(self.fire(MONDAY + timedelta(hours=3)), 0)

    def test_cancelled_with_the_run(self):
        order = self.begin(self.make_waiting(timer_hours=2))
        order.with_user(self.ann).scrm_flow_cancel("not wanted any more")
        self.assertEqual(self.timers(order).state, "cancelled")

    @mute_logger("odoo.addons.scrm_flow.models.scrm_flow_timer")
    def test_a_failing_one_harms_no_other(self):
        """It keeps its reason, the others fire, and after repair it is retried."""
        flow = self.make_waiting(timer_hours=2)
        orders = [self.begin(flow, name=f"Order {number}") for number in range(3)]
        bad = orders[1]
        engine = type(self.env["scrm.flow.engine"])
        complete = engine._complete_all

        def failing(engine, leaving, *options):
            complete(engine, leaving, *options)
            if bad in [record for record, _step, _key in leaving]:
                raise ValueError("out of paper")

        due = MONDAY + timedelta(hours=2)
        with patch.object(engine, "_complete_all", failing):
            self.assertEqual(self.fire(due), 3)
        self.assertEqual(
            [order.scrm_node_key for order in orders], ["visit", "rest", "visit"]
        )
        timer = self.timers(bad)
        self.assertEqual(timer.state, "error")
        self.assertEqual(timer.error, "ValueError: out of paper")
        self.assertEqual(self.fire(due), 0)
        with self.assertRaises(AccessError):
            timer.with_user(self.ann).action_retry()
        timer.with_user(self.designer).action_retry()
        self.assertEqual(self.fire(due), 1)
        self.assertEqual(bad.scrm_node_key, "visit")
        self.assertFalse(timer.error)

    def test_more_than_one_chunk_calls_for_help(self):
        flow = self.make_waiting(timer_hours=2)
        with freeze_time(MONDAY):
            orders = self.Order.create([{"name": str(n)} for n in range(CHUNK + 10)])
            orders.scrm_flow_start(flow)
        helper = self.env.ref("scrm_flow.ir_cron_timer_2")
        triggers = self.env["ir.cron.trigger"]
        self.assertEqual(self.fire(MONDAY + timedelta(hours=2)), CHUNK + 10)
        self.assertEqual(set(orders.mapped("scrm_node_key")), {"visit"})
        self.assertTrue(triggers.search([("cron_id", "=", helper.id)]))

    def test_woken_once_a_minute(self):
        """Timers of the same minute share a wake-up at its end."""
        cron = self.env.ref("scrm_flow.ir_cron_timer_1")
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "=", cron.id)]).unlink()
        flow = self.make_waiting(timer_hours=2)
        self.begin(flow, MONDAY + 5 * SECOND)
        self.begin(flow, MONDAY + 40 * SECOND)
        self.assertEqual(
            triggers.search([("cron_id", "=", cron.id)]).mapped("call_at"),
            [MONDAY + timedelta(hours=2, minutes=1)],
        )

    def test_scenario_door(self):
        """Only an administrator, only with a clock that may be set."""
        order = self.begin(self.make_waiting(timer_hours=2))
        timers = self.env["scrm.flow.timer"]
        admin = self.env.ref("base.user_admin")
        with self.assertRaisesRegex(UserError, "scenario runner"):
            timers.with_user(admin).run_due()
        self.env["ir.config_parameter"].set_param("scrm_flow.scenario_database", "1")
        with patch.dict(os.environ, {"SCRM_TEST_CLOCK": "1"}):
            with self.assertRaises(AccessError):
                timers.with_user(self.ann).run_due()
            with freeze_time(MONDAY):
                self.env["scrm.clock"].with_user(admin).test_set("2026-03-02 10:00:00")
            with (
                freeze_time(MONDAY),
                self.enter_registry_test_mode(),
                self.registry.cursor() as cr,
            ):
                env = self.env(cr=cr, user=admin.id)
                self.assertEqual(env["scrm.flow.timer"].run_due(), 1)
        self.assertEqual(order.scrm_node_key, "visit")
        self.assertEqual(
            order.scrm_step_ids.filtered("ended_at").done_by_id,
            self.env.ref("base.user_root"),
        )

    def test_access_follows_the_record(self):
        order = self.begin(self.make_waiting(timer_hours=2))
        timer = self.timers(order)
        self.assertEqual(timer.with_user(self.eve).state, "due")
        with self.assertRaises(AccessError):
            timer.with_user(self.portal).read(["state"])
        with self.assertRaises(AccessError):
            timer.with_user(self.designer).write({"state": "fired"})

    def test_nothing_happens_to_a_frozen_run_until_it_is_released(self):
        order = self.begin(self.make_waiting(timer_hours=1))
        due = MONDAY + timedelta(hours=1)
        with freeze_time(MONDAY):
            order.with_user(self.designer).scrm_flow_freeze("the customer is away")
        self.assertEqual(self.fire(due), 0)
        self.assertEqual(
            (order.scrm_node_key, self.timers(order).state), ("rest", "due")
        )
        triggers = self.env["ir.cron.trigger"].search([])
        with freeze_time(due + SECOND):
            order.with_user(self.designer).scrm_flow_release("back again")
        woken = self.env["ir.cron.trigger"].search([]) - triggers
        self.assertEqual(woken.cron_id, self.env.ref("scrm_flow.ir_cron_timer_1"))
        self.assertEqual(self.fire(due + 2 * SECOND), 1)
        self.assertEqual(order.scrm_node_key, "visit")
