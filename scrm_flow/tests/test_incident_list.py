from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import SQL

from ..engine import tokens
from .common import FlowCase


@tagged("post_install", "-at_install")
class TestIncidentList(FlowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.incidents = cls.env["scrm.flow.incident"]
        cls.flow.incident_user_ids = cls.eve

    def without_handler(self, area=40):
        """An order that has come to its visit while no engineer is there."""
        (self.bob | self.cid).active = False
        order = self.start(area=area)
        order.with_user(self.ann).scrm_step_complete("accept")
        return order

    def without_way(self):
        draft = self.version._copy_as_draft()
        edge = draft.transition_ids.filtered(lambda edge: edge.key == "is_small")
        edge.write({"is_default": False, "condition": "[('area', '<', 9)]"})
        with patch.object(type(draft), "_fault_lines", lambda self: []):
            draft.action_publish()
        order = self.start(area=40)
        order.with_user(self.ann).scrm_step_complete("accept")
        return order

    def of(self, order, user=None):
        return self.incidents.with_user(user or self.designer).search(
            [("res_model", "=", order._name), ("res_id", "=", order.id)]
        )

    def test_what_is_stuck_and_why(self):
        order = self.without_handler()
        incident = self.of(order)
        self.assertEqual(incident.code, "no_handler")
        self.assertEqual(incident.node_id.key, "visit")
        self.assertEqual(incident.flow_id, self.flow)
        self.assertEqual(incident.reason, "“Visit” has nobody to handle it.")
        self.assertEqual(incident.since, order.scrm_run_id.step_ids[-1].opened_at)
        self.assertEqual(incident.res_name, "Order")
        self.assertEqual(incident.told_names, "Eve")
        self.assertTrue(incident.can_assign)
        self.assertFalse(incident.can_route)
        flow = self.flow.with_user(self.watcher)
        self.assertEqual(flow.incident_count, 1)
        (group,) = self.incidents.with_user(self.watcher)._read_group(
            [("flow_id", "=", self.flow.id)], ["code", "node_id"], ["__count"]
        )
        self.assertEqual((group[0], group[1].key, group[2]), ("no_handler", "visit", 1))
        # who may not read the record does not see its incidents either
        blind = new_test_user(self.env, "blind", groups="scrm_flow.group_user")
        self.env["ir.rule"].create(
            {
                "name": "not this one",
                "model_id": self.model.id,
                "domain_force": str([("id", "!=", order.id)]),
            }
        )
        self.assertFalse(self.of(order, blind))
        with self.assertRaises(AccessError):
            self.of(order, self.ann)

    def test_somebody_is_told_once(self):
        """Of the incident itself; who retries sees what comes of it."""

        def told():
            return self.env["mail.message"].search(
                [("partner_ids", "=", self.eve.partner_id.id)]
            )

        order = self.without_handler()
        (message,) = told()
        self.assertEqual(message.subject, "Order is stuck at “Visit”")
        self.assertIn("has nobody to handle it", message.body)
        order.scrm_run_id.with_user(self.designer).action_retry()
        self.assertEqual(told(), message)

    def test_retry_keeps_the_newest_reason(self):
        order = self.start(area=40)
        order.with_user(self.ann).scrm_step_complete("accept")
        service = type(self.env["scrm.flow.service.set_values"])
        reasons = iter(("no paper", "no ink"))

        def fail(service, record, step, config):
            raise UserError(next(reasons))

        with patch.object(service, "run", fail):
            order.with_user(order.scrm_handler_ids).scrm_step_complete()
            incident = self.of(order)
            self.assertEqual(incident.reason, "“Stamp”: no paper")
            answer = incident.action_retry()
        self.assertEqual(answer["params"]["message"], "0 go on, 1 are still stuck.")
        self.incidents.invalidate_model()
        self.assertEqual(self.of(order).reason, "“Stamp”: no ink")
        self.assertEqual(order.scrm_run_id.incident_reason, "“Stamp”: no ink")

    def test_retry_several(self):
        """Each for itself: a frozen one does not keep the others from going on."""
        first, second, third = (self.without_handler() for _n in range(3))
        third.with_user(self.designer).scrm_flow_freeze("Danger")
        (self.bob | self.cid).active = True
        stuck = self.of(first) | self.of(second) | self.of(third)
        for user in (self.ann, self.watcher):
            with self.assertRaises(AccessError):
                stuck.with_user(user).action_retry()
        message = stuck.action_retry()["params"]["message"]
        self.assertIn("2 go on, 1 are still stuck.", message)
        self.assertIn("was frozen by Designer: Danger", message)
        self.assertEqual(
            [order.scrm_run_id.state for order in (first, second, third)],
            ["running", "running", "incident"],
        )

    def test_assign_by_hand(self):
        """Covers in part: F16"""
        order = self.without_handler()
        (step,) = order.scrm_run_id.step_ids.filtered(
            lambda step: step.state == "incident"
        )
        for user in (self.ann, self.watcher, self.eve):
            with self.assertRaisesRegex(AccessError, "flow manager"):
                order.with_user(user).scrm_step_assign(self.eve.id, "Free")
        managed = order.with_user(self.designer)
        with self.assertRaisesRegex(UserError, "Say why"):
            managed.scrm_step_assign(self.eve.id, " ")
        with self.assertRaisesRegex(UserError, "no such user"):
            managed.scrm_step_assign(0, "Free")
        with self.assertRaisesRegex(UserError, "inactive"):
            managed.scrm_step_assign(self.bob.id, "Free")
        with self.assertRaisesRegex(UserError, "waits for this decision"):
            managed.scrm_step_route("visited", "Free")
        incident = self.of(order)
        with Form(
            self.env["scrm.flow.repair"]
            .with_user(self.designer)
            .with_context(**incident.action_repair()["context"])
        ) as form:
            form.user_id = self.eve
            form.reason = "Free today"
        form.record.action_apply()
        self.assertEqual((step.state, step.user_id), ("open", self.eve))
        self.assertEqual(step.assign_reason, "Eve, by decision of Designer: Free today")
        entry = order.scrm_run_id.log_ids.sorted("sequence")[-1]
        self.assertEqual(
            (entry.event, entry.user_id, entry.description),
            ("assign", self.designer, "Eve: Free today"),
        )
        self.assertIn("opened:visit", order.events)
        self.assertEqual(order.scrm_run_id.state, "running")
        order.with_user(self.eve).scrm_step_complete()
        self.assertEqual(order.scrm_run_id.state, "done")
        self.assertIsNone(self.env["scrm.flow.log"].verify(order.scrm_run_id))
        with self.assertRaisesRegex(UserError, "No flow is running"):
            managed.scrm_step_assign(self.eve.id, "Again")

    def test_choose_a_way_by_hand(self):
        order = self.without_way()
        incident = self.of(order)
        self.assertEqual(incident.code, "no_transition")
        self.assertTrue(incident.can_route)
        with self.assertRaisesRegex(AccessError, "flow manager"):
            order.with_user(self.ann).scrm_step_route("is_small", "Obvious")
        managed = order.with_user(self.designer)
        with self.assertRaisesRegex(UserError, "“visited” does not lead on"):
            managed.scrm_step_route("visited", "Obvious")
        edge = order.scrm_run_id.version_id.transition_ids.filtered(
            lambda edge: edge.key == "is_small"
        )
        repair = self.env["scrm.flow.repair"].with_user(self.designer)
        repair = repair.create(
            {
                "step_id": incident.step_id.id,
                "transition_id": edge.id,
                "reason": "Obvious",
            }
        )
        repair.action_apply()
        self.assertEqual(order.scrm_node_key, "visit")
        self.assertEqual(order.scrm_run_id.state, "running")
        entry = order.scrm_run_id.log_ids.filtered(lambda e: e.event == "override")
        self.assertEqual(entry.user_id, self.designer)
        self.assertIn("Obvious", entry.description)

    def test_failed_timers(self):
        """They are listed too, told of, and can be retried."""
        draft = self.version._copy_as_draft()
        visit = draft.node_ids.filtered(lambda node: node.key == "visit")
        visit.write({"deadline_hours": 1})
        draft.action_publish()
        order = self.start(area=40)
        order.with_user(self.ann).scrm_step_complete("accept")
        (timer,) = self.env["scrm.flow.timer"].search(
            [("run_id", "=", order.scrm_run_id.id), ("state", "=", "due")]
        )

        reason = "the bell is broken"

        def fail(kind, timer):
            raise UserError(reason)

        kind = type(self.env["scrm.flow.timer.kind.deadline"])
        with patch.object(kind, "_fire", fail):
            timer._fire_alone()
        incident = self.of(order)
        self.assertEqual((incident.code, incident.reason), ("timer", reason))
        self.assertEqual(incident.since, timer.due_at)
        self.assertIn(
            "Order is stuck at “Visit”",
            self.env["mail.message"]
            .search([("partner_ids", "=", self.eve.partner_id.id)])
            .mapped("subject"),
        )
        incident.action_retry()
        self.assertEqual((timer.state, timer.error), ("due", False))
        self.assertFalse(self.of(order))

    def test_endless_loop(self):
        """Automatic nodes that turn in a circle stop as an incident at the limit."""
        draft = self.make_draft(
            [
                {"key": "start", "type": "start"},
                {
                    "key": "stamp",
                    "type": "service_task",
                    "service_kind": "set_values",
                    "service_config": {"values": {"note": "again"}},
                },
                {"key": "more", "type": "exclusive_gateway"},
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "stamp", {}),
                ("stamped", "stamp", "more", {}),
                ("back", "more", "stamp", {"condition": "[('area', '<', 50)]"}),
                ("out", "more", "end", {"is_default": True}),
            ],
            key="circle",
        )
        draft.action_publish()
        order = self.Order.create({"name": "Order", "area": 1})
        order.scrm_flow_start(draft.flow_id)
        incident = self.of(order)
        self.assertEqual(incident.code, "loop")
        self.assertIn("turns in a circle", incident.reason)
        passed = self.events(order).count("service") + self.events(order).count("route")
        self.assertEqual(passed + 1, tokens.LOOP_LIMIT)  # and the start
        order.area = 99  # the cause is repaired
        incident.action_retry()
        self.assertEqual(order.scrm_run_id.state, "done")

    def test_bad_definitions_name_the_node(self):
        """Every fault of a draft is listed with its node; nothing is published."""
        draft = self.version._copy_as_draft()
        edges = {edge.key: edge for edge in draft.transition_ids}
        with self.assertRaisesRegex(ValidationError, "“gone”"):
            edges["is_large"].condition = "[('gone', '=', 1)]"
        self.env.flush_all()
        self.env.execute_query(  # a field that was there once
            SQL(
                "UPDATE scrm_flow_transition SET condition = %s "
                "WHERE id = %s RETURNING id",
                "[('gone', '=', 1)]",
                edges["is_large"].id,
            )
        )
        draft.invalidate_recordset()
        edges["is_large"].invalidate_recordset()
        edges["refuse"].condition = "[('secret', '=', 'x')]"
        with self.assertRaises(UserError) as caught:
            draft.with_user(self.designer).action_publish()
        text = str(caught.exception)
        self.assertIn("Large (large): the condition asks for the field “gone”", text)
        self.assertIn(
            "Triage (triage): the condition asks for the field “secret”, which Test "
            "Order does not have or you may not see",
            text,
        )
        edges["is_large"].condition = edges["refuse"].condition = "[]"
        edges["is_small"].unlink()
        edges["finish"].unlink()
        with self.assertRaises(UserError) as caught:
            draft.with_user(self.designer).action_publish()
        text = str(caught.exception)
        self.assertIn("Stamp (stamp): no transition leaves the node", text)
        self.assertEqual(draft.state, "draft")
