from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged, users

from .standby_common import DAY, HOUR, MONDAY, StandbyCase

NIGHT = datetime(2026, 3, 2, 20)


class RosterCase(StandbyCase):
    """Bob from Monday 8 to 20, Cid until Tuesday 8, then nobody until noon, Eve."""

    @classmethod
    @freeze_time(MONDAY - DAY)
    def setUpClass(cls):
        super().setUpClass()
        cls.roster = cls.make_roster("hotline")
        cls.bob_shift, cls.cid_shift, cls.eve_shift = (
            cls.make_shift(user, start, hours)
            for user, start, hours in (
                (cls.bob, MONDAY, 12),
                (cls.cid, NIGHT, 12),
                (cls.eve, NIGHT + 16 * HOUR, 8),
            )
        )

    @classmethod
    def make_roster(cls, key):
        return cls.env["scrm.flow.roster"].create(
            {"key": key, "name": key.capitalize(), "timezone": "UTC"}
        )

    @classmethod
    def make_shift(cls, user, start, hours, roster=None):
        return cls.env["scrm.flow.roster.shift"].create(
            {
                "roster_id": (roster or cls.roster).id,
                "user_id": user.id,
                "start_at": start,
                "end_at": start + hours * HOUR,
            }
        )

    def use_roster(self, **values):
        self.use(handler_rule="roster", handler_roster_id=self.roster.id, **values)


