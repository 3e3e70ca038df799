"""Gateways without a default: what is said of conditions is asked of records."""

import doctest
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tests import tagged

from ..engine import exhaustive
from ..engine.graph import compile_graph
from .common import FlowCase
from .property_settings import SLOW_MACHINE

AREAS = (-1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5)
FLOORS = (-2, -1, 0, 1, 2, 3)
KINDS = (False, "new", "old")

#: Conditions whose fields are understood; every answer to them is in the grid.
ORDERED = st.tuples(
    st.sampled_from(("=", "!=", "<", "<=", ">", ">=")), st.sampled_from((-1, 0, 1, 2))
)
AMONG = st.sampled_from(("in", "not in"))
UNDERSTOOD = st.one_of(
    st.builds(lambda asked: ("area", *asked), ORDERED),
    st.builds(lambda asked: ("floor", *asked), ORDERED),
    st.builds(lambda op, v: ("floor", op, v), st.sampled_from("<>"), st.just(0.5)),
    st.builds(
        lambda op, v: ("area", op, v), AMONG, st.lists(st.sampled_from((-1, 0, False)))
    ),
    st.tuples(st.just("urgent"), st.sampled_from(("=", "!=")), st.booleans()),
    st.tuples(st.just("urgent"), AMONG, st.lists(st.booleans())),
    st.tuples(st.just("kind"), st.sampled_from(("=", "!=")), st.sampled_from(KINDS)),
    st.tuples(st.just("kind"), AMONG, st.lists(st.sampled_from(KINDS))),
)
#: Conditions of which nothing is known but what they ask.
OTHERS = st.one_of(
    st.tuples(st.just("priority"), AMONG, st.just(["0", "gone"])),
    st.tuples(
        st.just("note"),
        st.sampled_from(("=", "!=", "like", "not ilike")),
        st.sampled_from(("a", "", False)),
    ),
    st.tuples(
        st.just("day"),
        st.sampled_from(("=", "!=", "<", "<=", ">", ">=")),
        st.sampled_from(("2026-03-02", "today")),
    ),
    st.tuples(
        st.sampled_from(("parent_id.area", "child_ids.area")),
        st.sampled_from(("=", "!=", "in", "not in", "<", ">=")),
        st.just(1),
    ),
    st.tuples(st.just("note"), st.sampled_from(("<", ">=")), st.just("b")),
)


def domains(leaves):
    leaves = leaves.map(lambda leaf: Domain(*leaf))
    deeper = st.recursive(
        leaves,
        lambda parts: st.one_of(
            st.builds(lambda one, two: one & two, parts, parts),
            st.builds(lambda one, two: one | two, parts, parts),
            st.builds(lambda one: ~one, parts),
        ),
        max_leaves=3,
    )
    several = st.lists(deeper, min_size=1, max_size=4)
    opposite = deeper.map(lambda one: [one, ~one])
    return st.one_of(several, opposite)


