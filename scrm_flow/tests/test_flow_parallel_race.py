"""Two people in two branches, two transactions: real cursors, real commits."""

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import FlowCase
from .race_common import FlowRaceCase


@tagged("post_install", "-at_install")
class TestFlowParallelRace(FlowRaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flow_ids = {}
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            data = type("ParallelData", (FlowCase,), {"env": env})
            data.model = env["ir.model"]._get("scrm.test.order")
            for rule in ("all", "any"):
                version = data.make_draft(
                    cls.nodes(rule), cls.transitions(), key=f"branch_race_{rule}"
                )
                version.action_publish()
                cls.flow_ids[rule] = version.flow_id.id
            cls.made.insert(0, ("scrm.flow", list(cls.flow_ids.values())))

    @classmethod
    def nodes(cls, rule):
        ann = {"handler_rule": "people", "handler_user_ids": [(6, 0, [cls.ann_id])]}
        task = {"type": "user_task", **ann}
        return [
            {"key": "start", "type": "start"},
            {"key": "prepare", **task},
            {"key": "both", "type": "parallel_gateway"},
            {"key": "pay", **task},
            {"key": "pack", **task},
            {"key": "ready", "type": "parallel_gateway", "join_rule": rule},
            {"key": "ship", **task},
            {"key": "end", "type": "end"},
        ]

    @classmethod
    def transitions(cls):
        ways = ["start prepare", "prepare both", "both pay", "both pack"]
        ways += ["pay ready", "pack ready", "ready ship", "ship end"]
        return [(f"way_{number}", *way.split(), {}) for number, way in enumerate(ways)]

    def race(self, rule, *acts):
        """Let these begin at once on an order in both branches.

        :param acts: functions of the order and its steps by node key
        :return: what each answered, sorted by type, and the run's steps and events
        """
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            order = env["scrm.test.order"].create({"name": "Branches"})
            order.scrm_flow_start(env["scrm.flow"].browse(self.flow_ids[rule]))
            order.scrm_step_complete()
            order_id = order.id
            steps = {step.node_key: step.id for step in order.scrm_step_ids}

        def request(act):
            return lambda results, ready: self.request(
                results, ready, order_id, lambda order: act(order, steps)
            )

        results = self.at_once(*[request(act) for act in acts])
        for result in results:  # who comes second waits, the database need not refuse
            self.assertNotIn("constraint", str(result))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            run = env["scrm.test.order"].browse(order_id).scrm_run_id
            self.assertIsNone(env["scrm.flow.log"].verify(run))
            live = run.step_ids.filtered(
                lambda step: step.state in ("open", "waiting", "incident")
            )
            return (
                sorted(results, key=lambda result: type(result).__name__),
                [(step.node_key, step.state) for step in live],
                run.log_ids.sorted("sequence").mapped("event"),
                run.state,
            )

    @staticmethod
    def pay(order, steps):
        return order.scrm_step_complete(step_id=steps["pay"])

    @staticmethod
    def pack(order, steps):
        return order.scrm_step_complete(step_id=steps["pack"])

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_branches_reach_the_join_at_once(self):
        """The second one finds the first one waiting: one join, nothing lost.

        Covers in part: F11
        """
        results, live, events, _state = self.race("all", self.pay, self.pack)
        self.assertEqual([type(result) for result in results], [dict, dict], results)
        self.assertEqual(live, [("ship", "open")])
        self.assertEqual((events.count("wait"), events.count("join")), (1, 1))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_one_branch_wins(self):
        """Where one is enough the other reads that it is not open any more."""
        results, live, events, _state = self.race("any", self.pay, self.pack)
        self.assertEqual([type(result) for result in results], [dict, str], results)
        self.assertIn("is not open any more", results[1])
        self.assertEqual(live, [("ship", "open")])
        self.assertEqual((events.count("drop"), events.count("join")), (1, 1))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_complete_against_reject(self):
        """Sent back before the split: nothing of the branches is left, however late."""

        def reject(order, steps):
            return order.scrm_step_reject("prepare", "wrong", step_id=steps["pack"])

        _results, live, events, _state = self.race("all", self.pay, reject)
        self.assertEqual(live, [("prepare", "open")])
        self.assertEqual((events.count("drop"), events.count("join")), (1, 0))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_complete_against_cancel(self):
        def cancel(order, _steps):
            return order.with_user(SUPERUSER_ID).scrm_flow_cancel("no customer")

        _results, live, events, state = self.race("all", self.pay, cancel)
        self.assertEqual((live, state, events[-1]), ([], "cancelled", "cancel"))
