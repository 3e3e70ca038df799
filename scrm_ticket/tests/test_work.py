from base64 import b64encode
from io import BytesIO
from unittest.mock import patch

from lxml import html
from PIL import Image

from odoo.exceptions import LockError, UserError
from odoo.tests import HttpCase, tagged

from .common import TicketFixture


def _picture():
    file = BytesIO()
    Image.new("RGB", (8, 4), "navy").save(file, "PNG")
    return b64encode(file.getvalue()).decode()


PICTURE = _picture()


@tagged("post_install", "-at_install")
class TestWork(TicketFixture, HttpCase):
    """Egon is on the road with his phone; the ticket stands at the visit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.bracket.barcode = "690123"
        cls.pia.partner_id.write({"street": "Bund 1", "city": "Shanghai"})
        cls.ticket = cls.submit()
        cls.ticket.with_user(cls.dora).scrm_step_complete()
        cls.step = cls.ticket.scrm_step_ids.filtered(
            lambda step: step.node_key == "visit"
        )
        cls.engineer = cls.step.user_id
        cls.other = (cls.egon | cls.ella) - cls.engineer

    def take(self, deed, key="test-key-1", user=None, ticket=None, **data):
        entries = self.env["scrm.work.entry"].with_user(user or self.engineer)
        return entries._take(key, (ticket or self.ticket).id, deed, data)

    def test_tasks(self):
        """One's own open steps, with address, map and parts; nobody else's."""
        (task,) = self.env["scrm.work.entry"].with_user(self.engineer)._tasks()
        self.assertEqual(task["step"], self.step.id)
        self.assertEqual(task["node"], "Visit")
        self.assertIn("Bund 1", task["address"])
        self.assertTrue(task["map"].startswith("geo:"))
        self.assertEqual([way["key"] for way in task["ways"]], ["to_consume"])
        self.assertEqual(task["parts"][0]["name"], "Test Bracket")
        for user in (self.other, self.pia, self.clerk):
            self.assertEqual(self.env["scrm.work.entry"].with_user(user)._tasks(), [])

    def test_masked(self):
        """Who is not entitled to personal data gets masks here as well, and no link
        that says what is behind them; with the role it is all there.

        Covers in part: R12
        """
        place = {"phone": "13812342047", "partner_latitude": 31.2304}
        self.pia.partner_id.write(place)
        self.ticket.description = "Call 13812342047 before you come"
        setting = "scrm_ticket.mask_personal_data"
        self.env["ir.config_parameter"].set_param(setting, "1")

        def told():
            self.env.invalidate_all()
            return self.env["scrm.work.entry"].with_user(self.engineer)._tasks()[0]

        task = told()
        self.assertEqual(task["phone"], "138****2047")
        self.assertTrue(task["address"].endswith(", Shanghai"))
        for true in ("13812342047", "Bund 1", "31.23"):
            self.assertNotIn(true, str(task))
        self.assertFalse(task["map"] or task["can_call"])
        self.engineer.group_ids += self.env.ref("scrm_ticket.group_personal_data")
        task = told()
        self.assertEqual(task["phone"], "13812342047")
        self.assertIn("Bund 1", task["address"])
        self.assertIn("Call 13812342047", task["text"])
        self.assertTrue(task["map"] and task["can_call"])

    def test_one_language(self):
        """Page, steps and refusals speak the language of a colleague's settings,
        whatever the browser had before; of a partner that of the portal."""
        self.env["res.lang"]._activate_lang("zh_CN")
        entries = self.registry["scrm.work.entry"]
        self.startPatcher(patch.object(entries, "_tasks", lambda one: one.env.lang))
        self.startPatcher(
            patch.object(entries, "_take", lambda one, *deed: one.env.lang)
        )

        def spoken(person, cookie):
            login = f"test_{person.name.lower()}"
            self.authenticate(login, login)
            self.opener.cookies.set("frontend_lang", cookie)
            page = html.fromstring(self.url_open("/scrm/work").content)
            return {
                page.get("lang").replace("-", "_"),
                self.make_jsonrpc_request("/scrm/work/tasks"),
                self.make_jsonrpc_request("/scrm/work/do"),
            }

        for lang, cookie in (("zh_CN", "en_US"), ("en_US", "zh_CN")):
            self.egon.lang = lang
            self.assertEqual(spoken(self.egon, cookie), {lang})
            self.assertEqual(spoken(self.pia, cookie), {cookie})

    def test_each_deed_once(self):
        """Sent again with its key, a deed is answered again and not done again."""
        first = self.take("note", text="Pipe was loose")
        before = len(self.ticket.message_ids)
        self.assertEqual(first, {"done": "Noted"})
        self.assertEqual(self.take("note", text="Pipe was loose"), first)
        self.assertEqual(len(self.ticket.message_ids), before)
        self.take("note", key="test-key-2", text="Pipe was loose")
        self.assertEqual(len(self.ticket.message_ids), before + 1)

    def test_somebody_else_is_at_it(self):
        """A deed that meets a lock is no refusal: sent again, it is done."""
        entries = self.registry["scrm.work.entry"]
        with patch.object(entries, "_do_note", side_effect=LockError("Busy")):
            with self.assertRaises(LockError):
                self.take("note", text="Pipe was loose")
        self.assertEqual(self.take("note", text="Pipe was loose"), {"done": "Noted"})

    def test_address_in_the_link_to_the_map(self):
        """Signs of an address do not end its link."""
        self.pia.partner_id.street = "Lane 5 #3 & 4"
        (task,) = self.env["scrm.work.entry"].with_user(self.engineer)._tasks()
        self.assertIn("Lane%205%20%233%20%26%204", task["map"])

    def test_parts_by_code(self):
        """A scanned or written code finds the part: of the ticket, or a further one."""
        self.assertIn(
            "Test Bracket", self.take("part", code="690123", quantity=1)["done"]
        )
        line = self.ticket.part_line_ids
        self.assertEqual((len(line), line.quantity_used), (1, 1))
        nut = self.make_part("Test Nut", 9)
        nut.default_code = "NUT-8"
        self.take("part", key="test-key-2", code=" NUT-8 ", quantity=2.5)
        added = self.ticket.part_line_ids - line
        self.assertEqual((added.product_id, added.quantity), (nut, 2.5))
        serial = self.env["stock.lot"].create(
            {"name": "SN-77", "product_id": self.make_part("Test Pump", 1).id}
        )
        serial.product_id.tracking = "serial"
        self.take("part", key="test-key-3", code="SN-77", quantity=1)
        self.assertEqual(self.ticket.part_line_ids.lot_ids, serial)

    def test_sign_photo_and_complete(self):
        """Photo and signature are on the ticket, the step is done."""
        self.assertIn("done", self.take("photo", name="a.jpg", data=PICTURE))
        self.assertIn("done", self.take("sign", "test-key-2", name="Pia", data=PICTURE))
        self.assertEqual(self.ticket.scrm_signed_by, "Pia")
        self.assertTrue(self.ticket.scrm_signature)
        answer = self.take(
            "complete", "test-key-3", step=self.step.id, way="to_consume"
        )
        self.assertEqual(answer, {"done": "Completed"})
        self.assertEqual(self.ticket.scrm_run_state, "done")

    def test_refusals(self):
        """What cannot be done is said, changes nothing, and is final for its key."""
        page = b64encode(b"<svg onload='alert(1)'/>").decode()
        cases = (
            ("note", {"text": "  "}, "empty"),
            ("note", {"text": 5}, "empty"),
            ("part", {"code": "nonsense", "quantity": 1}, "No part has the code"),
            ("part", {"code": "690123", "quantity": 0}, "How many"),
            ("part", {"code": "690123", "quantity": "1"}, "How many"),
            ("part", {"code": "690123", "quantity": float("inf")}, "How many"),
            ("part", {"code": None, "quantity": 1}, "Scan or write"),
            ("part", {"code": "a\x00", "quantity": 1}, "Scan or write"),
            ("photo", {"data": "no base64!"}, "no picture"),
            ("photo", {"data": page}, "no picture"),
            ("photo", {"data": 7}, "no picture"),
            ("sign", {"data": PICTURE}, "Who signs"),
            ("complete", {"step": self.step.id, "way": "nowhere"}, ""),
        )
        lines = self.ticket.part_line_ids.mapped("quantity_used")
        messages = len(self.ticket.message_ids)
        for number, (deed, data, words) in enumerate(cases):
            answer = self.take(deed, f"test-refused-{number}", **data)
            self.assertIn("refused", answer, (deed, data))
            self.assertIn(words, answer["refused"])
        self.assertEqual(len(self.ticket.message_ids), messages)
        self.assertEqual(self.ticket.part_line_ids.mapped("quantity_used"), lines)
        for key, deed in (("short", "note"), (None, "note"), ("test-key-9", "unlink")):
            with self.assertRaises(UserError):
                self.take(deed, key, text="x")

    def test_nobody_else(self):
        """Neither a colleague nor the customer writes on it by this way."""
        for number, user in enumerate((self.other, self.pia, self.quentin, self.dora)):
            for deed in ("note", "part", "photo", "sign", "complete", "accept"):
                answer = self.take(
                    deed,
                    f"test-{deed}-{number}",
                    user,
                    text="x",
                    code="690123",
                    quantity=1,
                    data=PICTURE,
                    name="x",
                    step=self.step.id,
                )
                self.assertIn("refused", answer, (user.name, deed))
        self.assertEqual(self.ticket.scrm_node_key, "visit")

    def test_in_chinese(self):
        """The words of the page's scripts reach pages outside of the backend, too."""
        self.authenticate(None, None)
        answer = self.url_open("/website/translations?lang=zh_CN").json()
        words = {
            term["id"]: term["string"]
            for term in answer["modules"]["scrm_ticket"]["messages"]
        }
        self.assertEqual(words["Accept"], "接单")

    def test_over_http(self):
        """The page and its two calls, for who is logged in."""
        answer = self.url_open("/scrm/work", allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])
        self.authenticate(self.engineer.login, self.engineer.login)
        self.assertIn('name="scrm_ticket.work"', self.url_open("/scrm/work").text)
        tasks = self.make_jsonrpc_request("/scrm/work/tasks")
        self.assertEqual([task["ticket"] for task in tasks], self.ticket.ids)
        sent = {"ticket": self.ticket.id, "deed": "note", "data": {"text": "Here"}}
        for _again in range(2):
            answer = self.make_jsonrpc_request(
                "/scrm/work/do", {"key": "test-http-1", **sent}
            )
            self.assertEqual(answer, {"done": "Noted"})
        for wrong in (
            {},
            {"key": 5},
            {"key": "test-http-2", "ticket": "x", "deed": "note", "data": {}},
            {"key": "test-http-2", "ticket": 2**40, "deed": "note", "data": {}},
            {"key": "test-http-2", "ticket": 1, "deed": "note", "data": []},
        ):
            answer = self.make_jsonrpc_request("/scrm/work/do", wrong)
            self.assertIn("refused", answer)
