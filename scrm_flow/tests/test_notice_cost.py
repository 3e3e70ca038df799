from odoo.tests import freeze_time, tagged

from .notice_common import MONDAY, NoticeCase


@tagged("post_install", "-at_install")
class TestNoticeCost(NoticeCase):
    """What a move pays for notifications."""

    def moving(self, order):
        """How many queries completing the first step takes."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        with freeze_time(MONDAY):
            order.with_user(self.ann).scrm_step_complete("accept")
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_at_most_three_queries_for_any_number_of_rules(self):
        """No rule: nothing; any number of rules and recipients: one INSERT."""
        self.moving(self.begin())  # whatever is compiled at the first time
        plain = self.moving(self.begin())
        other = self.flow.copy({"key": "other"})
        self.make_rule(flow_id=other.id)
        self.moving(self.begin())
        self.assertEqual(self.moving(self.begin()), plain)
        for number in range(50):
            self.make_rule(
                name=f"Rule {number}",
                group_ids=[(6, 0, self.role.ids)],
                to_customer=True,
                channel_ids=[(6, 0, (self.inbox + self.email + self.sms).ids)],
            )
        self.moving(self.begin())
        self.assertLessEqual(self.moving(self.begin()), plain + 1)
