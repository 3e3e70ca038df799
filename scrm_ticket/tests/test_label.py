import io
import warnings
from datetime import timedelta
from unittest.mock import patch

from lxml import html
from PyPDF2 import PdfReader
from reportlab.lib.units import mm

from odoo import Command, fields, http
from odoo.tests import Form, HttpCase, tagged

from ..controllers import public_form
from ..documents import sticker_pdf
from .common import TicketFixture


@tagged("post_install", "-at_install")
class TestLabel(TicketFixture, HttpCase):
    """The sticker on a device, and the links to a ticket, over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        serial = cls.env["scrm.form.field"].create(
            {"key": "test_serial", "name": "Serial number", "type": "serial"}
        )
        name = cls.env["scrm.form.field"].create(
            {"key": "test_name", "name": "Your name", "type": "text"}
        )
        cls.repair = cls.env["scrm.ticket.template"].create(
            {
                "key": "test_repair",
                "name": "Repair",
                "flow_id": cls.flow.id,
                "store_id": cls.store.id,
                "portal_published": True,
                "public_published": True,
                "line_ids": [
                    Command.create({"field_id": serial.id, "required": True}),
                    Command.create(
                        {"field_id": name.id, "default_kind": "partner_name"}
                    ),
                ],
            }
        )
        cls.lot = cls.env["stock.lot"].create(
            {
                "name": "SN-7",
                "product_id": cls.bracket.id,
                "scrm_partner_id": cls.customer.id,
                "scrm_purchase_date": "2026-01-02",
                "scrm_warranty_end": "2099-01-02",
            }
        )
        cls.address = cls.lot._scrm_ensure_label()[0]
        cls.scan = cls.address.removeprefix(cls.lot.get_base_url())

    def login(self, login):
        self.authenticate(login and f"test_{login}", login and f"test_{login}")
        self.opener.cookies.set("frontend_lang", "en_US")

    def form(self, answer):
        page = html.fromstring(answer.content)
        return dict(page.xpath("//form[contains(@class, 'o_scrm_form')]")[0].fields)

    def last(self):
        return self.env["helpdesk.ticket"].search([], order="id desc", limit=1)

    def test_customer_scans(self):
        """Scanning opens the repair form with the device filled in, and what is known
        of it and of the customer; only what is missing is left to do. The ticket says
        how to reach the device's supplier, and which spare parts are in stock.

        Covers: T27, E18
        """
        supplier = {"name": "Maker", "phone": "+86 21 5555", "email": "help@maker.test"}
        self.lot.scrm_supplier_id = self.env["res.partner"].create(supplier)
        self.bracket.scrm_fitting_part_ids = self.make_part("Test Hinge", 3)
        self.login("pia")
        answer = self.url_open(self.scan)
        self.assertIn("/my/scrm/new/test_repair?device=", answer.url)
        inputs = self.form(answer)
        self.assertEqual(inputs["field.test_serial"], "SN-7")
        self.assertEqual(inputs["field.test_name"], "Pia")
        state = self.make_jsonrpc_request(
            f"/my/scrm/new/test_repair/state?device={inputs['device']}",
            {"values": {"test_serial": "SN-7"}},
        )
        note = state["notes"]["test_serial"]["text"]
        self.assertIn("Test Bracket", note)
        self.assertIn("warranty until", note)
        token = http.Request.csrf_token(self)
        answer = self.url_open(answer.url, data={**inputs, "csrf_token": token})
        self.assertIn("/my/ticket/", answer.url)
        self.assertEqual(self.last().scrm_lot_id, self.lot)
        self.assertEqual(self.last().partner_id, self.pia.partner_id)
        seen = Form(self.last().with_user(self.dora))
        contact = seen.scrm_lot_supplier_contact
        self.assertEqual(contact, "+86 21 5555 · help@maker.test")
        part = seen.scrm_fitting_part_ids[:]
        self.assertEqual(part.display_name, "Test Hinge")
        self.assertEqual(part.scrm_stock_words, "Test Depot 3")

    def test_several_forms(self):
        """Where more than one form asks for a device, the page to choose from says
        which device was scanned, and hands it on; forms without one are left out."""
        without = self.template.key
        other = self.repair.copy({"key": "test_care", "portal_published": True})
        self.login("pia")
        page = html.fromstring(self.url_open(self.scan).content)
        device = page.xpath("string(//*[contains(@class, 'o_scrm_device')])")
        self.assertEqual(" ".join(device.split()), "Test Bracket · SN-7")
        token = self.lot.scrm_label_token
        self.assertTrue(
            page.xpath(f"//a[@href='/my/scrm/new/{other.key}?device={token}']")
        )
        plain = f"//a[starts-with(@href, '/my/scrm/new/{without}')]"
        self.assertFalse(page.xpath(plain))
        page = html.fromstring(self.url_open("/my/scrm/new").content)
        self.assertTrue(page.xpath(plain))
        self.assertFalse(page.xpath("//*[contains(@class, 'o_scrm_device')]"))

    def test_visitor_scans(self):
        """Who stands before the device needs no login; without the sticker nobody
        names somebody else's device."""
        self.login(None)
        page = self.url_open(self.scan)
        self.assertIn("/scrm/new/test_repair?device=", page.url)
        inputs = self.form(page)
        with patch.object(public_form, "LEAST_SECONDS", 0):
            sent = {
                **inputs,
                "csrf_token": http.Request.csrf_token(self),
                "contact.name": "Vera",
                "contact.phone": "+86 13912345678",
            }
            forged = {**sent, "device": "0" * 32, "submission_key": "other"}
            answer = self.url_open("/scrm/new/test_repair", data=forged)
            self.assertEqual(answer.status_code, 422)
            answer = self.url_open("/scrm/new/test_repair", data=sent)
            self.assertEqual(answer.status_code, 200, answer.text[:2000])
        self.assertEqual(self.last().scrm_lot_id, self.lot)

    def test_engineer_scans(self):
        """A colleague gets to the device: where and when the customer bought it, what
        happened since it was installed, and the list of its parts.

        Covers: E19
        """
        self.lot.write(
            {"scrm_store_id": self.store.id, "scrm_install_date": "2026-02-05"}
        )
        self.bracket.scrm_fitting_part_ids = self.make_part("Test Hinge", 3)
        ticket = self.submit()
        ticket.scrm_lot_id = self.lot
        ticket.with_user(self.dora).scrm_step_complete()
        engineer = ticket.user_id
        ticket.with_user(engineer).scrm_step_complete()
        self.env.flush_all()
        self.login("egon")
        answer = self.url_open(self.scan, allow_redirects=False)
        self.assertIn(
            f"/odoo/action-scrm_ticket.stock_lot_action_label/{self.lot.id}",
            answer.headers["Location"],
        )
        action = self.env.ref("scrm_ticket.stock_lot_action_label").with_user(engineer)
        view = action._get_action_dict()["views"][-1]
        self.assertEqual(view[1], "form")
        self.lot.invalidate_recordset()
        device = Form(self.lot.with_user(engineer), view[0] or None)
        self.assertEqual(device.scrm_partner_id, self.customer)
        self.assertEqual(device.scrm_store_id, self.store)
        self.assertEqual(str(device.scrm_purchase_date), "2026-01-02")
        self.assertEqual(device.scrm_fitting_part_ids[:].display_name, "Test Hinge")
        told = html.fromstring(device.scrm_timeline_html).xpath("//li//strong")
        told = [one.text_content() for one in told]
        self.assertEqual(told[-2:], ["Installed", "Bought"])
        self.assertIn("1 × Test Bracket used", told)
        parts = self.lot.with_user(engineer).action_scrm_parts()
        used = self.env["scrm.part.line"].with_user(engineer).search(parts["domain"])
        self.assertEqual(used.product_id, self.bracket)

    def test_no_device(self):
        """Whatever else is scanned says nothing."""
        for token in ("0" * 32, "x", "%00", "a" * 31 + "'"):
            page = self.url_open(f"/scrm/d/{token}")
            self.assertEqual(page.status_code, 404)
            self.assertIn("There is no such device.", page.text)
            self.assertIn("tell us the serial number", page.text)

    def test_sticker(self):
        """The stickers are a PDF, one a page, with model and serial number, and the
        code says the address that stays the same; Chinese and long texts are whole."""
        long = "A1B2C3D4" * 11
        other = self.lot.copy({"name": long, "product_id": self.bracket.id})
        self.assertFalse(other.scrm_label_token)
        self.login("egon")
        lots = (self.lot | other).with_user(self.egon)
        action = lots.action_scrm_print_label()
        said = []
        widget = sticker_pdf.QrCodeWidget

        def code(address, **look):
            said.append(address)
            return widget(address, **look)

        with patch.object(sticker_pdf, "QrCodeWidget", code):
            answer = self.url_open(action["url"])
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertEqual(said, [self.address, other._scrm_ensure_label()[0]])
        first, second = PdfReader(io.BytesIO(answer.content)).pages
        width, height = (float(one) / mm for one in first.mediabox.upper_right)
        self.assertEqual((round(width), round(height)), (70, 40))
        for words in ("Test Bracket", "SN-7", "Scan me."):
            self.assertIn(words, first.extract_text())
        self.assertIn(long, "".join(second.extract_text().split()))
        self.bracket.name = "冰箱（左开）"
        page = sticker_pdf.render(self.lot._scrm_stickers())
        with warnings.catch_warnings(action="ignore"):  # it says so itself
            text = PdfReader(io.BytesIO(page)).pages[0].extract_text()
        # the reader of this test takes the bytes of a Chinese text for Latin letters
        self.assertIn("冰箱（左开）".encode("utf-16-be").decode("latin-1"), text)

    def test_stickers_of_others(self):
        """Who may not read a device gets none of its stickers, nor by guessing."""
        for login, numbers in (
            ("pia", self.lot.id),
            ("egon", 999999999),
            ("egon", "x"),
            ("egon", f"{self.lot.id},"),
        ):
            self.login(login)
            answer = self.url_open(f"/scrm/stickers/{numbers}")
            self.assertEqual(answer.status_code, 404, (login, numbers))
        self.login(None)
        answer = self.url_open(f"/scrm/stickers/{self.lot.id}")
        self.assertIn("/web/login", answer.url)

    # Links and ratings

    def test_links_end(self):
        """A link opens the ticket without a login until it ends or is taken back;
        messages too."""
        ticket = self.submit()
        link = ticket._get_share_url()
        token = ticket.access_token
        self.login(None)

        def opens(url):
            return self.url_open(url).status_code

        self.assertEqual(opens(link), 200)
        thread = self.env["helpdesk.ticket"]._get_thread_with_access
        self.assertTrue(thread(ticket.id, token=token))
        past = fields.Datetime.now() - timedelta(minutes=1)
        ticket.scrm_link_until = past
        self.assertEqual(opens(link), 403)
        public = self.env.ref("base.public_user")
        tickets = self.env["helpdesk.ticket"].with_user(public)
        self.assertFalse(tickets._get_thread_with_access(ticket.id, token=token))
        fresh = ticket._get_share_url()
        self.assertNotEqual(fresh, link)
        self.assertEqual([opens(link), opens(fresh)], [403, 200])
        ticket.with_user(self.desk).action_scrm_revoke_links()
        self.assertEqual(opens(fresh), 403)
        self.assertEqual(opens(ticket._get_share_url()), 200)
        self.env["ir.config_parameter"].set_param("scrm_ticket.link_days", "0")
        other = self.submit()
        other._portal_ensure_token()
        self.assertFalse(other.scrm_link_until)

    def test_rating(self):
        """At the end the customer rates the service; the score is on the ticket and
        on its engineer.

        Covers: E34
        """
        ticket = self.submit()
        self.login("pia")
        url = f"/my/ticket/{ticket.id}"
        self.assertNotIn("How was our service", self.url_open(url).text)
        ticket.with_user(self.dora).scrm_step_complete()
        engineer = ticket.user_id
        ticket.with_user(engineer).scrm_step_complete()
        self.assertTrue(ticket.closed)
        page = html.fromstring(self.url_open(url).content)
        links = page.xpath("//*[contains(@class, 'o_scrm_rate')]//a/@href")
        self.assertEqual(len(links), 3)
        question = html.fromstring(self.url_open(links[0]).content)
        form = question.xpath("//form[contains(@action, 'submit_feedback')]")[0]
        answer = self.url_open(
            form.get("action"),
            data={
                **dict(form.form_values()),
                "csrf_token": http.Request.csrf_token(self),
                "rate": "5",
                "feedback": "Quick and clean",
            },
        )
        self.assertEqual(answer.status_code, 200)
        rating = ticket.rating_ids.filtered("consumed")
        self.assertEqual(rating.rating, 5)
        self.assertEqual(rating.feedback, "Quick and clean")
        self.assertEqual(rating.rated_partner_id, engineer.partner_id)
        self.assertEqual(rating.partner_id, self.pia.partner_id)
        self.url_open(url)
        self.assertEqual(len(ticket.rating_ids), 1, "one rating, to be changed")
        self.login("quentin")
        self.assertNotIn("How was our service", self.url_open(url).text)
