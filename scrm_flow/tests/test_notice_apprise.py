import logging
import unittest
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.scrm_flow.notices import apprise as kind

from .gateway_server import SECRET
from .notice_common import MINUTE, MONDAY, GatewayCase

try:
    from apprise.plugins.dingtalk import NotifyDingTalk
    from apprise.plugins.feishu import NotifyFeishu
    from apprise.plugins.slack import NotifySlack
    from apprise.plugins.wecombot import NotifyWeComBot
except ImportError:  # apprise is no part of Odoo
    NotifySlack = None

TEXT = "Order waits for Ann"
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/"


@tagged("post_install", "-at_install")
@unittest.skipUnless(NotifySlack, "apprise is not installed")
class TestNoticeApprise(GatewayCase):
    """Addresses of Apprise, whose plugins call this machine instead of theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        url = cls.gateway.url
        for plugin, name, address in (
            (NotifyDingTalk, "notify_url", url("/dingtalk?access_token={token}")),
            (NotifyWeComBot, "notify_url", url("/wecom?key={key}")),
            (NotifyFeishu, "notify_url", url("/feishu?token={token}")),
            (NotifySlack, "webhook_url", url("/slack")),
        ):
            cls.classPatch(plugin, name, address)
        cls.dingtalk = cls.make_service("dingtalk", f"dingtalk://{SECRET}@token/")
        cls.wecom = cls.make_service("wecom", "wecombot://robot")
        cls.feishu = cls.make_service("feishu", "feishu://token")
        cls.slack = cls.make_service("slack", SLACK)

    @classmethod
    def make_service(cls, key, url):
        values = {"key": key, "name": key, "url": url, "secret": False}
        return cls.make_channel("apprise", "", **values)

    def states(self, order):
        return {one.channel_id.key: one.state for one in self.deliveries(order)}

    def test_addresses_of_robots(self):
        """DingTalk's is signed as its documents say, once and not twice; who is named
        in the address is mentioned. WeCom's needs its key alone."""
        self.dingtalk.url = f"dingtalk://{SECRET}@token/13800138000"
        self.rule_for(self.dingtalk, self.wecom)
        order = self.begin()
        self.run_crons(MONDAY)
        self.assertEqual(self.states(order), {"dingtalk": "sent", "wecom": "sent"})
        self.assertEqual(
            sorted(self.gateway.taken), [("dingtalk", TEXT), ("wecom", TEXT)]
        )
        self.assertEqual(self.gateway.mentioned, ["13800138000"])

    def test_a_robot_that_says_200_and_refuses(self):
        """Its code counts: this one wants a signature that Apprise has no place for."""
        self.rule_for(self.feishu)
        order = self.begin()
        self.run_crons(MONDAY)
        delivery = self.deliveries(order)
        self.assertEqual(
            (delivery.state, delivery.error),
            ("failed", "The robot refused: 19021 sign match fail"),
        )
        self.assertFalse(self.gateway.taken)

    def test_what_only_apprise_knows(self):
        self.rule_for(self.slack)
        order = self.begin()
        self.run_crons(MONDAY)
        self.assertEqual(self.gateway.taken, [("slack", TEXT)])
        self.assertEqual(self.states(order), {"slack": "sent"})
        self.run_crons(MONDAY + MINUTE)
        self.assertEqual(len(self.gateway.taken), 1)

    def test_whatever_the_service_does(self):
        """Down, busy, 500, slow, gone, no access: nothing lost, nothing doubled; the
        inbox has its message at once."""
        self.rule_for(self.slack, self.inbox)
        for mood, state in (
            ("down", "due"),
            ("503", "due"),
            ("500", "uncertain"),
            ("404", "failed"),
            ("slow", "uncertain"),
            ("drop", "uncertain"),
        ):
            with self.subTest(mood):
                self.gateway.forget()
                self.slack.write({"rests_until": False, "failures": 0})
                self.gateway.mood = mood
                order = self.begin(name=f"Order {mood}")
                down = patch.object(NotifySlack, "webhook_url", "http://127.0.0.1:1")
                if mood == "down":
                    down.start()
                self.run_crons(MONDAY)
                if mood == "down":
                    down.stop()
                self.assertEqual(self.states(order), {"slack": state, "inbox": "sent"})
                self.gateway.recover()
                told = len(self.gateway.taken)
                self.assertEqual(told, int(mood in ("slow", "drop")))
                self.slack.write({"rests_until": False, "failures": 0})
                again = self.deliveries(order, channel_id=self.slack.id)
                if state != "due" and not told:
                    with freeze_time(MONDAY):
                        again.with_user(self.designer).action_resend()
                self.run_crons(MONDAY + MINUTE)
                self.assertEqual(again.state, "uncertain" if told else "sent")
                self.assertEqual(len(self.gateway.taken), 1)

    def test_several_targets(self):
        """One of them may have got it: nothing is repeated by itself."""
        self.slack.url = SLACK + "#one/#two"
        self.rule_for(self.slack)
        self.gateway.mood = "404"
        order = self.begin()
        self.run_crons(MONDAY)
        self.assertEqual(self.states(order), {"slack": "uncertain"})

    def test_what_the_address_wants_otherwise(self):
        """Repeating and success without success are not for the address to say."""
        self.slack.url = SLACK + "?retry=3&wait=0&optional=yes"
        self.rule_for(self.slack)
        self.gateway.mood = "500"
        order = self.begin()
        self.run_crons(MONDAY)
        self.assertEqual(self.gateway.calls, 1)
        self.assertEqual(self.states(order), {"slack": "uncertain"})

    def test_keys_stay_secret(self):
        """Not in the log, not in the reason, not for who makes rules."""
        token = "TIiajkdnlazkcOXrIdevi7FQ"
        self.rule_for(self.slack, self.dingtalk)
        self.gateway.mood = "404"
        order = self.begin()
        with self.assertLogs(level=logging.WARNING) as logs:
            logging.getLogger().warning("there is a log")
            self.run_crons(MONDAY)
            with self.assertRaises(ValidationError) as refused:
                self.slack.url = f"dingtalk://{token}!{SECRET}"
        text = "\n".join([*logs.output, str(refused.exception)])
        text += "\n".join(self.deliveries(order).mapped("error"))
        self.assertIn("404", text)
        self.assertNotIn(token, text)
        self.assertNotIn(SECRET, text)
        with self.assertRaises(AccessError):
            self.slack.with_user(self.designer).read(["url"])

    def test_unknown_addresses(self):
        for url in ("nonsense://x", "https://127.0.0.1", "dingtalk://a!b"):
            with (
                self.subTest(url),
                self.assertRaisesRegex(ValidationError, "does not know this address"),
            ):
                self.slack.url = url

    def test_without_apprise(self):
        """Other kinds need it not; this one says what is missing, and loses nothing."""
        self.rule_for(self.slack)
        order = self.begin()
        with patch.object(kind, "apprise", None):
            with self.assertRaisesRegex(ValidationError, "“apprise” is not installed"):
                self.slack.url = SLACK + "#one"
            self.run_crons(MONDAY)
        delivery = self.deliveries(order)
        self.assertEqual(delivery.state, "due")
        self.assertIn("“apprise” is not installed", delivery.error)
        self.run_crons(MONDAY + MINUTE)
        self.assertEqual(delivery.state, "sent")
