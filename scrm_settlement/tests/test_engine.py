"""The pure engine: doctests and properties, no database."""

import doctest
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests.common import BaseCase, tagged

from odoo.addons.scrm_flow.tests.property_settings import SLOW_MACHINE

from ..engine import (
    compute,
    formulas,
    limits,
    matrix,
    money,
    period,
    proposal,
    split,
    stages,
    tiers,
    trace,
)
from . import naive

CURRENCIES = {
    "CNY": Decimal("0.01"),
    "EUR": Decimal("0.01"),
    "JPY": Decimal(1),
    "KWD": Decimal("0.001"),
}

amounts = st.decimals(-(10**9), 10**9, places=6)
positive = st.decimals(0, 10**7, places=4)


@st.composite
def chains(draw):
    """Tiers from 0 on, each where the one before ends, the last one open."""
    points = draw(
        st.lists(
            st.decimals(1, 10**6, places=2), min_size=1, max_size=5, unique=True
        ).map(sorted)
    )
    rates = draw(
        st.lists(
            st.decimals(0, 60, places=2),
            min_size=len(points) + 1,
            max_size=len(points) + 1,
        )
    )
    starts = [Decimal(0), *points]
    return list(zip(starts, [*points, None], rates, strict=True))


def random_inputs(random):
    return {
        "d": Decimal(random.randint(0, 10**7)) / 100,
        "e": Decimal(random.randint(0, 5000)) / 1000,
        "score": Decimal(random.randint(0, 150)),
        "gate": random.randint(0, 100),
        "level": random.choice(["gold", "silver"]),
        "size": random.randint(0, 30),
        "period.paid": Decimal(random.randint(0, 10**6)) / 100,
        "stage": random.choice(["first", "second", "third"]),
    }


def random_rule(random, index):
    """(rank, key, limit, kind, parameters) of any formula there is."""
    kind = random.choice(sorted(formulas.FORMULAS))

    def value(most=10**6, places=2):
        return Decimal(random.randint(0, most)).scaleb(-places)

    points = sorted(random.sample(range(1, 90000), random.randint(1, 4)))
    starts = [0, *points]
    spec = {
        "amount": value(),
        "rate": value(9999),
        "dimension": "d",
        "threshold": value(),
        "unit": random.choice(["percent", "per_unit"]),
        "inner": random.choice(["percent", "per_unit"]),
        "minimum": value(10**4),
        "maximum": value(10**6) + 100,
        "tiers": [
            (Decimal(low), None if high is None else Decimal(high), value(9999))
            for low, high in zip(starts, [*points, None], strict=True)
        ],
        "terms": [("d", value(999)), ("e", value(99999))],
        "row_dimension": "level",
        "column_dimension": "size",
        "numbers": ["size"],
        "cells": [
            (row, f"{low}, {low + 10}", value(99999))
            for row in ("gold", "silver")
            for low in (0, 10, 20)
        ],
    }
    if kind == "stages":
        spec["cells"] = [
            (stage, "", Decimal(random.randint(1, 50)))
            for stage in ("first", "second", "third")
        ]
    if random.random() < 0.2:
        spec["factor"] = "score"
    if random.random() < 0.2:
        spec["floor"] = value(10**5)
    if random.random() < 0.2:
        spec["cap"] = value(10**6) + 1000
    return random.randint(0, 4), f"rule{index}", random.randint(0, 90), kind, spec


