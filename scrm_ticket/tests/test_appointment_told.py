import json
import time
from urllib.parse import urlsplit

from lxml import html

from odoo import Command
from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.scrm_flow.tests.gateway_common import GatewayFixture

from ..doors import signature
from .test_appointment import MONDAY, AppointmentFixture


@tagged("post_install", "-at_install")
class TestAppointmentTold(GatewayFixture, AppointmentFixture, HttpCase):
    """The customer hears of the appointment by SMS, and confirms it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        channel = cls.make_channel("sms_gateway", "/sms")
        ticket = cls.env["ir.model"]._get("helpdesk.ticket")
        fields = cls.env["ir.model.fields"]
        cls.env["scrm.notice.rule"].create(
            {
                "name": "Visit",
                "model_id": ticket.id,
                "event": "field",
                "field_id": fields._get(ticket.model, "scrm_appointment_id").id,
                "condition": "[('scrm_appointment_state', '=', 'booked')]",
                "to_customer": True,
                "channel_ids": [Command.set(channel.ids)],
                "body": "{{ scrm_appointment_start }}: {{ confirmation }}",
            }
        )
        cls.hook = cls.env["scrm.door.webhook"].create(
            {"name": "SMS", "key": "sms", "user_id": cls.manager.id}
        )
        cls.person = cls.pia.partner_id
        cls.person.write(
            {"phone": "+86 138 0013 8000", "country_id": cls.env.ref("base.cn").id}
        )

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(MONDAY))
        self.ticket = self.submit()
        start = MONDAY.replace(hour=9)
        self.ticket.with_user(self.dora).scrm_book(str(start))
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["scrm.notice.delivery"]._run_all()
        self.env.invalidate_all()

    def reply(self, text, message_id="m1", **more):
        body = json.dumps({"from": "+8613800138000", "text": text, **more}).encode()
        at = str(int(time.time()))
        answer = self.opener.post(
            f"{self.base_url()}/scrm/hook/sms/reply",
            data=body,
            headers={
                "Content-Type": "application/json",
                "webhook-id": message_id,
                "webhook-timestamp": at,
                "webhook-signature": signature.sign(
                    self.hook.secret_ids.value, message_id, at, body
                ),
            },
            timeout=60,
        )
        self.env.invalidate_all()
        return answer.status_code, answer.json()

    def test_a_click_confirms(self):
        """One SMS with an address; looking is no yes, the button is, and only once.

        Covers: N21
        """
        ((_key, message),) = self.gateway.taken
        self.assertEqual(message["to"], "+8613800138000")
        address = urlsplit(message["text"].split()[-1]).path
        appointment = self.ticket.scrm_appointment_id
        self.person.tz = "Asia/Shanghai"
        page = self.url_open(address)
        self.assertIn("Egon", page.text)
        self.assertIn("5:00", page.text, "17:00 where the customer is")
        self.assertFalse(appointment.confirmed_at)
        form = html.fromstring(page.content).xpath("//form")[0]
        answer = self.url_open(form.get("action"), data=dict(form.form_values()))
        self.assertIn("Thank you", answer.text)
        self.env.invalidate_all()
        self.assertEqual(appointment.confirmed_at, MONDAY)
        page = self.url_open(f"{address[:-1]}x")
        self.assertEqual(page.status_code, 404)
        self.assertIn("There is no such appointment.", page.text)
        self.ticket._scrm_call_off()
        self.assertIn("called off", self.url_open(address).text)

    def test_one_time_for_all(self):
        """Booked and confirmed stand on the ticket at the same hour: the customer's,
        17:00 in Shanghai for 9:00 UTC, whoever carries the word."""
        self.person.tz = "Asia/Shanghai"
        other = self.submit()
        start = MONDAY.replace(hour=9, day=3)
        other.with_user(self.dora).scrm_book(str(start))
        public = self.env.ref("base.public_user")
        other.scrm_appointment_id.with_user(public).sudo()._scrm_confirm()
        told = other.message_ids.filtered(lambda note: "3/3/26" in (note.body or ""))
        self.assertEqual(len(told), 2)
        for note in told:
            self.assertIn("5:00", note.body)

    def test_an_answer_confirms(self):
        """The gateway brings the customer's answer, signed; twice is once.

        Covers: N21
        """
        appointment = self.ticket.scrm_appointment_id
        status, answer = self.reply("When exactly?", "m0")
        self.assertEqual(
            (status, answer), (200, {"ticket": self.ticket.number, "confirmed": False})
        )
        self.reply("When exactly?", "m0")
        words = self.ticket.message_ids.filtered(lambda one: "exactly" in one.body)
        self.assertEqual(words.author_id, self.person)
        self.assertEqual(self.reply(" 好的。")[1].get("confirmed"), True)
        self.assertEqual(appointment.confirmed_at, MONDAY)
        self.reply("1")
        notes = self.ticket.message_ids.filtered(lambda one: "confirmed" in one.body)
        self.assertEqual(len(notes), 1)
        self.person.phone = "+86 139 0000 0000"
        self.assertEqual(self.reply("1", "m2")[0], 422)
