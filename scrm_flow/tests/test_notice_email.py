import unittest
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .notice_common import MONDAY, GatewayCase, NoticeCase

try:
    from .mail_server import MailServer
except ImportError:  # aiosmtpd is no part of Odoo
    MailServer = None


class MailFixture:
    """A mail server that is really there, and Odoo's queue in front of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outside = MailServer()
        cls.addClassCleanup(cls.outside.stop)
        cls.env["ir.mail_server"].search([]).active = False
        cls.env["ir.mail_server"].create(
            {
                "name": "Here",
                "smtp_host": "127.0.0.1",
                "smtp_port": cls.outside.port,
            }
        )
        cls.startClassPatcher(
            patch.object(
                type(cls.env["ir.mail_server"]), "_disable_send", lambda self: False
            )
        )

    def send(self, delivery):
        """What Odoo's queue does with its mail, commits included."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["mail.mail"].browse(delivery.mail_id.id).send(
                auto_commit=True
            )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
@unittest.skipUnless(MailServer, "aiosmtpd is not installed")
class TestNoticeEverywhere(MailFixture, GatewayCase):
    def test_one_event_on_all_channels(self):
        """E-mail, SMS, WeChat and the robots of DingTalk and WeCom: each of the servers
        has taken the same words exactly once.

        Covers: N18
        """
        self.customer.scrm_wechat_openid = "o-lotus"
        wechat = "/wechat?appid=wx1&template_id=t1&subject=thing1&text=text"
        self.rule_for(
            self.email,
            self.make_channel("sms_gateway", "/sms"),
            self.make_channel("wechat", wechat),
            self.make_channel("dingtalk_robot", "/dingtalk?access_token=x"),
            self.make_channel("wecom_robot", "/wecom?key=robot"),
            to_handlers=False,
            to_customer=True,
            body="{{ record }} has begun",
        )
        order = self.begin(partner_id=self.customer.id)
        for at in (MONDAY, MONDAY + timedelta(hours=9)):
            self.run_crons(at)
            if mail := self.deliveries(order, state="queued"):
                self.send(mail)
        words = "Order has begun"
        ((people, mail),) = self.outside.taken
        self.assertEqual(people, ["lotus@example.com"])
        self.assertIn(words, mail.get_body(("plain",)).get_content())
        taken = dict(self.gateway.taken)
        self.assertEqual(len(self.gateway.taken), 4)
        self.assertEqual((taken["dingtalk"], taken["wecom"]), (words, words))
        self.assertEqual(taken["o-lotus"]["data"]["text"]["value"], words)
        (text,) = [
            message
            for key, message in self.gateway.taken
            if key not in ("dingtalk", "wecom", "o-lotus")
        ]
        self.assertEqual((text["to"], text["text"]), ("+8613800138000", words))
        self.assertEqual(set(self.deliveries(order).mapped("state")), {"sent"})


@tagged("post_install", "-at_install")
@unittest.skipUnless(MailServer, "aiosmtpd is not installed")
class TestNoticeEmail(MailFixture, NoticeCase):
    """E-mails through Odoo's queue to a mail server that is really there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_rule(
            node_keys="triage",
            to_handlers=False,
            to_customer=True,
            channel_ids=[(6, 0, cls.email.ids)],
            subject="{{ record }} has begun",
            body="Dear {{ recipient }}, we look at {{ record }}.",
        )

    def setUp(self):
        super().setUp()
        self.outside.taken.clear()
        self.outside.mood = "well"

    def queued(self, name):
        """A delivery whose mail waits in Odoo's queue."""
        order = self.begin(name=name, partner_id=self.customer.id)
        self.run_crons(MONDAY)
        delivery = self.deliveries(order)
        self.assertEqual(delivery.state, "queued")
        return delivery

    def test_it_arrives(self):
        """To whom, with which words; then the delivery is sent."""
        delivery = self.queued("Order 7")
        self.send(delivery)
        ((people, mail),) = self.outside.taken
        self.assertEqual(people, ["lotus@example.com"])
        self.assertEqual(mail["Subject"], "Order 7 has begun")
        text = mail.get_body(("plain",)).get_content()
        self.assertIn("Dear Lotus, we look at Order 7.", text)
        self.assertEqual((delivery.state, delivery.error), ("sent", False))

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_the_server_refuses(self):
        """It failed with the server's words, and can be sent again."""
        delivery = self.queued("Refused")
        self.outside.mood = "refuse"
        self.send(delivery)
        self.assertFalse(self.outside.taken)
        self.assertEqual(delivery.state, "failed")
        self.assertIn("no such person", delivery.error)
        self.outside.mood = "well"
        with freeze_time(MONDAY):
            delivery.with_user(self.designer).action_resend()
        self.run_crons(MONDAY)
        self.send(delivery)
        self.assertEqual(delivery.state, "sent")
        self.assertEqual(len(self.outside.taken), 1)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_the_server_is_down_or_busy(self):
        """It failed with a reason, is not lost, and goes when it is sent again."""
        server = self.env["ir.mail_server"].search([("name", "=", "Here")])
        for mood in ("down", "busy"):
            with self.subTest(mood):
                self.outside.taken.clear()
                delivery = self.queued(mood)
                self.outside.mood = mood
                server.smtp_port = 1 if mood == "down" else self.outside.port
                self.send(delivery)
                self.assertEqual(delivery.state, "failed")
                self.assertTrue(delivery.error)
                self.outside.mood = "well"
                server.smtp_port = self.outside.port
                with freeze_time(MONDAY):
                    delivery.with_user(self.designer).action_resend()
                self.run_crons(MONDAY)
                self.send(delivery)
                self.assertEqual(delivery.state, "sent")
                self.assertEqual(len(self.outside.taken), 1)

    def test_its_process_died(self):
        """What was in its hands is not sent twice: uncertain, sent again by hand."""
        delivery = self.queued("Killed")
        kind = type(self.env["ir.mail_server"])
        send = kind.send_email

        class Killed(BaseException):
            pass

        def killed(*args, **options):
            send(*args, **options)
            raise Killed

        with patch.object(kind, "send_email", killed):
            try:
                self.send(delivery)
            except Killed:
                self.env.invalidate_all()
        self.assertEqual(len(self.outside.taken), 1)
        self.assertEqual(delivery.state, "sending")
        mail = delivery.mail_id
        mail.state = "outgoing"  # what was not committed is gone with the process
        self.send(delivery)  # as long as it may live
        self.assertEqual((delivery.state, mail.state), ("sending", "outgoing"))
        delivery.lease_until = fields.Datetime.now() - timedelta(seconds=1)
        self.send(delivery)
        self.assertEqual((delivery.state, mail.state), ("uncertain", "exception"))
        self.assertEqual(len(self.outside.taken), 1)
        with freeze_time(MONDAY):
            delivery.with_user(self.designer).action_resend()
        self.run_crons(MONDAY)
        self.assertNotEqual(delivery.mail_id, mail)
        self.send(delivery)
        self.assertEqual(delivery.state, "sent")
        self.assertEqual(len(self.outside.taken), 2)
