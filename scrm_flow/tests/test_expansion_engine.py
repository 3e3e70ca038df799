"""Flows inside of flows in the pure engine, on random graphs."""

import doctest

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.scrm_flow.engine import expansion, soundness, tokens

from .parallel_graphs import Explorer, nested
from .property_settings import SLOW_MACHINE

#: Steps people complete before a run that still goes on is compared so far.
STEPS = 25


@st.composite
def called_graphs(draw, rules=True):
    """A sound graph, sometimes with a second end, which it may come to."""
    drawing = draw(nested(depth=1, rules=rules))
    if draw(st.booleans()):
        choose = drawing.node("choose")
        drawing.edges[-1]["target"] = choose
        ends = [n["key"] for n in drawing.nodes if n["behaviour"] == "end"]
        drawing.edge(choose, ends[0], is_default=True)
        drawing.edge(choose, drawing.node("end"), condition="some")
    return drawing.compiled()


@st.composite
def callers(draw, rules=True):
    """(caller, {call: called graph}): tasks of the caller call other graphs."""
    graph = draw(nested(depth=2, rules=rules)).compiled()
    tasks = [key for key, node in graph.nodes.items() if node.behaviour == "wait"]
    if not tasks:
        return graph, {}
    keys = draw(st.lists(st.sampled_from(tasks), unique=True, max_size=3))
    return graph, {key: draw(called_graphs(rules)) for key in keys}


def expanded(graph, called):
    for key, inner in called.items():
        graph = expansion.expand(graph, key, inner)
    return graph


class Apart:
    """The caller and what it calls as runs of their own, which wait for each other.

    What standing in each other must be the same as.
    """

    def __init__(self, graph, called, holds):
        self.called = called
        self.holds = holds
        self.inner = {}
        self.outer = tokens.Move(graph, holds)
        self.outer.begin()
        self.settle()

    def settle(self):
        """Begin what is called, end what is through, until nothing changes."""
        while True:
            waiting = {token.node: token for token in self.outer.opened}
            for key in set(self.inner) - set(waiting):
                del self.inner[key]  # dropped with its branch
            for key in sorted(set(waiting) & set(self.called) - set(self.inner)):
                self.inner[key] = tokens.begin(
                    self.called[key],
                    lambda edge, key=key: self.holds(edge, f"{key}."),
                )
            through = [key for key, move in self.inner.items() if not move.opened]
            if not through:
                return
            del self.inner[through[0]]
            self.leave(self.outer, waiting[through[0]])

    def leave(self, move, token):
        move.opened.remove(token)
        move.leave(token, move.graph.outgoing(token.node)[0].key)
        assert not move.stuck, move.stuck

    def places(self):
        """Where people work: key -> (move, token)."""
        found = {
            token.node: (self.outer, token)
            for token in self.outer.opened
            if token.node not in self.called
        }
        for key, move in self.inner.items():
            found |= {f"{key}.{token.node}": (move, token) for token in move.opened}
        return found

    def step(self, place):
        self.leave(*self.places()[place])
        self.settle()


@tagged("post_install", "-at_install")
class TestExpansionEngine(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(expansion)
        self.assertGreater(result.attempted, 0)
        self.assertEqual(result.failed, 0)

    @settings(SLOW_MACHINE, max_examples=150)
    @given(callers(rules=False))
    def test_sound_flows_in_a_sound_flow_are_sound(self, both):
        graph = expanded(*both)
        self.assertEqual(soundness.faults(graph), [])
        self.assertIn(Explorer(graph).problem(), (None, "many"))

    @settings(SLOW_MACHINE, max_examples=150)
    @given(callers(), st.data())
    def test_as_if_they_ran_apart(self, both, data):
        """After each step the same people work at the same places: no token is lost
        or doubled at the border of a call, and joins drop calls as a whole."""
        truths = {}

        def holds(edge, prefix=""):
            return truths.setdefault(f"{prefix}{edge.key}", bool(data.draw(some)))

        some = st.booleans()
        graph, called = both
        move = tokens.begin(expanded(graph, called), holds)
        apart = Apart(graph, called, holds)
        for _number in range(STEPS):
            places = {token.node: token for token in move.opened}
            self.assertEqual(len(places), len(move.opened))
            self.assertEqual(sorted(places), sorted(apart.places()))
            if not places:
                self.assertEqual(len(move.ended), 1)
                self.assertEqual(len(apart.outer.ended), 1)
                self.assertFalse(move.waiting)
                return
            place = data.draw(st.sampled_from(sorted(places)))
            truths.clear()
            token = places[place]
            move.opened.remove(token)
            move.leave(token, move.graph.outgoing(place)[0].key)
            self.assertFalse(move.stuck)
            apart.step(place)

    @settings(SLOW_MACHINE, max_examples=50)
    @given(callers(), callers())
    def test_calls_in_calls(self, outer, inner):
        """What was expanded before can be called like any other flow."""
        graph, called = outer
        within = expanded(*inner)
        for key in called:
            graph = expansion.expand(graph, key, within)
        self.assertEqual(soundness.faults(graph), [])
        for key in called:
            deeper = {
                expansion.depth(one) for one in graph.nodes if one.startswith(key)
            }
            self.assertLessEqual(max(deeper), 2)
