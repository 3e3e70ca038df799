"""Runs with several tokens: split, joined, taken back, sent back, stuck.

::

    start -> prepare (Ann) -> both -+-> pay (Ann) -----------------+-> ready -> ship
                                    +-> pack (Bob) -> check (Cid) -+     (Ann) -> end
"""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import FlowCase


@tagged("post_install", "-at_install")
class TestFlowParallel(FlowCase):
    def task(self, key, user, **values):
        people = {"handler_rule": "people", "handler_user_ids": [(6, 0, user.ids)]}
        return {"key": key, "type": "user_task", **people, **values}

    def gateway(self, key, **values):
        return {"key": key, "type": "parallel_gateway", **values}

    def draft(self, rule="all", key="order_flow", **values):
        return self.make_draft(
            [
                {"key": "start", "type": "start"},
                self.task("prepare", self.ann),
                self.gateway("both"),
                self.task("pay", self.ann, **values.get("pay", {})),
                self.task("pack", self.bob, **values.get("pack", {})),
                self.task("check", self.cid),
                self.gateway("ready", join_rule=rule),
                self.task("ship", self.ann),
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "prepare", {}),
                ("prepared", "prepare", "both", {}),
                ("to_pay", "both", "pay", {}),
                ("to_pack", "both", "pack", {}),
                ("paid", "pay", "ready", {}),
                ("packed", "pack", "check", {}),
                ("checked", "check", "ready", {}),
                ("shipping", "ready", "ship", {}),
                ("shipped", "ship", "end", {}),
            ],
            key=key,
        )

    def begin(self, rule="all", **values):
        """An order in both branches."""
        version = self.draft(rule, **values)
        version.action_publish()
        order = self.Order.create({"name": "Order"})
        order.scrm_flow_start(version.flow_id)
        order.with_user(self.ann).scrm_step_complete()
        return order

    def states(self, order):
        return [
            (step.node_key, step.state) for step in order.scrm_step_ids.sorted("id")
        ]

    def step(self, order, key, state="open"):
        return order.scrm_step_ids.filtered(
            lambda step: step.node_key == key and step.state == state
        )

    def complete(self, order, key):
        step = self.step(order, key)
        return order.with_user(step.user_id).scrm_step_complete(step_id=step.id)

    def logged(self, order, event):
        lines = order.scrm_run_id.log_ids.filtered(lambda line: line.event == event)
        return [(line.node_key, line.description) for line in lines.sorted("sequence")]

    # Split and join

    def test_branches_are_done_at_the_same_time(self):
        """One event starts both people at once, and the join waits for both.

        Covers: F11
        """
        order = self.begin()
        self.assertEqual(
            self.states(order),
            [("prepare", "done"), ("both", "done"), ("pay", "open"), ("pack", "open")],
        )
        self.assertEqual(order.scrm_handler_ids, self.ann | self.bob)
        both = self.step(order, "pay") | self.step(order, "pack")
        self.assertEqual(len(set(both.mapped("opened_at"))), 1)
        self.assertEqual(order.scrm_node_key, "pay", "the lowest rank leads")
        split = self.step(order, "both", "done")
        self.assertEqual((split.branch_step_ids - split).mapped("split_id"), split)
        self.complete(order, "pay")
        self.assertEqual(self.states(order)[-1], ("ready", "waiting"))
        self.assertEqual(order.scrm_node_key, "pack", "what waits does not lead")
        self.complete(order, "pack")
        answer = self.complete(order, "check")
        self.assertEqual(answer, {"node": "ship", "state": "running"})
        self.assertEqual(
            self.states(order)[4:],
            [("ready", "done"), ("check", "done"), ("ready", "done"), ("ship", "open")],
        )
        self.assertFalse(self.step(order, "ship").split_id)
        self.complete(order, "ship")
        self.assertEqual(order.scrm_run_id.state, "done")
        self.assertEqual(
            self.events(order),
            ["start", "open", "complete", "split", "open", "open", "complete", "wait"]
            + ["complete", "open", "complete", "join", "open", "complete", "end"],
        )
        self.assertIsNone(self.env["scrm.flow.log"].verify(order.scrm_run_id))

    def test_the_first_branch_is_enough(self):
        values = {"deadline_hours": 4, "reminder_hours": "-1"}
        order = self.begin("any", pack=values)
        pack = self.step(order, "pack")
        timers = self.env["scrm.flow.timer"].search([("step_id", "=", pack.id)])
        self.assertEqual(set(timers.mapped("state")), {"due"})
        self.complete(order, "pay")
        self.assertEqual(pack.state, "cancelled")
        self.assertEqual(set(timers.mapped("state")), {"cancelled"})
        self.assertEqual(order.scrm_handler_ids, self.ann)
        self.assertEqual(
            self.logged(order, "drop"), [("pack", "“Ready” went on without it.")]
        )
        with self.assertRaisesRegex(UserError, "“Pack” is not open any more"):
            order.with_user(self.bob).scrm_step_complete(step_id=pack.id)

    def test_a_number_of_branches_is_enough(self):
        keys = ("a", "b", "c")
        version = self.make_draft(
            [
                {"key": "start", "type": "start"},
                self.gateway("all_ask"),
                *[self.task(key, self.ann) for key in keys],
                self.gateway("answers", join_rule="count", join_count=2),
                self.task("decide", self.ann),
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "all_ask", {}),
                *[(f"ask_{key}", "all_ask", key, {}) for key in keys],
                *[(f"answer_{key}", key, "answers", {}) for key in keys],
                ("enough", "answers", "decide", {}),
                ("decided", "decide", "end", {}),
            ],
            key="answers_flow",
        )
        version.action_publish()
        order = self.Order.create({"name": "Order"})
        order.scrm_flow_start(version.flow_id)
        self.complete(order, "c")
        self.assertEqual(order.scrm_node_key, "a")
        self.complete(order, "a")
        self.assertEqual(order.scrm_node_key, "decide")
        self.assertTrue(self.step(order, "b", "cancelled"))

    def test_blocks_in_blocks_and_in_circles(self):
        """A block inside a branch, all of it repeated; conditions inside."""
        version = self.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "again", "type": "exclusive_gateway"},
                self.gateway("out"),
                self.task("a", self.ann),
                {"key": "large", "type": "exclusive_gateway"},
                self.gateway("inn"),
                self.task("b", self.ann),
                self.task("c", self.ann),
                self.gateway("inn_join"),
                {"key": "meet", "type": "exclusive_gateway"},
                self.gateway("out_join"),
                self.task("ok", self.ann),
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "again", {}),
                ("t1", "again", "out", {}),
                ("t2", "out", "a", {}),
                ("t3", "out", "large", {}),
                ("t4", "large", "inn", {"condition": "[('area', '>', 90)]"}),
                ("t5", "large", "meet", {"is_default": True}),
                ("t6", "inn", "b", {}),
                ("t7", "inn", "c", {}),
                ("t8", "b", "inn_join", {}),
                ("t9", "c", "inn_join", {}),
                ("t10", "inn_join", "meet", {}),
                ("t11", "meet", "out_join", {}),
                ("t12", "a", "out_join", {}),
                ("t13", "out_join", "ok", {}),
                ("accept", "ok", "end", {}),
                ("redo", "ok", "again", {}),
            ],
            key="nested_flow",
        )
        version.action_publish()
        order = self.Order.create({"name": "Order", "area": 100})
        order.scrm_flow_start(version.flow_id)
        inner = self.step(order, "b").split_id
        self.assertEqual(inner.split_id, self.step(order, "out", "done"))
        self.assertEqual(
            [item["key"] for item in order.scrm_progress],
            ["a", "b", "c", "ok", "end"],
        )
        for key in ("b", "a", "c"):
            self.complete(order, key)
        self.assertEqual(order.scrm_node_key, "ok")
        order.area = 10
        order.with_user(self.ann).scrm_step_complete("redo")
        self.assertEqual(
            self.step(order, "out_join", "waiting").split_id.id,
            max(self.step(order, "out", "done").ids),
        )
        self.complete(order, "a")
        order.with_user(self.ann).scrm_step_complete("accept")
        self.assertEqual(order.scrm_run_id.state, "done")
        self.assertFalse(
            order.scrm_step_ids.filtered(lambda s: s.state not in ("done",))
        )

    # What publishing asks

    def test_publish_names_the_gateway(self):
        version = self.draft()
        edges = {edge.key: edge for edge in version.transition_ids}
        nodes = {node.key: node for node in version.node_ids}
        edges["paid"].target_id = nodes["end"]
        with self.assertRaisesRegex(
            UserError, r"Both \(both\): a branch of the split reaches an end"
        ):
            version.action_publish()
        edges["paid"].target_id = nodes["ready"]
        nodes["ready"].write({"join_rule": "count", "join_count": 3})
        with self.assertRaisesRegex(
            UserError, r"Ready \(ready\): the join waits for fewer than one branch"
        ):
            version.action_publish()
        nodes["ready"].join_count = 2
        edges["to_pay"].condition = "[('area', '>', 90)]"
        with self.assertRaisesRegex(UserError, r"Both \(both\): .* has a condition"):
            version.action_publish()
        edges["to_pay"].condition = "[]"
        version.action_publish()
        copy = version._copy_as_draft()
        ready = copy.node_ids.filtered(lambda node: node.key == "ready")
        self.assertEqual((ready.join_rule, ready.join_count), ("count", 2))
        with self.assertRaisesRegex(UserError, "was published and never changes"):
            nodes["ready"].join_rule = "any"

    # Operations in branches

    def test_recall_until_the_join(self):
        order = self.begin()
        self.complete(order, "pay")
        order.with_user(self.ann).scrm_step_recall()
        self.assertFalse(self.step(order, "ready", "waiting"))
        self.assertEqual(self.step(order, "pay").user_id, self.ann)
        self.complete(order, "pay")
        self.complete(order, "pack")
        self.complete(order, "check")
        self.assertEqual(order.scrm_node_key, "ship")
        with self.assertRaisesRegex(UserError, "somebody has gone on"):
            order.with_user(self.cid).scrm_step_recall()
        with self.assertRaisesRegex(UserError, "somebody has gone on"):
            order.with_user(self.ann).scrm_step_recall(
                step_id=self.step(order, "pay", "done")[-1:].id
            )

    def test_recall_of_what_came_before_the_split(self):
        order = self.begin()
        order.with_user(self.ann).scrm_step_recall()
        self.assertEqual(
            self.states(order)[2:],
            [("pay", "cancelled"), ("pack", "cancelled"), ("prepare", "open")],
        )
        self.complete(order, "prepare")
        order.with_user(self.bob).scrm_step_complete()
        with self.assertRaisesRegex(UserError, "somebody has gone on"):
            order.with_user(self.ann).scrm_step_recall()

    def test_sent_back_inside_a_branch(self):
        order = self.begin()
        self.complete(order, "pack")
        check = self.step(order, "check")
        offers = order.with_user(self.cid).scrm_flow_actions[0]["operations"]
        (reject,) = [offer for offer in offers if offer["key"] == "reject"]
        self.assertEqual(
            [(node["key"], node.get("note")) for node in reject["nodes"]],
            [
                (
                    "prepare",
                    "This is before the split: what is open in other branches is "
                    "cancelled.",
                ),
                ("pack", None),
            ],
        )
        order.with_user(self.cid).scrm_step_reject("pack", "wrong box", check.id)
        self.assertEqual(self.step(order, "pack").user_id, self.bob)
        self.assertTrue(self.step(order, "pay"), "the other branch goes on")
        self.complete(order, "pay")
        self.complete(order, "pack")
        self.complete(order, "check")
        self.assertEqual(order.scrm_node_key, "ship")

    def test_sent_back_before_the_split(self):
        order = self.begin()
        self.complete(order, "pay")
        self.complete(order, "pack")
        order.with_user(self.cid).scrm_step_reject("prepare", "all wrong")
        self.assertEqual(
            [s for s in self.states(order) if s[1] not in ("done", "rejected")],
            [("ready", "cancelled"), ("prepare", "open")],
        )
        self.assertEqual(
            self.logged(order, "drop"),
            [("ready", "The work was sent back to “Prepare”, before the split.")],
        )
        self.complete(order, "prepare")
        self.assertEqual(order.scrm_handler_ids, self.ann | self.bob)

    def test_not_sent_back_into_another_branch_or_a_joined_one(self):
        order = self.begin()
        self.complete(order, "pack")
        pay = self.step(order, "pay")
        for key in ("pack", "check"):
            with self.assertRaisesRegex(UserError, "in its own branch"):
                order.with_user(self.ann).scrm_step_reject(key, "why", pay.id)
        self.complete(order, "pay")
        self.complete(order, "check")
        with self.assertRaisesRegex(UserError, "in its own branch"):
            order.with_user(self.ann).scrm_step_reject("pay", "why")
        order.with_user(self.ann).scrm_step_reject("prepare", "why")
        self.assertEqual(order.scrm_node_key, "prepare")

    def test_cancel_and_freeze_everything(self):
        order = self.begin()
        self.complete(order, "pay")
        order.with_user(self.bob).scrm_flow_freeze("wait")
        with self.assertRaisesRegex(UserError, "was frozen by Bob"):
            self.complete(order, "pack")
        order.with_user(self.designer).scrm_flow_release("go on")
        self.complete(order, "pack")
        order.scrm_flow_cancel("no customer")
        self.assertFalse(
            order.scrm_step_ids.filtered(lambda s: s.state in ("open", "waiting"))
        )
        self.assertEqual(order.scrm_run_id.state, "cancelled")

    def test_by_itself_with_several_open(self):
        """Both branches at once by one write, the join fires once."""
        auto = {"auto_condition": "[('area', '>', 90)]"}
        order = self.begin("any", pay=auto, pack=auto)
        order.area = 100
        self.assertEqual(order.scrm_node_key, "ship")
        self.assertEqual(len(self.step(order, "ship")), 1)
        self.assertEqual(len(self.logged(order, "join")), 1)
        again = self.Order.create({"name": "Order", "area": 100})
        again.scrm_flow_start(order.scrm_run_id.flow_id)
        again.with_user(self.ann).scrm_step_complete()
        self.assertEqual(again.scrm_node_key, "ship")
        self.assertNotIn(("pack", "done"), self.states(again))

    def test_one_branch_stuck_the_other_goes_on(self):
        def stamp(key):
            values = {"service_kind": "set_values"}
            config = {"values": {"note": key}}
            return {
                "key": key,
                "type": "service_task",
                **values,
                "service_config": config,
            }

        version = self.make_draft(
            [
                {"key": "start", "type": "start"},
                self.gateway("both"),
                stamp("one"),
                stamp("two"),
                self.task("pay", self.ann),
                self.gateway("ready"),
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "both", {}),
                *[(f"to_{key}", "both", key, {}) for key in ("one", "two", "pay")],
                *[(f"from_{key}", key, "ready", {}) for key in ("one", "two", "pay")],
                ("finish", "ready", "end", {}),
            ],
            key="stuck_flow",
        )
        version.action_publish()
        service = self.env["scrm.flow.service.set_values"]

        def fail(*_args):
            raise UserError("no paper")  # pylint: disable=translation-required

        self.patch(type(service), "run", fail)
        order = self.Order.create({"name": "Order"})
        order.scrm_flow_start(version.flow_id)
        run = order.scrm_run_id
        self.assertEqual(run.state, "incident")
        self.assertEqual(len(run.step_ids.filtered(lambda s: s.state == "incident")), 2)
        self.complete(order, "pay")
        self.assertEqual(run.state, "incident")
        self.assertTrue(self.step(order, "ready", "waiting"))
        self.patch(type(service), "run", lambda *_args: None)
        run.with_user(self.designer).action_retry()
        self.assertEqual((run.state, run.end_key), ("done", "end"))
        self.assertEqual(set(run.step_ids.mapped("state")), {"done"})
        self.assertEqual(
            [line for line in self.events(order) if line in ("wait", "join", "end")],
            ["wait", "join", "end"],
        )

    # What people see

    def test_progress_shows_each_branch_and_the_join(self):
        order = self.begin(pay={"is_private": True})

        def shape(**kwargs):
            return [
                (item["name"], item["state"]) for item in order._scrm_progress(**kwargs)
            ]

        self.assertEqual(
            shape(),
            [("Prepare", "done"), ("Pay", "now"), ("Pack", "now"), ("Check", "next")]
            + [("Ship", "next"), ("End", "next")],
        )
        self.assertEqual(
            shape(for_customer=True)[1:3], [("In our hands", "now"), ("Pack", "now")]
        )
        self.complete(order, "pay")
        self.assertEqual(
            shape(),
            [("Prepare", "done"), ("Pay", "done"), ("Pack", "now"), ("Ready", "now")]
            + [("Check", "next"), ("Ship", "next"), ("End", "next")],
        )
        (join,) = [i for i in order.scrm_progress if i["key"] == "ready"]
        self.assertTrue(join["waits"])
        customer = order._scrm_progress(for_customer=True)
        self.assertNotIn("Ready", [item["name"] for item in customer])
        manager = order.with_user(self.designer).scrm_flow_actions
        self.assertEqual([action["node_key"] for action in manager], ["pack"])
        self.assertEqual(
            order.with_user(self.ann).scrm_flow_actions[0]["operations"][0]["key"],
            "recall",
        )

    def test_without_gateways_not_a_query_more(self):
        """Tokens are only looked for where there can be several."""
        order = self.start(area=40)
        searched = []
        steps = type(self.env["scrm.flow.step"])
        original = steps.search_fetch
        self.patch(
            steps,
            "search_fetch",
            lambda *args, **kw: searched.append(args) or original(*args, **kw),
        )
        order.with_user(self.ann).scrm_step_complete("accept")
        live = [args for args in searched if len(args) > 2 and "split_id" in args[2]]
        self.assertFalse(live)
