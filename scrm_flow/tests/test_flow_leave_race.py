"""Two crons, two transactions, one leave: real cursors, real commits."""

from collections import Counter
from datetime import timedelta

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import FlowCase
from .race_common import FlowRaceCase

ORDERS = 60


@tagged("post_install", "-at_install")
class TestFlowLeaveRace(FlowRaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            data = type("LeaveData", (FlowCase,), {"env": env})
            data.model = env["ir.model"]._get("scrm.test.order")
            users = env["res.users"]
            cls.bob_id = users.search([("login", "=", "bob")]).id
            cls.cid_id = users.search([("login", "=", "cid")]).id
            version = data.make_draft(
                [
                    {"key": "start", "type": "start"},
                    {
                        "key": "visit",
                        "type": "user_task",
                        "handler_rule": "people",
                        "handler_choice": "turn",
                        "handler_user_ids": [(6, 0, [cls.bob_id, cls.cid_id])],
                    },
                    {"key": "end", "type": "end"},
                ],
                [("begin", "start", "visit", {}), ("visited", "visit", "end", {})],
                key="leave_race_flow",
            )
            version.action_publish()
            orders = env["scrm.test.order"].create(
                [{"name": f"Race {number}"} for number in range(ORDERS)]
            )
            orders.scrm_flow_start(version.flow_id)
            cls.order_ids = orders.ids
            now = env["scrm.clock"].now()
            resource = env["resource.resource"].create(
                {"name": "Bob", "user_id": cls.bob_id}
            )
            leave = env["resource.calendar.leaves"].create(
                {
                    "resource_id": resource.id,
                    "date_from": now - timedelta(hours=1),
                    "date_to": now + timedelta(days=1),
                }
            )
            cls.made[:0] = [
                ("scrm.flow", version.flow_id.ids),
                ("resource.calendar.leaves", leave.ids),
                ("resource.resource", resource.ids),
            ]

    @mute_logger("odoo.sql_db")
    def test_each_step_is_handed_on_once(self):
        """Covers in part: H10"""
        self.two_crons()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["scrm.flow.timer"]._fire_due()  # what a collision left over
            steps = env["scrm.test.order"].browse(self.order_ids).scrm_step_ids
            self.assertEqual(set(steps.user_id.ids), {self.cid_id})
            events = Counter(steps.run_id.log_ids.mapped("event"))
            self.assertEqual(events["reassign"], ORDERS // 2)
            timers = env["scrm.flow.timer"].search([("step_id", "in", steps.ids)])
            self.assertEqual(Counter(timers.mapped("state")), {"fired": ORDERS // 2})
