"""The pure engine: its doctests, and properties on random graphs."""

import doctest
import itertools
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.scrm_flow.engine import (
    assignment,
    blocks,
    decision,
    graph,
    outlook,
    soundness,
    tokens,
)

from .property_settings import SLOW_MACHINE

BEHAVIOURS = ("wait", "choose", "act", "end")
settings.register_profile("scrm", SLOW_MACHINE, max_examples=200)
settings.load_profile("scrm")


@st.composite
def graphs(draw, size=6):
    """Small random graphs with one start; most of them are not sound."""
    count = draw(st.integers(1, size))
    nodes = [{"key": "n0", "type": "start", "behaviour": "start"}]
    for number in range(1, count + 1):
        behaviour = draw(st.sampled_from(BEHAVIOURS))
        nodes.append({"key": f"n{number}", "type": "any", "behaviour": behaviour})
    keys = [node["key"] for node in nodes]
    pairs = draw(
        st.lists(
            st.tuples(st.sampled_from(keys), st.sampled_from(keys)), max_size=2 * count
        )
    )
    edges = [
        {
            "key": f"e{number}",
            "source": source,
            "target": target,
            "rank": number,
            "is_default": draw(st.booleans()),
            "condition": draw(st.sampled_from([None, "some"])),
        }
        for number, (source, target) in enumerate(pairs)
    ]
    return graph.compile_graph(nodes, edges)


@st.composite
def sound_graphs(draw, size=8):
    """Random sound graphs: every node leads to a later one, or back as well."""
    count = draw(st.integers(2, size))
    behaviours = [draw(st.sampled_from(BEHAVIOURS[:3])) for _ in range(count - 1)]
    nodes = [{"key": "n0", "type": "start", "behaviour": "start"}]
    nodes += [
        {
            "key": f"n{number}",
            "type": "any",
            "behaviour": behaviour,
            "condition": draw(st.sampled_from([None, "some"])),
        }
        for number, behaviour in enumerate(behaviours, 1)
    ]
    nodes.append({"key": "end", "type": "end", "behaviour": "end"})
    edges = []

    def connect(source, target, **values):
        edges.append(
            {
                "key": f"e{len(edges)}",
                "source": nodes[source]["key"],
                "target": nodes[target]["key"],
                "rank": draw(st.integers(0, 3)),
                **values,
            }
        )

    for number, node in enumerate(nodes[:-1]):
        connect(number, number + 1, is_default=node["behaviour"] == "choose")
        if node["behaviour"] in ("wait", "choose"):
            for _extra in range(draw(st.integers(0, 2))):
                target = draw(st.integers(1, len(nodes) - 1))
                connect(number, target, condition="some")
    return graph.compile_graph(nodes, edges)


def walks_to_end(compiled, key):
    """Brute force: is there a simple path from this node to an end?"""
    others = [k for k in compiled.nodes if k != key]
    if compiled.nodes[key].behaviour == "end":
        return True
    direct = {(e.source, e.target) for e in compiled.edges.values()}
    for length in range(1, len(others) + 1):
        for path in itertools.permutations(others, length):
            if compiled.nodes[path[-1]].behaviour != "end":
                continue
            if all(pair in direct for pair in itertools.pairwise((key, *path))):
                return True
    return False


def walks_from_start(compiled, key):
    """Brute force: is there a simple path from the start to this node?"""
    others = [k for k in compiled.nodes if k not in ("n0", key)]
    direct = {(e.source, e.target) for e in compiled.edges.values()}
    if key == "n0":
        return True
    return any(
        all(pair in direct for pair in itertools.pairwise(("n0", *path, key)))
        for length in range(len(others) + 1)
        for path in itertools.permutations(others, length)
    )


