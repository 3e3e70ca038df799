"""Gaps and overlaps of decision tables, against asking for every value there is."""

import doctest
from decimal import Decimal
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.scrm_flow.engine import decision, decision_analysis
from odoo.addons.scrm_flow.engine.decision import Condition, Rule
from odoo.addons.scrm_flow.engine.decision_analysis import (
    NONE,
    OTHER,
    RANGE,
    TEXT,
    VALUE,
    Dimension,
    analyse,
)

from .property_settings import SLOW_MACHINE

KNOWN = {
    "area": Dimension("number"),
    "kind": Dimension("choice", ("new", "old", "used")),
    "urgent": Dimension("boolean"),
    "text": Dimension("text"),
}
#: Enough values that every answer some condition below can give is among them.
VALUES = {
    "area": [None, *(Decimal(half) / 2 for half in range(-3, 15))],
    "kind": [None, "new", "old", "used"],
    "urgent": [True, False],
    "text": [None, "x", "pay", "pay now", "a refund", "refund and pay", "no"],
}
number_conditions = st.one_of(
    st.builds(
        lambda operator, value: Condition("area", operator, str(value)),
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        st.integers(0, 4),
    ),
    st.builds(
        lambda low, more: Condition("area", "between", f"{low}, {low + more}"),
        st.integers(0, 3),
        st.integers(1, 3),
    ),
)
choice_conditions = st.builds(
    lambda operator, value: Condition("kind", operator, value),
    st.sampled_from(["=", "!=", "in"]),
    st.sampled_from(["new", "old", "used"]),
)
yes_no_conditions = st.builds(
    lambda value: Condition("urgent", "=", value), st.sampled_from(["true", "false"])
)
text_conditions = st.one_of(
    st.builds(
        lambda words: Condition("text", "contains", ", ".join(words)),
        st.lists(st.sampled_from(["pay", "refund"]), min_size=1, unique=True),
    ),
    st.builds(
        lambda operator, value: Condition("text", operator, value),
        st.sampled_from(["=", "!="]),
        st.sampled_from(["x", "pay now"]),
    ),
)
tables = st.lists(
    st.lists(
        number_conditions | choice_conditions | yes_no_conditions | text_conditions,
        min_size=1,
        max_size=3,
    ),
    min_size=1,
    max_size=5,
).map(lambda rules: [Rule(place, rule) for place, rule in enumerate(rules)])


def lies_in(cell, value, named, keywords):
    """Whether a value belongs to a cell, told without the code under test."""
    if cell.kind == NONE or value is None:
        return cell.kind == NONE and value is None
    if cell.kind == VALUE:
        wanted = str(value).lower() if isinstance(value, bool) else value
        return cell.low == wanted
    if cell.kind in (OTHER, TEXT):
        words = {word for word in keywords if word in value}
        return value not in named and words == set(cell.low or ())
    assert cell.kind == RANGE
    above = cell.low is None or value > cell.low or cell.with_low and value == cell.low
    below = (
        cell.high is None or value < cell.high or cell.with_high and value == cell.high
    )
    return above and below


def covers(box, values, rules):
    named, keywords = set(), set()
    for rule in rules:
        for condition in rule.conditions:
            if condition.dimension == "text":
                found = keywords if condition.operator == "contains" else named
                found |= set(decision.items(condition.value))
    return all(
        any(lies_in(cell, values[key], named, keywords) for cell in cells)
        for key, cells in box.items()
    )


@tagged("post_install", "-at_install")
class TestDecisionAnalysis(BaseCase):
    def test_doctests(self):
        for module in (decision, decision_analysis):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 0)
            self.assertEqual(result.failed, 0)

    @settings(SLOW_MACHINE, max_examples=150)
    @given(tables)
    def test_agrees_with_asking_for_every_value(self, rules):
        """A value is in a gap exactly if no rule holds; so for pairs and hidden."""
        found = analyse(rules, KNOWN)
        self.assertTrue(found.is_complete)
        keys = {c.dimension for rule in rules for c in rule.conditions}
        asked = [
            dict(zip(keys, values, strict=True))
            for values in product(*(VALUES[key] for key in keys))
        ]
        pairs = {(one.ref, other.ref) for one, other, _box in found.overlaps}
        seen_pairs, answering = set(), set()
        for values in asked:
            holding = [
                rule.ref for rule in rules if decision.matches(rule.conditions, values)
            ]
            in_gap = any(covers(box, values, rules) for box in found.gaps)
            self.assertEqual(in_gap, not holding, values)
            answering |= set(holding[:1])
            seen_pairs |= {
                (one, other) for one in holding for other in holding if one < other
            }
        self.assertEqual(pairs, seen_pairs)
        hidden = {rule.ref for rule in found.hidden}
        never = {rule.ref for rule in rules} - answering
        self.assertEqual(hidden, never)

    def test_a_default_leaves_no_gap(self):
        rules = [
            Rule("a", [Condition("area", ">", "5")]),
            Rule("rest", is_default=True),
        ]
        found = analyse(rules, KNOWN)
        self.assertEqual((found.gaps, found.overlaps, found.hidden), ([], [], []))

    def test_dates_are_compared_by_their_order(self):
        rules = [
            Rule("early", [Condition("day", "<", "2026-03-01")]),
            Rule("late", [Condition("day", ">", "2026-03-01")]),
        ]
        (gap,) = analyse(rules, {"day": Dimension("date")}).gaps
        self.assertEqual([str(cell) for cell in gap["day"]], ["none", "= 2026-03-01"])

    def test_a_table_that_is_too_large_is_said_to_be(self):
        rules = [
            Rule(
                place,
                [Condition(f"d{axis}", "=", str(place + axis)) for axis in range(9)],
            )
            for place in range(9)
        ]
        known = {f"d{axis}": Dimension("number") for axis in range(9)}
        self.assertFalse(analyse(rules, known, limit=500).is_complete)
        words = ", ".join(f"word{n}" for n in range(40))
        rules = [Rule("a", [Condition("text", "contains", words)])]
        self.assertFalse(analyse(rules, KNOWN).is_complete)
