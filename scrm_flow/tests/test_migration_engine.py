"""The pure side of version changes: its doctests, and properties."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.scrm_flow.engine import migration

from .test_engine import sound_graphs, walks_to_end


@st.composite
def plans(draw, old, new):
    """What people may write into a plan: some nodes, to nodes there are or not."""
    keys = [*old.nodes, "gone"]
    targets = [*new.nodes, "nowhere"]
    line = st.builds(migration.Line, st.sampled_from(targets), st.booleans())
    return draw(st.dictionaries(st.sampled_from(keys), st.none() | line, max_size=5))


@tagged("post_install", "-at_install")
class TestMigrationEngine(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(migration)
        self.assertGreater(result.attempted, 0)
        self.assertEqual(result.failed, 0)

    @given(sound_graphs(), sound_graphs(size=5), st.data())
    def test_no_token_is_lost_and_each_can_end(self, old, new, data):
        """Whatever the plan says: as many tokens as before, or a refusal.

        Covers in part: F17
        """
        plan = data.draw(plans(old, new))
        waits = [key for key, node in old.nodes.items() if node.behaviour == "wait"]
        state = data.draw(st.sampled_from(["open", "incident"]))
        places = waits if state == "open" else list(old.nodes)
        tokens = [
            migration.Token(number, key, state)
            for number, key in enumerate(places)
            if old.nodes[key].behaviour != "end"
        ]
        for token in tokens:
            answer = migration.answer(new, [token], plan)
            if answer.refusals:
                self.assertFalse(answer.moves)
                (refusal,) = answer.refusals
                self.assertIn(refusal.code, migration.CODES)
                continue
            (move,) = answer.moves
            self.assertEqual((move.token, move.source), (token.id, token.node))
            node = new.nodes[move.target]
            self.assertNotIn(node.behaviour, ("start", "end"))
            self.assertTrue(walks_to_end(new, move.target))
            if move.carried and state == "open":
                self.assertEqual(node.behaviour, "wait")

    @given(sound_graphs())
    def test_an_unchanged_flow_takes_everything_along(self, graph):
        tokens = [
            migration.Token(number, key)
            for number, (key, node) in enumerate(graph.nodes.items())
            if node.behaviour == "wait"
        ]
        answer = migration.answer(graph, tokens, {})
        self.assertFalse(answer.refusals)
        self.assertEqual(
            [(move.token, move.target) for move in answer.moves],
            [(token.id, token.node) for token in tokens],
        )
        self.assertTrue(all(move.carried for move in answer.moves))

    @given(st.lists(st.integers(0, 4)), st.lists(st.integers(0, 4)))
    def test_counterparts_are_pairs(self, old, new):
        found = migration.counterparts(
            old, new, lambda item: item, lambda item: item % 2
        )
        self.assertEqual(len(set(found.values())), len(found))
        for position, other in found.items():
            self.assertEqual(new[position] % 2, old[other] % 2)
        exact = migration.counterparts(old, new, lambda item: item)
        self.assertEqual(
            len(exact), sum(min(old.count(i), new.count(i)) for i in set(new))
        )
        self.assertLessEqual(exact.items(), found.items())
