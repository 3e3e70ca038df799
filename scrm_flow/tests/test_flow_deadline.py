from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .test_flow_timer import MONDAY, SECOND, TimerCase

HOUR = timedelta(hours=1)


class DeadlineCase(TimerCase):
    def setUp(self):
        super().setUp()
        (self.ann | self.bob | self.eve).lang = "en_US"  # what they are told is read

    def make_due(self, key="due_flow", rungs=(), **values):
        """start -> visit (Ann, with times) -> end, or to the boss (Bob, Cid)."""
        version = self.make_draft(
            [
                {"key": "start", "type": "start"},
                {
                    "key": "visit",
                    "type": "user_task",
                    "handler_rule": "people",
                    "handler_user_ids": [Command.set(self.ann.ids)],
                    "rung_ids": [Command.create(rung) for rung in rungs],
                    **values,
                },
                {
                    "key": "boss",
                    "type": "user_task",
                    "handler_rule": "role",
                    "handler_group_id": self.role.id,
                },
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "visit", {}),
                ("visited", "visit", "end", {}),
                ("too_late", "visit", "boss", {"condition": "[('area', '<', 100)]"}),
                ("decided", "boss", "end", {}),
            ],
            key=key,
        )
        version.action_publish()
        return version.flow_id

    def told(self, user):
        """Subjects of what a user was told about, oldest first."""
        messages = self.env["mail.message"].search(
            [
                ("model", "=", "scrm.test.order"),
                ("partner_ids", "in", user.partner_id.ids),
            ],
            order="id",
        )
        return messages.mapped("subject")

    def what_happened(self, order):
        return [event for event in self.events(order) if event not in ("start", "open")]


