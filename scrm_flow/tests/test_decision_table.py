from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.scrm_flow.models.scrm_dimension import Dimension

from .common import FlowCase


@tagged("post_install", "-at_install")
class TestDecisionTable(FlowCase):
    def setUp(self):
        super().setUp()
        registry = type(self.env["scrm.dimension"])
        original = registry._definitions

        def definitions(dimension, model_name):
            found = original(dimension, model_name)
            if model_name == "scrm.test.order":
                found["area"] = Dimension("area", "Area", "number", lambda o: o.area)
                found["kind"] = Dimension("kind", "Kind", "choice", lambda o: o.kind)
            return found

        self.enterContext(patch.object(registry, "_definitions", definitions))
        self.table = self.env["scrm.decision.table"].create(
            {
                "name": "Price by area",
                "key": "price_by_area",
                "model_id": self.model.id,
                "rule_ids": [
                    self.rule("Up to 50", ("area", "between", "0, 50")),
                    self.rule(
                        "Up to 90, new",
                        ("area", "between", "50, 90"),
                        ("kind", "in", "new, newer"),
                    ),
                    self.rule("All the rest"),
                ],
            }
        )

    def rule(self, name, *conditions):
        return Command.create(
            {
                "name": name,
                "result_model": "res.partner",
                "result_id": self.ann.partner_id.id,
                "condition_ids": [
                    Command.create(
                        {"dimension": dimension, "operator": operator, "value": value}
                    )
                    for dimension, operator, value in conditions
                ],
            }
        )

    def decide(self, **values):
        return self.table.decide(self.Order.create({"name": "x", **values}))

    def test_first_rule_wins(self):
        for area, kind, rule in (
            (50, "new", "Up to 50"),
            (50.01, "new", "Up to 90, new"),
            (90, "new", "Up to 90, new"),
            (90.01, "new", "All the rest"),
            (60, "old", "All the rest"),
            (0, False, "All the rest"),
        ):
            with self.subTest(area=area, kind=kind):
                self.assertEqual(self.decide(area=area, kind=kind).rule.name, rule)

    def test_result_inputs_and_reason(self):
        answer = self.decide(area=60, kind="new")
        self.assertEqual(answer.inputs, {"area": 60.0, "kind": "new"})
        self.assertEqual(
            answer.reason,
            "Price by area: rule “Up to 90, new”, because "
            "Area 60 is above 50 and at most 90; Kind new is one of new, newer",
        )
        self.assertEqual(answer.rule._result(), self.ann.partner_id)
        self.table.rule_ids[-1].unlink()
        self.assertIsNone(self.decide(area=95))

    def test_conditions_that_make_no_sense(self):
        rule = self.table.rule_ids[0]
        for dimension, operator, value, problem in (
            ("colour", "=", "red", "no dimension “colour”"),
            ("area", "between", "90, 50", "does not suit"),
            ("area", "between", "90", "does not suit"),
            ("area", ">", "large", "does not suit"),
            ("area", "in", " , ", "does not suit"),
        ):
            with (
                self.subTest(value=value),
                self.assertRaisesRegex(ValidationError, problem),
            ):
                rule.condition_ids = [
                    Command.create(
                        {"dimension": dimension, "operator": operator, "value": value}
                    )
                ]

    def test_only_records_of_its_model(self):
        with self.assertRaisesRegex(ValidationError, "is not about"):
            self.table.decide(self.ann.partner_id)
