from datetime import timedelta

from odoo.tests import tagged

from .migration_common import NINE, MigrationCase


@tagged("post_install", "-at_install")
class TestFlowMigrationTimes(MigrationCase):
    """What has passed counts, and what was left is left, there and back again."""

    def test_work_goes_on_with_its_time(self):
        """What has passed counts, what fired stays fired, what is new is planned.

        Covers: F39
        Covers in part: F17
        """
        self.at(NINE)
        order = self.begin()
        step = order.scrm_step_ids
        self.at(NINE + timedelta(hours=3))
        self.env["scrm.flow.timer"]._fire_chunk(NINE + timedelta(hours=3))
        draft = self.renamed_draft()
        node = self.node(draft, "look")
        node.deadline_hours = 24
        node.rung_ids.rank = 20
        self.env["scrm.flow.node.rung"].create(
            {
                "node_id": node.id,
                "rank": 10,
                "hours": 2,
                "anchor": "deadline",
                "action": "notify",
                "user_ids": [(6, 0, self.bob.ids)],
            }
        )
        node.invalidate_recordset(["rung_ids"])  # they are in another order now
        before = self.timers(step)
        self.assertEqual(
            before,
            [
                ("deadline", 0, "due", NINE + timedelta(hours=8)),
                ("reminder", 0, "due", NINE + timedelta(hours=6)),
                ("rung", 0, "fired", NINE + timedelta(hours=1)),
            ],
        )
        plan = self.plan(draft, {"triage": ("look", "carry")})
        plan.action_start()
        self.assertEqual(plan.state, "done")
        self.assertEqual(draft.state, "published")
        self.assertEqual(order.scrm_run_id.version_id, draft)
        self.assertEqual(order.scrm_version_id, draft)
        self.assertEqual(order.scrm_node_key, "look")
        self.assertEqual(order.scrm_step_ids, step)
        self.assertEqual(step.node_id, node)
        self.assertEqual(step.user_id, self.ann)
        self.assertEqual(step.opened_at, NINE)
        self.assertEqual(step.deadline_at, NINE + timedelta(hours=24))
        self.assertEqual(
            self.timers(step),
            [
                ("deadline", 0, "due", NINE + timedelta(hours=24)),
                ("reminder", 0, "due", NINE + timedelta(hours=22)),
                ("rung", 0, "due", NINE + timedelta(hours=26)),
                ("rung", 1, "fired", NINE + timedelta(hours=1)),
            ],
        )
        entry = order.scrm_run_id.log_ids.sorted("sequence")[-1]
        self.assertEqual(entry.event, "migrate")
        self.assertEqual(entry.user_id, self.designer)
        self.assertEqual(entry.description, "Version 1 → 2: Triage → First look")
        self.assertIsNone(self.env["scrm.flow.log"].verify(order.scrm_run_id))
        # and back, to exactly what it was
        plan.run_ids.action_undo()
        self.assertEqual(plan.run_ids.state, "undone")
        self.assertEqual(order.scrm_run_id.version_id, self.first)
        self.assertEqual(order.scrm_node_key, "triage")
        self.assertEqual(self.timers(step), before)
        self.assertEqual(step.deadline_at, NINE + timedelta(hours=8))
        self.assertIsNone(self.env["scrm.flow.log"].verify(order.scrm_run_id))
        order.with_user(self.ann).scrm_step_complete()
        self.assertEqual(order.scrm_node_key, "visit")

    def test_an_unchanged_clock_runs_on(self):
        """Not one timer is touched where the new version says the same.

        Covers in part: F17
        """
        self.at(NINE)
        order = self.begin()
        timers = self.env["scrm.flow.timer"].search(
            [("run_id", "=", order.scrm_run_id.id)]
        )
        before = [(t.id, t.state, t.due_at) for t in timers]
        self.at(NINE + timedelta(hours=2))
        draft = self.renamed_draft()
        self.plan(draft, {"triage": ("look", "carry")}).action_start()
        timers = self.env["scrm.flow.timer"].search(
            [("run_id", "=", order.scrm_run_id.id)]
        )
        self.assertEqual([(t.id, t.state, t.due_at) for t in timers], before)

    def test_a_pause_goes_on(self):
        """What was left when the clock stopped is left, there and back again.

        Covers in part: F17
        """
        self.at(NINE)
        reason = self.env.ref("scrm_flow.pause_reason_customer")
        version = self.first._copy_as_draft()
        self.node(version, "triage").hand_pause_ids = reason
        version.action_publish()
        order = self.begin()
        step = order.scrm_step_ids
        self.at(NINE + timedelta(hours=1))
        order.with_user(self.ann).scrm_step_pause(reason.key)
        self.at(NINE + timedelta(hours=3))
        draft = version.with_user(self.designer)._copy_as_draft()
        node = self.node(draft, "triage")
        node.write({"key": "look", "name": "First look", "deadline_hours": 12})
        plan = self.plan(draft, {"triage": ("look", "carry")})
        self.assertIn("Deadline: 7.0 h left", plan.run_ids.time_text)
        plan.action_start()
        self.assertEqual(step.clock_reason_id, reason)
        self.assertFalse(step.deadline_at)
        self.assertEqual(step.held_deadline_at, NINE + timedelta(hours=14))
        self.at(NINE + timedelta(hours=8))
        plan.action_undo()
        self.assertEqual(step.clock_reason_id, reason)
        self.assertEqual(step.held_deadline_at, NINE + timedelta(hours=15))
        self.at(NINE + timedelta(hours=9))
        order.with_user(self.ann).scrm_step_resume()
        self.assertEqual(step.deadline_at, NINE + timedelta(hours=16))
        self.assertEqual(
            [(row[0], row[2], row[3]) for row in self.timers(step)],
            [
                ("deadline", "due", NINE + timedelta(hours=16)),
                ("reminder", "due", NINE + timedelta(hours=14)),
                ("rung", "due", NINE + timedelta(hours=1)),  # late before
            ],
        )
        booked = self.env["scrm.flow.clock"].search([("step_id", "=", step.id)])
        self.assertEqual(sum(booked.mapped("seconds")), 9 * 3600)
        self.assertEqual(sum(booked.filtered("stopped").mapped("seconds")), 8 * 3600)
