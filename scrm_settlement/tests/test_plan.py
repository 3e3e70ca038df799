from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestPlan(SettlementCommon):
    def test_made_on_the_form(self):
        """A manager makes a plan by filling in forms; nothing is programmed.

        Covers: S01
        """
        plans = self.env["scrm.settlement.plan"].with_user(self.manager)
        with Form(plans) as form:
            form.name = "Helpers"
            form.key = "helpers"
            form.payee_node_key = "visit"
            form.template_ids.add(self.template)
        plan = form.record
        self.assertEqual(plan.payee_node_name, "Visit")
        with Form(
            self.env["scrm.settlement.plan.version"]
            .with_user(self.manager)
            .with_context(default_plan_id=plan.id)
        ) as form:
            form.valid_from = "2026-01-01"
        version = form.record
        self.assertEqual(version.number, 1)
        with Form(
            self.env["scrm.settlement.component"]
            .with_user(self.manager)
            .with_context(default_version_id=version.id)
        ) as form:
            form.key = "fee"
            form.name = "Fee"
            form.product_id = self.fee_product
        with Form(
            self.env["scrm.settlement.rule"]
            .with_user(self.manager)
            .with_context(default_component_id=form.record.id)
        ) as form:
            form.key = "by_area"
            form.name = "By Area"
            form.formula = "per_unit"
            form.rate = 2
            form.dimension = "field.settle_area"
            with form.condition_ids.new() as condition:
                condition.dimension = "field.settle_area"
                condition.operator = "<="
                condition.value = "60"
        self.assertEqual(form.record.summary, "2 per unit of Floor Area")
        records = self.finish(self.new_ticket(50))
        paid = {record.plan_id: record.amount for record in records}
        self.assertEqual(paid, {self.plan: 80, plan: 100})
        records = self.finish(self.new_ticket(61))
        self.assertEqual(records.plan_id, self.plan)

    def test_formula_refused(self):
        """A range upside down, a rate of nothing, an unknown dimension: refused."""

        def condition(dimension, operator, value):
            values = {"dimension": dimension, "operator": operator, "value": value}
            return {"condition_ids": [Command.create(values)]}

        for vals, words in (
            ({"minimum": 151}, "minimum is above"),
            ({"dimension": False}, "measured value"),
            ({"dimension": "field.no_such"}, "no measured value"),
            (condition("field.no_such", "=", "1"), "no_such"),
            (condition("field.settle_area", "between", "60"), "does not suit"),
        ):
            with self.refused(words, ValidationError):
                self.rule.write(vals)

    @mute_logger("odoo.sql_db")
    def test_keys_unique(self):
        """Keys and starting days are unique where they are looked up."""
        copies = [
            lambda: self.plan.copy({"key": self.plan.key}),
            lambda: self.version.copy({"valid_from": self.version.valid_from}),
            lambda: self.component.copy({"key": "fee"}),
            lambda: self.rule.copy({"key": "standard"}),
        ]
        for make in copies:
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                make()
                self.env.flush_all()

    @mute_logger("odoo.sql_db")
    def test_dates(self):
        """A version does not end before it starts."""
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.version.valid_to = "2019-12-31"
            self.env.flush_all()

    def test_temporary_version(self):
        """Inside its dates the later version counts, outside the standard one.

        Covers: S15
        """
        special = self.version.copy(
            {"valid_from": "2026-11-01", "valid_to": "2026-11-11"}
        )
        special.component_ids.rule_ids.minimum = 100
        for day, amount in (
            ("2026-10-31", 80),
            ("2026-11-01", 100),
            ("2026-11-11", 100),
            ("2026-11-12", 80),
        ):
            record = self.finish(self.new_ticket(50), moment=f"{day} 04:00:00")
            self.assertEqual(record.amount, amount, day)

    def test_conditions_in_words(self):
        """Comparison and choice are said in the reader's language, not by key."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["scrm_flow"], ["zh_CN"])
        self.rule.condition_ids = [
            Command.create({"dimension": "month", "operator": "=", "value": "03"})
        ]
        condition = self.rule.condition_ids.with_user(self.manager)
        self.assertEqual(condition.display_name, "Month is March")
        chinese = condition.with_context(lang="zh_CN")
        self.assertIn("等于 三月", chinese.display_name)
        shown = chinese.fields_get(["operator"], ["selection"])["operator"]
        self.assertIn(("=", "等于"), shown["selection"])

    def test_new_version_button(self):
        """The button copies the rules into a version that starts later."""
        action = self.version.with_user(self.manager).action_new_version()
        version = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(version.component_ids.rule_ids.rate, 20)
        self.assertGreater(version.valid_from, self.env["scrm.clock"].today())
        self.assertFalse(version.frozen)

    def test_frozen_by_hand(self):
        """Nobody sets or clears the mark of a used version."""
        with self.refused():
            self.version.with_user(self.manager).frozen = True
