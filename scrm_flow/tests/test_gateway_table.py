from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.scrm_flow.models.scrm_dimension import Dimension

from .common import FlowCase


class TableCase(FlowCase):
    def setUp(self):
        super().setUp()
        registry = type(self.env["scrm.dimension"])
        original = registry._definitions

        def definitions(dimension, model_name):
            found = original(dimension, model_name)
            if model_name == "scrm.test.order":
                found["area"] = Dimension("area", "Area", "number", lambda o: o.area)
                found["note"] = Dimension(
                    "note", "Note", "text", lambda o: o.note or None
                )
                found["kind"] = Dimension(
                    "kind",
                    "Kind",
                    "choice",
                    lambda o: o.kind or None,
                    lambda: [("new", "Brand new"), ("old", "Old one")],
                )
            return found

        self.enterContext(patch.object(registry, "_definitions", definitions))

    def make_table(self, *rules, key="which_way", **values):
        """:param rules: (name, result key, conditions or None for the default)"""
        return self.env["scrm.decision.table"].create(
            {
                "name": "Which way",
                "key": key,
                "model_id": self.model.id,
                "result_kind": "key",
                "rule_ids": [self.rule(*rule) for rule in rules],
                **values,
            }
        )

    def rule(self, name, result, conditions):
        return Command.create(
            {
                "name": name,
                "result_key": result,
                "is_default": conditions is None,
                "condition_ids": [
                    Command.create(
                        {"dimension": dimension, "operator": operator, "value": value}
                    )
                    for dimension, operator, value in conditions or ()
                ],
            }
        )

    def routing(self):
        return self.make_table(
            ("Complaints", "to_ann", [("note", "contains", "Broken, 坏了")]),
            (
                "Large and new",
                "to_bob",
                [("area", ">", "90"), ("kind", "=", "new")],
            ),
            ("Small", "to_cid", [("area", "between", ", 50"), ("kind", "=", "old")]),
        )

    def make_routed(self, table, key="routed", **gateway):
        def person(user):
            return {
                "type": "user_task",
                "handler_rule": "people",
                "handler_user_ids": [Command.set(user.ids)],
            }

        return self.make_draft(
            [
                {"key": "start", "type": "start"},
                {
                    "key": "which",
                    "type": "exclusive_gateway",
                    "gateway_table_id": table.id,
                    **gateway,
                },
                {"key": "ann", **person(self.ann)},
                {"key": "bob", **person(self.bob)},
                {"key": "cid", **person(self.cid)},
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "which", {}),
                ("to_ann", "which", "ann", {"is_default": True}),
                ("to_bob", "which", "bob", {}),
                ("to_cid", "which", "cid", {}),
                ("ann_done", "ann", "end", {}),
                ("bob_done", "bob", "end", {}),
                ("cid_done", "cid", "end", {}),
            ],
            key=key,
        )


