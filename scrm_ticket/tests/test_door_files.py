import json
import time
from base64 import b64encode
from email.message import EmailMessage

from lxml import html

from odoo import http
from odoo.tests import tagged

from ..doors import signature
from .test_door_table import DoorsCase

#: Files that run when somebody opens them, however they hide it.
RUNNING = ("photo.jpg.EXE", "C:\\tmp\\run.bat", "note.hta. .", "a.js::$DATA")
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"
PAGE = b"<html><script>x()</script></html>"
MEGABYTE = 1024 * 1024


@tagged("post_install", "-at_install")
class TestDoorFiles(DoorsCase):
    """Files at each door that takes some: one function each, from (name, content) to
    (whether it was taken, what was said)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        limit = "scrm_ticket.attachment_limit_mb"
        cls.env["ir.config_parameter"].set_param(limit, "1")

    # Doors

    def upload(self, name, content):
        return [{"name": name, "data": b64encode(content).decode()}]

    def api(self, name, content):
        status, text = self.json2({"t_file": self.upload(name, content)})
        return status == 200, text

    def message(self, name, content):
        status, text = self.webhook({"t_file": self.upload(name, content)})
        return status == 200, text

    def rpc(self, name, content):
        """RPC, as the backend's client does."""
        self.authenticate("test_desk", "test_desk")
        vals = {
            "template_id": self.form.id,
            "name": "x",
            "description": "x",
            "scrm_values": {"t_file": self.upload(name, content)},
        }
        answer = self.url_open(
            "/web/dataset/call_kw/helpdesk.ticket/create",
            json={
                "params": {
                    "model": "helpdesk.ticket",
                    "method": "create",
                    "args": [[vals]],
                    "kwargs": {},
                }
            },
        ).json()
        return "error" not in answer, json.dumps(answer, ensure_ascii=False)

    def website_form(self, field):
        def send(name, content):
            self.authenticate(None, None)
            files = [(field, (name, content, "image/png"))]
            status, text = self.website({}, files)
            return status == 200, html.fromstring(text).text_content()

        return send

    def portal_form(self, field):
        def send(name, content):
            self.authenticate("test_pia", "test_pia")
            answer = self.url_open(
                "/my/scrm/new/test_types",
                data={"csrf_token": http.Request.csrf_token(self)},
                files=[(field, (name, content, "image/png"))],
            )
            text = html.fromstring(answer.content).text_content()
            return "/my/ticket/" in answer.url, text

        return send

    def doors(self):
        return {
            "API": self.api,
            "webhook": self.message,
            "RPC": self.rpc,
            "website, a field": self.website_form("field.t_file"),
            "website, besides": self.website_form("attachment"),
            "portal, a field": self.portal_form("field.t_file"),
            "portal, besides": self.portal_form("attachment"),
        }

    def files(self):
        return (
            self.env["ir.attachment"]
            .with_context(skip_res_field_check=True)
            .search(
                [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", self.last().id)]
            )
        )

    # What is sent

    def test_running(self):
        """What runs is refused by its name, whatever its path, dots and streams."""
        before = self.count()
        for door, send in self.doors().items():
            for name in RUNNING:
                with self.subTest(door=door, name=name):
                    taken, said = send(name, b"MZ")
                    self.assertFalse(taken, said)
                    self.assertRegex(said, "The file|files that can run are refused")
        self.assertEqual(self.count(), before)

    def test_pages(self):
        """What a browser would run is kept as plain text, whatever it calls itself."""
        for door, send in self.doors().items():
            for name, content in (("a.svg", SVG), ("b.html", PAGE), ("c.png", PAGE)):
                with self.subTest(door=door, name=name):
                    taken, said = send(name, content)
                    self.assertTrue(taken, said)
                    (file,) = self.files()
                    self.assertNotIn(
                        file.mimetype, ("image/svg+xml", "text/html", "text/xml")
                    )
        self.authenticate("test_desk", "test_desk")
        answer = self.url_open(f"/web/content/{file.id}")
        self.assertNotIn("html", answer.headers["Content-Type"])
        self.assertIn("nosniff", answer.headers.get("X-Content-Type-Options", ""))

    def test_names(self):
        """A name is only a name: no way to a folder, nothing that cannot be seen."""
        for door, send in self.doors().items():
            for name, kept in (
                ("../../etc/passwd", "passwd"),
                ("gpj.\u202etxt", "gpj.txt"),
                ("三楼.txt", "三楼.txt"),
            ):
                with self.subTest(door=door, name=name):
                    taken, said = send(name, b"text")
                    self.assertTrue(taken, said)
                    self.assertEqual(self.files().mapped("name"), [kept])

    def test_too_large(self):
        """A file over the limit is refused, with the limit; one below it is taken."""
        before = self.count()
        for door, send in self.doors().items():
            with self.subTest(door=door):
                taken, said = send("a.txt", b"x" * (MEGABYTE + 3))
                self.assertFalse(taken)
                self.assertIn("1 MB", said)
        self.assertEqual(self.count(), before)

    def test_by_mail(self):
        """A mail is never lost: what runs is left out and named, pages are text."""
        message = EmailMessage()
        message["From"] = "Vera <vera@example.com>"
        message["To"] = "service@example.com"
        message["Message-Id"] = f"<{time.time()}@example.com>"
        message["Subject"] = "Broken"
        message.set_content("See the pictures")
        for name, content in (
            ("photo.jpg.exe", b"MZ"),
            ("a.svg", SVG),
            ("b.html", PAGE),
        ):
            message.add_attachment(
                content, maintype="image", subtype="jpeg", filename=name
            )
        ticket = self.env["mail.thread"].message_process(
            "helpdesk.ticket", message.as_bytes()
        )
        ticket = self.env["helpdesk.ticket"].browse(ticket)
        self.assertIn("“photo.jpg.exe” was not taken", ticket.description)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(set(files.mapped("name")), {"a.svg", "b.html"})
        self.assertEqual(set(files.mapped("mimetype")), {"text/plain"})

    def test_of_a_conversation(self):
        """The ticket of a message takes its files along, but none that run."""
        channel = self.env["discuss.channel"]._create_group(
            partners_to=(self.pia | self.desk).partner_id.ids
        )
        message = channel.message_post(
            body="Broken",
            attachments=[("a.txt", b"text"), ("b.exe", b"MZ")],
        ).with_user(self.desk)
        draft = message.scrm_ticket_draft()
        draft.pop("form_view_ref")
        tickets = self.env["helpdesk.ticket"].with_user(self.desk)
        tickets.with_context(**draft).create({"template_id": self.form.id})
        self.assertEqual(self.files().mapped("name"), ["a.txt"])

    def test_body_limit(self):
        """What is no message but a flood is refused unread."""
        body = b"[" * (64 * 1024 + 1)
        at = str(int(time.time()))
        answer = self.opener.post(
            f"{self.base_url()}/scrm/hook/test/call",
            data=body,
            headers={
                "webhook-id": "flood",
                "webhook-timestamp": at,
                "webhook-signature": signature.sign(self.secret, "flood", at, body),
            },
            timeout=60,
        )
        self.assertEqual(answer.status_code, 413)
