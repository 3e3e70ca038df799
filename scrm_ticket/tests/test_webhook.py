import json
import time
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, tagged

from ..doors import signature
from .common import TicketFixture


@tagged("post_install", "-at_install")
class TestWebhook(TicketFixture, HttpCase):
    """Signed messages over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.hook = cls.env["scrm.door.webhook"].create(
            {"name": "Logistics", "key": "logistics", "user_id": cls.desk.id}
        )
        cls.secret = cls.hook.secret_ids.value
        cls.good = {"template": "test_installation", "values": cls.good_values}

    def post(self, message=None, message_id="m1", key="logistics", **changes):
        path = changes.pop("path", "")
        body = changes.get("body")
        if body is None:
            body = json.dumps(self.good if message is None else message).encode()
        at = str(changes.get("at", int(time.time())))
        sent = signature.sign(changes.get("secret", self.secret), message_id, at, body)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": at,
            "webhook-signature": sent,
            **changes.get("headers", {}),
        }
        headers = {name: text for name, text in headers.items() if text is not None}
        return self.opener.post(
            f"{self.base_url()}/scrm/hook/{key}{path}",
            data=changes.get("body_sent", body),
            headers=headers,
            timeout=60,
        )

    def tickets(self):
        return self.env["helpdesk.ticket"].search(
            [("template_id", "=", self.template.id)]
        )

    def test_message_becomes_ticket_once(self):
        """A signed message makes a ticket; delivered again, also signed anew, it is
        the same ticket.

        Covers: E31
        """
        first = self.post()
        self.assertEqual(first.status_code, 200, first.text)
        ticket = self.tickets()
        self.assertEqual(
            first.json(), {"id": ticket.id, "number": ticket.number, "repeated": False}
        )
        self.assertEqual(ticket.scrm_door, "webhook")
        self.assertEqual(ticket.create_uid, self.desk)
        for again in (self.post(), self.post(at=int(time.time()) - 60)):
            self.assertEqual(again.json(), {**first.json(), "repeated": True})
        self.assertEqual(len(self.tickets()), 1)

    def test_refused(self):
        """Each refusal says why and leaves nothing."""
        now = int(time.time())
        before = self.env["helpdesk.ticket"].search_count([])
        body = json.dumps(self.good).encode()
        for changes, status, words in (
            ({"key": "nonsense"}, 404, "no such webhook"),
            ({"headers": {"webhook-id": None}}, 401, "header webhook-id"),
            ({"headers": {"webhook-timestamp": None}}, 401, "header webhook-timestamp"),
            ({"headers": {"webhook-signature": None}}, 401, "header webhook-signature"),
            ({"headers": {"webhook-timestamp": "today"}}, 401, "since 1970"),
            ({"headers": {"webhook-timestamp": str(now - 1)}}, 401, "signature fits"),
            ({"headers": {"webhook-id": "m2"}}, 401, "signature fits"),
            ({"headers": {"webhook-signature": "v1,AAAA"}}, 401, "signature fits"),
            ({"body_sent": body + b" "}, 401, "signature fits"),
            ({"secret": signature.new_secret()}, 401, "signature fits"),
            ({"at": now - 400}, 401, "5 minutes"),
            ({"at": now + 400}, 401, "5 minutes"),
            ({"body": b"\xff{"}, 422, "no JSON"),
            ({"body": b"{"}, 422, "no JSON"),
            ({"body": b"[]"}, 422, "JSON object"),
            ({"message": {**self.good, "colour": 1}}, 422, "no place for “colour”"),
            ({"message": {"template": "x"}}, 422, "no ticket template “x”"),
            ({"message": {**self.good, "values": []}}, 422, "by field key"),
            (
                {"message": {**self.good, "values": {"test_area": 1}}},
                422,
                "“Mounting” is required",
            ),
            ({"message": {**self.good, "partner": "?"}}, 422, "no customer “?”"),
            ({"message_id": "x" * 300}, 422, "at most 255"),
        ):
            answer = self.post(**changes)
            self.assertEqual(answer.status_code, status, (changes, answer.text))
            self.assertIn(words, answer.json()["error"])
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_other_content(self):
        """One id, two contents: the second one is refused."""
        self.post()
        answer = self.post({**self.good, "subject": "Other"})
        self.assertEqual(answer.status_code, 422)
        self.assertIn("other content", answer.json()["error"])

    def test_secrets_are_replaced_without_a_gap(self):
        """The earlier secret is good for a week after the new one was made."""
        self.hook.action_new_secret()
        new = self.hook.secret_ids.sorted("id")[-1].value
        self.assertNotEqual(new, self.secret)
        self.assertEqual(self.post(message_id="a").status_code, 200)
        self.assertEqual(self.post(message_id="b", secret=new).status_code, 200)
        later = datetime.now() + timedelta(days=8)
        with patch.object(self.env.registry["scrm.clock"], "now", lambda self: later):
            at = int((later - datetime(1970, 1, 1)).total_seconds())
            old = self.post(message_id="c", at=at)
            self.assertEqual(old.status_code, 401)
            ok = self.post(message_id="c", at=at, secret=new)
            self.assertEqual(ok.status_code, 200, ok.text)

    def test_one_template(self):
        """A webhook for one template takes no other."""
        self.hook.template_id = self.template
        self.assertEqual(
            self.post({"values": self.good_values}, message_id="a").status_code, 200
        )
        answer = self.post({**self.good, "template": "other"}, message_id="b")
        self.assertIn("for the template “test_installation” only", answer.text)

    def test_rights_of_the_user(self):
        """It acts with the rights of its user, who must be an employee."""
        self.hook.user_id = self.clerk
        self.assertEqual(self.post().status_code, 403)
        self.assertFalse(self.tickets())
        with self.assertRaisesRegex(ValidationError, "no employee"):
            self.hook.user_id = self.pia
        with self.assertRaisesRegex(ValidationError, "small letter"):
            self.hook.key = "Not so"

    def test_secrets_are_for_managers(self):
        """Nobody but managers reads webhooks and secrets."""
        for user in (self.dora, self.pia, self.desk):
            for record in (self.hook, self.hook.secret_ids):
                with self.assertRaises(AccessError):
                    record.with_user(user).read()
        self.assertTrue(self.hook.secret_ids.with_user(self.manager).read(["value"]))

    def test_logistics_anomaly(self):
        """An abnormal order of the logistics system starts warehouse and service at
        the same time.

        Covers: E13
        """
        flow = self.make_parallel_flow()
        self.env["scrm.ticket.template"].create(
            {
                "key": "test_anomaly",
                "name": "Order anomaly",
                "flow_id": flow.id,
                "line_ids": [Command.create({"field_id": self.note.id})],
            }
        )
        answer = self.post(
            {
                "template": "test_anomaly",
                "values": {"test_note": "SO-17 lost between Wuxi and Suzhou"},
                "subject": "Parcel lost",
            }
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        ticket = self.env["helpdesk.ticket"].browse(answer.json()["id"])
        open_steps = ticket.scrm_step_ids.filtered(lambda step: step.state == "open")
        self.assertEqual(
            {step.node_key: step.user_id for step in open_steps},
            {"warehouse": self.egon, "service": self.dora},
        )
        self.assertEqual(ticket.scrm_handler_ids, self.egon | self.dora)

    def call(self, event, number=1, call="c1", **said):
        """A message of the hotline's call centre."""
        return self.post(
            {"call": call, "event": event, **said},
            message_id=f"{call}-{event}-{number}",
            path="/call",
        )

    def test_hotline(self):
        """It rings: the ticket is there, in the name of the customer of the number.
        Who answers gets it; the recording is kept with it. Messages may come twice
        and in any order.

        Covers: E15
        """
        self.hook.template_id = self.template
        self.pia.partner_id.phone = "+32 2 290 34 90"
        first = self.call("ring", phone="+3222903490")
        self.assertEqual(first.status_code, 200, first.text)
        ticket = self.tickets()
        self.assertEqual(first.json(), {"id": ticket.id, "number": ticket.number})
        self.assertEqual(ticket.scrm_door, "phone")
        self.assertEqual(ticket.channel_id.name, "Phone")
        self.assertEqual(ticket.name, "Call from Pia")
        self.assertEqual(ticket.partner_id, self.pia.partner_id)
        self.assertEqual(ticket.scrm_node_key, "check")
        self.assertEqual(ticket.user_id, self.dora)
        self.call("answer", agent="test_dora")
        self.call("answer", agent="test_dora")  # sent again
        self.assertEqual(ticket.user_id, self.dora)
        said = ticket.message_ids.filtered(lambda one: "answered" in one.body)
        self.assertEqual(len(said), 1)
        self.call("end", seconds=125)
        answer = self.call("recording", recording="https://calls.example/c1.mp3")
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(ticket.scrm_recording_url, "https://calls.example/c1.mp3")
        self.assertEqual(ticket.scrm_call_seconds, 125)
        self.assertEqual(self.tickets(), ticket)
        # the recording first, a number nobody knows later
        self.env["res.lang"]._activate_lang("zh_CN")
        self.team.user_ids = self.dora | self.egon
        self.team.user_ids.lang = "zh_CN"
        self.call("recording", call="c2", recording="https://calls.example/c2.mp3")
        self.call("ring", call="c2", phone="+32 470 12 34 56")
        second = self.tickets() - ticket
        self.assertEqual(second.name, "来自 ? 的电话", "as the team speaks")
        self.assertEqual(second.scrm_recording_url, "https://calls.example/c2.mp3")
        self.assertFalse(second.partner_id)
        self.assertEqual(second.scrm_contact_phone, "+32 470 12 34 56")

    def test_hotline_refuses(self):
        """What cannot be read is named, and leaves nothing."""
        answer = self.call("ring", phone="1")
        self.assertIn("needs a template", answer.json()["error"])
        self.hook.template_id = self.template
        for message, words in (
            ([], "JSON object"),
            ({"call": "x", "event": "sing"}, "“event”"),
            ({"event": "ring"}, "“call”"),
            ({"call": "x", "event": "ring", "phone": 5}, "“phone”"),
            ({"call": "x", "event": "ring", "phone": "1" * 300}, "“phone”"),
            ({"call": "x\x00", "event": "ring"}, "“call”"),
            ({"call": "x", "event": "end", "seconds": -1}, "“seconds”"),
            ({"call": "x", "event": "end", "seconds": True}, "“seconds”"),
            ({"call": "x", "event": "answer", "agent": "nobody"}, "no colleague"),
            (
                {"call": "x", "event": "recording", "recording": "javascript:alert(1)"},
                "“recording”",
            ),
            ({"call": "x", "event": "ring", "colour": 1}, "no place for “colour”"),
        ):
            answer = self.post(message, message_id=str(message), path="/call")
            self.assertEqual(answer.status_code, 422, answer.text)
            self.assertIn(words, answer.json()["error"])
        self.assertFalse(self.tickets())
        answer = self.post({}, path="/call", headers={"webhook-signature": "v1,AA"})
        self.assertEqual(answer.status_code, 401)

    def make_parallel_flow(self):
        flow = self.env["scrm.flow"].create(
            {
                "key": "test_anomaly",
                "name": "Anomaly",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        version = self.env["scrm.flow.version"].create({"flow_id": flow.id})

        def person(key, user):
            return {
                "key": key,
                "type": "user_task",
                "handler_rule": "people",
                "handler_user_ids": [Command.set(user.ids)],
            }

        nodes = [
            {"key": "start", "type": "start"},
            {"key": "split", "type": "parallel_gateway"},
            person("warehouse", self.egon),
            person("service", self.dora),
            {"key": "join", "type": "parallel_gateway"},
            {"key": "end", "type": "end"},
        ]
        made = self.env["scrm.flow.node"].create(
            [
                {"version_id": version.id, "rank": rank, "name": node["key"], **node}
                for rank, node in enumerate(nodes)
            ]
        )
        start, split, warehouse, service, join, end = made
        ways = [
            (start, split),
            (split, warehouse),
            (split, service),
            (warehouse, join),
            (service, join),
            (join, end),
        ]
        self.env["scrm.flow.transition"].create(
            [
                {
                    "version_id": version.id,
                    "key": f"{source.key}_{target.key}",
                    "source_id": source.id,
                    "target_id": target.id,
                }
                for source, target in ways
            ]
        )
        version.action_publish()
        return flow