@tagged("post_install", "-at_install")
class TestEngine(BaseCase):
    def test_doctests(self):
        for module in (
            assignment,
            blocks,
            decision,
            graph,
            outlook,
            soundness,
            tokens,
        ):
            with self.subTest(module=module.__name__):
                result = doctest.testmod(module)
                self.assertGreater(result.attempted, 0)
                self.assertEqual(result.failed, 0)

    @given(graphs(size=4))
    def test_soundness_agrees_with_brute_force(self, compiled):
        """Covers in part: F16"""
        codes = {(fault.code, fault.node) for fault in soundness.faults(compiled)}
        has_end = any(n.behaviour == "end" for n in compiled.nodes.values())
        self.assertEqual(("no_end", None) not in codes, has_end)
        for key, node in compiled.nodes.items():
            self.assertEqual(
                ("unreachable", key) not in codes, walks_from_start(compiled, key)
            )
            if node.behaviour != "end" and compiled.outgoing(key) and has_end:
                self.assertEqual(
                    ("no_way_to_end", key) not in codes, walks_to_end(compiled, key)
                )

    @given(sound_graphs())
    def test_sound_graphs_are_recognised(self, compiled):
        self.assertEqual(soundness.faults(compiled), [])

    def test_a_way_that_is_never_taken(self):
        """A way without a condition hides those after it, and the default.

        Covers in part: F16
        """
        some, default = {"condition": "some"}, {"is_default": True}
        for ways, found in (
            ([{}, {}], ["gateway_never_taken"]),
            ([{}, some], ["gateway_never_taken"]),
            ([default, {}], ["gateway_never_taken"]),
            ([some, {}], []),
            ([default, some], []),
            ([{}], []),
        ):
            nodes = [
                {"key": "start", "type": "start", "behaviour": "start"},
                {"key": "ask", "type": "exclusive_gateway", "behaviour": "choose"},
                {"key": "end", "type": "end", "behaviour": "end"},
            ]
            edges = [{"key": "begin", "source": "start", "target": "ask"}] + [
                {"key": f"way_{n}", "source": "ask", "target": "end", "rank": n, **way}
                for n, way in enumerate(ways)
            ]
            with self.subTest(ways=ways):
                faults = soundness.faults(graph.compile_graph(nodes, edges))
                self.assertEqual([fault.code for fault in faults], found)

    @given(sound_graphs(), st.data())
    def test_there_is_always_exactly_one_token(self, compiled, data):
        """Whatever conditions and people say, the token waits, ends, or is in a
        circle that nobody breaks; it is never lost, doubled or stuck."""

        def holds(_edge):
            return data.draw(st.booleans())

        move = tokens.begin(compiled, holds, limit=30)
        for _step in range(10):
            places = move.opened + move.ended + move.stuck
            self.assertEqual(len(places), 1)
            self.assertLessEqual({s.code for s in move.stuck}, {"loop"})
            previous = None
            for edge in move.taken:
                if previous:
                    self.assertEqual(edge.source, previous.target)
                previous = edge
            if not move.opened:
                break
            (token,) = move.opened
            edge = data.draw(st.sampled_from(compiled.outgoing(token.node)))
            move = tokens.leave(compiled, token, edge.key, holds, limit=30)

    @given(sound_graphs())
    def test_the_likely_path_exists_and_ends(self, compiled):
        path = outlook.likely_path(compiled, "n0", lambda edge: False)
        self.assertEqual(len(set(path)), len(path))
        for source, target in itertools.pairwise(["n0", *path]):
            self.assertIn(target, [e.target for e in compiled.outgoing(source)])

    def test_a_failed_action_keeps_the_token(self):
        compiled = graph.compile_graph(
            [
                {"key": "start", "type": "start", "behaviour": "start"},
                {"key": "mail", "type": "service_task", "behaviour": "act"},
                {"key": "end", "type": "end", "behaviour": "end"},
            ],
            [
                {"key": "a", "source": "start", "target": "mail"},
                {"key": "b", "source": "mail", "target": "end"},
            ],
        )
        move = tokens.begin(compiled, lambda e: True, lambda *stay: "no server")
        (stuck,) = move.stuck
        self.assertEqual(
            (stuck.token.node, stuck.code, stuck.reason),
            ("mail", "action_failed", "no server"),
        )
        self.assertFalse(move.ended)
        move = tokens.enter(compiled, stuck.token, lambda e: True)
        self.assertEqual(move.ended, ["end"])
        with self.assertRaises(tokens.TransitionError):
            tokens.leave(compiled, tokens.Token("start"), "b", lambda e: True)

    def test_a_circle_of_automatic_nodes_stops(self):
        compiled = graph.compile_graph(
            [
                {"key": "start", "type": "start", "behaviour": "start"},
                {"key": "ask", "type": "gateway", "behaviour": "choose"},
                {"key": "act", "type": "service", "behaviour": "act"},
                {"key": "end", "type": "end", "behaviour": "end"},
            ],
            [
                {"key": "a", "source": "start", "target": "ask"},
                {"key": "b", "source": "ask", "target": "end", "condition": "x"},
                {"key": "c", "source": "ask", "target": "act", "is_default": True},
                {"key": "d", "source": "act", "target": "ask"},
            ],
        )
        self.assertFalse(soundness.faults(compiled))
        count = []
        move = tokens.begin(compiled, lambda e: False, lambda n, t: count.append(n))
        self.assertEqual([stuck.code for stuck in move.stuck], ["loop"])
        self.assertLessEqual(len(move.passed), tokens.LOOP_LIMIT)

    @given(
        st.lists(st.integers(-999, 999), min_size=1, max_size=4, unique=True),
        st.decimals(-1000, 1000, places=2),
    )
    def test_neighbouring_ranges_share_no_value(self, limits, value):
        """Every number is in exactly one of the ranges between sorted limits."""
        limits.sort()
        texts = [f", {limits[0]}"]
        texts += [f"{low}, {high}" for low, high in itertools.pairwise(limits)]
        texts.append(f"{limits[-1]},")
        hits = [
            text
            for text in texts
            if decision.matches(
                [decision.Condition("x", "between", text)], {"x": Decimal(value)}
            )
        ]
        self.assertEqual(len(hits), 1)

    def test_turns_are_fair_whoever_is_away(self):
        people = {
            number: assignment.Person(number, str(number)) for number in (1, 2, 3)
        }
        turns = assignment.Turns(lambda place, ids: {})
        chosen = []
        for day in range(6):
            last = turns.last("x", people)
            able = [
                assignment.Person(
                    number,
                    str(number),
                    last[number],
                    "inactive" if day == 1 and number == 2 else None,
                )
                for number in people
            ]
            chosen.append(assignment.in_turn(able).handler.id)
            turns.took("x", chosen[-1])
        self.assertEqual(chosen, [1, 3, 2, 1, 3, 2])
