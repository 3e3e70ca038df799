"""A flow called on the record itself: one run, ordinary steps."""

import doctest

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine import expansion
from .call_common import CallCase


def shape(graph):
    """What two graphs must agree in to be the same flow."""
    nodes = [
        (n.key, n.type, n.behaviour, n.rank, n.is_private, n.in_bar)
        for n in graph.nodes.values()
    ]
    edges = [
        (e.key, e.source, e.target, e.rank, e.is_default, str(e.condition))
        for e in graph.edges.values()
    ]
    return sorted(nodes), sorted(edges)


@tagged("post_install", "-at_install")
class TestFlowCallHere(CallCase):
    def test_one_run_with_ordinary_steps(self):
        order = self.start(area=95)
        self.done(order, "take")
        self.assertEqual(order.scrm_handler_ids, self.bob)
        step = order.scrm_run_id.step_ids.filtered(lambda s: s.state == "open")
        self.assertTrue(step.deadline_at)
        self.done(order, "test.weigh", "test.cut", "send")
        run = order.scrm_run_id
        self.assertEqual((run.state, run.end_key), ("done", "end"))
        self.assertEqual(len(order.scrm_flow_run_ids), 1)
        self.assertEqual(self.events(order).count("end"), 1)
        self.assertFalse(self.env["scrm.flow.log"].verify(run))

    def test_the_version_keeps_what_was_drawn(self):
        self.assertEqual(
            self.order.node_ids.mapped("key"), ["start", "take", "test", "send", "end"]
        )
        self.assertEqual(
            shape(self.order._graph()),
            shape(self.order._copy_as_draft()._graph()),
        )
