"""What publishing makes of calls on the record, and of later changes of the called."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .call_common import CallCase


@tagged("post_install", "-at_install")
class TestFlowCallBinding(CallCase):
    # Publishing --------------------------------------------------------------

    def test_what_publishing_refuses(self):
        """Each names the node."""
        self.draft_order("unpublished")
        archived = self.draft_order("archived")
        archived.action_publish()
        archived.flow_id.active = False
        for number, (called, values, words) in enumerate(
            (
                ("nothing", {}, "“nothing” that it calls does not exist"),
                (False, {}, "does not exist"),
                ("unpublished", {}, "no published version"),
                ("archived", {}, "“Test flow” that it calls is archived"),
                ("wrong_4", {}, "it calls the flow that it is in"),
                ("testing", {"deadline_hours": 4}, "set times in the flow"),
            )
        ):
            draft = self.draft_order(f"wrong_{number}", called, **values)
            with self.subTest(words=words):
                line = next(one for one in draft._fault_lines() if words in one)
                self.assertIn("Test (test): ", line)
                with self.assertRaisesRegex(UserError, words):
                    draft.action_publish()
                self.assertFalse(draft.inner_node_ids)

    def test_flows_that_contain_each_other(self):
        """Also where the other one contains an edition that did not call yet."""
        self.draft_order("middle", "order").action_publish()
        again = self.testing._copy_as_draft()
        node = again.node_ids.filtered(lambda node: node.key == "cut")
        node.write(self.call("cut", "middle"))
        with self.assertRaisesRegex(UserError, "contains a call of this one"):
            again.action_publish()

    def test_not_too_deep(self):
        key = "testing"
        for number in range(5):
            draft = self.draft_order(f"deep_{number}", key)
            draft.action_publish()
            key = draft.flow_id.key
        draft = self.draft_order("too_deep", key)
        with self.assertRaisesRegex(UserError, "more than 5 deep"):
            draft.action_publish()

    def test_two_ways_out_are_refused(self):
        draft = self.draft_order("two_ways")
        way = draft.transition_ids.filtered(lambda way: way.key == "tested")
        way.copy({"key": "other", "source_id": way.source_id.id})
        with self.assertRaisesRegex(UserError, "left by one transition"):
            draft.action_publish()

    def test_nobody_changes_the_copies(self):
        node = self.order.inner_node_ids[0]
        with self.assertRaisesRegex(UserError, "never changes"):
            node.name = "Mine"
        draft = self.order._copy_as_draft()
        draft._bind_calls()
        copy = draft.inner_node_ids[0]
        copy.name = "Mine"
        draft.action_publish()
        self.assertNotIn("Mine", draft.inner_node_ids.mapped("name"))

    # Changes of the called flow ------------------------------------------------

    def test_bound_at_publishing(self):
        """A caller keeps the edition with which it was published; the called flow
        says who has an older one, and drafts take the newer one over.

        Covers in part: F03
        """
        order = self.start(area=95)
        called = self.testing.flow_id.with_user(self.designer)
        self.assertEqual(called.caller_count, 1)
        self.assertFalse(called.outdated_caller_text)
        self.newer_testing()
        called.invalidate_recordset()
        self.order.invalidate_recordset()
        self.assertIn("“Test” contains version 1", called.outdated_caller_text)
        self.assertIn("published is version 2", self.order.outdated_text)
        self.done(order, "take", "test.weigh")
        self.assertEqual(order.scrm_handler_ids, self.cid)
        action = called.action_draft_callers()
        draft = self.env["scrm.flow.version"].search(action["domain"])
        self.assertEqual((draft.flow_id, draft.state), (self.flow, "draft"))
        self.assertEqual(called.action_draft_callers()["domain"], action["domain"])
        draft.with_user(self.designer).action_publish()
        called.invalidate_recordset()
        self.assertFalse(called.outdated_caller_text)
        self.assertFalse(draft.outdated_text)
        other = self.start(area=95)
        self.done(other, "take", "test.weigh")
        self.assertEqual(other.scrm_handler_ids, self.eve)

    def test_running_records_migrate_into_the_newer_copy(self):
        """Keys are the same, so the plan makes itself; what the plan says holds even
        where the called flow is published again meanwhile."""
        order = self.start(area=95)
        self.done(order, "take", "test.weigh")
        other = self.start(area=95)
        self.done(other, "take")
        deadline = other.scrm_run_id.step_ids.filtered("deadline_at")[-1:].deadline_at
        draft = self.order.with_user(self.designer)._copy_as_draft()
        plan = self.env["scrm.flow.migration"].with_user(self.designer)
        plan = plan.create({"version_id": draft.id})
        plan.action_preview()
        self.assertEqual(plan.run_ids.mapped("state"), ["ready", "ready"])
        line = plan.line_ids.filtered(lambda line: line.node_id.key == "test.cut")
        self.assertEqual(line.target_id.key, "test.cut")
        line.how = "enter"
        self.newer_testing()
        plan.action_start()
        line.invalidate_recordset()
        self.assertEqual((line.target_id.version_id, line.how), (draft, "enter"))
        self.assertEqual((order | other).scrm_run_id.version_id, draft)
        self.assertEqual(order.scrm_handler_ids, self.eve)
        self.assertEqual(
            other.scrm_run_id.step_ids.filtered("deadline_at")[-1:].deadline_at,
            deadline,
        )
        self.done(other, "test.weigh", "test.cut", "send")
        self.done(order, "test.cut", "send")

    def test_the_dialog_counts_who_can_come_along(self):
        order = self.start(area=95)
        self.done(order, "take")
        draft = self.order.with_user(self.designer)._copy_as_draft()
        wizard = self.env["scrm.flow.version.publish"].with_user(self.designer)
        wizard = wizard.create({"version_id": draft.id, "running": "migrate"})
        self.assertEqual((wizard.can_count, wizard.cannot_count), (1, 0))
        wizard.action_publish()
        self.assertEqual(order.scrm_run_id.version_id, draft)