@tagged("post_install", "-at_install")
class TestFlowRoster(RosterCase):
    def test_who_is_on_duty(self):
        """To the second, of several rosters in one query.

        Covers in part: H24
        """
        other = self.make_roster("other")
        empty = self.make_roster("empty")
        self.make_shift(self.ann, MONDAY, 24, other)
        rosters = self.roster | other | empty
        self.env.flush_all()
        with self.assertQueryCount(1):
            found = rosters.on_duty(NIGHT)
        self.assertEqual(found, {self.roster.id: self.cid, other.id: self.ann})
        last = NIGHT.replace(hour=19, minute=59, second=59)
        self.assertEqual(self.roster.on_duty(last)[self.roster.id], self.bob)
        self.assertEqual(self.roster.on_duty(NIGHT + 13 * HOUR), {})
        with freeze_time(NIGHT + HOUR):
            self.assertEqual(self.roster.on_duty_ids, self.cid)
            self.assertFalse(empty.on_duty_ids)

    def test_the_step_goes_to_who_is_on_duty(self):
        """Covers: H24"""
        self.use_roster()
        step = self.visit(MONDAY)
        self.assertEqual(step.user_id, self.bob)
        self.assertIn("On-call roster", step.assign_reason)
        self.assertEqual(self.visit(NIGHT).user_id, self.cid)
        self.assertEqual(self.visit(NIGHT + 17 * HOUR).user_id, self.eve)

    def test_nobody_on_duty(self):
        self.use_roster()
        self.assertEqual(self.visit(NIGHT + 13 * HOUR).state, "incident")

    def test_publishing_asks_for_the_roster(self):
        with self.assertRaisesRegex(UserError, "no roster is chosen"):
            self.use(handler_rule="roster")

    def test_open_steps_are_passed_on(self):
        """At the change of shift, not before, once, with the reason.

        Covers: H24
        """
        self.use_roster(is_passed_on=True)
        step = self.visit(MONDAY)
        self.assertEqual(step.roster_id, self.roster)
        self.fire(MONDAY)
        self.assertEqual(self.roster.scrm_due_at, NIGHT)
        self.assertEqual(self.fire(NIGHT.replace(hour=19, minute=59)), 0)
        self.assertEqual(step.user_id, self.bob)
        self.assertEqual(self.fire(NIGHT), 1)
        self.assertEqual(step.user_id, self.cid)
        self.assertEqual(self.order_of(step).scrm_handler_ids, self.cid)
        line = self.last(step, "reassign")
        self.assertIn("Change of shift on “Hotline”: Bob", line.description)
        self.assertIn("Cid", line.description)
        self.assertEqual(step.assign_reason, line.description)
        self.assertEqual(self.fire(NIGHT), 0)
        self.order_of(step).with_user(self.cid).scrm_step_complete(step_id=step.id)
        self.assertEqual(step.run_id.state, "done")

    def test_nobody_next_keeps_it_until_somebody_comes(self):
        self.use_roster(is_passed_on=True)
        step = self.visit(NIGHT)
        self.fire(NIGHT)
        gap = NIGHT + 12 * HOUR
        self.assertEqual(self.fire(gap), 0)
        self.assertEqual((step.state, step.user_id), ("open", self.cid))
        self.assertEqual(self.roster.scrm_due_at, gap + 4 * HOUR)
        self.fire(gap + 4 * HOUR)
        self.assertEqual(step.user_id, self.eve)

    def test_not_passed_on_unless_the_node_says_so(self):
        self.use_roster()
        step = self.visit(MONDAY)
        self.fire(MONDAY)
        self.assertEqual(self.fire(NIGHT), 0)
        self.assertEqual(step.user_id, self.bob)

    def test_what_somebody_was_handed_stays(self):
        self.use_roster(is_passed_on=True)
        step = self.visit(MONDAY)
        with freeze_time(MONDAY):
            self.order_of(step).with_user(self.bob).scrm_step_transfer(
                self.eve.id, "knows the customer"
            )
        self.assertFalse(step.roster_id)
        self.fire(NIGHT)
        self.assertEqual(step.user_id, self.eve)

    def test_what_was_escalated_stays(self):
        """The next shift does not take it from whom the escalation gave it to."""
        rung = {"hours": 2, "action": "reassign", "user_ids": [(6, 0, self.eve.ids)]}
        self.use_roster(is_passed_on=True, deadline_hours=1, rung_ids=[(0, 0, rung)])
        step = self.visit(MONDAY)
        self.assertEqual((step.user_id, step.roster_id), (self.bob, self.roster))
        self.fire(MONDAY + 4 * HOUR)
        self.assertEqual(step.user_id, self.eve)
        self.assertFalse(step.roster_id)
        self.fire(NIGHT)
        self.assertEqual((step.state, step.user_id), ("open", self.eve))

    def test_a_changed_plan_counts_at_once(self):
        self.use_roster(is_passed_on=True)
        step = self.visit(MONDAY)
        self.fire(MONDAY)
        with freeze_time(MONDAY + HOUR):
            self.bob_shift.user_id = self.eve
        self.fire(MONDAY + HOUR)
        self.assertEqual(step.user_id, self.eve)

    def test_a_frozen_run_waits_for_its_release(self):
        self.use_roster(is_passed_on=True)
        step = self.visit(MONDAY)
        self.fire(MONDAY)
        self.order_of(step).with_user(self.designer).scrm_flow_freeze("stop")
        self.assertEqual(self.fire(NIGHT), 0)
        self.assertEqual(step.user_id, self.bob)
        self.order_of(step).with_user(self.designer).scrm_flow_release("go on")
        self.assertEqual(self.fire(NIGHT), 1)
        self.assertEqual(step.user_id, self.cid)


