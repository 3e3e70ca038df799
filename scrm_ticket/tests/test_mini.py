import hashlib
import hmac
import json
import time
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, tagged

from .common import TicketFixture
from .platform_server import MiniPlatform


@tagged("post_install", "-at_install")
class TestMini(TicketFixture, HttpCase):
    """Customers in a mini-program: Mei and Li, with a WeChat account each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.platform = MiniPlatform("wx1", "s1")
        cls.addClassCleanup(cls.platform.stop)
        cls.template.mini_published = True
        cls.other = cls.env["scrm.ticket.template"].create(
            {"key": "test_inside", "name": "Inside", "portal_published": True}
        )
        cls.door = cls.env["scrm.door.mini"].create(
            {
                "name": "Service",
                "key": "service",
                "app_id": "wx1",
                "secret": "s1",
                "api_url": cls.platform.url,
            }
        )

    def call(self, path, message=None, session=None, at=None, **headers):
        """What a mini-program sends: signed as the guide says, written anew here."""
        path = f"/scrm/mini/service{path}"
        method = "GET" if message is None else "POST"
        body = b"" if message is None else json.dumps(message).encode()
        if session:
            at = str(int(time.time()) if at is None else at)
            content = "\n".join([method, path, at, hashlib.sha256(body).hexdigest()])
            signature = hmac.new(
                session["secret"].encode(), content.encode(), hashlib.sha256
            )
            headers = {
                "X-Scrm-Session": session["session"],
                "X-Scrm-Timestamp": at,
                "X-Scrm-Signature": signature.hexdigest(),
                **headers,
            }
        headers = {name: text for name, text in headers.items() if text is not None}
        return self.opener.request(
            method,
            f"{self.base_url()}{path}",
            data=body or None,
            headers={"Content-Type": "application/json", **headers},
            timeout=60,
        )

    def log_in(self, openid, **more):
        answer = self.call("/login", {"code": self.platform.login(openid), **more})
        self.assertEqual(answer.status_code, 200, answer.text)
        return answer.json()

    def good(self, *args, **kwargs):
        answer = self.call(*args, **kwargs)
        self.assertEqual(answer.status_code, 200, answer.text)
        return answer.json()

    def send(self, session, **more):
        return self.call(
            "/tickets",
            {
                "template": "test_installation",
                "values": {"test_area": 60, "test_mounting": "wall"},
                "idempotency_key": "first-time",
                **more,
            },
            session,
        )

    def test_from_login_to_reply(self):
        """A customer logs in with WeChat, fills in the form that is open there, gets a
        number once, follows the ticket with the real progress and says something.

        Covers: E03
        """
        mei = self.log_in("o-mei", name="Mei")
        (listed,) = self.good("/templates", session=mei)["templates"]
        self.assertEqual(listed["key"], "test_installation")
        form = self.good("/templates/test_installation", session=mei)
        shown = {field["key"]: field for field in form["fields"]}
        self.assertEqual(list(shown), ["test_area", "test_mounting", "test_note"])
        self.assertEqual(shown["test_area"]["type"], "number")
        self.assertEqual(
            [option["key"] for option in shown["test_mounting"]["options"]],
            ["wall", "ceiling"],
        )
        self.assertEqual(
            form["state"]["required"], ["test_area", "test_mounting"], "the same rules"
        )
        answer = self.send(mei, description="Third <b>floor", subject="Please come")
        self.assertEqual(answer.status_code, 200, answer.text)
        again = self.send(mei, description="Third <b>floor", subject="Please come")
        ticket = self.env["helpdesk.ticket"].search(
            [("template_id", "=", self.template.id)]
        )
        self.assertEqual(len(ticket), 1)
        self.assertEqual(answer.json(), {"number": ticket.number, "repeated": False})
        self.assertEqual(again.json(), {"number": ticket.number, "repeated": True})
        self.assertEqual(ticket.scrm_door, "mini")
        self.assertEqual(ticket.partner_id.name, "Mei")
        self.assertEqual(
            ticket.partner_id.scrm_channel_ids.mapped(
                lambda one: (one.channel, one.identity)
            ),
            [("miniprogram", "o-mei")],
        )
        self.assertEqual(ticket._scrm_value("test_area"), 60)
        self.assertIn("&lt;b&gt;floor", ticket.description)
        self.assertEqual(ticket.scrm_node_key, "check", "its flow runs")
        # following
        (own,) = self.good("/tickets", session=mei)["tickets"]
        self.assertEqual(own["number"], ticket.number)
        path = f"/tickets/{ticket.number}"
        seen = self.good(path, session=mei)
        self.assertEqual(
            [(item["name"], item["state"]) for item in seen["progress"]],
            [("In our hands", "now"), ("Our visit", "next"), ("end", "next")],
        )
        self.assertEqual(seen["values"][0]["text"], "60")
        ticket.message_post(body="Inside only", subtype_xmlid="mail.mt_note")
        ticket.with_user(self.dora).message_post(
            body="We come tomorrow",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        said = {"text": "Good <i>news", "idempotency_key": "reply-one"}
        for _time in range(2):
            messages = self.good(f"{path}/reply", said, mei)["messages"]
        self.assertEqual(
            [(one["text"], one["is_own"]) for one in messages[-2:]],
            [("We come tomorrow", False), ("Good <i>news", True)],
        )
        self.assertNotIn("Inside only", str(messages))
        reply = ticket.message_ids.filtered(
            lambda one: one.author_id == ticket.partner_id
        )
        self.assertEqual(len(reply), 1)
        # the same WeChat account is the same customer
        again = self.good("/tickets", session=self.log_in("o-mei"))["tickets"]
        self.assertEqual([one["number"] for one in again], [ticket.number])

    def test_somebody_elses(self):
        """Li sees nothing of Mei's ticket and changes nothing, nor does Mei's key
        stand for a ticket of Li's.

        Covers: E03
        """
        mei, li = self.log_in("o-mei"), self.log_in("o-li")
        number = self.send(mei).json()["number"]
        self.assertEqual(self.good("/tickets", session=li)["tickets"], [])
        said = {"text": "Hello", "idempotency_key": "reply-one"}
        for answer in (
            self.call(f"/tickets/{number}", session=li),
            self.call(f"/tickets/{number}/reply", said, li),
            self.call("/tickets/HT9999999", session=li),
        ):
            self.assertEqual(answer.status_code, 404)
            self.assertEqual(answer.json(), {"error": "There is no such ticket."})
        other = self.send(li).json()
        self.assertFalse(other["repeated"])
        self.assertNotEqual(other["number"], number)
        # a token does not open the secret of another session
        mixed = {"session": mei["session"], "secret": li["secret"]}
        self.assertEqual(self.call("/tickets", session=mixed).status_code, 401)

    def test_own_devices(self):
        """A customer names devices of his or her own, and nobody else's."""
        serial = self.env["scrm.form.field"].create(
            {"key": "test_serial", "name": "Serial", "type": "serial"}
        )
        self.template.line_ids = [Command.create({"field_id": serial.id})]
        mei = self.log_in("o-mei")
        partner = self.env["scrm.customer.channel"]._scrm_owner("miniprogram", "o-mei")
        for name, owner in (("SN-MEI", partner), ("SN-PIA", self.pia.partner_id)):
            self.env["stock.lot"].create(
                {
                    "name": name,
                    "product_id": self.bracket.id,
                    "scrm_partner_id": owner.id,
                }
            )
        values = {"test_area": 60, "test_mounting": "wall"}
        answer = self.send(mei, values={**values, "test_serial": "SN-PIA"})
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Serial", answer.json()["error"])
        answer = self.send(mei, values={**values, "test_serial": "SN-MEI"})
        self.assertEqual(answer.status_code, 200, answer.text)
        ticket = self.env["helpdesk.ticket"].search([("partner_id", "=", partner.id)])
        self.assertEqual(ticket.scrm_lot_id.name, "SN-MEI")

    def test_login_refused(self):
        """Each refusal says why, and leaves no customer."""
        before = self.env["res.partner"].search_count([])
        used = self.platform.login("o-mei")
        self.platform.used.add(used)
        for message, status, words in (
            ({"code": "nonsense"}, 401, "code is wrong"),
            ({"code": used}, 401, "used before"),
            ({"code": ""}, 401, "wx.login"),
            ({"code": 5}, 401, "wx.login"),
            ({}, 401, "wx.login"),
            ([], 422, "JSON object"),
            ({"code": self.platform.login("o-x"), "name": "a\nb"}, 422, "name"),
        ):
            answer = self.call("/login", message)
            self.assertEqual(answer.status_code, status, answer.text)
            self.assertIn(words, answer.json()["error"])
        code = {"code": self.platform.login("o-mei")}
        self.door.secret = "wrong"
        answer = self.call("/login", code)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("40125", answer.json()["error"])
        self.assertNotIn("wrong", answer.json()["error"], "the secret stays here")
        self.door.secret = False
        self.assertIn("no AppSecret", self.call("/login", code).json()["error"])
        self.door.secret = "s1"
        self.platform.is_down = True
        self.addCleanup(setattr, self.platform, "is_down", False)
        self.assertIn("cannot be asked", self.call("/login", code).json()["error"])
        self.door.active = False
        self.assertEqual(self.call("/login", code).status_code, 404)
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertFalse(self.door.session_ids)

    def test_request_refused(self):
        """A request without a good signature of just now by a session that lives is
        answered with 401; what is wrong with a form is named; nothing is kept.

        Covers: E03
        """
        mei = self.log_in("o-mei")
        now = int(time.time())
        for changes, words in (
            ({"session": None}, "X-Scrm-Session"),
            ({"session": mei, "X-Scrm-Timestamp": None}, "X-Scrm-Timestamp"),
            ({"session": mei, "X-Scrm-Signature": None}, "X-Scrm-Signature"),
            ({"session": mei, "X-Scrm-Signature": "0" * 64}, "signature"),
            ({"session": mei, "X-Scrm-Timestamp": str(now - 9)}, "signature"),
            ({"session": mei, "at": now - 400}, "5 minutes"),
            ({"session": mei, "at": now + 400}, "5 minutes"),
            ({"session": mei, "at": "x"}, "5 minutes"),
            ({"session": {**mei, "session": "x"}}, "session has ended"),
        ):
            answer = self.call("/tickets", **changes)
            self.assertEqual(answer.status_code, 401, answer.text)
            self.assertIn(words, answer.json()["error"])
        for message, status, words in (
            ({"template": "test_inside"}, 404, "no such form"),
            ({"template": None}, 404, "no such form"),
            ({"values": []}, 422, "values"),
            ({"values": {}}, 422, "Floor area"),
            ({"values": {"test_area": "x", "test_mounting": "x"}}, 422, "Mounting"),
            ({"idempotency_key": None}, 422, "idempotency_key"),
            ({"partner": self.pia.partner_id.id}, 422, "partner"),
        ):
            answer = self.send(mei, **message)
            self.assertEqual(answer.status_code, status, answer.text)
            self.assertIn(words, answer.json()["error"])
        self.assertFalse(
            self.env["helpdesk.ticket"].search([("scrm_door", "=", "mini")])
        )
        number = self.send(mei).json()["number"]
        for text, key in (("", "long-enough"), (5, "long-enough"), ("Hi", "short")):
            said = {"text": text, "idempotency_key": key}
            answer = self.call(f"/tickets/{number}/reply", said, mei)
            self.assertEqual(answer.status_code, 422, answer.text)

    def test_session_ends(self):
        """A session ends by itself, by logging out, when a manager ends it, and when
        the customer is archived; what is stored opens none.

        Covers: E03
        """
        first, second, third = (self.log_in("o-mei") for _time in range(3))
        sessions = self.door.session_ids.sorted("id")
        stored = str(sessions.sudo().read(["digest", "partner_id", "valid_until"]))
        for session in (first, second, third):
            self.assertNotIn(session["session"], stored)
            self.assertNotIn(session["secret"], stored)
            self.good("/tickets", session=session)
        sessions[0].valid_until = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()
        self.good("/logout", {}, second)
        sessions[2].with_user(self.manager).action_end()
        self.env.flush_all()
        for session in (first, second, third):
            answer = self.call("/tickets", session=session)
            self.assertEqual(answer.status_code, 401)
        for user in (self.dora, self.pia):
            with self.assertRaises(AccessError):
                self.door.with_user(user).read(["secret"])
            with self.assertRaises(AccessError):
                self.env["scrm.door.mini.session"].with_user(user).search([])
        self.env["scrm.door.mini.session"]._gc_ended()
        self.assertFalse(self.door.session_ids)
        fourth = self.log_in("o-mei")
        self.good("/tickets", session=fourth)
        mei = self.door.session_ids.partner_id
        mei.action_archive()
        answer = self.call("/tickets", session=fourth)
        self.assertEqual(answer.status_code, 401, "no customer of ours any more")
        answer = self.call("/login", {"code": self.platform.login("o-mei")})
        self.assertEqual(answer.status_code, 401)
        self.assertIn("account is closed", answer.json()["error"])

    def test_limits(self):
        """A customer who sends too much, and an address that logs in too often, are
        told when to come again; nothing below the limit is lost."""
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("scrm_ticket.mini_limit_customer", "3")
        mei, li = self.log_in("o-mei"), self.log_in("o-li")
        answers = [self.send(mei, idempotency_key=f"time-{n:05}") for n in range(5)]
        self.assertEqual([one.status_code for one in answers], [200] * 3 + [429] * 2)
        self.assertGreater(int(answers[-1].headers["Retry-After"]), 0)
        self.assertEqual(self.send(li).status_code, 200, "each for himself")
        parameters.set_param("scrm_ticket.mini_limit_address", "4")
        codes = [
            self.call("/login", {"code": "nonsense"}).status_code for _n in range(4)
        ]
        self.assertEqual(codes, [401, 401, 429, 429])

    def test_settings(self):
        """The platform's server is an address of the web."""
        with self.assertRaisesRegex(ValidationError, "Service"):
            self.door.api_url = "file:///etc/passwd"
        made = self.env["scrm.door.mini"].with_user(self.manager)
        made = made.create({"name": "New", "key": "new", "app_id": "wx9"})
        self.assertEqual(made.url, f"{made.get_base_url()}/scrm/mini/new")
