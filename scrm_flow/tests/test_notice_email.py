import unittest
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .notice_common import MONDAY, NoticeCase

try:
    from .mail_server import MailServer
except ImportError:  # aiosmtpd is no part of Odoo
    MailServer = None


@tagged("post_install", "-at_install")
@unittest.skipUnless(MailServer, "aiosmtpd is not installed")
class TestNoticeEmail(NoticeCase):
    """E-mails through Odoo's queue to a mail server that is really there."""

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

    def send(self, delivery):
        """What Odoo's queue does with its mail, commits included."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["mail.mail"].browse(delivery.mail_id.id).send(
                auto_commit=True
            )
        self.env.invalidate_all()

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