@tagged("post_install", "-at_install")
class TestRotation(RosterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.weeks = cls.make_roster("weeks")

    def make_rotation(self, **values):
        return self.env["scrm.flow.roster.rotation"].create(
            {
                "roster_id": self.weeks.id,
                "name": "Weeks",
                "date_from": date(2026, 3, 2),
                "date_to": date(2026, 3, 22),
                "member_ids": [
                    (0, 0, {"rank": rank, "user_id": user.id})
                    for rank, user in enumerate((self.ann, self.bob))
                ],
                **values,
            }
        )

    def plan(self, turns):
        shifts = turns.roster_id.shift_ids.sorted("start_at")
        return [(shift.user_id.name, shift.start_at.day) for shift in shifts]

    @freeze_time(MONDAY - DAY)
    def test_weeks_in_turn_once_more_changes_nothing(self):
        """Covers in part: H13, H24"""
        turns = self.make_rotation()
        turns.action_generate()
        weeks = [("Ann", 2), ("Bob", 9), ("Ann", 16)]
        self.assertEqual(self.plan(turns), weeks)
        before = turns.roster_id.shift_ids
        turns.action_generate()
        self.assertEqual(turns.roster_id.shift_ids, before)
        self.assertFalse(any(before.mapped("is_changed")))

    @freeze_time(MONDAY - DAY)
    def test_changed_people_changed_plan(self):
        """What was changed by hand stays, the rest follows, nothing twice."""
        turns = self.make_rotation()
        turns.action_generate()
        second = turns.roster_id.shift_ids.sorted("start_at")[1]
        second.user_id = self.eve
        turns.member_ids[0].user_id = self.cid
        turns.date_to = date(2026, 3, 15)
        turns.action_generate()
        self.assertTrue(second.is_changed)
        self.assertEqual(self.plan(turns), [("Cid", 2), ("Eve", 9)])

    def test_longer_turns_leave_no_gap(self):
        """The week that has begun ends as planned, then the new turns go on."""
        turns = self.make_rotation()
        with freeze_time(MONDAY - DAY):
            turns.action_generate()
        turns.days = 14
        with freeze_time(MONDAY + DAY):
            turns.action_generate()
            turns.action_generate()
            self.assertFalse(turns.roster_id.gap_text)
            self.assertFalse(turns.roster_id.overlap_text)
        self.assertEqual(self.plan(turns), [("Ann", 2), ("Ann", 9), ("Bob", 16)])

    def test_what_has_begun_stays(self):
        turns = self.make_rotation()
        with freeze_time(MONDAY - DAY):
            turns.action_generate()
        turns.member_ids.user_id = self.cid
        with freeze_time(MONDAY + DAY):
            turns.action_generate()
        self.assertEqual(self.plan(turns), [("Ann", 2), ("Cid", 9), ("Cid", 16)])

    @freeze_time(MONDAY)
    def test_gaps_and_overlaps_are_shown(self):
        roster = self.roster
        self.make_shift(self.ann, NIGHT, 2)
        self.assertIn("3/3/26, 8:00", roster.gap_text.replace("\u202f", " "))
        self.assertEqual(len(roster.gap_text.splitlines()), 1)
        self.assertIn("Cid", roster.overlap_text)
        self.assertIn("Ann", roster.overlap_text)
        self.assertEqual(len(roster.overlap_text.splitlines()), 1)

    def test_wrong_plans_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "must end after its first day"):
            self.make_rotation(date_to=date(2026, 3, 1))
        with self.assertRaisesRegex(UserError, "Nobody is in the rotation"):
            self.make_rotation(member_ids=False).action_generate()
        with self.assertRaisesRegex(ValidationError, "must start with a small letter"):
            self.make_roster("Not A Key")

    @users("designer")
    def test_a_manager_plans_on_the_screen(self):
        form = Form(self.env["scrm.flow.roster"])
        form.key = "by_hand"
        form.name = "By Hand"
        with form.rotation_ids.new() as turns:
            turns.name = "Weeks"
            turns.date_from = date(2026, 3, 2)
            turns.date_to = date(2026, 3, 8)
            with turns.member_ids.new() as member:
                member.user_id = self.ann
        roster = form.save()
        roster.rotation_ids.action_generate()
        self.assertEqual(roster.shift_ids.user_id, self.ann)

    @users("ann")
    def test_handlers_read(self):
        roster = self.roster.with_env(self.env)
        self.assertEqual(len(roster.shift_ids), 3)
        with self.assertRaises(AccessError):
            roster.shift_ids[0].user_id = self.ann
        with self.assertRaises(AccessError):
            roster.name = "Mine"
        with self.assertRaises(AccessError):
            self.env["scrm.flow.roster.rotation"].create({"name": "Mine"})

    @users("porter")
    def test_customers_see_nothing(self):
        with self.assertRaises(AccessError):
            self.roster.with_env(self.env).read(["name"])

    def test_rosters_of_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.roster.company_id = company
        shifts = self.env["scrm.flow.roster.shift"].with_user(self.ann)
        self.assertFalse(shifts.search([("roster_id", "=", self.roster.id)]))