@tagged("post_install", "-at_install")
class TestGatewayTable(TableCase):
    def start(self, flow, **values):
        order = self.Order.create({"name": "Order", **values})
        order.scrm_flow_start(flow)
        return order

    def test_the_table_says_which_way(self):
        """Combined conditions on fields, keywords included; else the default.

        Covers in part: F04, F06
        """
        version = self.make_routed(self.routing())
        version.with_user(self.designer).action_publish()
        for values, node in (
            ({"area": 91, "kind": "new"}, "bob"),
            ({"area": 90, "kind": "new"}, "ann"),
            ({"area": 50, "kind": "old"}, "cid"),
            ({"area": 50, "kind": "old", "note": "it is BROKEN"}, "ann"),
            ({"area": 91, "kind": "new", "note": "昨天坏了"}, "ann"),
        ):
            with self.subTest(values=values):
                order = self.start(version.flow_id, **values)
                self.assertEqual(order.scrm_node_key, node)
        route = order.scrm_run_id.log_ids.filtered(lambda log: log.event == "route")
        self.assertIn("Ann (Which way: rule “Complaints”, because", route.description)
        self.assertIsNone(self.env["scrm.flow.log"].verify(order.scrm_run_id))
        self.assertEqual(
            [item["key"] for item in order._scrm_progress()], ["ann", "end"]
        )

    def test_a_changed_rule_counts_at_once(self):
        """Rules of a peak are changed while flows run on them.

        Covers in part: F27
        """
        table = self.routing()
        version = self.make_routed(table)
        version.action_publish()
        order = self.start(version.flow_id, area=60, kind="new")
        self.assertEqual(order.scrm_node_key, "ann")
        table.rule_ids[1].condition_ids[0].value = "50"
        order = self.start(version.flow_id, area=60, kind="new")
        self.assertEqual(order.scrm_node_key, "bob")
        table.rule_ids.write({"result_key": "to_cid"})
        order = self.start(version.flow_id, area=60, kind="new")
        self.assertEqual(order.scrm_node_key, "cid")
        table.rule_ids[1].unlink()
        order = self.start(version.flow_id, area=60, kind="new")
        self.assertEqual(order.scrm_node_key, "ann")

    def test_what_publish_refuses(self):
        table = self.routing()
        table.rule_ids[1].result_key = "nowhere"
        version = self.make_routed(table)
        with self.assertRaisesRegex(UserError, "Which.*“Large and new”.*“nowhere”"):
            version.action_publish()
        self.assertIn("nowhere", version.fault_text)
        table.rule_ids[1].result_key = "to_bob"
        way = version.transition_ids.filtered(lambda way: way.key == "to_bob")
        way.condition = "[('area', '>', 1)]"
        with self.assertRaisesRegex(UserError, "is never asked"):
            version.action_publish()
        way.condition = "[]"
        default = version.transition_ids.filtered("is_default")
        default.is_default = False
        with self.assertRaisesRegex(UserError, "neither a default"):
            version.action_publish()
        default.is_default = True
        table.result_kind = "record"
        with self.assertRaisesRegex(UserError, "does not answer with keys"):
            version.action_publish()
        table.result_kind = "key"
        table.model_id = self.env["ir.model"]._get("res.partner")
        with self.assertRaisesRegex(UserError, "about other records"):
            version.action_publish()

    def test_a_table_in_use_stays_usable(self):
        table = self.routing()
        version = self.make_routed(table)
        version.action_publish()
        with self.assertRaisesRegex(ValidationError, "“Test flow” asks this table"):
            table.rule_ids[0].result_key = "nowhere"
        with self.assertRaisesRegex(ValidationError, "“Test flow” asks this table"):
            table.result_kind = "record"

    def test_gaps_are_shown_before_publishing(self):
        """The table's form and the draft's say what is open, in words."""
        table = self.routing()
        version = self.make_routed(table)
        lines = table.analysis_text.split("\n")
        self.assertIn("No rule answers: ", lines[0])
        self.assertIn("Kind Brand new", table.analysis_text)
        self.assertIn(
            "“Complaints” answers before “Large and new”, which matches too: Note "
            "with the words broken and Area above 90 and Kind Brand new.",
            table.analysis_text.replace(" or with the words 坏了", "").replace(
                " or with the words broken, 坏了", ""
            ),
        )
        self.assertIn(f"Which way: {lines[0]}", version.remark_text)
        version.action_publish()
        self.assertFalse(version.remark_text)
        table.write({"rule_ids": [self.rule("All the rest", "to_ann", None)]})
        self.assertNotIn("No rule answers", table.analysis_text)
        hidden = [("area", ">", "95"), ("kind", "=", "new")]
        table.write({"rule_ids": [self.rule("Never", "to_bob", hidden)]})
        self.assertIn(
            "Rule “Never” never answers: an earlier one always does.",
            table.analysis_text,
        )

    def test_collecting_takes_all_in_order(self):
        table = self.make_table(
            ("Large", "a", [("area", ">", "50")]),
            ("Larger", "b", [("area", ">", "90")]),
            ("Nothing", "c", None),
            hit_policy="collect",
        )

        def answers(area):
            order = self.Order.create({"name": "x", "area": area})
            return [found.rule.result_key for found in table.decide_all(order)]

        self.assertEqual(answers(95), ["a", "b"])
        self.assertEqual(answers(60), ["a"])
        self.assertEqual(answers(50), ["c"])
        order = self.Order.create({"name": "x", "area": 95})
        self.assertEqual(table.decide(order).rule.name, "Large")
        self.assertIn("Both “Large” and “Larger” answer", table.analysis_text)
        table.hit_policy = "first"
        self.assertEqual(answers(95), ["a"])
        nothing = table.decide_all(self.Order.create({"name": "x", "area": 1}))
        self.assertIn("because no other rule does", nothing[0].reason)

    def test_a_default_has_no_conditions(self):
        table = self.make_table(("Rest", "a", None))
        with self.assertRaisesRegex(ValidationError, "cannot have conditions"):
            table.rule_ids.condition_ids = [
                Command.create({"dimension": "area", "operator": ">", "value": "1"})
            ]

    def test_dimensions_are_chosen_by_label(self):
        table = self.routing()
        condition = table.rule_ids[0].condition_ids
        self.assertIn(["note", "Note"], condition.dimension_options)
        self.assertEqual(condition.display_name, "Note contains one of Broken, 坏了")
        with Form(
            self.env["scrm.decision.rule"].with_context(
                default_table_id=table.id, scrm_condition_model="scrm.test.order"
            ),
            "scrm_flow.scrm_decision_rule_view_form",
        ) as form:
            form.name = "New"
            form.result_key = "to_ann"
            with form.condition_ids.new() as line:
                self.assertIn(["area", "Area"], line.dimension_options)
                line.dimension = "area"
                line.operator = ">"
                line.value = "1000"

    def test_a_record_is_chosen_as_the_answer(self):
        table = self.make_table(("One", False, [("area", ">", "1")]))
        table.result_kind = "record"
        rule = table.rule_ids
        rule.result_ref = self.ann
        self.assertEqual(
            (rule.result_model, rule.result_id), ("res.users", self.ann.id)
        )
        self.assertEqual(rule.result_name, "Ann")
        self.assertEqual(rule._result(), self.ann)
        models = [name for name, _label in rule._selection_result_ref()]
        self.assertNotIn("res.partner", models)
        rule.write({"result_model": "res.partner", "result_id": self.ann.partner_id.id})
        self.assertEqual(rule.result_ref, self.ann.partner_id)

    def test_a_bpmn_file_keeps_the_table(self):
        version = self.make_routed(self.routing())
        files = self.env["scrm.flow.bpmn"].with_user(self.designer)
        answer = files.import_bpmn(files.export_bpmn(version.id), flow_key="routed")
        draft = version.browse(answer["version_id"])
        gateway = draft.node_ids.filtered(lambda node: node.key == "which")
        self.assertEqual(gateway.gateway_table_id.key, "which_way")
        self.assertFalse(draft.fault_text)
