"""The pure engine with parallel gateways, on random graphs."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.scrm_flow.engine import blocks, outlook, soundness, tokens
from odoo.addons.scrm_flow.engine.graph import compile_graph

from .parallel_graphs import Explorer, bent, nested, tangled
from .property_settings import SLOW_MACHINE

#: Codes that do not come from where edges lead, but from what is said at them.
SYNTAX = {"start_incoming", "end_outgoing", "many_outgoing", "condition_ignored"}


class Walk:
    """Random people, conditions and failures on one run of the pure engine."""

    def __init__(self, graph, data):
        self.graph = graph
        self.data = data
        self.failing = set()
        self.joined = []
        self.acted = []
        self.move = tokens.Move(graph, self.holds, self.act, self.tell, limit=400)

    def holds(self, _asked):
        return self.data.draw(st.booleans())

    def act(self, node, token):
        if self.data.draw(st.integers(0, 3)) == 0:
            return "out of order"
        self.acted.append(token)
        return None

    def tell(self, event):
        if isinstance(event, tokens.Joined):
            self.joined.append(event)

    def standing(self):
        """Every token there is; each place that the engine lists counts."""
        stuck = [stuck.token for stuck in self.move.stuck]
        return self.move.opened + self.move.waiting + stuck

    def step(self):
        """Let one person complete a step, or retry what is stuck."""
        able = self.move.opened + [stuck.token for stuck in self.move.stuck]
        token = self.data.draw(st.sampled_from(able))
        if token in self.move.opened:
            self.move.opened.remove(token)
            edge = self.data.draw(st.sampled_from(self.graph.outgoing(token.node)))
            self.move.leave(token, edge.key)
        else:
            self.move.stuck = [s for s in self.move.stuck if s.token is not token]
            self.move.enter(token)


@tagged("post_install", "-at_install")
class TestParallelEngine(BaseCase):
    @settings(SLOW_MACHINE, max_examples=400)
    @given(tangled() | bent())
    def test_soundness_agrees_with_brute_force(self, drawing):
        """Sound is: whatever happens, no deadlock, and nothing is left behind."""
        graph = drawing.compiled()
        problem = Explorer(graph).problem()
        assume(problem != "many")
        found = soundness.faults(graph)
        self.assertFalse(SYNTAX & {fault.code for fault in found})
        found = [f for f in found if f.code not in ("join_count", "gateway_no_default")]
        self.assertEqual(found == [], problem is None, (found, problem))

    @settings(SLOW_MACHINE, max_examples=200)
    @given(nested(depth=2))
    def test_rules_of_joins_keep_a_graph_sound(self, drawing):
        graph = drawing.compiled()
        self.assertEqual(soundness.faults(graph), [])
        needs = {key: graph.needed(key) for key in graph.nodes if graph.is_join(key)}
        problem = Explorer(graph, needs).problem()
        # the first empty branch may be all that a join needs: nothing else begins
        self.assertIn(problem, (None, "unreachable", "many"))

    @given(nested(rules=False), st.data())
    def test_a_join_needs_between_one_and_all_branches(self, drawing, data):
        joins = [
            n["key"] for n in drawing.nodes if drawing.compiled().is_join(n["key"])
        ]
        assume(joins)
        key = data.draw(st.sampled_from(joins))
        ways = len(drawing.compiled().incoming(key))
        count = data.draw(st.integers(-1, ways + 2))
        for node in drawing.nodes:
            if node["key"] == key:
                node["data"] = {"join_count": count}
        found = soundness.faults(drawing.compiled())
        expected = [] if 1 <= count <= ways else [("join_count", key)]
        self.assertEqual([(fault.code, fault.node) for fault in found], expected)

    @settings(SLOW_MACHINE, max_examples=300)
    @given(nested(), st.data())
    def test_no_token_is_lost_or_doubled(self, drawing, data):
        """Every run ends once, or waits: for a person, a branch, or a repair.

        Covers in part: F11
        """
        graph = drawing.compiled()
        walk = Walk(graph, data)
        walk.move.begin()
        for _step in range(25):
            standing = walk.standing()
            self.assertEqual(len(set(standing)), len(standing), "none twice")
            for split in {
                split for t in standing if t.split for split in t.split.chain()
            }:
                self.assertTrue(split.everything())
                self.assertLessEqual(set(split.everything()), set(standing))
                # one token for each branch that has not been cancelled, nested or not
                self.assertEqual(
                    len(split.tokens) + len(split.inner),
                    len(graph.outgoing(split.node)),
                )
            if walk.move.ended:
                break
            self.assertTrue(
                walk.move.opened or walk.move.stuck, "something can be done"
            )
            self.assertLessEqual({s.code for s in walk.move.stuck}, {"action_failed"})
            walk.step()
        self.assertLessEqual(len(walk.move.ended), 1)
        self.assertEqual(bool(walk.move.ended), not walk.standing())
        for event in walk.joined:
            self.assertEqual(len(event.arrived), graph.needed(event.node))
            self.assertEqual({token.node for token in event.arrived}, {event.node})
            self.assertFalse({*event.arrived, *event.dropped} & {*walk.standing()})

    @given(nested(), st.data())
    def test_what_probably_follows(self, drawing, data):
        """Each node once, in an order in which no join comes before its branches."""
        graph = drawing.compiled()
        found = blocks.blocks(graph)

        def holds(edge):
            return edge.condition != "again" and data.draw(st.booleans())

        path = outlook.likely_path(graph, graph.start.key, holds, found)
        self.assertEqual(len(set(path)), len(path))
        self.assertEqual(graph.nodes[path[-1]].behaviour, "end")
        for block in found.by_split.values():
            if block.split in path:
                inside = [path.index(key) for key in block.inside if key in path]
                self.assertLess(
                    max([*inside, path.index(block.split)]), path.index(block.join)
                )
                for branch in block.branches.values():
                    self.assertTrue(not branch or branch & set(path))

    def test_the_first_branch_wins(self):
        """What follows an ended race has not begun, and nothing of it is left."""
        drawing = {
            "nodes": [("s", "start"), ("p", "parallel"), ("a", "act"), ("b", "act")]
            + [("w", "wait"), ("j", "parallel"), ("e", "end")],
            "edges": ["sp", "pa", "pw", "pb", "aj", "wj", "bj", "je"],
        }
        graph = letters(drawing, {"j": 1})
        acted = []
        move = tokens.begin(
            graph, lambda e: True, lambda node, token: acted.append(node.key)
        )
        self.assertEqual((acted, move.ended, move.opened), (["a"], ["e"], []))

    def test_a_join_without_split_is_named(self):
        drawing = {
            "nodes": [("s", "start"), ("c", "choose"), ("j", "parallel"), ("e", "end")],
            "edges": ["sc", "cj", "cj", "je"],
        }
        graph = letters(drawing, {})
        self.assertEqual(
            [(fault.code, fault.node) for fault in soundness.faults(graph)],
            [("join_without_split", "j")],
        )
        (stuck,) = tokens.begin(graph, lambda e: True).stuck
        self.assertEqual((stuck.code, stuck.token.node), ("no_split", "j"))


def letters(drawing, needs):
    """A graph of single letters: nodes with behaviours, edges as pairs."""
    edges = drawing["edges"]
    return compile_graph(
        [
            {
                "key": key,
                "type": behaviour,
                "behaviour": behaviour,
                "data": {"join_count": needs.get(key)},
            }
            for key, behaviour in drawing["nodes"]
        ],
        [
            {
                "key": f"{pair}{number}",
                "source": pair[0],
                "target": pair[1],
                "rank": number,
                # the first way of a choice is its default
                "is_default": pair[0] == "c" and number == edges.index(pair),
                "condition": [("id", ">", 0)]
                if pair[0] == "c" and number > edges.index(pair)
                else None,
            }
            for number, pair in enumerate(edges)
        ],
    )
