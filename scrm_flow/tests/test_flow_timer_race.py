"""Two crons, two transactions, the same timers: real cursors, real commits."""

import threading
from collections import Counter

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from . import test_flow_race
from .common import FlowCase

ORDERS = 120


@tagged("post_install", "-at_install")
class TestFlowTimerRace(test_flow_race.TestFlowRace):
    test_the_same_step_twice_at_once = None  # only its committed data is wanted

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            data = type("TimerData", (FlowCase,), {"env": env})
            data.model = env["ir.model"]._get("scrm.test.order")
            version = data.make_draft(
                [
                    {"key": "start", "type": "start"},
                    {"key": "rest", "type": "timer", "timer_hours": 1},
                    {
                        "key": "visit",
                        "type": "user_task",
                        "handler_rule": "people",
                        "handler_user_ids": [(6, 0, [cls.ann_id])],
                    },
                    {"key": "end", "type": "end"},
                ],
                [
                    ("begin", "start", "rest", {}),
                    ("rested", "rest", "visit", {}),
                    ("visited", "visit", "end", {}),
                ],
                key="timer_race_flow",
            )
            version.action_publish()
            cls.made.insert(0, ("scrm.flow", version.flow_id.ids))
            orders = env["scrm.test.order"].create(
                [{"name": f"Race {number}"} for number in range(ORDERS)]
            )
            orders.scrm_flow_start(version.flow_id)
            cls.order_ids = orders.ids
            timers = env["scrm.flow.timer"].search([("res_id", "in", orders.ids)])
            timers = timers.filtered(lambda t: t.run_id.flow_id == version.flow_id)
            timers.write({"due_at": "2020-01-01 00:00:00"})

    @mute_logger("odoo.sql_db")
    def test_each_fires_exactly_once(self):
        """Both do a part, together all, none twice, nothing is left.

        Covers: F20
        """
        barrier = threading.Barrier(2)
        counts = []

        def cron():
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                barrier.wait(timeout=20)
                counts.append(env["scrm.flow.timer"]._fire_due())

        threads = [threading.Thread(target=cron, daemon=True) for _n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
            self.assertFalse(thread.is_alive())
        self.assertEqual(len(counts), 2)
        self.assertEqual(sum(counts), ORDERS)
        self.assertTrue(all(counts))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            orders = env["scrm.test.order"].browse(self.order_ids)
            self.assertEqual(set(orders.mapped("scrm_node_key")), {"visit"})
            logs = orders.scrm_run_id.log_ids
            self.assertEqual(
                Counter(logs.mapped("event")),
                {"start": ORDERS, "open": 2 * ORDERS, "complete": ORDERS},
            )
