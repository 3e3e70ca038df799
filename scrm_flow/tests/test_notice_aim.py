from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .notice_common import HOUR, MINUTE, MONDAY, SECOND, GatewayCase, NoticeCase

EARLIER = MONDAY - timedelta(days=1)


def make_roster(env, *shifts):
    """:param shifts: (user, hours after Monday 8:00 at which it begins, its hours)"""
    return env["scrm.flow.roster"].create(
        {
            "key": "line",
            "name": "Line",
            "timezone": "UTC",
            "shift_ids": [
                (
                    0,
                    0,
                    {
                        "user_id": user.id,
                        "start_at": MONDAY + begin * HOUR,
                        "end_at": MONDAY + (begin + hours) * HOUR,
                    },
                )
                for user, begin, hours in shifts
            ],
        }
    )


@tagged("post_install", "-at_install")
class TestNoticeAim(NoticeCase):
    """What has waited goes to whoever is concerned when it goes out."""

    def delayed(self, **values):
        return self.make_rule(
            **{"node_keys": "triage", "timing": "delay", "delay_hours": 2, **values}
        )

    def sent_to(self, order):
        told = self.deliveries(order, state="sent").sorted("sent_at")
        return [(one.partner_id.name, one.sent_at) for one in told]

    def on_duty(self, *shifts):
        roster = make_roster(self.env, *shifts)
        return {"to_handlers": False, "roster_ids": [(6, 0, roster.ids)]}

    @freeze_time(EARLIER)
    def test_the_shift_changed_meanwhile(self):
        """Not who had duty when it happened, and nobody twice."""
        self.delayed(**self.on_duty((self.bob, 0, 1), (self.cid, 1, 9)))
        order = self.begin()
        self.run_crons(MONDAY)
        self.assertEqual(self.told(order), {("Bob", "inbox", "due")})
        due = MONDAY + 2 * HOUR
        self.run_crons(due - SECOND)
        self.assertEqual(self.sent_to(order), [])
        self.run_crons(due)
        self.run_crons(due + HOUR)
        self.assertEqual(self.sent_to(order), [("Cid", due)])
        (old,) = self.deliveries(order, state="cancelled")
        self.assertEqual(old.partner_id, self.bob.partner_id)
        self.assertIn("Others are told by now", old.error)

    @freeze_time(EARLIER)
    def test_nobody_had_duty_when_it_happened(self):
        """It waits for whoever has duty when it is due; in the end it says that there
        was nobody."""
        self.delayed(**self.on_duty((self.bob, 2, 1)))
        first, second = self.begin(), self.begin(MONDAY + 2 * HOUR)
        self.run_crons(MONDAY)
        self.assertEqual(self.told(first), {(False, "inbox", "due")})
        self.run_crons(MONDAY + 2 * HOUR)
        self.assertEqual(self.sent_to(first), [("Bob", MONDAY + 2 * HOUR)])
        self.run_crons(MONDAY + 4 * HOUR)
        self.assertEqual(self.sent_to(second), [])
        (lost,) = self.deliveries(second)
        self.assertEqual(
            (lost.state, lost.error),
            ("cancelled", "Nobody was concerned when it was due."),
        )

    @freeze_time(EARLIER)
    def test_recurring_ones_wait_for_the_next_shift(self):
        """Nobody for two hours, then Bob from his hour on: one each time."""
        self.make_rule(
            node_keys="triage",
            timing="repeat",
            repeat_hours=1,
            **self.on_duty((self.bob, 2, 2), (self.cid, 4, 1)),
        )
        order = self.begin()
        for hours in range(8):
            self.run_crons(MONDAY + hours * HOUR - SECOND)
            self.run_crons(MONDAY + hours * HOUR)
        self.assertEqual(
            self.sent_to(order),
            [
                (name, MONDAY + hours * HOUR)
                for name, hours in (("Bob", 2), ("Bob", 3), ("Cid", 4))
            ],
        )

    def test_the_step_was_handed_on(self):
        """Whoever has it now is reminded, at the same hours; who gave it away is not.

        Covers in part: N03
        """
        self.make_rule(node_keys="triage", timing="repeat", repeat_hours=2)
        order = self.begin()
        self.run_crons(MONDAY)
        with freeze_time(MONDAY + HOUR):
            order.with_user(self.ann).scrm_step_transfer(self.eve.id, "knows more")
        for hours in (2, 3, 4):
            self.run_crons(MONDAY + hours * HOUR)
        with freeze_time(MONDAY + 5 * HOUR):
            order.with_user(self.eve).scrm_step_transfer(self.ann.id, "back")
        self.run_crons(MONDAY + 6 * HOUR)
        self.run_crons(MONDAY + 8 * HOUR)
        self.assertEqual(
            self.sent_to(order),
            [
                (name, MONDAY + hours * HOUR)
                for name, hours in zip(
                    ("Ann", "Eve", "Eve", "Ann", "Ann"), (0, 2, 4, 6, 8), strict=True
                )
            ],
        )

    def test_who_gets_a_step_has_time_of_his_own(self):
        """Two hours after each has got it, not after the one before."""
        self.delayed(event="assigned")
        order = self.begin()
        self.run_crons(MONDAY)
        with freeze_time(MONDAY + HOUR):
            order.with_user(self.ann).scrm_step_transfer(self.eve.id, "knows more")
        for hours in (1, 2, 3, 4):
            self.run_crons(MONDAY + hours * HOUR)
        self.assertEqual(self.sent_to(order), [("Eve", MONDAY + 3 * HOUR)])

    @freeze_time(EARLIER)
    def test_held_until_the_morning_shift(self):
        """What came at night goes to whoever has duty when the quiet hours end."""
        self.make_rule(
            node_keys="triage",
            holds_at_night=True,
            **self.on_duty((self.bob, 12, 10), (self.cid, 22, 10)),
        )
        night, morning = MONDAY + 18 * HOUR, MONDAY + 24 * HOUR
        order = self.begin(night)
        self.run_crons(night)
        self.run_crons(morning - SECOND)
        self.assertEqual(self.sent_to(order), [])
        self.run_crons(morning)
        self.assertEqual(self.sent_to(order), [("Cid", morning)])

    def test_quiet_hours_of_one_do_not_pile_up(self):
        """While Bob sleeps Cid is reminded; in the morning Bob has one, not five."""
        self.bob.tz, self.cid.tz = "UTC", "America/New_York"
        self.make_rule(
            node_keys="triage",
            timing="repeat",
            repeat_hours=1,
            holds_at_night=True,
            to_handlers=False,
            user_ids=[(6, 0, (self.bob + self.cid).ids)],
        )
        evening = MONDAY + 13 * HOUR  # 21:00, in New York 16:00
        order = self.begin(evening)
        for hours in range(7):
            self.run_crons(evening + hours * HOUR)
        morning = MONDAY + 24 * HOUR
        self.run_crons(morning - SECOND)
        self.run_crons(morning)
        told = self.sent_to(order)
        self.assertEqual([at for name, at in told if name == "Bob"], [evening, morning])
        by_night = [at for name, at in told if name == "Cid" and at < morning]
        self.assertEqual(by_night[:6], [evening + n * HOUR for n in range(6)])

    def test_words_and_wishes_of_the_moment(self):
        """The text says how it is when it goes out; who wants none now gets none."""
        self.delayed(
            to_handlers=False,
            to_customer=True,
            channel_ids=[(6, 0, self.email.ids)],
            body="{{ record }} is with {{ handlers }}",
        )
        values = {"partner_id": self.customer.id}
        first, second = self.begin(**values), self.begin(MONDAY + HOUR, **values)
        self.run_crons(MONDAY + HOUR)
        self.assertEqual(self.deliveries(first).body, "Order is with Ann")
        with freeze_time(MONDAY + HOUR):
            first.name = "Cold store"
            first.with_user(self.ann).scrm_step_transfer(self.eve.id, "knows more")
        self.run_crons(MONDAY + 2 * HOUR)
        mail = self.deliveries(first)
        self.assertEqual((mail.state, mail.body), ("queued", "Cold store is with Eve"))
        self.assertIn("Cold store is with Eve", mail.mail_id.body_html)
        self.customer.scrm_notice_opt_out = True
        self.run_crons(MONDAY + 3 * HOUR)
        self.assertEqual(self.deliveries(second).state, "skipped")
        self.assertFalse(self.deliveries(second).mail_id)

    def test_trying_a_rule_is_one_message_at_once(self):
        """Also of a rule that waits, recurs or collects; to whoever tries it alone."""
        order = self.begin()
        for timing in ("delay", "repeat", "hour", "day"):
            with self.subTest(timing):
                rule = self.delayed(timing=timing, event="completed")
                preview = self.env["scrm.notice.preview"].with_user(self.designer)
                with freeze_time(MONDAY):
                    preview.create({"rule_id": rule.id}).action_test()
                mine = self.deliveries(order, rule_id=rule.id)
                self.run_crons(MONDAY)
                self.assertEqual(mine.partner_id, self.designer.partner_id)
                self.assertEqual((mine.state, mine.sent_at), ("sent", MONDAY))
                self.run_crons(MONDAY + 9 * HOUR)
                self.assertEqual(self.deliveries(order, rule_id=rule.id), mine)


