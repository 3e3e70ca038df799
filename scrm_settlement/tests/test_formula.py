from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form
from odoo.tests.common import tagged

from .common import SettlementCommon

PRICE = {"dimension": "price_total", "unit": "percent"}


def rows(*items):
    return [Command.create(item) for item in items]


def tiers(*items):
    return rows(
        *({"above": low, "up_to": high, "value": rate} for low, high, rate in items)
    )


SLABS = {
    **PRICE,
    "formula": "slab",
    "tier_ids": tiers((0, 100, 10), (100, 300, 20), (300, 6000, 30)),
}
#: Name -> (values of the rule, what 399 m² price and area 50 pay).
FORMULAS = {
    "base_percent": (
        {
            "formula": "base_percent",
            "amount": 50,
            "rate": 3,
            "threshold": 299,
            "dimension": "price_total",
        },
        53,
    ),
    "slab": (SLABS, 10 + 40 + 29.7),
    "retroactive": (
        {
            **PRICE,
            "formula": "retroactive",
            "tier_ids": tiers((0, 399, 2), (399, 0, 4)),
        },
        7.98,
    ),
    "bonus": (
        {**PRICE, "formula": "bonus", "tier_ids": tiers((300, 0, 1), (399, 0, 5))},
        3.99,
    ),
    "coefficient": (
        {
            "formula": "coefficient",
            "amount": 1,
            "term_ids": rows(
                {"dimension": "price_total", "coefficient": 0.1},
                {"dimension": "field.settle_area", "coefficient": 2},
            ),
        },
        1 + 39.9 + 100,
    ),
    "matrix": (
        {
            "formula": "matrix",
            "unit": "amount",
            "row_dimension": "template",
            "column_dimension": "field.settle_area",
            "cell_ids": rows(
                {"row": "settle_installation", "column": "0, 50", "value": 33},
                {"row": "settle_installation", "column": "50, 90", "value": 44},
            ),
        },
        33,
    ),
    "floor": ({"formula": "fixed", "amount": 5, "has_floor": True, "floor": 7}, 7),
    "cap": ({"formula": "fixed", "amount": 5, "has_cap": True, "cap": 3.5}, 3.5),
    "times": (
        {"formula": "fixed", "amount": 80, "factor_dimension": "field.settle_area"},
        40,
    ),
}


