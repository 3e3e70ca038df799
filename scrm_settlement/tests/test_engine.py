"""The pure engine: doctests and properties, no database."""

import doctest
import json
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests.common import BaseCase, tagged

from ..engine import compute, formulas, money, trace

CURRENCIES = {"CNY": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}

amounts = st.decimals(-(10**9), 10**9, places=6)
positive = st.decimals(0, 10**7, places=4)


@tagged("post_install", "-at_install")
class TestEngine(BaseCase):
    def test_doctests(self):
        """The examples in the engine's documentation are true."""
        for module in (money, formulas, trace, compute):
            result = doctest.testmod(module)
            self.assertEqual(result.failed, 0, module.__name__)
            self.assertGreater(result.attempted, 0, module.__name__)

    @settings(max_examples=300, deadline=None)
    @given(amounts, st.sampled_from(sorted(CURRENCIES)))
    def test_rounding(self, amount, code):
        """An amount moves by at most half a step and lands on a step."""
        step = CURRENCIES[code]
        rounded = money.round_to(amount, step)
        self.assertLessEqual(abs(rounded - amount), step / 2)
        self.assertEqual(rounded % step, 0)
        self.assertEqual(money.round_to(rounded, step), rounded)
        self.assertEqual(rounded, amount.quantize(step, rounding=ROUND_HALF_UP))

    @settings(max_examples=300, deadline=None)
    @given(positive, positive, positive, positive)
    def test_range_holds(self, rate, value, low, high):
        """Inside its limits a range pays the inner amount, outside the limit.

        Covers: S10
        """
        low, high = sorted((low, high))
        formula = formulas.Range(formulas.PerUnit(rate, "d"), low, high)
        paid = formula.compute({"d": value}, trace.Trace())
        self.assertTrue(low <= paid <= high)
        if low <= rate * value <= high:
            self.assertEqual(paid, rate * value)

    @settings(max_examples=200, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 5),
                st.sampled_from(["fixed", "per_unit", "percent", "range"]),
                positive,
                positive,
                positive,
                st.integers(0, 100),
            ),
            min_size=1,
            max_size=8,
        ),
        positive,
        st.integers(0, 100),
        st.sampled_from(sorted(CURRENCIES)),
        st.randoms(use_true_random=False),
    )
    def test_against_naive(self, rows, value, level, code, random):
        """A naive second implementation pays the same; entry order is nothing."""
        step = CURRENCIES[code]
        inputs = {"d": str(value), "level": level}
        rules = []
        for index, (rank, kind, rate, one, two, limit) in enumerate(rows):
            low, high = sorted((one, two))
            formula = formulas.build(
                kind,
                amount=rate,
                rate=rate,
                dimension="d",
                minimum=low,
                maximum=high,
            )
            rules.append(
                compute.Rule(
                    f"rule{index}",
                    rank,
                    formula,
                    lambda inputs, limit=limit: inputs["level"] >= limit,
                    ("level",),
                )
            )
        expected = None
        for index in sorted(range(len(rows)), key=lambda i: (rows[i][0], f"rule{i}")):
            _rank, kind, rate, one, two, limit = rows[index]
            if level < limit:
                continue
            expected = {
                "fixed": rate,
                "per_unit": rate * value,
                "percent": rate * value / 100,
                "range": sorted((min(one, two), rate * value / 100, max(one, two)))[1],
            }[kind]
            break
        shuffled = list(rules)
        random.shuffle(shuffled)
        result = compute.compute(compute.Component("c", shuffled), inputs, step)
        if expected is None:
            self.assertIsNone(result)
            return
        self.assertEqual(result.amount, expected.quantize(step, rounding=ROUND_HALF_UP))
        self.assertEqual(result.steps[0], {"op": "rule", "rule": f"rule{index}"})
        sealed = trace.digest(result.steps)
        again = compute.compute(compute.Component("c", rules), inputs, step)
        self.assertEqual(trace.digest(again.steps), sealed)
        self.assertEqual(json.loads(json.dumps(result.steps)), result.steps)

    def test_inputs_refused(self):
        """A missing or non-numeric value names its dimension."""
        formula = formulas.PerUnit(Decimal(1), "field.area")
        with self.assertRaises(formulas.MissingInput) as missing:
            formula.compute({}, trace.Trace())
        self.assertEqual(missing.exception.dimension, "field.area")
        for value in ("sixty", "NaN", float("inf"), True, [60]):
            with self.assertRaises(formulas.BadInput) as bad:
                formula.compute({"field.area": value}, trace.Trace())
            self.assertEqual(bad.exception.dimension, "field.area")

    def test_parameters_refused(self):
        """A formula that contradicts itself is not built."""
        values = {
            "amount": 0,
            "rate": 1,
            "dimension": "d",
            "minimum": 2,
            "maximum": 1,
        }
        with self.assertRaises(formulas.BadFormula):
            formulas.build("range", **values)
        with self.assertRaises(formulas.BadFormula):
            formulas.build("percent", **{**values, "dimension": ""})
        with self.assertRaises(formulas.BadFormula):
            formulas.build("range", inner="range", **values)
