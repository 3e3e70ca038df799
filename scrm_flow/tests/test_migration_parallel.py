"""Version changes of runs that are in several places at once."""

import copy

from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.scrm_flow.engine import migration, soundness, tokens

from .migration_common import MigrationCase
from .parallel_graphs import nested


@st.composite
def editions(draw):
    """Two editions of a sound flow: other joins, more branches, other tasks."""
    drawing = draw(nested(depth=2))
    old = drawing.compiled()
    drawing = copy.deepcopy(drawing)
    joins = [node["key"] for node in drawing.nodes if old.is_join(node["key"])]
    for node in drawing.nodes:
        ways = len(old.incoming(node["key"]))
        if node["key"] in joins and draw(st.booleans()):
            count = draw(st.none() | st.integers(1, ways))
            node["data"] = {"join_count": count}
    for split in [key for key in old.nodes if old.is_split(key)]:
        if not draw(st.integers(0, 3)):
            join = migration.blocks(old).by_split[split].join
            task = drawing.node("wait")
            drawing.edge(split, task)
            drawing.edge(task, join)
    for edge in list(drawing.edges):
        if not draw(st.integers(0, 5)):
            task = drawing.node(draw(st.sampled_from(["wait", "act"])))
            drawing.edge(task, edge["target"])
            edge["target"] = task
    new = drawing.compiled()
    assume(not soundness.faults(new))
    return old, new


class Walk:
    """A run of the pure engine, decided at random."""

    def __init__(self, graph, data):
        self.data = data
        self.move = tokens.Move(graph, self.holds)

    def holds(self, _asked):
        return self.data.draw(st.booleans())

    def complete(self, most):
        """Complete tasks at random until nothing is open, or so many."""
        for _number in range(most):
            if not self.move.opened:
                break
            token = self.data.draw(st.sampled_from(self.move.opened))
            self.move.opened.remove(token)
            ways = self.move.graph.outgoing(token.node)
            self.move.leave(token, self.data.draw(st.sampled_from(ways)).key)

    def live(self):
        """Tokens of the engine -> tokens as a migration sees them."""
        found = {}
        places = [(token, "open") for token in self.move.opened]
        places += [(token, "waiting") for token in self.move.waiting]
        for number, (token, state) in enumerate(places):
            chain = reversed(token.split.chain()) if token.split else ()
            scope = tuple((id(split), split.node) for split in chain)
            found[token] = migration.Token(number, token.node, state, scope)
        return found

    def migrate(self, graph, live, answer):
        """Go on in another version, as the engine does it."""
        targets = {move.token: move for move in answer.moves}
        walk = Walk(graph, self.data)
        entering = []
        for token, known in live.items():
            target = targets[known.id]
            token.node = target.target
            if not target.carried:
                entering.append(token)
            elif token.waits:
                walk.move.waiting.append(token)
            else:
                walk.move.opened.append(token)
        for token in entering:
            if token.split is None or token in token.split.tokens:
                walk.move.enter(token)
        for token in list(live):
            if token.waits and token in token.split.tokens:
                arrived = [one for one in token.split.tokens if one.waits]
                if len(arrived) >= graph.needed(token.node):
                    walk.move.enter(token)
        return walk


@tagged("post_install", "-at_install")
class TestMigrationParallel(BaseCase):
    @given(editions(), st.data())
    def test_what_migrates_keeps_its_tokens_and_ends(self, pair, data):
        """Whatever was decided before and is decided afterwards.

        Covers in part: F17
        """
        old, new = pair
        walk = Walk(old, data)
        walk.move.begin()
        walk.complete(data.draw(st.integers(0, 6)))
        live = walk.live()
        assume(live and not walk.move.stuck)
        line = st.builds(
            migration.Line, st.sampled_from(list(new.nodes)), st.booleans()
        )
        places = st.sampled_from([token.node for token in live.values()])
        plan = data.draw(st.just({}) | st.dictionaries(places, line, max_size=2))
        answer = migration.answer(new, live.values(), plan)
        if answer.refusals:
            self.assertFalse(answer.moves)
            codes = {refusal.code for refusal in answer.refusals}
            self.assertLessEqual(codes, set(migration.CODES))
            return
        self.assertEqual(len(answer.moves), len(live))
        self.assertEqual(
            {move.token for move in answer.moves}, {t.id for t in live.values()}
        )
        walk = walk.migrate(new, live, answer)
        walk.complete(300)
        assume(not walk.move.opened and not walk.move.stuck)  # or in circles
        self.assertFalse(walk.move.waiting, "a join waits for ever")
        self.assertEqual(len(walk.move.ended), 1)

    @given(nested(depth=2), st.data())
    def test_the_same_flow_takes_everything_along(self, drawing, data):
        graph = drawing.compiled()
        walk = Walk(graph, data)
        walk.move.begin()
        walk.complete(data.draw(st.integers(0, 6)))
        answer = migration.answer(graph, walk.live().values(), {})
        self.assertFalse(answer.refusals)