@tagged("post_install", "-at_install")
class TestFormula(SettlementCommon):
    """The formulas as rules that a manager fills in."""

    def _rule(self, **values):
        rule = {"key": "tried", "name": "Tried", "rank": 1, **values}
        self.component.with_user(self.manager).rule_ids = [
            Command.clear(),
            Command.create(rule),
        ]
        return self.component.rule_ids

    def test_each_formula_pays(self):
        """Every formula, filled in by ticking, pays what it says; 399 for 50 m².

        Covers: S01
        """
        for name, (values, amount) in FORMULAS.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                self._rule(**values)
                record = self.finish(self.new_ticket(50))
                self.assertEqual(record.amount, round(amount, 2), record.explanation)
                self.assertTrue(record.verify())
                self.assertGreater(len(record.explanation.splitlines()), 2)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_example_beside_the_form(self):
        """While a rule is filled in, the form says what it would pay, in words."""
        self.finish(self.new_ticket(50))
        plan = self._create_plan("tried", self.company.currency_id)
        component = plan.version_ids.component_ids.with_user(self.manager)
        with Form(component) as form, form.rule_ids.edit(0) as rule:
            self.assertIn("below the minimum", rule.example)
            rule.formula = "fixed"
            rule.amount = 12.5
            self.assertIn("12.5", rule.example)
            rule.has_floor = True
            rule.floor = 20
            self.assertIn("below the floor", rule.example)
            self.assertIn("20.00", rule.example)

    def test_example_without_facts(self):
        """Without a ticket a value is tried; a half written rule says what it needs."""
        rule = self._rule(**SLABS)
        with Form(rule.with_user(self.manager)) as form:
            self.assertFalse(form.example_fact_id)
            form.example_value = 3800
            self.assertIn("1,100.00", form.example)
            form.example_value = 7000
            self.assertIn("the last tier ends at 6000", form.example)

    def test_frozen_tables(self):
        """Tiers, cells, coefficients and shares of a used version do not change."""
        self._rule(**SLABS)
        self.finish(self.new_ticket(50))
        tier = self.component.rule_ids.tier_ids[0].with_user(self.manager)
        for attempt in (
            lambda: tier.write({"value": 11}),
            lambda: tier.unlink(),
            lambda: tier.create(
                {"rule_id": tier.rule_id.id, "above": 6000, "value": 1}
            ),
            lambda: self.component.with_user(self.manager).write(
                {"share_ids": rows({"payee_node_key": "visit"})}
            ),
        ):
            with self.refused("cannot change any more", UserError):
                attempt()
        copied = self.version.copy({"valid_from": "2030-01-01"})
        values = copied.component_ids.rule_ids.tier_ids.mapped("value")
        self.assertEqual(values, [10, 20, 30])

    def test_contradictions_are_named(self):
        """Overlapping tiers, a gap, an empty table, a bad heading: refused by name."""
        two = tiers((0, 100, 1), (90, 0, 2))
        cell = {"row": "settle_installation", "column": "ten", "value": 1}
        matrix = {
            "formula": "matrix",
            "unit": "amount",
            "row_dimension": "template",
            "column_dimension": "field.settle_area",
        }
        for words, values in (
            ("0 – 100 and 90 – ∞ overlap", {**SLABS, "tier_ids": two}),
            (
                "gap between 0 – 100 and 110 – ∞",
                {**SLABS, "tier_ids": tiers((0, 100, 1), (110, 0, 2))},
            ),
            ("at least one tier", {**SLABS, "tier_ids": []}),
            ("ends before it begins", {**SLABS, "tier_ids": tiers((9, 5, 1))}),
            ("“ten” is neither", {**matrix, "cell_ids": rows(cell)}),
            ("at least one cell", matrix),
            ("at least one value", {"formula": "coefficient"}),
            (
                "is above “at most”",
                {"has_floor": 1, "floor": 2, "has_cap": 1, "cap": 1},
            ),
            ("only known of a whole period", {"formula": "guarantee", "amount": 9}),
            (
                "only known of a whole period",
                {"formula": "per_unit", "rate": 1, "dimension": "period.count"},
            ),
        ):
            with self.refused(words, ValidationError):
                self._rule(**values)
        self._rule(**SLABS)
        with self.refused("overlap", ValidationError):
            self.component.rule_ids.tier_ids[0].up_to = 150

    def test_beyond_the_last_tier(self):
        """A value that no tier or cell is for is not paid by guess, but named."""
        self._rule(**{**SLABS, "tier_ids": tiers((0, 100, 10))})
        self.assertFalse(self.finish(self.new_ticket(50)))
        problems = self.plan.with_user(self.accountant).settle()["problems"]
        self.assertIn("the last tier ends at 100", problems[0]["reason"])

    def test_negative_hours(self):
        """Negative hours are named, the other tickets are settled all the same."""
        self._rule(formula="per_unit", rate=2, dimension="field.settle_area")
        bad = self.new_ticket(-5)
        self.assertFalse(self.finish(bad))
        self.assertEqual(self.finish(self.new_ticket(50)).amount, 100)
        outcome = self.plan.with_user(self.accountant).settle()
        self.assertEqual(len(outcome["problems"]), 1)
        self.assertIn("negative: -5", outcome["problems"][0]["reason"])
        self.assertIn(bad.number, outcome["problems"][0]["fact"])

    def test_shared_by_people(self):
        """A fee is shared by those who did the nodes; the parts are the whole."""
        self.component.share_ids = rows(
            {"receiver": "node", "payee_node_key": "visit", "weight": 2},
            {"receiver": "node", "payee_node_key": "check", "weight": 1},
        )
        self._rule(formula="fixed", amount=100)
        records = self.finish(self.new_ticket(50))
        amounts = {record.payee_id: record.amount for record in records}
        self.assertEqual(
            amounts,
            {self.engineer.partner_id: 66.67, self.supervisor.partner_id: 33.33},
        )
        self.assertIn("2 of 3 parts of 100", records[0].explanation)
        self.assertEqual(self.plan.with_user(self.accountant).settle()["created"], 0)

    def test_shared_by_cost_centres(self):
        """Cost centres share by hours; the bill has the exact parts, no cent lost.

        7 to 3 to 3 hours of 100.00: 53.846..., 23.076..., 23.076...; the two cents that
        rounding down leaves go to the largest remainders.

        Covers: S23
        """
        hours = self.env["scrm.form.field"].create(
            [
                {"key": f"settle_hours_{key}", "name": f"Hours {key}", "type": "number"}
                for key in ("a", "b", "c")
            ]
        )
        self.template.line_ids = rows(*({"field_id": field.id} for field in hours))
        analytic_plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        centres = self.env["account.analytic.account"].create(
            [{"name": f"P{n}", "plan_id": analytic_plan.id} for n in range(3)]
        )
        self.component.share_ids = rows(
            *(
                {
                    "receiver": "analytic",
                    "analytic_account_id": centre.id,
                    "dimension": f"field.{field.key}",
                }
                for centre, field in zip(centres, hours, strict=True)
            )
        )
        self._rule(formula="fixed", amount=100)
        values = {"settle_hours_a": 7, "settle_hours_b": 3, "settle_hours_c": 3}
        ticket = self.new_ticket(scrm_values={"settle_area": 50, **values})
        record = self.finish(ticket)
        self.assertEqual(
            [part["amount"] for part in record.parts], ["53.84", "23.08", "23.08"]
        )
        self.assertTrue(record.verify())
        move = self.approved_statement().action_post()
        lines = {
            line.analytic_distribution and tuple(line.analytic_distribution.items()): (
                line.price_subtotal
            )
            for line in move.invoice_line_ids
        }
        self.assertEqual(
            lines,
            {
                ((str(centre.id), 100),): amount
                for centre, amount in zip(centres, (53.84, 23.08, 23.08), strict=True)
            },
        )
        self.assertEqual(move.amount_untaxed, 100)
