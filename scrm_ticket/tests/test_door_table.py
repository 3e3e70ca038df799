import json
import time
from base64 import b64encode
from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo import fields, http
from odoo.tests import HttpCase, tagged

from ..controllers import public_form
from ..doors import signature
from .test_field_types import PIXEL, SCRIPT, TypesFixture


class DoorsCase(TypesFixture, HttpCase):
    """The doors of other people and systems over HTTP, one function each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.form.public_published = True
        cls.api_key = (
            cls.env["res.users.apikeys"]
            .with_user(cls.desk)
            .sudo()
            ._generate(None, "test", fields.Datetime.now() + timedelta(days=1))
        )
        hook = cls.env["scrm.door.webhook"].create(
            {"name": "Test", "key": "test", "user_id": cls.desk.id}
        )
        cls.secret = hook.secret_ids.value
        cls.env["ir.config_parameter"].set_param("scrm_ticket.public_limit_address", 0)
        cls.sent_count = 0

    def setUp(self):
        super().setUp()
        patcher = patch.object(public_form, "LEAST_SECONDS", 0)
        patcher.start()
        self.addCleanup(patcher.stop)

    def json2(self, values, **more):
        """(status, text of the answer)"""
        answer = self.url_open(
            "/json/2/helpdesk.ticket/scrm_submit",
            json={"template": "test_types", "values": values, **more},
            headers={
                "Authorization": f"Bearer {self.api_key}",
                "X-Odoo-Database": self.cr.dbname,
            },
        )
        return answer.status_code, answer.json().get("message", "")

    def webhook(self, values, **more):
        body = json.dumps({"template": "test_types", "values": values, **more}).encode()
        at = str(int(time.time()))
        type(self).sent_count += 1
        number = f"m{self.sent_count}"
        answer = self.opener.post(
            f"{self.base_url()}/scrm/hook/test",
            data=body,
            headers={
                "webhook-id": number,
                "webhook-timestamp": at,
                "webhook-signature": signature.sign(self.secret, number, at, body),
            },
            timeout=60,
        )
        return answer.status_code, answer.json().get("error", "")

    def website(self, values, files=None):
        page = html.fromstring(self.url_open("/scrm/new/test_types").content)
        form = page.xpath("//form[contains(@class, 'o_scrm_form')]")[0]
        data = {
            **dict(form.form_values()),
            "csrf_token": http.Request.csrf_token(self),
            "contact.name": "Vera",
            "contact.email": "vera@example.com",
            **{f"field.{key}": value for key, value in values.items()},
        }
        answer = self.url_open("/scrm/new/test_types", data=data, files=files)
        return answer.status_code, answer.text

    def last(self):
        return self.env["helpdesk.ticket"].search([], order="id desc", limit=1)

    def count(self):
        return self.env["helpdesk.ticket"].search_count([])


@tagged("post_install", "-at_install")
class TestDoorTable(DoorsCase):
    """Each type of field x each door from outside; those of Python and of the portal
    are in ``test_field_types.py``."""

    def test_valid(self):
        """Each type is taken and stored in one form."""
        for door in (self.json2, self.webhook):
            status, text = door(
                {f"t_{kind}": sent for kind, (sent, _kept) in self.valid.items()}
                | {"t_file": [{"name": "a.gif", "data": PIXEL}]}
            )
            self.assertEqual(status, 200, text)
            ticket = self.last()
            for kind, (_sent, stored) in self.valid.items():
                self.assertEqual(ticket._scrm_value(f"t_{kind}"), stored, kind)
            self.assertEqual(ticket._scrm_value("t_formula"), 26)
            self.assertEqual(len(ticket._scrm_value("t_file")), 1)

    def test_valid_on_the_website(self):
        """A visitor's form with all types; scripts are text, pages plain files."""
        self.authenticate(None, None)
        typed = {f"t_{kind}": sent for kind, (sent, _kept) in self.valid.items()}
        typed |= {"t_yes_no": "1", "t_datetime": "2026-03-31T00:00"}
        svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"
        status, text = self.website(
            typed, files=[("field.t_file", ("a.svg", svg, "image/svg+xml"))]
        )
        self.assertEqual(status, 200, text[:3000])
        ticket = self.last()
        self.assertEqual(ticket.scrm_door, "public_form")
        for kind, (_sent, stored) in self.valid.items():
            self.assertEqual(ticket._scrm_value(f"t_{kind}"), stored, kind)
        file = self.env["ir.attachment"].browse(ticket._scrm_value("t_file"))
        self.assertEqual(file.mimetype, "text/plain")
        page = self.url_open(ticket._get_share_url())
        self.assertIn("The text", page.text)
        self.assertNotIn(SCRIPT, page.text)

    def test_empty(self):
        """Every type may be left out where it is not required."""
        for door in (self.json2, self.webhook):
            for empty in (None, False, "", []):
                status, text = door(
                    {
                        f"t_{kind}": empty
                        for kind in self.types
                        if kind not in ("history", "formula")
                    }
                )
                self.assertEqual(status, 200, text)
                self.assertFalse(
                    [
                        value
                        for key, value in self.last().scrm_values._values.items()
                        if value and key != "t_formula"
                    ]
                )

    def test_empty_on_the_website(self):
        """Nor need a visitor fill in more than who he or she is."""
        self.authenticate(None, None)
        kinds = self.types.keys() - {"formula", "history", "tags", "file"}
        status, text = self.website({f"t_{kind}": "" for kind in kinds})
        self.assertEqual(status, 200, text[:3000])
        ticket = self.last()
        self.assertFalse([kind for kind in kinds if ticket._scrm_value(f"t_{kind}")])

    def test_wrong(self):
        """Wrong type, over a limit, foreign record, a script: refused by the field's
        label, nothing is saved."""
        before = self.count()
        pages = [
            {"name": name, "data": b64encode(b"MZ").decode()}
            for name in ("a.exe", "b.BAT", "c.hta ")
        ]
        wrong = {**self.wrong, "file": self.wrong["file"] + [[page] for page in pages]}
        for door in (self.json2, self.webhook):
            for kind, refused in wrong.items():
                for value in refused:
                    with self.subTest(door=door.__name__, type=kind, value=str(value)):
                        status, text = door({f"t_{kind}": value})
                        self.assertEqual(status, 422)
                        self.assertRegex(text, f"The {kind}|t_history")
        self.assertEqual(self.count(), before)

    def test_wrong_on_the_website(self):
        """A visitor reads what is wrong at each field; nothing is saved."""
        self.authenticate(None, None)
        before = self.count()
        typed = {
            "t_text": "x" * 5001,
            "t_number": SCRIPT,
            "t_money": "1_0",
            "t_date": "31.3.2026",
            "t_datetime": "tomorrow",
            "t_time": "24:00",
            "t_yes_no": "perhaps",
            "t_choice": "four",
            "t_tags": ["one", "four"],
            "t_category": "four",
            "t_record": str(self.west.id),
            "t_stock": "x",
            "t_serial": "SN-STRANGER",
            "t_formula": "7",
        }
        status, text = self.website(
            typed, files=[("field.t_file", ("a.exe", b"MZ", "image/gif"))]
        )
        self.assertEqual(status, 422)
        self.assertEqual(text.count("invalid-feedback"), len(typed) + 1)
        self.assertNotIn(SCRIPT, text)
        self.assertEqual(self.count(), before)

    def test_not_visible(self):
        """What the answers do not show is not stored, of any type, at no door."""
        unseen = self.show_for_one_only()

        def by_website(values):
            texts, files = self.typed(
                {key.removeprefix("t_"): sent for key, sent in values.items()}
            )
            return self.website(texts, files)

        doors = (self.json2, self.webhook, by_website)
        self.authenticate(None, None)
        for door in doors:
            for choice, is_kept in (("two", False), ("one", True)):
                status, text = door(
                    {f"t_{kind}": sent for kind, sent in unseen.items()}
                    | {"t_choice": choice}
                )
                self.assertEqual(status, 200, text[:3000])
                ticket = self.last()
                for kind in unseen:
                    with self.subTest(door=door.__name__, type=kind, choice=choice):
                        kept = ticket._scrm_value(f"t_{kind}") is not None
                        self.assertEqual(kept, is_kept)
        self.show_choice_for_five_only()
        for door in doors:
            status, text = door({"t_choice": "one", "t_number": "4"})
            self.assertEqual(status, 200, text[:3000])
            self.assertIsNone(self.last()._scrm_value("t_choice"))

    def test_hidden_and_read_only(self):
        """What a person may not fill in is refused at every door, of any type: a
        hidden field like one that does not exist."""
        before = self.count()
        self.authenticate(None, None)
        for level in ("read", "hidden"):
            self.with_rights(level)
            for kind, sent in self.filled().items():
                words = "has no field" if level == "hidden" else f"The {kind}"
                for door in (self.json2, self.webhook):
                    with self.subTest(level=level, door=door.__name__, type=kind):
                        status, text = door({f"t_{kind}": sent})
                        self.assertEqual(status, 422, text)
                        self.assertIn(words, text)
                with self.subTest(level=level, door="website", type=kind):
                    status, _text = self.website(*self.typed({kind: sent}))
                    self.assertEqual(status, 422)
        self.assertEqual(self.count(), before)

    def test_injection(self):
        """Line breaks and markup in subjects, descriptions and answers stay text."""
        self.desk.partner_id.email = "desk@example.com"
        for door in (self.json2, self.webhook):
            status, text = door(
                {},
                subject="Broken\r\nBcc: spy@example.com",
                description=f"{SCRIPT}<img src=x onerror=x()>",
            )
            self.assertEqual(status, 200, text)
            ticket = self.last()
            self.assertNotIn("\n", ticket.name)
            self.assertNotIn("<script", ticket.description)
            self.assertNotIn("<img", ticket.description)