@tagged("post_install", "-at_install")
class TestExhaustive(FlowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        grid = [*product(AREAS, FLOORS, (False, True), KINDS)]
        cls.orders = cls.Order.create(
            [
                {
                    "name": f"Order {number}",
                    "area": area,
                    "floor": floor,
                    "urgent": urgent,
                    "kind": kind,
                    "priority": (False, "0", "1")[number % 3],
                    "note": (False, "a", "b", "A")[number % 4],
                    "day": (False, "2026-03-01", "2026-03-02", "2026-04-01")[
                        number // 4 % 4
                    ],
                }
                for number, (area, floor, urgent, kind) in enumerate(grid)
            ]
        )
        for number, order in enumerate(cls.orders):
            if number % 5:
                order.parent_id = cls.orders[number * 7 % len(grid)]
        cls.env.flush_all()
        # as in a table that had its records before it had these columns
        for column in ("area", "floor", "urgent"):
            cls.env.cr.execute(
                f"UPDATE scrm_test_order SET {column} = NULL "
                f"WHERE COALESCE({column}::int, 0) = 0 AND id % 2 = 0"
                + (" AND area = 0" if column == "area" else "")
            )
        cls.env.invalidate_all()

    def is_exhaustive(self, asked):
        """What publishing says about a gateway that is left on these conditions."""
        graph = compile_graph(
            [
                {"key": "start", "type": "start", "behaviour": "start"},
                {"key": "ask", "type": "exclusive_gateway", "behaviour": "choose"},
                {"key": "end", "type": "end", "behaviour": "end"},
            ],
            [{"key": "begin", "source": "start", "target": "ask"}]
            + [
                {"key": f"e{n}", "source": "ask", "target": "end", "condition": domain}
                for n, domain in enumerate(asked)
            ],
        )
        versions = self.env["scrm.flow.version"]
        found = versions._faults(graph, "scrm.test.order")
        self.assertLessEqual({fault.code for fault in found}, {"gateway_no_default"})
        return not found

    def left_over(self, asked):
        """The records of the grid that find no way."""
        found = self.Order
        for domain in asked:
            found |= self.orders.filtered_domain(domain)
        return self.orders - found

    def test_doctests(self):
        result = doctest.testmod(exhaustive)
        self.assertTrue(result.attempted)
        self.assertEqual(result.failed, 0)

    @SLOW_MACHINE
    @given(domains(UNDERSTOOD))
    def test_said_of_conditions_and_true_of_records(self, asked):
        """Both ways, where the fields are understood.

        Covers in part: F16
        """
        self.assertEqual(self.is_exhaustive(asked), not self.left_over(asked))

    @SLOW_MACHINE
    @given(domains(st.one_of(UNDERSTOOD, OTHERS)))
    def test_never_said_without_reason(self, asked):
        """Covers in part: F16"""
        if self.is_exhaustive(asked):
            self.assertFalse(self.left_over(asked))

    def test_limits_of_a_number(self):
        for asked, expected in (
            ([("<", 90), (">=", 90)], True),
            ([("<", 90), (">", 90)], False),
            ([("<", 90), ("=", 90), (">", 90)], True),
            ([("<=", 50), (">", 50.5)], False),
            ([("!=", 0), ("=", False)], True),  # unset is 0
            ([("!=", 0), ("=", 1)], False),
            ([("<", "90"), (">=", "90")], False),  # a text is no number
        ):
            with self.subTest(asked=asked):
                asked = [Domain("area", *one) for one in asked]
                self.assertEqual(self.is_exhaustive(asked), expected)

    def test_an_opposite(self):
        for condition, expected in (
            (["&", ("note", "=", "a"), ("area", ">", 1)], True),
            ([("parent_id.note", "ilike", "a")], True),
            ([("child_ids.area", "in", [1, 2])], True),
            ([("owner_id", "=", 1), ("urgent", "=", True)], True),
            ([("day", "=", "today")], False),  # it may be tomorrow in between
        ):
            with self.subTest(condition=condition):
                domain = Domain(condition)
                asked = [domain, ~domain]
                self.assertEqual(self.is_exhaustive(asked), expected)

    def test_too_much_to_try_is_not_said(self):
        fields = ("area", "floor")
        many = [Domain(name, "=", n) for name in fields for n in range(100)]
        self.assertFalse(self.is_exhaustive([*many, ~Domain.OR(many)]))

    def publish(self, low, high, key):
        """A flow whose gateway leads to ``low`` or to ``high``, with no default."""
        people = {"handler_rule": "people", "handler_user_ids": [(6, 0, self.ann.ids)]}
        version = self.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "size", "type": "exclusive_gateway"},
                {"key": "low", "type": "user_task", **people},
                {"key": "high", "type": "user_task", **people},
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "size", {}),
                ("is_low", "size", "low", {"condition": low}),
                ("is_high", "size", "high", {"condition": high}),
                ("low_done", "low", "end", {}),
                ("high_done", "high", "end", {}),
            ],
            key=key,
        )
        version.with_user(self.designer).action_publish()
        return version.flow_id

    def test_every_record_finds_its_way(self):
        """Published without a default, no record gets stuck, at the limit or unset.

        Covers in part: F16
        """
        self.flow = self.publish("[('area', '<=', 90)]", "[('area', '>', 90)]", "size")
        for values, node in (
            ({"area": 90}, "low"),
            ({"area": 90.01}, "high"),
            ({"area": -1e300}, "low"),
            ({"area": False}, "low"),
            ({}, "low"),
        ):
            with self.subTest(values=values):
                self.assertEqual(self.start(**values).scrm_node_key, node)

    def test_a_gap_is_no_way(self):
        with self.assertRaisesRegex(UserError, "neither a default nor conditions of"):
            self.publish("[('area', '<', 90)]", "[('area', '>', 90)]", "gap")
