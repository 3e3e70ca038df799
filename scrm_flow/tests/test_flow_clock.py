from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .test_flow_deadline import HOUR, DeadlineCase
from .test_flow_timer import MONDAY, SECOND


class ClockCase(DeadlineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env.ref("scrm_flow.pause_reason_customer")
        cls.parts = cls.env.ref("scrm_flow.pause_reason_parts")
        cls.frozen = cls.env.ref("scrm_flow.pause_reason_frozen")

    def make_pausable(self, **values):
        return self.make_due(
            hand_pause_ids=[Command.set((self.customer | self.parts).ids)],
            **{"deadline_hours": 4, **values},
        )

    def pause(self, order, at, reason="waiting_customer", user=None):
        with freeze_time(at):
            order.with_user(user or self.ann).scrm_step_pause(reason)

    def resume(self, order, at, user=None):
        with freeze_time(at):
            order.with_user(user or self.ann).scrm_step_resume()

    def complete(self, order, at):
        with freeze_time(at):
            order.with_user(self.ann).scrm_step_complete("visited")

    def booked(self, step):
        """[(holder, hours)] of the step's clock, checked to be without a gap."""
        step.invalidate_recordset(["clock_ids"])
        rows = step.clock_ids.sorted("started_at")
        if rows:
            self.assertEqual(rows[0].started_at, step.opened_at)
        for row, following in zip(rows, rows[1:], strict=False):
            self.assertEqual(row.ended_at, following.started_at)
        if step.ended_at:
            self.assertEqual(rows[-1].ended_at, step.ended_at)
            whole = (step.ended_at - step.opened_at).total_seconds()
            self.assertEqual(sum(rows.mapped("seconds")), whole)
        return [(row.holder, row.seconds / 3600) for row in rows]


@tagged("post_install", "-at_install")
class TestFlowClock(ClockCase):
    def test_a_pause_moves_all_that_lies_ahead(self):
        """Deadline, reminders and escalation come later by the pause, to the second."""
        flow = self.make_pausable(
            reminder_hours="-1, 2",
            rungs=[
                {"hours": 1, "user_ids": [Command.set(self.eve.ids)]},
                {
                    "hours": 0.25,
                    "anchor": "opening",
                    "user_ids": [Command.set(self.bob.ids)],
                },
            ],
        )
        order = self.begin(flow)
        step = order.scrm_step_ids
        due = MONDAY + 4 * HOUR
        self.assertEqual(self.fire(MONDAY + HOUR), 1, "the rung from the opening")
        self.pause(order, MONDAY + HOUR)
        self.assertEqual(
            (step.clock_reason_id, step.deadline_at, step.held_deadline_at),
            (self.customer, False, due),
        )
        states = self.timers(order).mapped("state")
        self.assertEqual(sorted(states), ["fired"] + 4 * ["paused"])
        self.assertEqual(self.fire(due + 20 * HOUR), 0, "nothing while it is paused")
        with freeze_time(due + 20 * HOUR):
            step.invalidate_recordset(["is_overdue"])
            self.assertFalse(step.is_overdue)
        pause = 100 * HOUR + 7 * SECOND
        self.resume(order, MONDAY + HOUR + pause)
        self.assertFalse(step.clock_reason_id | step.pause_reason_id)
        self.assertEqual(
            (step.deadline_at, step.held_deadline_at), (due + pause, False)
        )
        due += pause
        self.assertEqual(self.fire(due - HOUR - SECOND), 0)
        self.assertEqual(self.fire(due - HOUR), 1)
        self.assertEqual(self.fire(due - SECOND), 0)
        self.assertEqual(self.fire(due), 1)
        self.assertEqual(self.fire(due + HOUR), 1)
        self.assertEqual(len(self.told(self.eve)), 1)
        self.assertEqual(self.fire(due + 2 * HOUR), 1)
        self.complete(order, due + 3 * HOUR)
        self.assertEqual(
            self.booked(step),
            [("us", 1), ("customer", pause.total_seconds() / 3600), ("us", 6)],
        )
        self.assertEqual(
            [
                event
                for event in self.what_happened(order)
                if event in ("pause", "resume")
            ],
            ["pause", "resume"],
        )
        self.assertIsNone(self.env["scrm.flow.log"].verify(order.scrm_run_id))

    def test_two_pauses_and_working_hours(self):
        """Only working time that was lost is given back.

        Monday 8:00 UTC; the calendar works 8 to 16 UTC on weekdays.
        """
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Eight to four",
                "tz": "UTC",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Day",
                            "dayofweek": str(day),
                            "hour_from": 8,
                            "hour_to": 16,
                            "day_period": "morning",
                        }
                    )
                    for day in range(5)
                ],
            }
        )
        company = self.env["res.company"].create(
            {"name": "Works", "resource_calendar_id": calendar.id}
        )
        self.ann.company_ids |= company
        order = self.begin(
            self.make_pausable(time_kind="working", deadline_hours=10),
            company_id=company.id,
        )
        step, day = order.scrm_step_ids, 24 * HOUR
        self.assertEqual(step.deadline_at, MONDAY + day + 2 * HOUR)
        # paused over night: 15:00 to 9:00 are two working hours
        self.pause(order, MONDAY + 7 * HOUR)
        self.resume(order, MONDAY + day + HOUR)
        self.assertEqual(step.deadline_at, MONDAY + day + 4 * HOUR)
        # from Tuesday 10:00 to Wednesday 7:00 six, the night does not count
        self.pause(order, MONDAY + day + 2 * HOUR, "waiting_parts")
        self.resume(order, MONDAY + 2 * day - HOUR)
        self.assertEqual(step.deadline_at, MONDAY + 2 * day + 2 * HOUR)
        self.complete(order, MONDAY + 2 * day + HOUR)
        self.assertEqual(
            self.booked(step),
            [("us", 7), ("customer", 18), ("us", 1), ("parts", 21), ("us", 2)],
        )
        counted = [
            row.counted_seconds / 3600 for row in step.clock_ids.sorted("started_at")
        ]
        self.assertEqual(counted, [7, 2, 1, 6, 1])

    def test_a_step_without_pause_needs_no_ledger(self):
        """Its time is its node's holder's, working time included."""
        order = self.begin(self.make_due(clock_holder="supplier"))
        self.complete(order, MONDAY + 2 * HOUR + SECOND)
        step = order.scrm_step_ids
        self.assertFalse(
            self.env["scrm.flow.clock"].search([("step_id", "=", step.id)])
        )
        self.assertEqual(self.booked(step), [("supplier", 7201 / 3600)])
        self.assertEqual(step.clock_ids.counted_seconds, 7201)
        flow = self.make_due(key="working_flow", time_kind="working", deadline_hours=1)
        order = self.begin(flow)
        self.complete(order, MONDAY + 24 * HOUR)
        step = order.scrm_step_ids
        self.assertEqual(self.booked(step), [("us", 24)])
        self.assertEqual(step.clock_ids.counted_seconds, 8 * 3600)

    def test_what_is_past_stays_past(self):
        """A deadline that was missed before the pause stays missed."""
        order = self.begin(self.make_pausable(reminder_hours="1"))
        due = MONDAY + 4 * HOUR
        self.pause(order, due + SECOND)  # no cron has run since
        step = order.scrm_step_ids
        self.assertEqual(step.deadline_at, due)
        self.assertEqual(self.fire(due + 5 * HOUR), 1, "the deadline, not the reminder")
        self.resume(order, due + 5 * HOUR)
        self.assertEqual(step.deadline_at, due)
        self.assertEqual(self.fire(due + 6 * HOUR - 2 * SECOND), 0)
        self.assertEqual(self.fire(due + 6 * HOUR - SECOND), 1)

    def test_a_reason_that_only_books_time(self):
        self.customer.stops_deadline = False
        order = self.begin(self.make_pausable())
        self.pause(order, MONDAY + HOUR)
        self.assertEqual(order.scrm_step_ids.deadline_at, MONDAY + 4 * HOUR)
        self.assertEqual(self.fire(MONDAY + 4 * HOUR), 1)
        self.complete(order, MONDAY + 5 * HOUR)
        self.assertEqual(self.booked(order.scrm_step_ids), [("us", 1), ("customer", 4)])

    def test_a_condition_pauses_while_it_holds(self):
        """Whoever writes the record stops and starts the clock."""
        order = self.begin(
            self.make_due(
                deadline_hours=4,
                pause_condition="[('note', '=', 'waiting')]",
                pause_reason_id=self.parts.id,
            )
        )
        step = order.scrm_step_ids
        with freeze_time(MONDAY + HOUR):
            order.with_user(self.eve).note = "waiting"
        self.assertEqual(step.clock_reason_id, self.parts)
        with freeze_time(MONDAY + 2 * HOUR):
            order.with_user(self.eve).name = "Other"
        self.assertEqual(self.fire(MONDAY + 9 * HOUR), 0)
        with freeze_time(MONDAY + 3 * HOUR):
            order.with_user(self.eve).note = "came"
        self.assertFalse(step.clock_reason_id)
        self.assertEqual(step.deadline_at, MONDAY + 6 * HOUR)
        self.complete(order, MONDAY + 4 * HOUR)
        self.assertEqual(self.booked(step), [("us", 1), ("parts", 2), ("us", 1)])
        self.assertEqual(
            self.what_happened(order), ["pause", "resume", "complete", "end"]
        )
        opened = self.begin(order.scrm_run_id.flow_id, note="waiting")
        self.assertEqual(opened.scrm_step_ids.clock_reason_id, self.parts)
        self.assertEqual(self.fire(MONDAY + 9 * HOUR), 0)

    def test_freezing_is_a_pause_of_all_steps(self):
        """A pause by hand goes on where it was when the record is released."""
        order = self.begin(self.make_pausable())
        step = order.scrm_step_ids
        self.pause(order, MONDAY + HOUR)
        with freeze_time(MONDAY + 2 * HOUR):
            order.with_user(self.designer).scrm_flow_freeze("looked at")
        self.assertEqual(step.clock_reason_id, self.frozen)
        with freeze_time(MONDAY + 3 * HOUR):
            order.with_user(self.designer).scrm_flow_release("seen")
        self.assertEqual(step.clock_reason_id, self.customer)
        self.resume(order, MONDAY + 4 * HOUR)
        self.assertEqual(step.deadline_at, MONDAY + 7 * HOUR)
        with freeze_time(MONDAY + 5 * HOUR):
            order.with_user(self.designer).scrm_flow_freeze("again")
        self.assertEqual(self.fire(MONDAY + 9 * HOUR), 0)
        with freeze_time(MONDAY + 9 * HOUR):
            order.with_user(self.designer).scrm_flow_release("seen")
        self.assertEqual(step.deadline_at, MONDAY + 11 * HOUR)
        self.complete(order, MONDAY + 10 * HOUR)
        self.assertEqual(
            self.booked(step),
            [
                ("us", 1),
                ("customer", 1),
                ("us", 1),
                ("customer", 1),
                ("us", 1),
                ("us", 4),
                ("us", 1),
            ],
        )

    def test_completing_while_paused(self):
        order = self.begin(self.make_pausable())
        self.pause(order, MONDAY + HOUR)
        self.complete(order, MONDAY + 9 * HOUR)
        step = order.scrm_step_ids
        self.assertEqual(self.booked(step), [("us", 1), ("customer", 8)])
        self.assertEqual(set(self.timers(order).mapped("state")), {"cancelled"})

    def test_who_may_pause_and_why(self):
        order = self.begin(self.make_pausable())
        for user, error in ((self.eve, AccessError), (self.portal, AccessError)):
            with self.assertRaises(error):
                self.pause(order, MONDAY, user=user)
        with self.assertRaisesRegex(
            UserError, "for “frozen”, but for: Waiting for the"
        ):
            self.pause(order, MONDAY, "frozen")
        with self.assertRaisesRegex(UserError, "was not paused"):
            self.resume(order, MONDAY)
        self.pause(order, MONDAY, user=self.designer)
        with self.assertRaisesRegex(UserError, "paused already"):
            self.pause(order, MONDAY, "waiting_parts")
        with self.assertRaises(AccessError):
            self.resume(order, MONDAY, user=self.eve)
        plain = self.begin(self.make_due(key="plain", deadline_hours=4))
        with self.assertRaisesRegex(UserError, "but for: nothing"):
            self.pause(plain, MONDAY)

    def test_what_the_screen_offers(self):
        order = self.begin(self.make_pausable())
        (action,) = order.with_user(self.ann)._scrm_flow_actions()
        offers = {offer["key"]: offer for offer in action["operations"]}
        offer = offers["pause_waiting_parts"]
        self.assertEqual(offer["name"], "Pause: Waiting for parts")
        getattr(order.with_user(self.ann), offer["method"])(**offer["args"])
        (action,) = order.with_user(self.ann)._scrm_flow_actions()
        offers = {offer["key"]: offer for offer in action["operations"]}
        self.assertIn("resume", offers)
        self.assertFalse([key for key in offers if key.startswith("pause")])
        now = next(i for i in order._scrm_progress() if i["state"] == "now")
        self.assertEqual(now["paused"], "Waiting for parts")
        shown = order._scrm_progress(for_customer=True)
        self.assertFalse(any("paused" in item for item in shown))
        getattr(order.with_user(self.ann), offers["resume"]["method"])(
            **offers["resume"]["args"]
        )
        self.assertFalse(order.scrm_step_ids.clock_reason_id)

    def test_the_ledger_is_for_who_reads_the_record_and_never_changes(self):
        order = self.begin(self.make_pausable())
        self.pause(order, MONDAY + HOUR)
        self.complete(order, MONDAY + 2 * HOUR)
        rows = self.env["scrm.flow.clock"].search([("res_id", "=", order.id)])
        self.assertEqual(len(rows), 2)
        with self.assertRaises(UserError):
            rows[0].sudo().seconds = 5
        with self.assertRaises(UserError):
            rows.sudo().unlink()
        report = self.env["scrm.flow.clock.report"].with_user(self.eve)
        self.assertEqual(
            report.formatted_read_group(
                [("run_id", "=", order.scrm_run_id.id)], ["holder"], ["seconds:sum"]
            ),
            [
                {
                    "holder": holder,
                    "seconds:sum": 3600,
                    "__extra_domain": [("holder", "=", holder)],
                }
                for holder in ("customer", "us")
            ],
        )
        self.env["ir.rule"].create(
            {
                "name": "not theirs",
                "model_id": self.model.id,
                "domain_force": "[('owner_id', '=', user.id)]",
            }
        )
        self.assertFalse(report.search([("res_id", "=", order.id)]))
        with self.assertRaises(AccessError):
            rows.with_user(self.eve).read(["seconds"])

    def test_a_condition_that_cannot_be_asked(self):
        version = self.make_due(deadline_hours=1).published_version_id
        draft = version._copy_as_draft()
        node = draft.node_ids.filtered(lambda node: node.key == "visit")
        with self.assertRaisesRegex(ValidationError, "nothing_like"):
            node.pause_condition = "[('nothing_like', '=', 1)]"
        node.pause_condition = "[('note', '=', 'x')]"
        with self.assertRaisesRegex(UserError, "Visit.*what its clock is paused for"):
            draft.action_publish()
        node.pause_reason_id = self.parts
        draft.action_publish()
        copy = draft._copy_as_draft().node_ids.filtered(lambda n: n.key == "visit")
        self.assertEqual(copy.pause_condition, "[('note', '=', 'x')]")
        self.assertEqual(copy.pause_reason_id, self.parts)
        with self.assertRaises(UserError):
            node.clock_holder = "customer"

    def test_any_number_of_pauses_adds_up(self):
        order = self.begin(self.make_pausable(deadline_hours=40))
        step, at = order.scrm_step_ids, MONDAY
        paused = timedelta()
        for number in range(1, 8):
            at += timedelta(minutes=7 * number, seconds=number)
            self.pause(order, at, "waiting_parts" if number % 2 else "waiting_customer")
            at += timedelta(minutes=13 * number, seconds=number)
            paused += timedelta(minutes=13 * number, seconds=number)
            self.resume(order, at)
        self.assertEqual(step.deadline_at, MONDAY + 40 * HOUR + paused)
        self.complete(order, at + SECOND)
        self.booked(step)
        rows = step.clock_ids.filtered(lambda row: row.holder != "us")
        self.assertEqual(sum(rows.mapped("seconds")), paused.total_seconds())
