from odoo.tests import HttpCase, tagged

from .test_field_types import SCRIPT, TypesFixture


@tagged("post_install", "-at_install")
class TestFieldTypesPortal(TypesFixture, HttpCase):
    """Every type of field on the portal's form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.pia.tz = "Asia/Shanghai"

    def setUp(self):
        super().setUp()
        self.authenticate("test_pia", "test_pia")

    def send(self, values, files=None, device=None):
        """Send the form; ``device`` is the token of the sticker it was opened by."""
        page = self.url_open("/my/scrm/new/test_types")
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        data = {f"field.{key}": value for key, value in values.items()}
        data["csrf_token"] = token
        if device:
            data["device"] = device
        return self.url_open("/my/scrm/new/test_types", data=data, files=files)

    def test_valid(self):
        """One form with all types is taken in, files included; scripts are text.

        Covers in part: T02
        """
        typed = {
            **{f"t_{kind}": sent for kind, (sent, _stored) in self.valid.items()},
            "t_yes_no": "1",
            "t_datetime": "2026-03-31T08:00",
        }
        answer = self.send(
            typed, files=[("field.t_file", ("a.gif", b"GIF89a", "image/gif"))]
        )
        self.assertIn("/my/ticket/", answer.url, answer.text[:2000])
        ticket = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        for kind, (_sent, stored) in self.valid.items():
            self.assertEqual(ticket._scrm_value(f"t_{kind}"), stored, kind)
        self.assertEqual(ticket._scrm_value("t_formula"), 26)
        self.assertEqual(len(ticket._scrm_value("t_file")), 1)
        self.assertIn("&lt;script&gt;alert(1)", answer.text)
        self.assertNotIn(SCRIPT, answer.text)
        link = answer.text.split('href="/web/content/')[1].split('"')[0]
        file = self.url_open("/web/content/" + link.replace("&amp;", "&"))
        self.assertEqual(file.content, b"GIF89a")

    def test_wrong(self):
        """All that is wrong is marked at its field, what was typed stays; no less for
        who came by a device's sticker."""
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
        self.lot._scrm_ensure_label()
        before = self.env["helpdesk.ticket"].search_count([])
        for device in (None, self.lot.scrm_label_token):
            answer = self.send(
                typed, [("field.t_file", ("a.exe", b"MZ", "image/gif"))], device
            )
            self.assertEqual(answer.status_code, 422)
            for kind in [*typed, "t_file"]:
                self.assertIn(f"The {kind.removeprefix('t_')}", answer.text)
            self.assertEqual(answer.text.count("invalid-feedback"), len(typed) + 1)
            self.assertNotIn(SCRIPT, answer.text)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_empty(self):
        """Every type may be left empty where it is not required."""
        answer = self.send({f"t_{kind}": "" for kind in self.types})
        self.assertEqual(answer.status_code, 422, "nobody fills in a formula")
        # of boxes that are not ticked and files not chosen browsers say nothing
        kinds = self.types.keys() - {"formula", "history", "tags", "file"}
        answer = self.send({f"t_{kind}": "" for kind in kinds})
        self.assertIn("/my/ticket/", answer.url, answer.text[:2000])
        ticket = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        self.assertFalse([kind for kind in kinds if ticket._scrm_value(f"t_{kind}")])

    def test_not_visible(self):
        """What the answers do not show is not stored, of any type."""

        def submitted(answer):
            self.assertIn("/my/ticket/", answer.url, answer.text[:2000])
            return self.env["helpdesk.ticket"].search([], order="id desc", limit=1)

        unseen = self.show_for_one_only()
        for choice, is_kept in (("two", False), ("one", True)):
            ticket = submitted(self.send(*self.typed(unseen, t_choice=choice)))
            for kind in unseen:
                with self.subTest(type=kind, choice=choice):
                    kept = ticket._scrm_value(f"t_{kind}") is not None
                    self.assertEqual(kept, is_kept)
        self.show_choice_for_five_only()
        ticket = submitted(self.send({"t_choice": "one", "t_number": "4"}))
        self.assertIsNone(ticket._scrm_value("t_choice"))

    def test_hidden_and_read_only(self):
        """No input of the page, of whatever type; sent all the same, it is refused."""
        before = self.env["helpdesk.ticket"].search_count([])
        for level in ("read", "hidden"):
            self.with_rights(level)
            page = self.url_open("/my/scrm/new/test_types").text
            self.assertNotIn('name="field.t_', page)
            for kind, sent in self.filled().items():
                with self.subTest(level=level, type=kind):
                    answer = self.send(*self.typed({kind: sent}))
                    self.assertEqual(answer.status_code, 422)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_by_a_sticker(self):
        """A form that a device's sticker opened takes each type, and its device."""
        self.foreign_lot._scrm_ensure_label()
        typed = {f"t_{kind}": sent for kind, (sent, _stored) in self.valid.items()}
        typed |= {"t_yes_no": "1", "t_datetime": "2026-03-31T08:00"}
        typed["t_serial"] = "SN-STRANGER"
        refused = self.send(typed, device="0" * 32)
        self.assertEqual(refused.status_code, 422)
        answer = self.send(typed, device=self.foreign_lot.scrm_label_token)
        self.assertIn("/my/ticket/", answer.url, answer.text[:2000])
        ticket = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        self.assertEqual(ticket.scrm_lot_id, self.foreign_lot)
        for kind, (_sent, stored) in self.valid.items():
            if kind != "serial":
                self.assertEqual(ticket._scrm_value(f"t_{kind}"), stored, kind)

    def test_state(self):
        """The page asks how the form looks; nobody learns of others' devices."""
        answer = self.make_jsonrpc_request(
            "/my/scrm/new/test_types/state",
            {"values": {"t_number": "2", "t_serial": "SN-100%", "t_choice": SCRIPT}},
        )
        self.assertEqual(answer["computed"], {"t_formula": "4.00"})
        self.assertIn("Test Bracket", answer["notes"]["t_serial"]["text"])
        answer = self.make_jsonrpc_request(
            "/my/scrm/new/test_types/state", {"values": {"t_serial": "SN-STRANGER"}}
        )
        self.assertTrue(answer["notes"]["t_serial"]["is_bad"])
        self.assertNotIn("Bracket", answer["notes"]["t_serial"]["text"])
