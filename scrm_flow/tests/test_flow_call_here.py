"""A flow called on the record itself: one run, ordinary steps."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .call_common import CallCase


def shape(graph):
    """What two graphs must agree in to be the same flow."""
    nodes = [
        (n.key, n.type, n.behaviour, n.rank, n.is_private, n.in_bar)
        for n in graph.nodes.values()
    ]
    edges = [
        (e.key, e.source, e.target, e.rank, e.is_default, str(e.condition))
        for e in graph.edges.values()
    ]
    return sorted(nodes), sorted(edges)


@tagged("post_install", "-at_install")
class TestFlowCallHere(CallCase):
    def names(self, order, state="next", **options):
        items = order._scrm_progress(**options)
        return [item["name"] for item in items if item["state"] == state]

    def test_one_run_with_ordinary_steps(self):
        """The called flow's people, deadlines and conditions; its end is not the
        end of the run."""
        order = self.start(area=95)
        self.done(order, "take")
        self.assertEqual(order.scrm_handler_ids, self.bob)
        step = order.scrm_run_id.step_ids.filtered(lambda s: s.state == "open")
        self.assertTrue(step.deadline_at)
        self.done(order, "test.weigh", "test.cut", "send")
        run = order.scrm_run_id
        self.assertEqual((run.state, run.end_key), ("done", "end"))
        self.assertEqual(len(order.scrm_flow_run_ids), 1)
        self.assertEqual(self.events(order).count("end"), 1)
        self.assertFalse(self.env["scrm.flow.log"].verify(run))
        other = self.start(area=10)
        self.done(other, "take", "test.weigh", "send")
        self.assertEqual(other.scrm_run_id.state, "done")

    def test_the_record_hears_once_of_the_end(self):
        heard = []
        self.patch(
            type(self.Order),
            "_scrm_run_ended",
            lambda order, run: heard.append(order.scrm_node_key),
        )
        order = self.start(area=95)
        self.done(order, "take", "test.weigh", "test.cut")
        self.assertFalse(heard)
        self.done(order, "send")
        self.assertEqual(heard, [False])

    def test_what_is_drawn_and_what_runs(self):
        """New drafts, and everything else people draw, leave the copies out; a draft
        compiles to what publishing makes of it."""
        drawn = ["start", "take", "test", "send", "end"]
        self.assertEqual(self.order.node_ids.mapped("key"), drawn)
        self.assertEqual(len(self.order.transition_ids), 4)
        draft = self.order._copy_as_draft()
        self.assertFalse(draft.inner_node_ids)
        self.assertFalse(draft.node_ids.filtered("call_version_id"))
        self.assertEqual(shape(self.order._graph()), shape(draft._graph()))
        keys = ["weigh", "heavy", "cut", "done", "rejected", "exit"]
        self.assertEqual(
            self.order.inner_node_ids.mapped("key"), [f"test.{key}" for key in keys]
        )
        self.assertEqual(self.order._drawn_graph().nodes.keys(), {*drawn})

    def test_the_bar_shows_what_is_inside(self):
        order = self.start(area=95)
        self.assertEqual(self.names(order), ["Weigh", "Cut", "Send", "End"])
        self.done(order, "take")
        self.assertEqual(self.names(order), ["Cut", "Send", "End"])
        self.assertEqual(self.names(order, "now"), ["Weigh"])

    def test_the_map_counts_it_where_the_call_is_drawn(self):
        order = self.start(area=95)
        self.done(order, "take")
        flow = self.flow.with_user(self.designer)
        seen = flow.map_counts()
        self.assertEqual(seen["nodes"]["test"]["yellow"], 1)
        self.assertNotIn("test.weigh", seen["nodes"])
        self.assertFalse(seen["elsewhere"])
        domain = flow.map_records("test", "yellow")["domain"]
        self.assertEqual(self.Order.search(domain), order)
        self.assertEqual(
            self.flow.with_user(self.bob).sudo(False)._map_mine(), ["test"]
        )

    def test_a_notice_rule_may_name_what_is_inside(self):
        values = {
            "key": "weighing",
            "name": "Weighing",
            "model_id": self.model.id,
            "flow_id": self.flow.id,
            "subject": "Weigh",
            "body": "Please weigh",
        }
        rule = self.env["scrm.notice.rule"].create(
            {**values, "node_keys": "test.weigh"}
        )
        self.assertEqual(rule.node_ids.mapped("key"), ["test.weigh"])

    def test_a_private_call_hides_all_of_it(self):
        draft = self.draft_order("private", is_private=True)
        draft.action_publish()
        self.flow = draft.flow_id
        order = self.start(area=95)
        self.assertEqual(
            self.names(order, for_customer=True), ["In our hands", "Send", "End"]
        )

    def test_several_calls_of_the_same_flow(self):
        """Names say which one is meant where they must."""
        draft = self.make_draft(
            [
                {"key": "start", "type": "start"},
                self.call("before", "testing", name="Arrival"),
                self.call("after", "testing", name="Delivery"),
                self.task("weigh_all", self.ann),
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "before", {}),
                ("between", "before", "after", {}),
                ("then", "after", "weigh_all", {}),
                ("finish", "weigh_all", "end", {}),
            ],
            key="twice",
        )
        draft.action_publish()
        self.flow = draft.flow_id
        order = self.start(area=95)
        self.assertEqual(self.names(order, "now"), ["Arrival: Weigh"])
        self.assertEqual(self.names(order)[-2:], ["Weigh_all", "End"])
        self.done(order, "before.weigh", "before.cut", "after.weigh", "after.cut")
        self.done(order, "weigh_all")
        self.assertEqual(order.scrm_run_id.state, "done")

    def test_calls_in_calls(self):
        self.draft_order("middle").action_publish()
        draft = self.draft_order("outer", "middle")
        draft.action_publish()
        self.flow = draft.flow_id
        order = self.start(area=95)
        self.done(order, "take", "test.take", "test.test.weigh", "test.test.cut")
        self.done(order, "test.send", "send")
        self.assertEqual(order.scrm_run_id.state, "done")
        self.assertEqual(shape(draft._graph()), shape(draft._copy_as_draft()._graph()))
        node = draft.inner_node_ids.filtered(lambda n: n.key == "test.test.cut")
        self.assertEqual(node.display_name, "Test: Test: Cut")

    def test_branches_inside_and_outside(self):
        """A join that needs one branch drops a call with all that is inside of it;
        the lowest node inside leads."""
        inner = self.make_draft(
            [
                {"key": "s", "type": "start"},
                {"key": "split", "type": "parallel_gateway"},
                self.task("left", self.bob),
                self.task("right", self.cid),
                {"key": "join", "type": "parallel_gateway"},
                {"key": "e", "type": "end"},
            ],
            [
                ("s_split", "s", "split", {}),
                ("to_left", "split", "left", {}),
                ("to_right", "split", "right", {}),
                ("from_left", "left", "join", {}),
                ("from_right", "right", "join", {}),
                ("join_e", "join", "e", {}),
            ],
            key="both_sides",
        )
        inner.action_publish()
        outer = self.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "split", "type": "parallel_gateway"},
                self.call("sides", "both_sides"),
                self.task("ask", self.ann),
                {"key": "join", "type": "parallel_gateway", "join_rule": "any"},
                self.task("send", self.ann),
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "split", {}),
                ("to_sides", "split", "sides", {}),
                ("to_ask", "split", "ask", {}),
                ("sides_done", "sides", "join", {}),
                ("asked", "ask", "join", {}),
                ("joined", "join", "send", {}),
                ("sent", "send", "end", {}),
            ],
            key="sides_or_ask",
        )
        outer.action_publish()
        self.flow = outer.flow_id
        order = self.start()
        self.assertEqual(order.scrm_handler_ids, self.ann | self.bob | self.cid)
        self.assertEqual(order.scrm_node_key, "sides.left")
        order.with_user(self.bob).scrm_step_complete()
        self.assertEqual(order.scrm_node_key, "sides.right")
        other = self.start()
        order.with_user(self.cid).scrm_step_complete()
        self.assertEqual(order.scrm_node_key, "send")
        other.with_user(self.ann).scrm_step_complete()
        self.assertEqual(other.scrm_node_key, "send")
        states = other.scrm_run_id.step_ids.grouped("node_key")
        self.assertEqual(states["sides.left"].state, "cancelled")

    def test_keys_of_the_called_flow_mean_its_own_nodes(self):
        """Handler of an earlier node, ladders, approvals and decision tables inside
        refer to what is inside; a node of the caller may name one inside."""
        table = self.env["scrm.decision.table"].create(
            {
                "key": "where_to",
                "name": "Where to",
                "model_id": self.model.id,
                "result_kind": "key",
                "rule_ids": [(0, 0, {"name": "All", "result_key": "to_check"})],
            }
        )
        previous = {"handler_rule": "previous", "handler_node_key": "weigh"}
        ladder = {
            "hours": 1,
            "anchor": "opening",
            "action": "transition",
            "transition_key": "again",
        }
        inner = self.make_draft(
            [
                {"key": "s", "type": "start"},
                self.task("weigh", self.bob, self.cid),
                {
                    "key": "where",
                    "type": "exclusive_gateway",
                    "gateway_table_id": table.id,
                },
                {
                    **self.task("agree", self.ann),
                    "type": "approval",
                    "approval_policy": "one",
                },
                {
                    "key": "check",
                    "type": "user_task",
                    **previous,
                    "rung_ids": [(0, 0, ladder)],
                },
                {"key": "e", "type": "end"},
            ],
            [
                ("s_weigh", "s", "weigh", {}),
                ("weighed", "weigh", "agree", {}),
                ("yes", "agree", "where", {"outcome": "approved"}),
                ("no", "agree", "weigh", {"outcome": "rejected"}),
                ("to_check", "where", "check", {}),
                ("to_end", "where", "e", {"is_default": True}),
                ("good", "check", "e", {}),
                ("again", "check", "weigh", {}),
            ],
            key="keys",
        )
        inner.action_publish()
        outer = self.make_draft(
            [
                {"key": "start", "type": "start"},
                self.call("test", "keys"),
                {
                    "key": "send",
                    "type": "user_task",
                    "handler_rule": "previous",
                    "handler_node_key": "test.weigh",
                },
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "test", {}),
                ("tested", "test", "send", {}),
                ("sent", "send", "end", {}),
            ],
            key="keys_outside",
        )
        outer.action_publish()
        self.flow = outer.flow_id
        order = self.start()
        order.with_user(self.cid).scrm_step_complete()
        order.with_user(self.ann).scrm_step_vote("approved")
        self.assertEqual(order.scrm_node_key, "test.check")
        self.assertEqual(order.scrm_handler_ids, self.cid)
        graph = outer._graph()
        (rung,) = graph.nodes["test.check"].data["rungs"]
        self.assertEqual(rung["transition"], "test.again")
        self.assertEqual(
            graph.nodes["test.agree"].data["approval"]["ways"],
            {"approved": "test.yes", "rejected": "test.no"},
        )
        order.with_user(self.cid).scrm_step_complete("test.good")
        self.assertEqual(order.scrm_handler_ids, self.cid)
        missing = outer._copy_as_draft()
        missing.node_ids.filtered(
            lambda node: node.key == "send"
        ).handler_node_key = "test.nobody"
        self.assertIn("no node “test.nobody”", "\n".join(missing._fault_lines()))

    def test_sent_back_and_recalled_across_the_border(self):
        order = self.start(area=95)
        self.done(order, "take")
        order.with_user(self.bob).scrm_step_reject("take", "Wrong paper")
        self.done(order, "take", "test.weigh", "test.cut")
        order.with_user(self.ann).scrm_step_reject("test.weigh", "Too light")
        self.assertEqual(order.scrm_node_key, "test.weigh")
        self.done(order, "test.weigh")
        order.with_user(self.bob).scrm_step_recall()
        self.done(order, "test.weigh", "test.cut", "send")
        self.assertEqual(order.scrm_run_id.state, "done")

    def test_frozen_stuck_and_cancelled_inside(self):
        order = self.start(area=95)
        self.done(order, "take")
        order.with_user(self.bob).scrm_flow_freeze("Scales broken")
        order.with_user(self.designer).scrm_flow_release("Mended")
        self.cid.active = False
        self.done(order, "test.weigh")
        run = order.scrm_run_id
        self.assertEqual(run.state, "incident")
        self.assertIn("“Cut” has nobody", run.incident_reason)
        self.cid.active = True
        run.with_user(self.designer).action_retry()
        order.with_user(self.eve).scrm_flow_cancel("Mistake")
        self.assertEqual(run.state, "cancelled")

    # Trying out -----------------------------------------------------------------

    def test_a_draft_in_the_sandbox(self):
        draft = self.draft_order("tried")
        course = (
            self.env["scrm.flow.sandbox"]
            .with_user(self.designer)
            .play(
                draft.id,
                [
                    {"do": "complete"},
                    {"do": "complete", "node": "test.weigh"},
                    {"do": "complete", "node": "test.cut"},
                    {"do": "complete"},
                ],
                values={"area": 95},
            )
        )
        self.assertEqual((course["state"], course["end"]), ("done", "end"))
        keys = [item["key"] for item in course["path"]]
        self.assertIn("test.cut", keys)
        self.assertFalse(course["faults"])
        draft.invalidate_recordset()
        self.assertFalse(draft.inner_node_ids)

    def test_flow_tests_follow_it_inside(self):
        flow = self.order.flow_id
        case = self.env["scrm.flow.test.case"].create(
            {
                "flow_id": flow.id,
                "key": "heavy",
                "name": "Heavy",
                "expected_end": "end",
                "line_ids": [
                    (0, 0, {"action": "set", "field_name": "area", "value": "95"}),
                    *(
                        (0, 0, {"action": "complete", "node_key": key})
                        for key in ("take", "test.weigh", "test.cut", "send")
                    ),
                ],
            }
        )
        draft = self.order.with_user(self.designer)._copy_as_draft()
        self.assertEqual(case._failures(draft), [])
        draft.action_publish()
        called = self.testing._copy_as_draft()
        way = called.transition_ids.filtered(lambda way: way.key == "is_heavy")
        way.condition = "[('area', '>', 100)]"
        called.action_publish()
        again = draft._copy_as_draft()
        with self.assertRaisesRegex(UserError, "Heavy"):
            again.action_publish()

    def test_replay_through_a_call(self):
        order = self.start(area=95)
        self.done(order, "take", "test.weigh", "test.cut", "send")
        self.newer_testing()
        draft = self.order.with_user(self.designer)._copy_as_draft()
        replay = self.env["scrm.flow.replay"].with_user(self.designer)
        replay = replay.create({"version_id": draft.id})
        replay.action_start()
        (line,) = replay.line_ids
        self.assertTrue(line.handler_changed)
        self.assertFalse(line.path_changed or line.stuck)

    def test_a_temporary_node_beside_a_call(self):
        """It is set on the ways of the caller; what is inside stays as it was."""
        way = self.order.transition_ids.filtered(lambda way: way.key == "tested")
        node = self.env["scrm.flow.temporary.node"].create(
            {
                "flow_id": self.flow.id,
                "transition_id": way.id,
                "name": "Look",
                "key": "look",
                "user_ids": [(6, 0, self.eve.ids)],
                "starts_at": "2026-01-01 00:00:00",
                "ends_at": "2036-01-01 00:00:00",
            }
        )
        node._begin()
        order = self.start(area=10)
        self.done(order, "take", "test.weigh", "look", "send")
        self.assertEqual(order.scrm_run_id.state, "done")

    def test_blocks_with_a_call(self):
        """A block keeps the call, not what it contains."""
        nodes = self.order.node_ids.filtered(lambda n: n.key in ("test", "send"))
        block = self.order.with_user(self.designer)._save_block(
            nodes, "Test and send", "test_and_send"
        )
        version = block.published_version_id
        self.assertEqual(len(version.node_ids), 4)
        self.assertTrue(version.inner_node_ids)
        draft = self.draft_order("with_block", "test_and_send")
        draft.action_publish()
        self.flow = draft.flow_id
        order = self.start(area=10)
        self.done(order, "take", "test.test.weigh", "test.send", "send")
        self.assertEqual(order.scrm_run_id.state, "done")
