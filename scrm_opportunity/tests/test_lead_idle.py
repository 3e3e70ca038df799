from datetime import timedelta

from odoo.tests import tagged

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestLeadIdle(OpportunityCase):
    """An opportunity with which nothing happens reminds its salesperson."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage = cls.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        cls.stage.rotting_threshold_days = 7
        cls.idle = cls.lead("Idle", cls.zhao, cls.lin, stage_id=cls.stage.id)

    def age(self, lead, **span):
        at = self.env["scrm.clock"].now() - timedelta(**span)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %(at)s, date_last_stage_update = %(at)s"
            " WHERE id = %(id)s",
            {"at": at, "id": lead.id},
        )
        self.env.cr.execute(
            "UPDATE mail_message SET date = %(at)s"
            " WHERE model = 'crm.lead' AND res_id = %(id)s",
            {"at": at, "id": lead.id},
        )
        self.env.invalidate_all()

    def remind(self):
        with self.enter_registry_test_mode():
            self.env.ref("scrm_opportunity.ir_cron_remind_idle").method_direct_trigger()
        return self.idle.activity_ids

    def test_the_owner_is_reminded_once(self):
        """At the limit and not a minute before; again only after something happened.

        Covers: N13
        """
        self.age(self.idle, days=6, hours=23, minutes=59)
        self.assertFalse(self.remind())
        self.age(self.idle, days=7)
        todo = self.remind()
        self.assertEqual(todo.user_id, self.lin)
        self.assertIn("7 days", todo.summary)
        todo.unlink()
        self.assertFalse(self.remind(), "reminded already")
        self.idle.message_post(body="Called", message_type="comment")
        self.assertFalse(self.remind(), "something has just happened")

    def test_one_day_is_not_told_in_the_plural(self):
        self.stage.rotting_threshold_days = 1
        self.age(self.idle, days=1)
        self.assertEqual(self.remind().summary, "Nothing has happened for a day")

    def test_who_has_planned_something_is_left_alone(self):
        """So are won, lost and unassigned ones, and stages without a limit."""
        today = self.env["scrm.clock"].today()
        self.idle.activity_schedule(
            "mail.mail_activity_data_call",
            user_id=self.lin.id,
            date_deadline=today + timedelta(days=1),
        )
        won, lost, free, other = (
            self.lead(name, self.moon, self.lin, stage_id=self.stage.id)
            for name in ("Won", "Lost", "Free", "Other stage")
        )
        won.action_set_won()
        lost.action_set_lost()
        free.user_id = False
        other.stage_id = self.env["crm.stage"].search(
            [("rotting_threshold_days", "=", 0), ("is_won", "=", False)], limit=1
        )
        for lead in (self.idle, won, lost, free, other):
            self.age(lead, days=30)
        self.assertEqual(len(self.remind()), 1)
        self.assertFalse((won | lost | free | other).activity_ids)
