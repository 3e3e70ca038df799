from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .common import FlowCase

#: What one transition of a person may cost with cold caches, all included.
MAX_QUERIES = 20


@tagged("post_install", "-at_install")
class TestFlowRun(FlowCase):
    def test_from_start_to_end(self):
        """Covers: F01, F22, F39"""
        order = self.start(area=40)
        run = order.scrm_run_id
        self.assertEqual(order.scrm_node_key, "triage")
        self.assertEqual(order.scrm_handler_ids, self.ann)
        self.assertEqual(run.version_id, self.version)

        answer = order.with_user(self.ann).scrm_step_complete("accept")
        self.assertEqual(answer, {"node": "visit", "state": "running"})
        self.assertEqual(order.scrm_handler_ids, self.bob)

        answer = order.with_user(self.bob).scrm_step_complete()
        self.assertEqual(answer, {"node": False, "state": "done"})
        self.assertEqual(order.note, "done")
        self.assertFalse(order.scrm_handler_ids)
        self.assertEqual(run.end_key, "end")
        self.assertTrue(run.ended_at)
        self.assertEqual(run.step_ids.mapped("node_key"), ["triage", "visit", "stamp"])
        self.assertEqual(
            self.events(order),
            [
                "start",
                "open",
                "complete",
                "route",
                "open",
                "complete",
                "service",
                "end",
            ],
        )
        self.assertEqual(
            order.events.split(),
            ["opened:triage", "done:triage", "opened:visit", "done:visit", "ended"],
        )

    def test_the_record_decides_at_a_gateway(self):
        """Covers: F06"""
        order = self.start(area=90.5)
        order.with_user(self.ann).scrm_step_complete("accept")
        self.assertEqual(order.scrm_node_key, "survey")
        limit = self.start(area=90)
        limit.with_user(self.ann).scrm_step_complete("accept")
        self.assertEqual(limit.scrm_node_key, "visit")

    def test_only_defined_transitions(self):
        """Covers: F01"""
        order = self.start().with_user(self.ann)
        with self.assertRaisesRegex(UserError, "does not lead on"):
            order.scrm_step_complete("visited")
        with self.assertRaisesRegex(UserError, r"Accept \(accept\), Refuse"):
            order.scrm_step_complete()
        with self.assertRaisesRegex(UserError, "no such step"):
            order.scrm_step_complete("accept", step_id=self.start().scrm_step_ids.id)
        self.assertEqual(order.scrm_node_key, "triage")

    def test_completing_twice_names_who_was_faster(self):
        order = self.start()
        step = order.scrm_step_ids
        order.with_user(self.ann).scrm_step_complete("accept", step.id)
        with self.assertRaisesRegex(UserError, "already completed by Ann"):
            order.with_user(self.ann).scrm_step_complete("accept", step.id)
        self.assertEqual(
            order.scrm_step_ids.mapped("state"), ["done", "open"], "one token"
        )

    def test_only_handlers_and_managers_complete(self):
        """Covers: H25"""
        order = self.start()
        with self.assertRaisesRegex(AccessError, "handled by Ann"):
            order.with_user(self.eve).scrm_step_complete("accept")
        with self.assertRaisesRegex(AccessError, "handled by Ann"):  # over RPC
            call_kw(
                self.env(user=self.eve)["scrm.test.order"],
                "scrm_step_complete",
                [[order.id]],
                {"transition_key": "accept", "step_id": order.scrm_step_ids.id},
            )
        self.assertEqual(order.scrm_node_key, "triage")
        order.with_user(self.designer).scrm_step_complete("accept")
        entry = order.scrm_run_id.log_ids.filtered(lambda e: e.event == "complete")
        self.assertTrue(entry.detail["override"])
        self.assertEqual(entry.user_id, self.designer)
        self.assertIn("not the handler", entry.description)

    def test_portal_user_completes_an_own_step(self):
        """Covers: H20"""
        version = self.version._copy_as_draft()
        node = version.node_ids.filtered(lambda node: node.key == "triage")
        node.handler_user_ids = self.portal
        version.action_publish()
        order = self.start()
        answer = order.with_user(self.portal).scrm_step_complete("refuse")
        self.assertEqual(answer["state"], "done")

    def test_start_refused(self):
        order = self.start()
        with self.assertRaisesRegex(UserError, "already running"):
            order.scrm_flow_start(self.flow)
        draft = self.make_draft([], [], key="draft_only")
        with self.assertRaisesRegex(UserError, "no published version"):
            self.Order.create({"name": "x"}).scrm_flow_start(draft.flow_id)

    def test_cancel(self):
        order = self.start()
        with self.assertRaisesRegex(UserError, "Say why"):
            order.with_user(self.eve).scrm_flow_cancel("  ")
        with self.assertRaises(AccessError):
            order.with_user(self.portal).scrm_flow_cancel("no longer wanted")
        order.with_user(self.eve).scrm_flow_cancel("no longer wanted")
        run = order.scrm_run_id
        self.assertEqual(run.state, "cancelled")
        self.assertEqual(run.step_ids.state, "cancelled")
        self.assertFalse(order.scrm_handler_ids)
        self.assertEqual(order.events.split()[-1], "cancelled")
        entry = run.log_ids.filtered(lambda entry: entry.event == "cancel")
        self.assertEqual(entry.description, "no longer wanted")
        self.assertEqual(entry.user_id, self.eve)
        with self.assertRaisesRegex(UserError, "No flow is running"):
            order.scrm_flow_cancel("again")

    def test_a_record_with_history_is_not_deleted(self):
        order = self.start()
        with self.assertRaisesRegex(UserError, "archive it"):
            order.unlink()
        self.Order.create({"name": "never started"}).unlink()

    def test_batch_takes_turns(self):
        """Records that start together are given out in turn.

        Covers: H04
        """
        version = self.version._copy_as_draft()
        triage = version.node_ids.filtered(lambda node: node.key == "triage")
        triage.write({"handler_rule": "role", "handler_group_id": self.role.id})
        version.action_publish()
        orders = self.Order.create([{"name": str(number)} for number in range(5)])
        orders.scrm_flow_start(self.flow)
        self.assertEqual(
            [order.scrm_step_ids.user_id.name for order in orders],
            ["Bob", "Cid", "Bob", "Cid", "Bob"],
        )

    def test_query_count_does_not_grow(self):
        """A transition costs the same with a long history and in a longer flow."""

        def complete_first_step():
            order = self.start(area=40).with_user(self.ann)
            order.scrm_step_ids.mapped("state")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.scrm_step_complete("accept")
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        def least():  # in turn Bob's and Carl's; see TestFlowQueries.cost
            return min(complete_first_step() for _time in range(4))

        least()  # fills the caches
        few = least()
        for _number in range(20):
            self.start(area=40).with_user(self.ann).scrm_step_complete("accept")
        self.assertEqual(least(), few)
        self.assertLessEqual(few, MAX_QUERIES)
