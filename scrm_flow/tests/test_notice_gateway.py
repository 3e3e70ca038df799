import contextlib
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .gateway_server import SECRET
from .notice_common import HOUR, MINUTE, MONDAY, SECOND, GatewayCase


@tagged("post_install", "-at_install")
class TestNoticeGateway(GatewayCase):
    """Channels outside, against a server that speaks their protocols."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wecom = cls.make_channel("wecom_robot", "/wecom?key=robot")
        cls.dingtalk = cls.make_channel("dingtalk_robot", "/dingtalk?access_token=x")
        cls.feishu = cls.make_channel("feishu_robot", "/feishu")
        cls.hook = cls.make_channel("webhook", "/hook")
        cls.voice = cls.make_channel("voice", "/voice")
        cls.text = cls.make_channel("sms_gateway", "/sms")
        cls.app = cls.make_channel("wecom_app", "/cgi-bin?corpid=ww1&agentid=1000002")
        cls.wechat = cls.make_channel(
            "wechat", "/wechat?appid=wx1&template_id=t1&subject=thing1&text=text"
        )

    def test_one_event_on_several_channels(self):
        """E-mail, SMS, inbox and three robots at once, each exactly one message.

        Covers in part: N18
        """
        self.ann.partner_id.write(
            {"phone": "+86 139 0013 9000", "country_id": self.env.ref("base.cn").id}
        )
        self.rule_for(
            *(self.inbox, self.email, self.sms),
            *(self.wecom, self.dingtalk, self.feishu, self.hook),
        )
        order = self.begin()
        self.run_crons(MONDAY)
        text = "Order waits for Ann"
        robots = [one for one in self.gateway.taken if one[1] == text]
        self.assertEqual(
            sorted(robots), [(k, text) for k in ("dingtalk", "feishu", "wecom")]
        )
        (message,) = [one[1] for one in self.gateway.taken if one not in robots]
        self.assertEqual((message["text"], message["id"]), (text, order.id))
        self.assertEqual(
            {(one.channel_id.key, one.state) for one in self.deliveries(order)},
            {
                ("inbox", "sent"),
                ("email", "queued"),
                ("sms", "queued"),
                ("wecom_robot", "sent"),
                ("dingtalk_robot", "sent"),
                ("feishu_robot", "sent"),
                ("webhook", "sent"),
            },
        )
        self.run_crons(MONDAY + HOUR)
        self.assertEqual(len(self.gateway.taken), 4)

    def test_layers_of_urgency(self):
        """Ordinary changes in the report of the day, what is overdue by the robots.

        Covers: N04
        """
        self.rule_for(
            self.inbox,
            name="Report",
            event="field",
            field_id=self.env["ir.model.fields"]._get("scrm.test.order", "kind").id,
            node_keys=False,
            timing="day",
            digest_hour=18,
        )
        self.rule_for(
            self.wecom,
            self.dingtalk,
            name="Overdue",
            timing="delay",
            delay_hours=4,
            body="{{ record }} is overdue",
        )
        orders = [self.begin(name=f"Order {number}") for number in range(2)]
        with freeze_time(MONDAY + HOUR):
            orders[0].kind = "old"
            orders[1].kind = "old"
            orders[1].with_user(self.ann).scrm_step_complete("accept")
        self.run_crons(MONDAY + 4 * HOUR - SECOND)
        self.assertFalse(self.gateway.taken)
        self.run_crons(MONDAY + 4 * HOUR)
        text = "Order 0 is overdue"
        self.assertEqual(
            sorted(self.gateway.taken), [("dingtalk", text), ("wecom", text)]
        )
        self.run_crons(MONDAY + 10 * HOUR)  # 18:00
        told = self.Delivery.search([("event_id", "=", False), ("state", "=", "sent")])
        handlers = self.ann + orders[1].scrm_handler_ids
        self.assertEqual(told.partner_id, handlers.partner_id)
        self.assertEqual(len(self.gateway.taken), 2)

    def test_a_phone_call_to_the_customer(self):
        """An ordinary enquiry by SMS, an urgent complaint by phone.

        Covers: N20
        """
        self.rule_for(
            self.sms,
            to_handlers=False,
            to_customer=True,
            level_ids=[
                (
                    0,
                    0,
                    {
                        "name": "Urgent complaint",
                        "condition": "[('urgent', '=', True)]",
                        "channel_ids": [(6, 0, self.voice.ids)],
                    },
                )
            ],
        )
        calm = self.begin(partner_id=self.customer.id)
        urgent = self.begin(partner_id=self.customer.id, urgent=True)
        self.run_crons(MONDAY)
        self.assertEqual(self.told(calm), {("Lotus", "sms", "queued")})
        self.assertEqual(self.deliveries(calm).sms_id.number, "+8613800138000")
        self.assertEqual(self.told(urgent), {("Lotus", "voice", "sent")})
        ((_key, call),) = self.gateway.taken
        self.assertEqual(call["to"], "+8613800138000")

    def test_whoever_gets_work_hears_of_it_in_wecom(self):
        """A card to the account of the handler, with a link that opens the record.

        One token serves many messages; one that has expired is asked for anew, and
        the message comes a minute later, once.

        Covers: N16
        """
        self.ann.partner_id.scrm_wecom_account = "AnnWang"
        self.rule_for(self.app, event="assigned", subject="Yours: {{ record }}")
        first, second = self.begin(name="One"), self.begin(name="Two")
        self.run_crons(MONDAY)
        accounts = [account for account, _card in self.gateway.taken]
        self.assertEqual(accounts, ["AnnWang"] * 2)
        card = self.gateway.taken[0][1]
        self.assertEqual(card["title"], "Yours: One")
        self.assertIn("waits for Ann", card["description"])
        self.assertIn(
            f"/mail/view?model=scrm.test.order&res_id={first.id}", card["url"]
        )
        self.assertEqual(self.gateway.tokens, 1)
        self.assertEqual(self.deliveries(second).state, "sent")
        self.gateway.tokens = 7  # the one in use is no good any more
        third = self.begin(name="Three")
        self.run_crons(MONDAY)
        self.assertEqual(self.deliveries(third).state, "due")
        self.run_crons(MONDAY + MINUTE)
        self.assertEqual(self.deliveries(third).state, "sent")
        self.assertEqual(len(self.gateway.taken), 3)

    def test_who_has_no_wecom_account(self):
        self.rule_for(self.app)
        order = self.begin()
        self.run_crons(MONDAY)
        delivery = self.deliveries(order)
        self.assertEqual(
            (delivery.state, delivery.error), ("skipped", "has no WeCom account")
        )
        with self.assertRaisesRegex(ValidationError, "corpid"):
            self.app.url = self.gateway.url("/cgi-bin")

    def test_a_gateway_that_is_busy(self):
        """It rests, the message comes later, other channels are not harmed."""
        self.rule_for(self.wecom, self.inbox)
        self.gateway.mood = "503"
        orders = [self.begin(name=f"Order {n}") for n in range(3)]
        self.run_crons(MONDAY)
        self.assertEqual(self.gateway.calls, 1)  # not once a message
        self.assertEqual(self.wecom.rests_until, MONDAY + MINUTE)
        self.assertIn("503", self.wecom.failure)
        for order in orders:
            state = dict(
                (one.channel_id.key, one.state) for one in self.deliveries(order)
            )
            self.assertEqual(state, {"wecom_robot": "due", "inbox": "sent"})
        self.gateway.mood = "well"
        self.run_crons(MONDAY + MINUTE - SECOND)
        self.assertEqual(self.gateway.calls, 1)
        self.run_crons(MONDAY + MINUTE)
        self.assertEqual(len(self.gateway.taken), 3)
        self.assertFalse(self.wecom.failure)

    def test_a_gateway_that_is_down(self):
        """Nobody listens: later again, and in the end given up with the reason."""
        self.rule_for(self.wecom)
        self.wecom.url = "http://127.0.0.1:1/wecom"
        order = self.begin()
        at = MONDAY
        self.run_crons(at)
        for minutes in (1, 5, 15, 60, 240):
            self.assertEqual(self.deliveries(order).state, "due")
            at += timedelta(minutes=minutes)
            self.run_crons(at)
        delivery = self.deliveries(order)
        self.assertEqual((delivery.state, delivery.attempts), ("failed", 6))
        self.assertIn("did not answer (ConnectionError)", delivery.error)
        self.assertNotIn("wecom?", delivery.error)
        self.wecom.url = self.gateway.url("/wecom?key=robot")
        delivery.sent_at = at  # as of one that went astray
        with freeze_time(at):
            delivery.with_user(self.designer).action_resend()
        self.assertEqual((delivery.error, delivery.sent_at), (False, False))
        self.run_crons(at + 4 * HOUR)
        self.assertEqual((delivery.state, delivery.error), ("sent", False))
        self.assertEqual(len(self.gateway.taken), 1)

    def test_a_robot_that_says_200_and_refuses(self):
        """What counts is its code; what it refuses for good is not repeated."""
        self.rule_for(self.wecom, self.dingtalk)
        self.gateway.mood = "refuse"
        self.dingtalk.secret = "another"
        order = self.begin()
        self.run_crons(MONDAY)
        self.assertEqual(
            {one.channel_id.key: one.error for one in self.deliveries(order)},
            {
                "wecom_robot": "The robot refused: 93000 invalid webhook url",
                "dingtalk_robot": "The robot refused: 310000 sign not match",
            },
        )
        self.assertEqual(set(self.deliveries(order).mapped("state")), {"failed"})

    def test_nobody_knows(self):
        """Taken, but the line was cut: a robot's message is in doubt, the webhook's
        is sent again and dropped there."""
        for mood in ("drop", "slow"):
            with self.subTest(mood):
                self.gateway.forget()
                self.gateway.mood = mood
                rule = self.rule_for(self.wecom, self.hook)
                order = self.begin()
                self.run_crons(MONDAY)
                states = {
                    one.channel_id.key: one.state for one in self.deliveries(order)
                }
                self.assertEqual(states, {"wecom_robot": "uncertain", "webhook": "due"})
                self.gateway.recover()
                self.run_crons(MONDAY + HOUR)
                states = {
                    one.channel_id.key: one.state for one in self.deliveries(order)
                }
                self.assertEqual(
                    states, {"wecom_robot": "uncertain", "webhook": "sent"}
                )
                self.assertEqual(len(self.gateway.taken), 2)
                rule.active = False
                (self.wecom + self.hook).write({"rests_until": False, "failures": 0})

    def test_an_unknown_answer_of_the_gateway(self):
        """500 says nothing about what was done."""
        self.rule_for(self.wecom)
        self.gateway.mood = "500"
        order = self.begin()
        self.run_crons(MONDAY)
        self.assertEqual(self.deliveries(order).state, "uncertain")
        self.gateway.mood = "well"
        with freeze_time(MONDAY):
            self.deliveries(order).with_user(self.designer).action_resend()
        self.run_crons(MONDAY + MINUTE)
        self.assertEqual(self.deliveries(order).state, "sent")
        self.assertEqual(len(self.gateway.taken), 1)

    def test_what_a_dead_process_left(self):
        """After its lease: again where the gateway drops doubles, else in doubt."""
        self.rule_for(self.wecom, self.hook)
        order = self.begin()
        kind = type(self.env["scrm.notice.channel.kind.gateway"])

        class Killed(BaseException):
            pass

        def killed(*args, **kwargs):
            raise Killed

        with patch.object(kind, "_request", killed):
            for _channel in range(2):
                # no assertRaises: Odoo's would undo what was committed before
                with contextlib.suppress(Killed):
                    self.run_crons(MONDAY)
                    self.fail("nobody was killed")
        self.assertEqual(set(self.deliveries(order).mapped("state")), {"sending"})
        self.run_crons(MONDAY + MINUTE)
        self.assertFalse(self.gateway.taken)
        self.run_crons(MONDAY + 3 * MINUTE)
        states = {one.channel_id.key: one.state for one in self.deliveries(order)}
        self.assertEqual(states, {"wecom_robot": "uncertain", "webhook": "sent"})
        self.assertEqual(len(self.gateway.taken), 1)

    def test_whatever_a_gateway_does(self):
        """Down, 500, slow, lying: nothing lost, nothing doubled, by no kind.

        What surely was not taken, or is dropped there when it comes twice, goes again
        by itself; the rest is in doubt until somebody sends it again. The inbox has
        its message at once.
        """
        self.ann.partner_id.write(
            {
                "phone": "+86 139 0013 9000",
                "country_id": self.env.ref("base.cn").id,
                "scrm_wecom_account": "AnnWang",
                "scrm_wechat_openid": "o-ann",
            }
        )
        robots = self.wecom + self.dingtalk + self.feishu
        signed = self.hook + self.voice + self.text
        outside = robots + signed + self.app + self.wechat
        addresses = {channel: channel.url for channel in outside}
        self.rule_for(*outside, self.inbox)
        for mood in ("down", "500", "slow", "lie"):
            with self.subTest(mood):
                self.gateway.forget()
                self.env.registry.clear_cache()
                self.gateway.mood = mood
                if mood == "down":
                    for channel, url in addresses.items():
                        path = url.split("/", 3)[3]
                        channel.url = f"http://127.0.0.1:1/{path}"
                order = self.begin(name=f"Order {mood}")
                self.run_crons(MONDAY)
                states = {one.channel_id: one.state for one in self.deliveries(order)}
                doubtful = robots if mood != "down" else robots.browse()
                for channel in outside:
                    wanted = "uncertain" if channel in doubtful else "due"
                    self.assertEqual(states[channel], wanted, channel.key)
                self.assertEqual(states[self.inbox], "sent")
                self.gateway.recover()
                for channel, url in addresses.items():
                    channel.write({"url": url, "rests_until": False, "failures": 0})
                doubts = self.deliveries(order, state="uncertain")
                if mood == "slow":  # it took them: who looks there does not resend
                    self.assertEqual(len(doubts), 3)
                elif doubts:
                    with freeze_time(MONDAY):
                        doubts.with_user(self.designer).action_resend()
                self.run_crons(MONDAY + HOUR)
                states = set(self.deliveries(order).mapped("state"))
                self.assertEqual(
                    states, {"sent"} | ({"uncertain"} if mood == "slow" else set())
                )
                self.assertEqual(len(self.gateway.taken), len(outside))

    def test_a_signed_gateway_that_says_no(self):
        """200 with an error is a refusal; with the right secret it goes again."""
        self.ann.partner_id.write(
            {"phone": "+86 139 0013 9000", "country_id": self.env.ref("base.cn").id}
        )
        self.rule_for(self.text)
        self.text.secret = "another"
        order = self.begin()
        self.run_crons(MONDAY)
        delivery = self.deliveries(order)
        self.assertEqual(
            (delivery.state, delivery.error), ("due", "The gateway refused: signature")
        )
        self.text.secret = SECRET
        self.run_crons(MONDAY + MINUTE)
        self.assertEqual(self.deliveries(order).state, "sent")
        ((_key, message),) = self.gateway.taken
        self.assertEqual(
            (message["to"], message["text"]), ("+8613900139000", "Order waits for Ann")
        )

    def test_addresses(self):
        """A channel says what is wrong with its address."""
        with self.assertRaisesRegex(ValidationError, "https://"):
            self.wecom.url = "ftp://127.0.0.1"