@tagged("post_install", "-at_install")
class TestFlowDeadline(DeadlineCase):
    def test_deadline_to_the_second(self):
        """A second before nothing, at the limit it is overdue, exactly once."""
        order = self.begin(self.make_due(deadline_hours=4))
        step, due = order.scrm_step_ids, MONDAY + 4 * HOUR
        Step = self.env["scrm.flow.step"]
        self.assertEqual(step.deadline_at, due)
        with freeze_time(due - SECOND):
            self.assertFalse(step.is_overdue)
            self.assertNotIn(step, Step.search([("is_overdue", "=", True)]))
            self.assertIn(step, Step.search([("is_overdue", "=", False)]))
        self.assertEqual(self.fire(due - SECOND), 0)
        self.assertEqual(self.fire(due), 1)
        self.assertEqual(self.fire(due + HOUR), 0)
        self.assertEqual(self.what_happened(order), ["deadline"])
        with freeze_time(due):
            step.invalidate_recordset(["is_overdue"])
            self.assertTrue(step.is_overdue)
            self.assertIn(step, Step.search([("is_overdue", "=", True)]))
            self.assertNotIn(step, Step.search([("is_overdue", "=", False)]))
            now = next(i for i in order._scrm_progress() if i["state"] == "now")
            self.assertTrue(now["overdue"])
            customer = order._scrm_progress(for_customer=True)
            for word in ("overdue", "deadline", "expected"):
                self.assertFalse(any(word in item for item in customer))

    def test_customer_learns_when_it_is_expected(self):
        """As long as it is not late, and not of a node inside."""
        due = MONDAY + 4 * HOUR

        def expected(key, **values):
            order = self.begin(self.make_due(key=key, deadline_hours=4, **values))
            with freeze_time(due - SECOND):
                shown = order._scrm_progress(for_customer=True)
            self.assertFalse([item for item in shown if "deadline" in item])
            return [item.get("expected") for item in shown if item["state"] == "now"]

        self.assertEqual(expected("due_open"), [str(due)])
        self.assertEqual(expected("due_private", is_private=True), [None])

    def test_reminders_on_a_time_line(self):
        """Handlers are told before and after the deadline, once each.

        Covers: N11
        """
        order = self.begin(self.make_due(deadline_hours=4, reminder_hours="-1, 2"))
        due = MONDAY + 4 * HOUR
        self.assertEqual(self.fire(due - HOUR - SECOND), 0)
        self.assertEqual(self.fire(due - HOUR), 1)
        self.assertEqual(len(self.told(self.ann)), 1)
        self.assertIn("is due on", self.told(self.ann)[0])
        self.assertEqual(self.fire(due + 2 * HOUR), 2)
        self.assertEqual(len(self.told(self.ann)), 2)
        self.assertIn("“Visit” is overdue", self.told(self.ann)[1])
        self.assertFalse(self.told(self.bob))
        events = ["reminder", "deadline", "reminder"]
        self.assertEqual(self.what_happened(order), events)

    def test_nothing_after_the_step_is_done(self):
        flow = self.make_due(
            deadline_hours=4,
            reminder_hours="-1",
            rungs=[{"hours": 1, "user_ids": [Command.set(self.eve.ids)]}],
        )
        order = self.begin(flow)
        self.assertEqual(len(self.timers(order)), 3)
        # what the engine marks its own writes with, nobody sends from outside
        marks = ("scrm_flow_times_kept", "scrm_flow_moving", "scrm_flow_acting")
        mine = order.with_user(self.ann).with_context(**dict.fromkeys(marks, True))
        mine.scrm_step_complete("visited")
        self.assertEqual(set(self.timers(order).mapped("state")), {"cancelled"})
        self.assertEqual(self.fire(MONDAY + 9 * HOUR), 0)
        self.assertFalse(order.scrm_step_ids.is_overdue)

    def test_ladder(self):
        """A stuck step is told of, made urgent, then given to somebody else.

        Covers: F28
        """
        flow = self.make_due(
            deadline_hours=2,
            rungs=[
                {"hours": 1, "user_ids": [Command.set(self.eve.ids)]},
                {"hours": 2, "action": "priority"},
                {"hours": 3, "action": "reassign", "group_id": self.role.id},
            ],
        )
        order = self.begin(flow)
        due = MONDAY + 2 * HOUR
        self.assertEqual(self.fire(due), 1)
        self.assertFalse(self.told(self.eve))
        self.assertEqual(self.fire(due + HOUR), 1)
        self.assertEqual(len(self.told(self.eve)), 1)
        self.assertEqual(order.priority, "0")
        self.assertEqual(self.fire(due + 2 * HOUR), 1)
        self.assertEqual(order.priority, "1")
        self.assertEqual(order.scrm_handler_ids, self.ann)
        self.assertEqual(self.fire(due + 3 * HOUR), 1)
        self.assertEqual(order.scrm_handler_ids, self.bob)
        self.assertEqual(order.scrm_step_ids.user_id, self.bob)
        self.assertIn("Bob", order.scrm_step_ids.assign_reason)
        self.assertEqual(len(self.told(self.bob)), 1)
        self.assertEqual(
            self.what_happened(order), ["deadline", "escalate", "escalate", "escalate"]
        )
        self.assertIsNone(self.env["scrm.flow.log"].verify(order.scrm_run_id))
        with self.assertRaises(UserError):
            order.with_user(self.ann).scrm_step_complete("visited")
        order.with_user(self.bob).scrm_step_complete("visited")
        self.assertEqual(order.scrm_run_id.state, "done")

    def test_transition_from_the_opening(self):
        flow = self.make_due(
            rungs=[
                {
                    "hours": 1,
                    "anchor": "opening",
                    "action": "transition",
                    "transition_key": "too_late",
                }
            ]
        )
        order = self.begin(flow, area=50)
        self.assertEqual(self.fire(MONDAY + HOUR - SECOND), 0)
        self.assertEqual(self.fire(MONDAY + HOUR), 1)
        self.assertEqual(order.scrm_node_key, "boss")
        self.assertEqual(self.timers(order).mapped("state"), ["fired"])

    @mute_logger("odoo.addons.scrm_flow.models.scrm_flow_timer")
    def test_transition_that_is_closed_keeps_the_step(self):
        flow = self.make_due(
            rungs=[
                {
                    "hours": 1,
                    "anchor": "opening",
                    "action": "transition",
                    "transition_key": "too_late",
                }
            ]
        )
        order = self.begin(flow, area=500)
        self.assertEqual(self.fire(MONDAY + HOUR), 1)
        self.assertEqual(order.scrm_node_key, "visit")
        self.assertEqual(self.timers(order).state, "error")
        self.assertEqual(
            self.timers(order).error, "The transition “too_late” cannot be taken now."
        )

    def test_publish_names_what_is_wrong(self):
        rungs = [
            {"hours": 1, "user_ids": [Command.set(self.eve.ids)]},
            {"hours": 1, "anchor": "opening"},
            {
                "hours": 1,
                "anchor": "opening",
                "action": "transition",
                "transition_key": "decided",
            },
        ]
        with self.assertRaises(UserError) as caught:
            self.make_due(reminder_hours="-1", rungs=rungs)
        for words in (
            "it has reminders, but no deadline",
            "an escalation waits for a deadline that is not set",
            "an escalation names neither people nor a role",
            "takes the transition “decided”, which does not leave it",
        ):
            self.assertIn(words, str(caught.exception))
        with self.assertRaisesRegex(ValidationError, "reminders are hours"):
            self.make_due(key="other", deadline_hours=1, reminder_hours="soon")

    def test_a_published_ladder_never_changes(self):
        rungs = [{"hours": 1, "user_ids": [Command.set(self.eve.ids)]}]
        flow = self.make_due(deadline_hours=1, rungs=rungs)
        version = flow.published_version_id
        rung = version.node_ids.rung_ids
        for change in (
            lambda: rung.write({"hours": 2}),
            rung.unlink,
            lambda: rung.copy({"hours": 3}),
        ):
            with self.assertRaisesRegex(UserError, "never changes"):
                change()
        draft = version._copy_as_draft()
        self.assertEqual(draft.node_ids.rung_ids.user_ids, self.eve)
