from odoo.tests import freeze_time, tagged

from .standby_common import DAY, HOUR, MONDAY, StandbyCase

TUESDAY = MONDAY + DAY


@tagged("post_install", "-at_install")
class TestFlowLeave(StandbyCase):
    """The visit is done by Bob or Cid, in turn; Bob gets the first one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id.tz = "UTC"
        for user in cls.bob | cls.cid:
            cls.env["resource.resource"].create(
                {"name": user.name, "user_id": user.id, "tz": "UTC"}
            )

    def leave(self, user, start=TUESDAY, days=3, entered=MONDAY, **values):
        with freeze_time(entered):
            return self.env["resource.calendar.leaves"].create(
                {
                    "name": "Holiday",
                    "resource_id": user.resource_ids.id,
                    "date_from": start,
                    "date_to": start + days * DAY,
                    **values,
                }
            )

    def test_open_steps_go_to_a_colleague_when_it_begins(self):
        """Not before, once, with the reason in log and trace.

        Covers: H10
        """
        step = self.visit(MONDAY)
        self.assertEqual(step.user_id, self.bob)
        leave = self.leave(self.bob)
        self.assertEqual(leave.scrm_due_at, TUESDAY)
        self.assertEqual(self.fire(TUESDAY - HOUR), 0)
        self.assertEqual(step.user_id, self.bob)
        self.assertEqual(self.fire(TUESDAY), 1)
        self.assertEqual(step.user_id, self.cid)
        self.assertEqual(self.order_of(step).scrm_handler_ids, self.cid)
        line = self.last(step, "reassign")
        self.assertIn("Bob on leave from 3/3/26", line.description)
        self.assertEqual(step.assign_reason, line.description)
        self.assertFalse(leave.scrm_due_at)
        self.assertEqual(self.fire(TUESDAY), 0)

    def test_a_leave_that_has_begun_acts_at_the_next_run(self):
        """Covers: H10"""
        step = self.visit(MONDAY)
        self.leave(self.bob, MONDAY - DAY, entered=MONDAY + HOUR)
        self.fire(MONDAY + HOUR)
        self.assertEqual(step.user_id, self.cid)

    def test_a_cancelled_leave_does_nothing(self):
        step = self.visit(MONDAY)
        self.leave(self.bob).unlink()
        self.assertEqual(self.fire(TUESDAY), 0)
        self.assertEqual(step.user_id, self.bob)

    def test_a_leave_that_was_put_off_waits(self):
        step = self.visit(MONDAY)
        leave = self.leave(self.bob)
        with freeze_time(MONDAY):
            leave.write({"date_from": TUESDAY + DAY})
        self.assertEqual(self.fire(TUESDAY), 0)
        self.assertEqual(step.user_id, self.bob)
        self.fire(TUESDAY + DAY)
        self.assertEqual(step.user_id, self.cid)

    def test_a_leave_that_is_over_and_a_training_do_nothing(self):
        step = self.visit(MONDAY)
        self.assertFalse(self.leave(self.bob, MONDAY - 5 * DAY, 2).scrm_due_at)
        self.assertFalse(self.leave(self.bob, time_type="other").scrm_due_at)
        self.fire(TUESDAY)
        self.assertEqual(step.user_id, self.bob)

    def test_a_step_in_other_hands_by_then_stays_there(self):
        step = self.visit(MONDAY)
        self.leave(self.bob)
        with freeze_time(MONDAY):
            self.order_of(step).with_user(self.bob).scrm_step_transfer(
                self.eve.id, "I am away"
            )
        self.assertEqual(self.fire(TUESDAY), 0)
        self.assertEqual(step.user_id, self.eve)

    def test_it_has_to_be_accepted_anew(self):
        self.use(must_accept=True)
        step = self.visit(MONDAY)
        self.order_of(step).with_user(self.bob).scrm_step_accept(step.id)
        self.leave(self.bob)
        self.fire(TUESDAY)
        self.assertFalse(step.accepted_at)
        self.assertEqual(step.user_id, self.cid)

    def test_nobody_can_take_over(self):
        """It stays where it is and is no incident; the managers are told."""
        self.use(handler_rule="people", handler_user_ids=[(6, 0, self.bob.ids)])
        step = self.visit(MONDAY)
        self.leave(self.bob)
        self.fire(TUESDAY)
        self.assertEqual((step.state, step.user_id), ("open", self.bob))
        self.assertEqual(step.run_id.state, "running")
        self.assertIn("Bob on leave", self.last(step, "stay").description)
        told = self.env["mail.message"].search(
            [("subject", "like", "nobody can take over “Visit”")]
        )
        self.assertIn(self.designer.partner_id, told.notified_partner_ids)
        self.assertNotIn(self.watcher.partner_id, told.notified_partner_ids)

    def test_a_node_can_keep_its_steps(self):
        self.use(reassign_on_leave=False)
        step = self.visit(MONDAY)
        self.leave(self.bob)
        self.assertEqual(self.fire(TUESDAY), 0)
        self.assertEqual(step.user_id, self.bob)

    def test_both_away(self):
        step = self.visit(MONDAY)
        self.leave(self.bob)
        self.leave(self.cid)
        self.fire(TUESDAY)
        self.assertEqual(step.user_id, self.bob)
        self.assertTrue(self.last(step, "stay"))
