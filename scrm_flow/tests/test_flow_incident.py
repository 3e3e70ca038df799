from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import FlowCase


@tagged("post_install", "-at_install")
class TestFlowIncident(FlowCase):
    def at_visit(self):
        order = self.start(area=40)
        order.with_user(self.ann).scrm_step_complete("accept")
        return order

    def service(self, function):
        service = type(self.env["scrm.flow.service.set_values"])
        return patch.object(service, "run", function)

    def test_failed_service_and_retry(self):
        order = self.at_visit()
        reason = "the printer is on fire"

        def fail(service, record, step, config):
            record.note = "half done"
            raise UserError(reason)

        with self.service(fail):
            answer = order.with_user(self.bob).scrm_step_complete()
        run = order.scrm_run_id
        self.assertEqual(answer, {"node": "stamp", "state": "incident"})
        self.assertEqual(run.incident_reason, "“Stamp”: the printer is on fire")
        self.assertFalse(order.note, "what the service did is undone")
        visit, stamp = run.step_ids[-2:]
        self.assertEqual((visit.state, visit.done_by_id), ("done", self.bob))
        self.assertEqual(
            (stamp.state, stamp.incident_code), ("incident", "action_failed")
        )
        self.assertNotIn("ended", order.events)

        with self.assertRaises(AccessError):
            run.with_user(self.watcher).action_retry()
        run.with_user(self.designer).action_retry()
        self.assertEqual(run.state, "done")
        self.assertEqual(order.note, "done")
        self.assertEqual(stamp.state, "done")
        self.assertFalse(stamp.incident_reason)
        self.assertEqual(
            self.events(order)[-5:],
            ["complete", "incident", "retry", "service", "end"],
        )
        with self.assertRaisesRegex(UserError, "not stuck"):
            run.with_user(self.designer).action_retry()

    @mute_logger("odoo.addons.scrm_flow.models.scrm_flow_engine", "odoo.sql_db")
    def test_unexpected_errors_are_incidents_too(self):
        def divide(service, record, step, config):
            return 1 / 0

        def break_a_rule(service, record, step, config):
            record.name = False

        for function, reason in (
            (divide, "ZeroDivisionError"),
            (break_a_rule, "NotNullViolation"),
        ):
            with self.subTest(reason=reason):
                order = self.at_visit()
                handler = order.scrm_handler_ids
                with self.service(function):
                    order.with_user(handler).scrm_step_complete()
                self.assertEqual(order.scrm_run_id.state, "incident")
                self.assertIn(reason, order.scrm_run_id.incident_reason)

    def test_no_matching_transition(self):
        """Publishing refuses such a gateway; should one get through, the run
        waits with its reason instead of losing the token."""
        draft = self.version._copy_as_draft()
        edge = draft.transition_ids.filtered(lambda t: t.key == "is_small")
        edge.write({"is_default": False, "condition": "[('area', '<', 50)]"})
        with patch.object(type(draft), "_fault_lines", lambda self: []):
            draft.action_publish()
        order = self.start(area=70)
        order.with_user(self.ann).scrm_step_complete("accept")
        run = order.scrm_run_id
        self.assertEqual(run.state, "incident")
        self.assertEqual(run.step_ids[-1].incident_code, "no_transition")
        self.assertIn("no condition holds", run.incident_reason)
        order.area = 30
        run.with_user(self.designer).action_retry()
        self.assertEqual(order.scrm_node_key, "visit")
        self.assertEqual(run.step_ids.mapped("state"), ["done", "done", "open"])

    def test_a_condition_that_cannot_be_asked(self):
        draft = self.version._copy_as_draft()
        draft.action_publish()
        edge = draft.transition_ids.filtered(lambda t: t.key == "is_large")
        self.env.cr.execute(
            "UPDATE scrm_flow_transition SET condition = %s WHERE id = %s",
            ["[('gone', '=', 1)]", edge.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        order = self.start()
        order.with_user(self.ann).scrm_step_complete("accept")
        run = order.scrm_run_id
        self.assertEqual(run.step_ids[-1].incident_code, "condition_failed")
        self.assertIn("is_large", run.incident_reason)

    def test_an_incident_can_be_cancelled(self):
        order = self.at_visit()
        reason = "no"

        def fail(service, record, step, config):
            raise UserError(reason)

        with self.service(fail):
            order.with_user(self.designer).scrm_step_complete()
        order.with_user(self.eve).scrm_flow_cancel("given up")
        self.assertEqual(order.scrm_run_id.state, "cancelled")
        self.assertFalse(
            order.scrm_run_id.step_ids.filtered(lambda s: s.state == "incident")
        )

    def test_a_circle_of_automatic_nodes(self):
        version = self.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "ask", "type": "exclusive_gateway"},
                {
                    "key": "stamp",
                    "type": "service_task",
                    "service_kind": "set_values",
                    "service_config": {"values": {"note": "again"}},
                },
                {"key": "end", "type": "end"},
            ],
            [
                ("a", "start", "ask", {}),
                ("b", "ask", "end", {"condition": "[('area', '>', 1)]"}),
                ("c", "ask", "stamp", {"is_default": True}),
                ("d", "stamp", "ask", {}),
            ],
            key="circle",
        )
        version.action_publish()
        order = self.Order.create({"name": "x"})
        with patch("odoo.addons.scrm_flow.engine.tokens.LOOP_LIMIT", 10):
            order.scrm_flow_start(version.flow_id)
        run = order.scrm_run_id
        self.assertEqual(run.state, "incident")
        self.assertIn("turns in a circle", run.incident_reason)
