"""Two people, two transactions, one step: real cursors, real commits."""

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from .race_common import FlowRaceCase


@tagged("post_install", "-at_install")
class TestFlowRace(FlowRaceCase):
    def complete(self, transition, results, ready):
        self.request(
            results,
            ready,
            self.order_id,
            lambda order: order.scrm_step_complete(transition, self.step_id),
        )

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_complete_against_freeze(self):
        """One wins; a frozen run has not moved, a moved run is not frozen."""

        def complete(results, ready):
            self.request(
                results,
                ready,
                self.other_id,
                lambda order: order.scrm_step_complete("accept"),
            )

        def freeze(results, ready):
            self.request(
                results,
                ready,
                self.other_id,
                lambda order: order.scrm_flow_freeze("Danger"),
            )

        results = self.at_once(complete, freeze)
        self.assertEqual(sorted(type(r).__name__ for r in results), ["dict", "str"])
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            order = env["scrm.test.order"].browse(self.other_id)
            run = order.scrm_run_id
            self.assertEqual(bool(run.frozen_at), order.scrm_node_key == "triage")
            self.assertIsNone(env["scrm.flow.log"].verify(run))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_the_same_step_twice_at_once(self):
        """One wins, the other reads who was faster; there is one token.

        Covers: F01
        """

        def complete(results, ready):
            self.complete("accept", results, ready)

        results = self.at_once(complete, complete)
        wins = [result for result in results if isinstance(result, dict)]
        losses = [result for result in results if isinstance(result, str)]
        self.assertEqual(wins, [{"node": "visit", "state": "running"}])
        self.assertEqual(losses, ["“Triage” was already completed by Ann."])
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            run = env["scrm.test.order"].browse(self.order_id).scrm_run_id
            self.assertEqual(run.step_ids.mapped("state"), ["done", "open"])
            self.assertEqual(
                run.log_ids.sorted("sequence").mapped("event"),
                ["start", "open", "complete", "route", "open"],
            )
            self.assertIsNone(env["scrm.flow.log"].verify(run))
