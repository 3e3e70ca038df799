"""Records that wait for other ones, as the people who work on them."""

import doctest

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine import calls
from .common import FlowCase


@tagged("post_install", "-at_install")
class TestFlowCall(FlowCase):
    """An order waits for its parts, each with a department of its own::

    order: start -> ask (Ann) -> parts: call "part" on child_ids -> send (Ann) -> end
    part:  start -> work (its owner, else Bob) -> end
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        result = doctest.testmod(calls)
        assert result.attempted and not result.failed
        cls.part = cls.make_part()
        cls.flow = cls.make_order()

    @classmethod
    def people(cls, *users):
        return {
            "handler_rule": "people",
            "handler_user_ids": [(6, 0, [user.id for user in users])],
        }

    @classmethod
    def make_part(cls):
        version = cls.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "work", "type": "user_task", **cls.people(cls.bob, cls.cid)},
                {"key": "end", "type": "end"},
            ],
            [("begin", "start", "work", {}), ("worked", "work", "end", {})],
            key="part",
        )
        version.action_publish()
        return version.flow_id

    @classmethod
    def make_order(cls, key="order", **values):
        version = cls.draft_order(key, **values)
        version.action_publish()
        return version.flow_id

    @classmethod
    def draft_order(cls, key, **values):
        call = {"call_flow_key": "part", "call_field": "child_ids", **values}
        return cls.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "ask", "type": "user_task", **cls.people(cls.ann)},
                {"key": "parts", "type": "call_activity", **call},
                {"key": "send", "type": "user_task", **cls.people(cls.ann)},
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "ask", {}),
                ("asked", "ask", "parts", {}),
                ("ready", "parts", "send", {}),
                ("sent", "send", "end", {}),
            ],
            key=key,
        )

    def called(self, count=3, flow=None):
        """An order that waits for its parts."""
        order = self.start()
        for number in range(count):
            self.Order.create({"name": f"Part {number}", "parent_id": order.id})
        order.with_user(self.ann).scrm_step_complete()
        return order

    def finish(self, part, user=None):
        return part.with_user(user or self.bob).scrm_step_complete()

    def shown(self, order, **options):
        items = order.with_user(self.eve)._scrm_progress(**options)
        return next(item for item in items if item["key"] == "parts")

    def test_waits_for_all_of_them(self):
        """Each department sees its own part; the order shows them together.

        Covers: H22
        """
        order = self.called()
        self.assertEqual(order.scrm_node_key, "parts")
        self.assertFalse(order.scrm_handler_ids)
        parts = order.child_ids
        self.assertEqual(set(parts.mapped("scrm_node_key")), {"work"})
        self.assertEqual(parts.scrm_run_id.parent_step_id.node_key, "parts")
        self.finish(parts[0])
        parts[1].scrm_run_id.step_ids.write({"user_id": self.cid.id})
        self.assertEqual(
            [(one["name"], one["state"]) for one in self.shown(order)["called"]],
            [("Part 0", "done"), ("Part 1", "running"), ("Part 2", "running")],
        )
        self.assertEqual(self.shown(order)["called"][2]["node"], "Work")
        self.assertIn("Bob", self.shown(order)["called"][2]["handlers"])
        self.assertNotIn("called", self.shown(order, for_customer=True))
        self.finish(parts[1], self.cid)
        self.assertEqual(order.scrm_node_key, "parts")
        self.finish(parts[2])
        self.assertEqual(order.scrm_node_key, "send")
        self.assertEqual(order.scrm_handler_ids, self.ann)
        self.assertEqual(
            self.events(order),
            ["start", "open", "complete", "open", "call"] + ["complete", "open"],
        )
        for run in (parts | order).scrm_run_id:
            self.assertFalse(self.env["scrm.flow.log"].verify(run))

    def test_waits_for_one_or_some(self):
        for key, wait, enough in (("one", "any", 1), ("two", "count", 2)):
            self.flow = self.make_order(key, call_wait=wait, call_count=2)
            order = self.called()
            for number, part in enumerate(order.child_ids, 1):
                self.finish(part)
                self.assertEqual(
                    order.scrm_node_key, "send" if number >= enough else "parts"
                )

    def test_nothing_to_wait_for(self):
        self.assertEqual(self.called(0).scrm_node_key, "send")

    def test_what_runs_already_is_waited_for(self):
        order = self.start()
        part = self.Order.create({"name": "Part", "parent_id": order.id})
        part.scrm_flow_start(self.part)
        run = part.scrm_run_id
        order.with_user(self.ann).scrm_step_complete()
        self.assertEqual(part.scrm_run_id, run)
        self.assertTrue(run.is_adopted)
        self.finish(part)
        self.assertEqual(order.scrm_node_key, "send")

    def test_nobody_waits_for_himself(self):
        order = self.start()
        order.parent_id = order
        order.with_user(self.ann).scrm_step_complete()
        self.assertEqual(order.scrm_run_id.state, "incident")
        self.assertIn("would wait for itself", order.scrm_run_id.incident_reason)

    def test_a_cancelled_part_is_not_waited_for(self):
        order = self.called(2)
        order.child_ids[0].with_user(self.eve).scrm_flow_cancel("Not needed")
        self.assertEqual(order.scrm_node_key, "parts")
        self.finish(order.child_ids[1])
        self.assertEqual(order.scrm_node_key, "send")

    def test_too_few_left(self):
        self.flow = self.make_order("two", call_wait="count", call_count=2)
        order = self.called(2)
        order.child_ids[0].with_user(self.eve).scrm_flow_cancel("Not needed")
        run = order.scrm_run_id
        self.assertEqual(run.state, "incident")
        self.assertIn("too few of the called flows", run.incident_reason)
        self.Order.create({"name": "Another", "parent_id": order.id})
        run.with_user(self.designer).action_retry()
        self.assertEqual(run.state, "running")
        for part in order.child_ids:
            if part.scrm_run_id.state == "running":
                self.finish(part)
        self.assertEqual(order.scrm_node_key, "send")

    def test_cancelled_with_the_order(self):
        order = self.called(2)
        self.finish(order.child_ids[0])
        order.with_user(self.eve).scrm_flow_cancel("Mistake")
        runs = order.child_ids.scrm_run_id
        self.assertEqual(runs.mapped("state"), ["done", "cancelled"])
        entry = runs[1].log_ids.sorted("sequence")[-1]
        self.assertEqual((entry.event, entry.description), ("cancel", "Mistake"))

    def test_a_part_frozen_for_itself_outlives_the_order(self):
        """Who froze it decides about it; the order can be cancelled all the same."""
        order = self.called(2)
        frozen, other = order.child_ids
        frozen.with_user(self.bob).scrm_flow_freeze("Broken tool")
        order.with_user(self.eve).scrm_flow_cancel("Mistake")
        self.assertEqual(order.scrm_run_id.state, "cancelled")
        self.assertEqual(other.scrm_run_id.state, "cancelled")
        self.assertEqual(frozen.scrm_run_id.state, "running")
        entry = order.scrm_run_id.log_ids.sorted("sequence")[-1]
        self.assertIn(f"{frozen.name}: goes on, but", entry.description)
        frozen.with_user(self.designer).scrm_flow_release("Repaired")
        self.finish(frozen)
        self.assertEqual(frozen.scrm_run_id.state, "done")

    # Other versions ----------------------------------------------------------

    def without_call(self):
        """A draft in which somebody looks instead of calling."""
        draft = self.flow.published_version_id.with_user(self.designer)
        draft = draft._copy_as_draft()
        draft.node_ids.filtered(lambda node: node.key == "parts").write(
            {"key": "look", "type": "user_task", **self.people(self.ann)}
        )
        return draft

    def migrate(self, draft, target=None, how="enter"):
        plan = self.env["scrm.flow.migration"].with_user(self.designer)
        plan = plan.create({"version_id": draft.id})
        line = plan.line_ids.filtered(lambda line: line.node_id.key == "parts")
        if target:
            line.target_id = draft.node_ids.filtered(lambda node: node.key == target)
        line.how = how
        plan.action_preview()
        plan.action_start()
        self.assertEqual(plan.run_ids.mapped("state"), ["done"])
        return plan

    def test_a_migration_leaves_parts_running(self):
        """They are processes of their own records, and the log says so; cancelled
        with the order they are from every version that started them."""
        order = self.called(2)
        self.migrate(self.without_call(), "look")
        self.assertEqual(order.scrm_node_key, "look")
        runs = order.child_ids.scrm_run_id
        self.assertEqual(set(runs.mapped("state")), {"running"})
        calls = order.scrm_run_id.log_ids.filtered(lambda line: line.event == "call")
        self.assertIn(
            "Part 0, Part 1: goes on", calls.sorted("sequence")[-1].description
        )
        self.finish(order.child_ids[0])
        self.assertEqual(order.scrm_node_key, "look")
        order.with_user(self.eve).scrm_flow_cancel("Mistake")
        self.assertEqual(sorted(runs.mapped("state")), ["cancelled", "done"])

    def test_back_from_a_migration_parts_are_waited_for(self):
        order = self.called(2)
        plan = self.migrate(self.without_call(), "look")
        for part in order.child_ids:
            self.finish(part)
        self.assertEqual(order.scrm_node_key, "look")
        plan.run_ids.action_undo()
        self.assertEqual(order.scrm_node_key, "send")

    def test_a_call_that_begins_anew_keeps_its_parts(self):
        order = self.called(2)
        draft = self.flow.published_version_id.with_user(self.designer)
        plan = self.migrate(draft._copy_as_draft())
        runs = order.child_ids.scrm_run_id
        self.assertEqual(len(runs), 2)
        self.assertFalse(any(run.is_adopted for run in runs))
        step = runs.parent_step_id
        self.assertEqual((step.run_id, step.state), (order.scrm_run_id, "open"))
        plan.run_ids.action_undo()
        self.assertEqual(order.scrm_node_key, "parts")
        for part in order.child_ids:
            self.finish(part)
        self.assertEqual(order.scrm_node_key, "send")

    def beside(self, rule="any"):
        """An order that waits for its parts in one branch, for Ann in the other."""
        version = self.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "both", "type": "parallel_gateway"},
                {
                    "key": "parts",
                    "type": "call_activity",
                    "call_flow_key": "part",
                    "call_field": "child_ids",
                },
                {"key": "look", "type": "user_task", **self.people(self.ann)},
                {"key": "ready", "type": "parallel_gateway", "join_rule": rule},
                {"key": "send", "type": "user_task", **self.people(self.ann)},
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "both", {}),
                ("to_parts", "both", "parts", {}),
                ("to_look", "both", "look", {}),
                ("parts_there", "parts", "ready", {}),
                ("looked", "look", "ready", {}),
                ("ready_to_send", "ready", "send", {}),
                ("sent", "send", "end", {}),
            ],
            key="beside",
        )
        version.action_publish()
        order = self.Order.create({"name": "Order"})
        parts = self.Order.create(
            [{"name": f"Part {number}", "parent_id": order.id} for number in range(4)]
        )
        parts[3].scrm_flow_start(self.part)  # somebody else's matter
        order.scrm_flow_start(version.flow_id)
        return order

    def test_cancelled_with_the_branch(self):
        """What a dropped call had started is cancelled, and nothing else."""
        order = self.beside()
        parts = order.child_ids.sorted("id")
        self.finish(parts[0])
        parts[1].with_user(self.bob).scrm_flow_freeze("Broken tool")
        order.with_user(self.ann).scrm_step_complete("looked")
        self.assertEqual(order.scrm_node_key, "send")
        runs = parts.scrm_run_id.sorted("res_id")
        self.assertEqual(
            runs.mapped("state"), ["done", "running", "cancelled", "running"]
        )
        self.assertFalse(parts[2].scrm_handler_ids)
        entry = runs[2].log_ids.sorted("sequence")[-1]
        self.assertEqual(
            (entry.event, entry.description),
            ("cancel", "“Order” does not wait for “Parts” any more."),
        )
        parts[1].with_user(self.designer).scrm_flow_release("Repaired")
        for part in parts[1] | parts[3]:
            self.finish(part)
        self.assertEqual(order.scrm_node_key, "send")

    def test_frozen_with_the_order(self):
        order = self.called(2)
        parts = order.child_ids
        order.with_user(self.designer).scrm_flow_freeze("Danger")
        self.assertTrue(all(run.frozen_at for run in parts.scrm_run_id))
        with self.assertRaisesRegex(UserError, "Danger"):
            self.finish(parts[0])
        with self.assertRaises(AccessError):
            parts[0].with_user(self.designer).scrm_flow_release("Only this one")
        order.with_user(self.designer).scrm_flow_release("Over")
        for part in parts:
            self.finish(part)
        self.assertEqual(order.scrm_node_key, "send")

    def test_a_part_that_ends_while_the_order_is_frozen(self):
        order = self.start()
        part = self.Order.create({"name": "Part", "parent_id": order.id})
        part.scrm_flow_start(self.part)
        order.with_user(self.ann).scrm_step_complete()
        order.with_user(self.designer).scrm_flow_freeze("Danger")
        self.finish(part)
        self.assertEqual(order.scrm_node_key, "parts")
        order.with_user(self.designer).scrm_flow_release("Over")
        self.assertEqual(order.scrm_node_key, "send")

    def test_a_frozen_or_stuck_part_shows(self):
        order = self.called(1)
        order.child_ids.with_user(self.bob).scrm_flow_freeze("Broken tool")
        (one,) = self.shown(order)["called"]
        self.assertEqual((one["state"], one["reason"]), ("frozen", "Broken tool"))

    def test_a_manager_cuts_the_wait_short(self):
        order = self.called(1)
        with self.assertRaises(AccessError):
            order.with_user(self.ann).scrm_step_complete()
        order.with_user(self.designer).scrm_step_complete()
        self.assertEqual(order.scrm_node_key, "send")
        self.finish(order.child_ids)
        self.assertEqual(order.scrm_node_key, "send")

    def test_calls_without_end(self):
        """Each part calls the same flow on its own parts, and so on."""
        draft = self.draft_order("deep", call_flow_key="part")
        draft.transition_ids.filtered(
            lambda edge: edge.key == "begin"
        ).target_id = draft.node_ids.filtered(lambda node: node.key == "parts")
        draft.transition_ids.filtered(
            lambda edge: edge.key == "asked"
        ).target_id = draft.node_ids.filtered(lambda node: node.key == "send")
        draft.node_ids.filtered(lambda node: node.key == "ask").unlink()
        draft.action_publish()
        again = draft._copy_as_draft()
        call = again.node_ids.filtered(lambda node: node.key == "parts")
        call.call_flow_key = "deep"
        again.action_publish()
        chain = self.Order.create({"name": "0"})
        for number in range(12):
            chain |= self.Order.create(
                {"name": str(number + 1), "parent_id": chain[-1].id}
            )
        chain[0].scrm_flow_start(again.flow_id)
        states = chain.mapped("scrm_run_id.state")
        self.assertIn("incident", states)
        self.assertLessEqual(len(chain.filtered("scrm_run_id")), 11)
        stuck = chain.filtered(lambda order: order.scrm_run_id.state == "incident")
        self.assertIn("without end", stuck.scrm_run_id[-1:].incident_reason)

    def test_what_publishing_refuses(self):
        self.make_draft(
            [{"key": "start", "type": "start"}, {"key": "end", "type": "end"}],
            [("begin", "start", "end", {})],
            key="unpublished",
        )
        for number, (values, words) in enumerate(
            (
                ({"call_flow_key": "nothing"}, "“nothing” that it calls does not"),
                ({"call_flow_key": False}, "does not exist"),
                ({"call_flow_key": "unpublished"}, "no published version"),
                ({"call_field": "note"}, "“note” leads to no records"),
                ({"call_field": "owner_id"}, "“owner_id” leads to no records"),
                ({"call_field": False}, "leads to no records"),
                ({"call_wait": "count", "call_count": 0}, "less than one"),
            )
        ):
            draft = self.draft_order(f"wrong_{number}", **values)
            with self.subTest(words=words):
                self.assertIn(words, "\n".join(draft._fault_lines()))
                with self.assertRaises(UserError):
                    draft.action_publish()

    def test_a_flow_that_is_gone_makes_an_incident(self):
        order = self.start()
        self.Order.create({"name": "Part", "parent_id": order.id})
        self.part.active = False
        order.with_user(self.ann).scrm_step_complete()
        run = order.scrm_run_id
        self.assertEqual(run.state, "incident")
        self.assertIn("“Test flow” that it calls is archived", run.incident_reason)
        self.part.active = True
        run.with_user(self.designer).action_retry()
        self.finish(order.child_ids)
        self.assertEqual(order.scrm_node_key, "send")