@tagged("post_install", "-at_install")
class TestEngine(BaseCase):
    def test_doctests(self):
        """The examples in the engine's documentation are true."""
        for module in (
            *(money, formulas, trace, compute),
            *(limits, matrix, period, proposal, split, stages, tiers),
        ):
            result = doctest.testmod(module)
            self.assertEqual(result.failed, 0, module.__name__)
            self.assertGreater(result.attempted, 0, module.__name__)

    @SLOW_MACHINE
    @given(amounts, st.sampled_from(sorted(CURRENCIES)))
    def test_rounding(self, amount, code):
        """An amount moves by at most half a step and lands on a step."""
        step = CURRENCIES[code]
        rounded = money.round_to(amount, step)
        self.assertLessEqual(abs(rounded - amount), step / 2)
        self.assertEqual(rounded % step, 0)
        self.assertEqual(money.round_to(rounded, step), rounded)
        self.assertEqual(rounded, amount.quantize(step, rounding=ROUND_HALF_UP))

    @SLOW_MACHINE
    @given(positive, positive, positive, positive)
    def test_range_holds(self, rate, value, low, high):
        """Inside its limits a range pays the inner amount, outside the limit.

        Covers: S10
        """
        low, high = sorted((low, high))
        formula = limits.Range(formulas.PerUnit(rate, "d"), low, high)
        paid = formula.compute({"d": value}, trace.Trace())
        self.assertTrue(low <= paid <= high)
        if low <= rate * value <= high:
            self.assertEqual(paid, rate * value)

    @SLOW_MACHINE
    @given(
        st.integers(-(10**12), 10**12),
        st.lists(positive, min_size=1, max_size=9).filter(any),
        st.sampled_from(sorted(CURRENCIES)),
    )
    def test_parts_are_the_whole(self, steps, weights, code):
        """The parts of an amount add up to it in every currency.

        None is further from its exact share than one step, none changes sides, and
        who weighs more gets no less.
        """
        step = CURRENCIES[code]
        amount = steps * step
        parts = split.split(amount, weights, step)
        self.assertEqual(sum(parts), amount)
        for part, weight in zip(parts, weights, strict=True):
            self.assertEqual(part % step, 0)
            self.assertLess(abs(part - amount * weight / sum(weights)), step)
            self.assertGreaterEqual(part * amount, 0)
        order = sorted(zip(weights, map(abs, parts), strict=True))
        self.assertEqual([part for _, part in order], sorted(map(abs, parts)))

    @SLOW_MACHINE
    @given(chains(), st.lists(positive, min_size=2, max_size=6))
    def test_slab_is_continuous(self, chain, values):
        """Slabs never fall and never jump: a little more is paid for a little more.

        Also exactly at each limit and one cent to both sides of it.
        """
        formula = limits.build("slab", dimension="d", unit="percent", tiers=chain)
        around = [
            limit + cents
            for above, _up_to, _rate in chain
            for limit in (above,)
            for cents in (Decimal("-0.01"), Decimal(0), Decimal("0.01"))
        ]
        points = sorted(set(values + around))
        paid = [formula.compute({"d": at}, trace.Trace()) for at in points]
        steepest = max(rate for _above, _up_to, rate in chain)
        for index in range(1, len(points)):
            more = paid[index] - paid[index - 1]
            self.assertGreaterEqual(more, 0)
            room = (points[index] - points[index - 1]) * steepest / 100
            self.assertLessEqual(more, room)

    @SLOW_MACHINE
    @given(chains(), positive, positive)
    def test_retroactive_jumps_only_at_limits(self, chain, one, other):
        """Two values in the same tier are paid at the same rate of the whole."""
        formula = limits.build(
            "retroactive", dimension="d", unit="percent", tiers=chain
        )

        def tier(value):
            return [above for above, _up_to, _rate in chain if above < value][-1:]

        def paid(value):
            return formula.compute({"d": value}, trace.Trace())

        if tier(one) == tier(other):
            self.assertEqual(paid(one) * other, paid(other) * one)
        for (_above, limit, rate), following in zip(chain, chain[1:], strict=False):
            self.assertEqual(paid(limit), limit * rate / 100)
            above = limit + Decimal("0.01")
            if following[1] is None or above <= following[1]:
                self.assertEqual(paid(above), above * following[2] / 100)

    @SLOW_MACHINE
    @given(
        st.sampled_from(["fixed", "percent", "per_unit", "base_percent", "bonus"]),
        positive,
        positive,
        positive,
        st.none() | positive,
        st.none() | positive,
    )
    def test_cap_and_floor_hold(self, kind, rate, value, amount, floor, cap):
        """Whatever the formula, a ticked floor and cap are kept."""
        spec = {
            "amount": amount,
            "rate": rate,
            "dimension": "d",
            "threshold": amount,
            "tiers": [(amount, None, rate)],
            "floor": floor,
            "cap": cap,
        }
        if floor is not None and cap is not None and floor > cap:
            with self.assertRaises(formulas.BadFormula):
                limits.build(kind, **spec)
            return
        paid = limits.build(kind, **spec).compute({"d": value}, trace.Trace())
        self.assertGreaterEqual(paid, paid if floor is None else floor)
        self.assertLessEqual(paid, paid if cap is None else cap)
        free = limits.build(kind, **{**spec, "floor": None, "cap": None})
        before = free.compute({"d": value}, trace.Trace())
        if paid != before:
            self.assertIn(paid, (floor, cap))

    def test_against_naive(self):
        """A naive second implementation agrees on 10,000 random plans and facts.

        So does the engine with the rules entered in another order, and the steps
        it writes down are the same to the last letter.
        """
        random = Random(20260301)
        kinds = set()
        for number in range(10_000):
            code = random.choice(sorted(CURRENCIES))
            step = CURRENCIES[code]
            rows = [random_rule(random, index) for index in range(random.randint(1, 6))]
            inputs = random_inputs(random)
            rules = [
                compute.Rule(
                    key,
                    rank,
                    limits.build(kind, **spec),
                    lambda inputs, limit=limit: inputs["gate"] >= limit,
                    ("gate",),
                )
                for rank, key, limit, kind, spec in rows
            ]
            words = (number, code, rows, inputs)
            try:
                expected = naive.settle(rows, inputs, step)
            except LookupError:
                with self.assertRaises(matrix.NoCell):
                    compute.compute(compute.Component("c", rules), inputs, step)
                continue
            result = compute.compute(compute.Component("c", rules), inputs, step)
            random.shuffle(rules)
            again = compute.compute(compute.Component("c", rules), inputs, step)
            if expected is None:
                self.assertIsNone(result, words)
                continue
            self.assertEqual((result.rule.key, result.amount), expected, words)
            self.assertEqual(again.steps, result.steps, words)
            kinds |= {row[3] for row in rows if row[1] == expected[0]}
            weights = [
                Decimal(random.randint(0, 50)) for _ in range(random.randint(1, 6))
            ]
            if any(weights):
                self.assertEqual(
                    split.split(result.amount, weights, step),
                    naive.share(result.amount, weights, step),
                    words,
                )
        self.assertEqual(kinds, set(formulas.FORMULAS))

    def test_slab_known_answer(self):
        """3,800 in slabs up to 100, 300 and 6,000 at 10, 20 and 30 % gives 1,100.

        The first 100 pay 10, the next 200 pay 40, the remaining 3,500 pay 1,050.
        At each limit the lower slab still counts: 100 -> 10, 300 -> 50, 6,000 ->
        1,760; above the last limit it is said that no slab is for it.
        """
        slabs = [(0, 100, 10), (100, 300, 20), (300, 6000, 30)]
        formula = limits.build("slab", dimension="d", unit="percent", tiers=slabs)
        for value, paid in (
            (0, 0),
            (100, 10),
            ("100.01", "10.002"),
            (300, 50),
            (3800, 1100),
            (6000, 1760),
        ):
            steps = trace.Trace()
            self.assertEqual(formula.compute({"d": value}, steps), Decimal(paid))
        with self.assertRaises(tiers.Beyond) as beyond:
            formula.compute({"d": "6000.01"}, trace.Trace())
        self.assertEqual(beyond.exception.limit, 6000)
        steps = trace.Trace()
        formula.compute({"d": 3800}, steps)
        self.assertEqual(
            [step["result"] for step in steps.steps], ["10", "40", "1050", "1100"]
        )

    def test_partner_settlement_limits(self):
        """The rules of a brand's head office, exactly at each of their limits.

        8 % of 100,000; 5,000 and 3 % above 200,000; 80 to 150 a ticket; more than
        500,000 brings 1 % of all, more than 800,000 another 0.5 %.
        """
        triggers = [(500000, None, 1), (800000, None, "0.5")]
        cents = Decimal("0.01")
        for kind, spec, answers in (
            ("percent", {"rate": 8}, {100000: 8000}),
            (
                "base_percent",
                {"amount": 5000, "threshold": 200000, "rate": 3},
                {0: 5000, 200000: 5000, "200000.34": "5000.01", 300000: 8000},
            ),
            (
                "range",
                {"rate": 20, "minimum": 80, "maximum": 150},
                {0: 80, 400: 80, "400.05": "80.01", 750: 150, 751: 150},
            ),
            (
                "bonus",
                {"unit": "percent", "tiers": triggers},
                {
                    499999: 0,
                    500000: 0,
                    500001: "5000.01",
                    800000: 8000,
                    "800000.01": 12000,
                    800002: "12000.03",
                },
            ),
        ):
            formula = limits.build(kind, dimension="d", **spec)
            component = compute.Component("c", [compute.Rule("r", 1, formula)])
            for value, paid in answers.items():
                result = compute.compute(component, {"d": value}, cents)
                self.assertEqual(result.amount, Decimal(paid), (kind, value))

    def test_steps_known_answer(self):
        """2 % of 7,000 is 140 interim; 4 % of 27,000 is 1,080 final; 940 to pay."""
        formula = limits.build(
            "retroactive",
            dimension="d",
            unit="percent",
            tiers=[(0, 10000, 2), (10000, None, 4)],
        )
        component = compute.Component("c", [compute.Rule("r", 1, formula)])
        cents = Decimal("0.01")
        interim = compute.compute(component, {"d": 7000}, cents)
        final = compute.compute(component, {"d": 27000}, cents)
        self.assertEqual((interim.amount, final.amount), (140, 1080))
        rest = compute.correct(final, interim.amount, cents)
        self.assertEqual(rest.amount, 940)
        self.assertEqual(rest.steps[-1]["op"], "difference")

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
        """A formula that contradicts itself is not built, and the fault is named."""
        good = {"rate": 1, "dimension": "d", "minimum": 2, "maximum": 3}
        self.assertTrue(limits.build("range", **good))
        tier = {"dimension": "d", "unit": "percent"}
        axes = {
            "row_dimension": "level",
            "column_dimension": "size",
            "numbers": ["size"],
            "unit": "amount",
        }
        for fault, kind, spec in (
            ("minimum above maximum", "range", {**good, "maximum": 1}),
            ("dimension missing", "percent", {**good, "dimension": ""}),
            ("unknown formula", "range", {**good, "inner": "range"}),
            ("unknown formula", "magic", good),
            ("floor above cap", "fixed", {"amount": 1, "floor": 3, "cap": 2}),
            ("no tiers", "slab", tier),
            ("overlap", "slab", {**tier, "tiers": [(0, 100, 1), (99, None, 2)]}),
            ("overlap", "slab", {**tier, "tiers": [(0, None, 1), (99, None, 2)]}),
            ("overlap", "bonus", {**tier, "tiers": [(5, None, 1), (5, None, 2)]}),
            ("gap", "slab", {**tier, "tiers": [(0, 100, 1), (101, None, 2)]}),
            ("gap", "retroactive", {**tier, "tiers": [(0, 100, 1), (101, 200, 2)]}),
            ("empty tier", "slab", {**tier, "tiers": [(100, 100, 1)]}),
            ("unit", "slab", {**tier, "unit": "amount", "tiers": [(0, None, 1)]}),
            ("no terms", "coefficient", {}),
            ("term twice", "coefficient", {"terms": [("d", 1), ("d", 2)]}),
            ("no cells", "matrix", axes),
            ("axis missing", "matrix", {**axes, "row_dimension": ""}),
            ("heading", "matrix", {**axes, "cells": [("gold", "ten", 1)]}),
            (
                "overlap",
                "matrix",
                {**axes, "cells": [("gold", "0, 10", 1), ("gold, tin", "5, 20", 2)]},
            ),
        ):
            with self.assertRaises(formulas.BadFormula) as caught:
                limits.build(kind, **spec)
            self.assertEqual(caught.exception.fault, fault)

    def test_negative_units(self):
        """Hours, pieces and metres below zero are named, money may be negative."""
        hours = limits.build("per_unit", rate=5, dimension="hours")
        with self.assertRaises(formulas.NegativeInput):
            hours.compute({"hours": -1}, trace.Trace())
        refund = limits.build("percent", rate=5, dimension="price")
        self.assertEqual(refund.compute({"price": -100}, trace.Trace()), -5)