@tagged("post_install", "-at_install")
class TestFlowMigrationParallel(MigrationCase):
    """start -> both -> pay (Ann), pack (Bob) -> ready -> end"""

    @classmethod
    def make_first(cls, key="migrating"):
        def people(user):
            return {
                "type": "user_task",
                "handler_rule": "people",
                "handler_user_ids": [(6, 0, user.ids)],
            }

        version = cls.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "both", "type": "parallel_gateway"},
                {"key": "pay", **people(cls.ann)},
                {"key": "pack", **people(cls.bob)},
                {"key": "ready", "type": "parallel_gateway"},
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "both", {}),
                ("to_pay", "both", "pay", {}),
                ("to_pack", "both", "pack", {}),
                ("paid", "pay", "ready", {}),
                ("packed", "pack", "ready", {}),
                ("finish", "ready", "end", {}),
            ],
            key=key,
        )
        version.action_publish()
        return version

    def complete(self, order, key, user):
        step = order.scrm_step_ids._open().filtered(lambda s: s.node_key == key)
        order.with_user(user).scrm_step_complete(step_id=step.id)

    def test_joins_come_along(self):
        """A branch that waits goes on waiting, for the others and not for ever.

        Covers in part: F17
        """
        both, paid = self.begin(2)
        self.complete(paid, "pay", self.ann)
        draft = self.first.with_user(self.designer)._copy_as_draft()
        self.node(draft, "ready").write({"key": "joined", "name": "Joined"})
        plan = self.plan(draft)
        self.assertEqual(plan.run_ids.mapped("state"), ["ready", "refused"])
        self.assertRegex(plan.run_ids[1].reason, "“Ready” is not in the new version")
        plan.unlink()
        plan = self.plan(draft, {"ready": "joined"})
        self.assertEqual(plan.run_ids.mapped("state"), ["ready", "ready"])
        plan.action_start()
        self.assertEqual((both | paid).scrm_run_id.version_id, draft)
        waiting = paid.scrm_step_ids.filtered(lambda s: s.state == "waiting")
        self.assertEqual(waiting.node_key, "joined")
        plan.action_undo()
        self.assertEqual(waiting.node_key, "ready")
        self.plan(draft, {"ready": "joined"}).action_start()
        for order in both | paid:
            if order == both:
                self.complete(order, "pay", self.ann)
            self.complete(order, "pack", self.bob)
            self.assertEqual(order.scrm_run_id.state, "done")
            self.assertFalse(order.scrm_step_ids._live())
            self.assertIsNone(self.env["scrm.flow.log"].verify(order.scrm_run_id))

    def test_what_would_wait_for_ever_is_refused(self):
        """A new branch that is not under way would never arrive."""
        order = self.begin()
        draft = self.first.with_user(self.designer)._copy_as_draft()
        node = self.node(draft, "pay").copy({"key": "call", "name": "Call"})
        for key, source, target in (
            ("to_call", self.node(draft, "both"), node),
            ("called", node, self.node(draft, "ready")),
        ):
            self.env["scrm.flow.transition"].create(
                {
                    "version_id": draft.id,
                    "key": key,
                    "source_id": source.id,
                    "target_id": target.id,
                }
            )
        plan = self.plan(draft)
        self.assertEqual(plan.run_ids.state, "refused")
        self.assertRegex(plan.run_ids.reason, "more branches than are under way")
        plan = self.plan(draft, {"pay": ("pack", "carry")})
        self.assertRegex(plan.run_ids.reason, "would be in the same branch")
        plan = self.plan(draft, {"pay": "both"})
        self.assertRegex(plan.run_ids.reason, "not inside of the same splits")
        plan.action_start()
        self.assertEqual(order.scrm_version_id, self.first)

    def test_a_join_that_needs_fewer(self):
        """What has arrived is enough for the new version, so it goes on."""
        order = self.begin()
        self.complete(order, "pay", self.ann)
        draft = self.first.with_user(self.designer)._copy_as_draft()
        self.node(draft, "ready").join_rule = "any"
        plan = self.plan(draft)
        plan.action_start()
        self.assertEqual(order.scrm_run_id.state, "done")
        pack = order.scrm_step_ids.filtered(lambda s: s.node_key == "pack")
        self.assertEqual(pack.state, "cancelled")
        self.assertTrue(plan.run_ids.state == "done")
