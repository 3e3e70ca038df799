"""Random sound graphs on the real database, beside the pure engine."""

from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.scrm_flow.engine import tokens

from .common import FlowCase
from .parallel_graphs import nested
from .property_settings import SLOW_MACHINE

TYPES = {
    "start": "start",
    "wait": "user_task",
    "act": "service_task",
    "choose": "exclusive_gateway",
    "parallel": "parallel_gateway",
    "end": "end",
}
#: People complete no more steps than this in an example; circles may go on.
STEPS = 12


@tagged("post_install", "-at_install")
class TestFlowRandom(FlowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = count()

    def publish(self, drawing):
        """Store a drawing as the published version of a flow of its own."""
        handler = {"handler_rule": "role", "handler_group_id": self.role.id}
        service = {
            "service_kind": "set_values",
            "service_config": {"values": {"note": "served"}},
        }
        more = {"wait": handler, "act": service}
        nodes = []
        for node in drawing.nodes:
            values = {"key": node["key"], "type": TYPES[node["behaviour"]]}
            values |= more.get(node["behaviour"], {})
            if needed := node.get("data", {}).get("join_count"):
                values |= {"join_rule": "count", "join_count": needed}
            nodes.append(values)
        edges = []
        for edge in drawing.edges:
            values = {"is_default": edge.get("is_default", False)}
            if edge.get("condition"):
                values["condition"] = "[('urgent', '=', True)]"
            edges.append((edge["key"], edge["source"], edge["target"], values))
        version = self.make_draft(nodes, edges, key=f"random_{next(self.numbers)}")
        version.action_publish()
        return version

    def standing(self, run):
        """Where the tokens of a run are, as its rows say."""
        live = run.step_ids.filtered(lambda step: step.state in ("open", "waiting"))
        return sorted((step.node_key, step.state) for step in live)

    def expected(self, move):
        """Where they are for the pure engine."""
        return sorted(
            [(token.node, "open") for token in move.opened]
            + [(token.node, "waiting") for token in move.waiting]
        )

    def check(self, order, move):
        run = order.scrm_run_id
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.standing(run), self.expected(move))
        self.assertEqual(run.state, "running" if move.opened else "done")
        opened = run.step_ids.filtered(lambda step: step.state == "open")
        self.assertEqual(order.scrm_handler_ids, opened.user_id)
        ranks = sorted((step.node_id.rank, step.id) for step in opened)
        leading = opened.browse(ranks[0][1]).node_key if ranks else False
        self.assertEqual(order.scrm_node_key, leading)
        self.assertIsNone(self.env["scrm.flow.log"].verify(run))

    @settings(SLOW_MACHINE, max_examples=10)
    @given(nested(depth=2), st.data())
    def test_agrees_with_the_pure_engine(self, drawing, data):
        """Whatever people decide, in whatever order: no token is lost or doubled.

        Covers in part: F01, F11
        """
        with self.env.cr.savepoint() as savepoint:
            self.run_beside(drawing, data)
            savepoint.rollback()
        self.env.invalidate_all()

    def run_beside(self, drawing, data):
        version = self.publish(drawing)
        order = self.Order.create(
            {"name": "Random", "urgent": data.draw(st.booleans())}
        )

        def holds(_asked):
            return order.urgent

        graph = version._frozen_graph()
        move = tokens.Move(graph, holds, limit=400).begin()
        order.scrm_flow_start(version.flow_id)
        self.check(order, move)
        for _step in range(STEPS):
            if not move.opened:
                break
            order.urgent = data.draw(st.booleans())
            keys = sorted(token.node for token in move.opened)
            key = data.draw(st.sampled_from(keys))
            token = next(token for token in move.opened if token.node == key)
            move.opened.remove(token)
            edge = tokens.choices(graph, key, holds)[0]
            move.leave(token, edge.key)
            run = order.scrm_run_id
            step = run.step_ids.filtered(
                lambda step, key=key: step.node_key == key and step.state == "open"
            )
            self.assertEqual(len(step), 1)
            handler = step.user_id
            order.with_user(handler).scrm_step_complete(edge.key, step_id=step.id)
            self.check(order, move)
