"""Steps that go on by themselves as soon as the record fulfils their condition."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import FlowCase


@tagged("post_install", "-at_install")
class TestFlowAuto(FlowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls.Order.create({"name": "Began before"})
        cls.plain.scrm_flow_start(cls.flow)
        draft = cls.version._copy_as_draft()
        cls.node(draft, "triage").auto_condition = "[('kind', '=', 'old')]"
        cls.node(draft, "visit").auto_condition = "[('area', '>', 500)]"
        draft.action_publish()

    @classmethod
    def node(cls, version, key):
        return version.node_ids.filtered(lambda node: node.key == key)

    def test_a_write_moves_the_record_on(self):
        """Without a click, and whoever wrote is in the log.

        Covers: F21
        """
        order = self.start(area=40)
        order.with_user(self.eve).note = "not yet"
        self.assertEqual(order.scrm_node_key, "triage")
        order.with_user(self.eve).kind = "old"
        self.assertEqual(order.scrm_node_key, "visit")
        self.assertEqual(order.scrm_handler_ids, self.bob)
        self.assertEqual(self.events(order)[2:], ["auto", "route", "open"])
        entry = order.scrm_run_id.log_ids.filtered(lambda e: e.event == "auto")
        self.assertEqual((entry.user_id, entry.description), (self.eve, "Accept"))
        step = order.scrm_step_ids.filtered(lambda s: s.node_key == "triage")
        self.assertEqual((step.state, step.user_id), ("done", self.ann))
        self.assertFalse(step.done_by_id)
        self.assertTrue(step.ended_at)
        with self.assertRaisesRegex(UserError, "already completed"):
            order.with_user(self.ann).scrm_step_complete("accept", step.id)

    def test_conditions_that_hold_on_arrival_need_nobody(self):
        """Covers: F20"""
        order = self.start(kind="old", area=501)
        self.assertEqual(order.scrm_run_id.state, "running")
        self.assertEqual(order.scrm_node_key, "survey", "large: somebody has to")
        order.with_user(self.bob).scrm_step_complete()
        self.assertEqual(order.scrm_run_id.state, "done")
        self.assertEqual(order.note, "done")
        steps = order.scrm_step_ids.sorted("id")
        self.assertEqual(set(steps.mapped("state")), {"done"})
        self.assertEqual(
            steps.filtered(lambda s: not s.user_id).mapped("node_key"),
            ["triage", "visit", "stamp"],
        )
        self.assertIn(
            ("triage", "done"),
            [(item["key"], item["state"]) for item in order.scrm_progress],
        )
        self.assertFalse(self.env["scrm.flow.log"].verify(order.scrm_run_id))

    def test_a_context_from_outside_does_not_hold_it_up(self):
        order = self.start(area=40).with_user(self.eve)
        order.with_context(scrm_flow_moving=True, scrm_flow_acting=True).kind = "old"
        self.assertEqual(order.scrm_node_key, "visit")

    def test_many_records_at_once(self):
        orders = self.start(area=40) | self.start(area=40) | self.start(kind="new")
        orders[:2].kind = "old"
        self.assertEqual(orders.mapped("scrm_node_key"), ["visit", "visit", "triage"])

    def test_not_while_frozen(self):
        order = self.start(area=40)
        order.with_user(self.ann).scrm_flow_freeze("Danger")
        order.kind = "old"
        self.assertEqual(order.scrm_node_key, "triage")

    def test_running_versions_without_conditions_stay(self):
        self.plain.kind = "old"
        self.assertEqual(self.plain.scrm_node_key, "triage")

    def test_a_write_costs_no_query_more(self):
        """Nothing is asked when no version of the model has such a node."""
        other = self.env["res.partner"]._name
        versions = self.env["scrm.flow.version"]
        self.assertFalse(versions._auto_ids(other))
        self.assertTrue(versions._auto_ids(self.Order._name))
        self.assertNotIn(self.version.id, versions._auto_ids(self.Order._name))
        with self.assertQueryCount(0):
            versions._auto_ids(self.Order._name)

    def test_a_wrong_condition_is_refused(self):
        draft = self.version._copy_as_draft()
        node = self.node(draft, "triage")
        for text in ("[('nothing', '=', 1)]", "what", "[('name', 'odd', 1)]"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                node.auto_condition = text
        with self.assertRaises(ValidationError):
            node.with_user(self.designer).auto_condition = "[('secret', '=', 'x')]"
