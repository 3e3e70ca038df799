from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo import Command, fields, http
from odoo.tests import Form, HttpCase, tagged

from ..controllers import public_form
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
            self.assertEqual(self.url_open(f"/scrm/d/{token}").status_code, 404)

    def test_sticker(self):
        """The sticker shows model, serial number and the code; it stays the same."""
        report = self.env["ir.actions.report"]
        page, _kind = report._render_qweb_html(
            "scrm_ticket.stock_lot_label", self.lot.ids
        )
        found = html.fromstring(page)
        self.assertIn("SN-7", found.text_content())
        self.assertIn("Test Bracket", found.text_content())
        image = found.xpath("//img/@src")[0]
        self.assertTrue(image.startswith("data:image/png;base64,"))
        self.assertEqual(self.lot._scrm_ensure_label(), [self.address])
        self.assertFalse(self.lot.copy({"name": "SN-8"}).scrm_label_token)

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