@tagged("post_install", "-at_install")
class TestNoticeAimOutside(GatewayCase):
    """The roster picks the person, whatever the channel."""

    def test_every_channel_follows_the_shift(self):
        """To the second, each channel that reaches people: at once and after a delay.

        Covers: H24
        """
        for number, user in enumerate((self.bob, self.cid)):
            user.partner_id.write(
                {
                    "phone": f"+86 139 0013 900{number}",
                    "country_id": self.env.ref("base.cn").id,
                    "scrm_wecom_account": user.name,
                    "scrm_wechat_openid": f"o-{user.name}",
                }
            )
        channels = (
            *(self.inbox, self.activity, self.email, self.sms),
            self.make_channel("voice", "/voice"),
            self.make_channel("sms_gateway", "/sms"),
            self.make_channel("wecom_app", "/cgi-bin?corpid=ww1&agentid=1000002"),
            self.make_channel(
                "wechat", "/wechat?appid=wx1&template_id=t1&subject=thing1&text=text"
            ),
            self.make_channel("wecom_chat", "/cgi-bin?corpid=ww1&agentid=1000002"),
            self.make_channel("wechat_service", "/wechat?appid=wx1"),
        )
        kinds = self.env["scrm.notice.channel.kind"]
        personal = {
            key for key, _label in kinds._selection() if kinds._kind(key)._is_personal
        }
        self.assertEqual({channel.kind for channel in channels}, personal)
        with freeze_time(EARLIER):
            roster = make_roster(self.env, (self.bob, 0, 2), (self.cid, 2, 8))
        for timing in ("now", "delay"):
            self.rule_for(
                *channels,
                name=timing,
                to_handlers=False,
                roster_ids=[(6, 0, roster.ids)],
                timing=timing,
                delay_hours=1,
                subject=f"{timing}: {{{{ record }}}}",
                body=False,
            )
        change = MONDAY + 2 * HOUR
        orders = {}
        for name, at in (("before", change - SECOND), ("after", change)):
            orders[name] = self.begin(at, name=name)
            self.run_crons(at)
        for at in (change + HOUR - SECOND, change + HOUR, change + 4 * HOUR):
            self.run_crons(at)

        def people(name, subject):
            told = self.deliveries(orders[name], subject=f"{subject}: {name}")
            told = told.filtered(lambda one: one.state in ("sent", "queued"))
            self.assertEqual(len(told), len(channels), (name, subject))
            return set(told.mapped("partner_id.name"))

        self.assertEqual(people("before", "now"), {"Bob"})
        self.assertEqual(people("before", "delay"), {"Cid"})
        self.assertEqual(people("after", "now"), {"Cid"})
        self.assertEqual(people("after", "delay"), {"Cid"})
        self.assertEqual(len(self.gateway.taken), 4 * 6)
        numbers = [one["to"] for _key, one in self.gateway.taken if "to" in one]
        self.assertEqual(numbers.count("+8613900139000"), 2)  # call and text, once
        self.assertEqual(numbers.count("+8613900139001"), 6)

    def test_the_robot_calls_everybody(self):
        """An alert to all staff mentions everybody in the group, where it is set.

        Covers in part: N07
        """
        robots = [
            self.make_channel("wecom_robot", "/wecom?key=robot"),
            self.make_channel("dingtalk_robot", "/dingtalk?access_token=x"),
            self.make_channel("feishu_robot", "/feishu"),
        ]
        self.rule_for(*robots, body="All hands")
        self.begin()
        self.run_crons(MONDAY)
        self.assertEqual(self.gateway.called_all, [])
        for robot in robots:
            robot.mentions_all = True
        self.begin()
        self.run_crons(MONDAY + MINUTE)
        self.assertEqual(
            sorted(self.gateway.called_all), ["dingtalk", "feishu", "wecom"]
        )
        self.assertEqual(len(self.gateway.taken), 6)
        with self.assertRaisesRegex(ValidationError, "only robots of groups"):
            self.make_channel("voice", "/voice", mentions_all=True)
