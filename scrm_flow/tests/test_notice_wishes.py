from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged, users

from .notice_common import HOUR, MONDAY, SECOND, NoticeCase


@tagged("post_install", "-at_install")
class TestNoticeWishes(NoticeCase):
    """Colleagues say when they want to hear of what is not urgent."""

    def tell(self, **values):
        return self.make_rule(
            node_keys="triage",
            to_handlers=False,
            user_ids=[Command.set((self.bob + self.cid).ids)],
            body="{{ record }} waits",
            **values,
        )

    def sent(self, user):
        told = self.Delivery.search(
            [
                ("partner_id", "=", user.partner_id.id),
                ("digest_id", "=", False),
                ("state", "=", "sent"),
            ],
            order="sent_at, id",
        )
        return [(one.sent_at, one.body) for one in told]

    def test_one_wants_all_of_the_day_at_once(self):
        """Bob has one message in the evening, Cid each at once; urgent ones are not
        collected."""
        self.bob.write({"scrm_notice_pace": "day", "scrm_notice_hour": 17})
        self.tell(urgent_condition="[('urgent', '=', True)]")
        for hours, values in enumerate(
            ({"name": "A"}, {"name": "B"}, {"name": "C", "urgent": True})
        ):
            self.begin(MONDAY + hours * HOUR, **values)
            self.run_crons(MONDAY + hours * HOUR)
        evening = MONDAY + 9 * HOUR
        self.run_crons(evening - SECOND)
        self.assertEqual(self.sent(self.bob), [(MONDAY + 2 * HOUR, "C waits")])
        self.run_crons(evening)
        self.run_crons(evening + 24 * HOUR)
        self.assertEqual(self.sent(self.bob)[1:], [(evening, "• A waits\n• B waits")])
        self.assertEqual(
            self.sent(self.cid),
            [(MONDAY + n * HOUR, f"{name} waits") for n, name in enumerate("ABC")],
        )

    def test_own_quiet_hours(self):
        """By his own clock, over those of the rule; urgent ones come through."""
        self.bob.write(
            {
                "tz": "Asia/Shanghai",
                "scrm_is_quiet": True,
                "scrm_quiet_from": 16,
                "scrm_quiet_until": 18.5,
            }
        )
        self.tell(holds_at_night=True, quiet_from=18, quiet_until=19)
        self.tell(name="Urgent", is_urgent=True, subject="Now")
        self.begin()  # 16:00 in Shanghai
        self.run_crons(MONDAY)
        self.assertEqual(len(self.sent(self.bob)), 1)
        self.assertEqual(len(self.sent(self.cid)), 2)
        end = MONDAY + 3 * HOUR  # 18:30 is quiet by the rule until 19:00
        self.run_crons(end - SECOND)
        self.assertEqual(len(self.sent(self.bob)), 1)
        self.run_crons(end)
        self.assertEqual(self.sent(self.bob)[1:], [(end, "Order waits")])

    def test_reminders_rest_in_quiet_hours(self):
        """Again and again, but not while he is quiet."""
        self.bob.write(
            {"scrm_is_quiet": True, "scrm_quiet_from": 9, "scrm_quiet_until": 12}
        )
        self.tell(timing="repeat", repeat_hours=1)
        self.begin()
        for hours in range(6):
            self.run_crons(MONDAY + hours * HOUR)
        self.assertEqual(
            [at for at, _body in self.sent(self.bob)],
            [MONDAY, MONDAY + 4 * HOUR, MONDAY + 5 * HOUR],
        )
        self.assertEqual(len(self.sent(self.cid)), 6)

    @users("ann")
    def test_everybody_sets_his_own(self):
        form = Form(
            self.env.user.with_env(self.env),
            view="base.view_users_form_simple_modif",
        )
        form.scrm_notice_pace = "hour"
        form.scrm_is_quiet = True
        form.scrm_quiet_until = 7.5
        form.save()
        self.assertEqual(self.ann.scrm_notice_pace, "hour")
        self.assertEqual(self.ann.scrm_quiet_until, 7.5)
        with self.assertRaises(AccessError):
            self.bob.with_env(self.env).scrm_notice_pace = "day"
        with self.assertRaisesRegex(ValidationError, "Quiet until"):
            self.env.user.write({"scrm_quiet_until": 25})

    def test_a_change_counts_from_then_on(self):
        """What waits for its digest still comes in it."""
        self.bob.scrm_notice_pace = "hour"
        self.tell()
        self.begin(name="A")
        self.run_crons(MONDAY)
        self.bob.scrm_notice_pace = "now"
        at = MONDAY + timedelta(minutes=10)
        self.begin(at, name="B")
        self.run_crons(at)
        self.assertEqual(self.sent(self.bob), [(at, "B waits")])
        self.run_crons(MONDAY + HOUR)
        self.assertEqual(self.sent(self.bob)[1:], [(MONDAY + HOUR, "A waits")])
