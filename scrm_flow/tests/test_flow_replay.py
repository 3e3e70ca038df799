from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import FlowCase


@tagged("post_install", "-at_install")
class TestFlowReplay(FlowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.small = cls.start(cls, name="Small", area=40)
        cls.small.with_user(cls.ann).scrm_step_complete("accept")
        cls.small.with_user(cls.small.scrm_handler_ids).scrm_step_complete()
        cls.large = cls.start(cls, name="Large", area=95)
        cls.large.with_user(cls.ann).scrm_step_complete("accept")
        cls.draft = cls.version._copy_as_draft()

    def node(self, key):
        return self.draft.node_ids.filtered(lambda node: node.key == key)

    def edge(self, key):
        return self.draft.transition_ids.filtered(lambda edge: edge.key == key)

    def replay(self, user=None, **values):
        version = self.draft.with_user(user or self.designer)
        replay = self.env["scrm.flow.replay"].with_user(user or self.designer)
        replay = replay.browse(version.action_replay()["res_id"])
        replay.write(values)
        replay.action_start()
        return replay

    def line(self, replay, order):
        return replay.line_ids.filtered(lambda line: line.res_id == order.id)

    def test_nothing_different(self):
        """The same version over its own runs goes the way they went."""
        logs = self.env["scrm.flow.log"].search_count([])
        replay = self.replay()
        self.assertEqual((replay.total, bool(replay.pending)), (2, False))
        for order in (self.small, self.large):
            line = self.line(replay, order)
            self.assertFalse(line.why)
            self.assertFalse(line.problem)
            self.assertEqual(line.path_before, line.path_after)
        self.assertEqual(
            self.line(replay, self.small).path_after, "Triage → Visit → Stamp → End"
        )
        self.assertEqual(replay.progress, 100)
        self.assertIn("2 of 2 records replayed", replay.summary)
        self.assertEqual(self.env["scrm.flow.log"].search_count([]), logs)
        self.assertEqual(self.large.scrm_node_key, "survey")

    def test_another_path(self):
        """Covers in part: F16"""
        self.edge("is_large").condition = "[('area', '>', 30)]"
        replay = self.replay()
        line = self.line(replay, self.small)
        self.assertTrue(line.path_changed)
        self.assertEqual(line.path_after, "Triage → Survey → Visit → Stamp → End")
        self.assertIn("“Survey” instead of “Visit”.", line.why)
        self.assertIn("“Large”: [('area', '>', 30)] (area = 40.0) holds.", line.why)
        self.assertFalse(self.line(replay, self.large).path_changed)
        action = replay.action_open_lines()
        lines = self.env["scrm.flow.replay.line"].with_user(self.designer)
        self.assertEqual(len(lines.search(action["domain"])), 2)

    def test_a_way_that_is_gone(self):
        """The first open one is taken instead, and that is said."""
        self.edge("accept").key = "take"
        line = self.line(self.replay(), self.small)
        self.assertFalse(line.path_changed)
        self.assertIn("“Triage” was left by “Accept”, which is not open", line.why)

    def test_another_handler(self):
        """Only who does not even come into question is another handler."""
        self.node("triage").handler_user_ids = [(6, 0, self.eve.ids)]
        line = self.line(self.replay(), self.small)
        self.assertTrue(line.handler_changed)
        self.assertFalse(line.path_changed)
        self.assertIn("“Triage”: Eve instead of Ann.", line.why)
        self.assertNotIn("“Visit”", line.why)

    def test_another_deadline(self):
        self.node("visit").write({"deadline_hours": 8})
        line = self.line(self.replay(), self.small)
        self.assertTrue(line.deadline_changed)
        self.assertFalse(line.path_changed or line.handler_changed)
        self.assertRegex(line.why, "“Visit”: due .* instead of never.")

    def test_would_be_stuck(self):
        self.node("visit").write(
            {"handler_rule": "people", "handler_user_ids": [(6, 0, self.eve.ids)]}
        )
        self.eve.active = False
        line = self.line(self.replay(), self.small)
        self.assertTrue(line.stuck)
        self.assertIn("“Visit” has nobody to handle it", line.why)

    def test_sent_back_and_taken_back(self):
        """Detours of then are gone again."""
        order = self.start(name="Detour", area=40)
        order.with_user(self.ann).scrm_step_complete("accept")
        order.with_user(self.ann).scrm_step_recall()
        order.with_user(self.ann).scrm_step_complete("accept")
        handler = order.scrm_handler_ids
        order.with_user(handler).scrm_step_reject("triage", "Where is it?")
        order.with_user(self.ann).scrm_step_complete("accept")
        order.with_user(order.scrm_handler_ids).scrm_step_complete()
        line = self.line(self.replay(), order)
        self.assertEqual(
            line.path_after, "Triage → Visit → Triage → Visit → Stamp → End"
        )
        self.assertFalse(line.why)

    def test_which_records(self):
        """Period, domain and number say which; cancelled runs are no example."""
        self.assertEqual(self.replay(limit=1).total, 1)
        self.assertEqual(
            self.replay(domain="[('area', '>', 90)]").line_ids.record_name, "Large"
        )
        now = self.env["scrm.clock"].now()
        self.assertEqual(self.replay(date_to=now - timedelta(days=1)).total, 0)
        self.large.scrm_flow_cancel("Wrong number")
        self.assertEqual(self.replay().total, 1)
        for values, message in (
            ({"limit": 0}, "from 1 to 2000"),
            ({"domain": "[('gone', '=', 1)]"}, "cannot be asked for"),
            ({"domain": "gone"}, "cannot be asked for"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, message),
            ):
                self.replay(**values)

    def test_rights(self):
        """Flow managers, with the records they may read."""
        with self.assertRaises(AccessError):
            self.replay(user=self.watcher)
        self.env["ir.rule"].create(
            {
                "name": "small ones",
                "model_id": self.model.id,
                "domain_force": "[('area', '<', 50)]",
            }
        )
        self.assertEqual(self.replay().line_ids.record_name, "Small")
