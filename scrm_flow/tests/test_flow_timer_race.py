"""Two crons, two transactions, the same timers: real cursors, real commits."""

import threading
from collections import Counter

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import FlowCase
from .race_common import FlowRaceCase

ORDERS = 120


@tagged("post_install", "-at_install")
class TestFlowTimerRace(FlowRaceCase):
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
            cls.flow_id = version.flow_id.id
            cls.manager_id = env["res.users"].search([("login", "=", "designer")]).id

    def make_due(self, count):
        """Commit orders whose wait is over; their ids."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            orders = env["scrm.test.order"].create(
                [{"name": f"Race {number}"} for number in range(count)]
            )
            runs = orders.scrm_flow_start(env["scrm.flow"].browse(self.flow_id))
            timers = env["scrm.flow.timer"].search([("run_id", "in", runs.ids)])
            timers.write({"due_at": "2020-01-01 00:00:00"})
            return orders.ids

    @mute_logger("odoo.sql_db")
    def test_each_fires_exactly_once(self):
        """Both do a part, together all, none twice, nothing is left.

        Covers: F20
        """
        order_ids = self.make_due(ORDERS)
        counts = self.two_crons()
        self.assertEqual(len(counts), 2)
        self.assertEqual(sum(counts), ORDERS)
        self.assertTrue(all(counts))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            orders = env["scrm.test.order"].browse(order_ids)
            self.assertEqual(set(orders.mapped("scrm_node_key")), {"visit"})
            logs = orders.scrm_run_id.log_ids
            self.assertEqual(
                Counter(logs.mapped("event")),
                {"start": ORDERS, "open": 2 * ORDERS, "complete": ORDERS},
            )

    def test_somebody_is_moving_the_run(self):
        """The timer is left alone, without waiting; then it is gone.

        Covers: F20
        """
        (order_id,) = self.make_due(1)
        with self.registry.cursor() as user_cr, self.registry.cursor() as cron_cr:
            user = api.Environment(user_cr, self.manager_id, {})
            user["scrm.test.order"].browse(order_id).scrm_step_complete()
            user.flush_all()
            cron = api.Environment(cron_cr, SUPERUSER_ID, {})
            self.assertEqual(cron["scrm.flow.timer"]._fire_due(), 0)
            user_cr.commit()
            self.assertEqual(cron["scrm.flow.timer"]._fire_due(), 0)
            run = cron["scrm.test.order"].browse(order_id).scrm_run_id
            self.assertEqual(
                run.log_ids.sorted("sequence").mapped("event"),
                ["start", "open", "complete", "open"],
            )
            timer = cron["scrm.flow.timer"].search([("run_id", "=", run.id)])
            self.assertEqual(timer.state, "cancelled")

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_the_timer_was_faster(self):
        """Who comes second waits, then reads that it is done.

        Covers: F20
        """
        (order_id,) = self.make_due(1)
        started, answers = threading.Event(), []

        def complete():
            with self.registry.cursor() as cr:
                env = api.Environment(cr, self.manager_id, {})
                order = env["scrm.test.order"].browse(order_id)
                step_id = order.sudo().scrm_step_ids.id

                def request():
                    started.set()
                    return order.scrm_step_complete(step_id=step_id)

                try:
                    answers.append(retrying(request, env))
                except UserError as error:
                    cr.rollback()
                    answers.append(str(error))

        with self.registry.cursor() as cr:
            timers = api.Environment(cr, SUPERUSER_ID, {})["scrm.flow.timer"]
            now = timers.env["scrm.clock"].now()
            self.assertEqual(timers._fire_chunk(now), 1)
            thread = threading.Thread(target=complete, daemon=True)
            thread.start()
            self.assertTrue(started.wait(timeout=20))
            thread.join(timeout=0.5)
            self.assertTrue(thread.is_alive(), "it waits for the timer's commit")
            timers.env.flush_all()
            # pylint: disable-next=invalid-commit  # two real transactions
            cr.commit()
        thread.join(timeout=60)
        self.assertEqual(answers, ["“Rest” was already completed by OdooBot."])
