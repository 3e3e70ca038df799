from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo import Command, fields, http
from odoo.tests import HttpCase, tagged

from ..controllers import public_form
from .common import TicketFixture

FORM = "/scrm/new/test_installation"


@tagged("post_install", "-at_install")
class TestPublicForm(TicketFixture, HttpCase):
    """The form on the website over HTTP, without a login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.template.public_published = True
        cls.env["scrm.door.quota"].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.opener.cookies.set("frontend_lang", "en_US")  # texts are compared below
        # people need longer than this test
        patcher = patch.object(public_form, "LEAST_SECONDS", 0)
        patcher.start()
        self.addCleanup(patcher.stop)

    def open_form(self):
        return self.inputs(self.url_open(FORM))

    def inputs(self, response):
        page = html.fromstring(response.content)
        return dict(page.xpath("//form[contains(@class, 'o_scrm_form')]")[0].fields)

    def send(self, page=None, **changes):
        data = {
            **(page or self.open_form()),
            "csrf_token": http.Request.csrf_token(self),
            "field.test_area": "60",
            "field.test_mounting": "wall",
            "description": "Third <b>floor</b>",
            "contact.name": "Vera Visitor",
            "contact.email": "vera@example.com",
            **changes,
        }
        data = {key: value for key, value in data.items() if value is not None}
        return self.url_open(FORM, data=data, files=self.files)

    files = None

    def tickets(self):
        return self.env["helpdesk.ticket"].search(
            [("template_id", "=", self.template.id)]
        )

    def alerts(self, response):
        page = html.fromstring(response.content)
        found = page.xpath(
            "//*[contains(@class, 'alert-danger') or "
            "contains(@class, 'invalid-feedback')]"
        )
        return " ".join(" ".join(alert.text_content().split()) for alert in found)

    def test_message_becomes_ticket(self):
        """A visitor's message becomes a ticket of the entry "Website", with a number,
        and a mail leads the visitor to it.

        Covers: E16, E31
        """
        answer = self.send()
        self.assertEqual(answer.status_code, 200, answer.text[:2000])
        ticket = self.tickets()
        self.assertEqual(len(ticket), 1)
        self.assertIn(ticket.number, answer.text)
        self.assertEqual(ticket.scrm_door, "public_form")
        self.assertEqual(ticket.partner_name, "Vera Visitor")
        self.assertEqual(ticket.partner_email, "vera@example.com")
        self.assertFalse(ticket.partner_id)
        self.assertTrue(ticket.scrm_unanswered_since, "the visitor waits as well")
        self.assertEqual(ticket._scrm_value("test_area"), 60)
        self.assertIn("&lt;b&gt;floor", ticket.description)
        self.assertEqual(ticket.scrm_node_key, "check")
        groups = self.env["helpdesk.ticket"]._read_group(
            [("template_id", "=", self.template.id)], ["scrm_door"], ["__count"]
        )
        self.assertEqual(groups, [("public_form", 1)])
        mail = self.env["mail.mail"].search(
            [("model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(mail.email_to, "vera@example.com")
        link = html.fromstring(mail.body_html).xpath("//a/@href")[0]
        page = self.url_open(link)
        self.assertEqual(page.status_code, 200)
        self.assertIn(ticket.number, page.text)

    def test_sent_twice(self):
        """The same page sent twice is one ticket."""
        opened = self.open_form()
        answers = [self.send(opened), self.send(opened)]
        self.assertEqual({answer.status_code for answer in answers}, {200})
        self.assertEqual(len(self.tickets()), 1)

    def test_known_customer(self):
        """A known address, or only a known phone, is that customer's ticket; what is
        known of him comes onto no page.

        Covers in part: X01
        """
        self.pia.partner_id.write(
            {"email": "pia@example.com", "phone": "+86 138 1234 5678"}
        )
        self.template.line_ids.filtered(
            lambda line: line.field_id == self.note
        ).default_kind = "partner_phone"
        sent = [
            {"contact.email": "Pia@Example.com"},
            {"contact.email": None, "contact.phone": "+86 13812345678"},
        ]
        for changes in sent:
            answer = self.send(**changes)
            ticket = self.tickets()[0]
            self.assertEqual(ticket.partner_id, self.pia.partner_id)
            said = changes.get("contact.phone")
            self.assertEqual(ticket._scrm_value("test_note"), said)
            self.assertNotIn("Pia", answer.text.replace("Pia@Example.com", ""))
        # an address that is not known: the phone alone says not who it is
        answer = self.send(
            **{"contact.email": "new@example.com", "contact.phone": "+86 13812345678"}
        )
        self.assertFalse(self.tickets()[0].partner_id)
        self.assertEqual(self.tickets()[0].scrm_contact_phone, "+86 13812345678")

    def test_nothing_is_asked_twice(self):
        """Fields of the form that hold the customer's name, address or phone at first
        are what the visitor says anyhow: asked once, checked as the field says."""
        specs = (("name", "partner_name"), ("phone", "partner_phone"))
        for kind, default in specs:
            field = self.env["scrm.form.field"].create(
                {"key": f"test_{kind}", "name": f"The {kind}", "type": "text"}
            )
            if kind == "phone":
                field.format = "phone"
            vals = {"required": True, "default_kind": default}
            self.template.line_ids = [Command.create({"field_id": field.id, **vals})]
        page = html.fromstring(self.url_open(FORM).content)
        names = page.xpath("//form//@name")
        self.assertNotIn("field.test_name", names)
        self.assertNotIn("field.test_phone", names)
        self.assertTrue(page.xpath("//input[@name='contact.phone']/@required"))
        self.assertFalse(page.xpath("//input[@name='contact.email']/@required"))
        answer = self.send()
        self.assertEqual(answer.status_code, 422)
        self.assertIn("“The phone” is required", self.alerts(answer))
        self.assertFalse(self.tickets())
        answer = self.send(**{"contact.phone": "+86 13812345678"})
        self.assertEqual(answer.status_code, 200, answer.text[:3000])
        ticket = self.tickets()
        self.assertEqual(ticket._scrm_value("test_name"), "Vera Visitor")
        self.assertIn("13812345678", ticket._scrm_value("test_phone"))

    def test_refused(self):
        """What is wrong is named next to what was typed; nothing is saved."""
        for changes, words in (
            ({"field.test_area": "much"}, "Floor area"),
            ({"field.test_mounting": ""}, "Mounting"),
            ({"contact.name": " "}, "your name"),
            ({"contact.name": "A\r\nBcc: x@example.com"}, "no name"),
            ({"contact.email": "vera"}, "“vera” is no e-mail"),
            ({"contact.email": "v@example.com\nBcc: x@y.example"}, "no e-mail"),
            ({"contact.email": ""}, "e-mail address or a phone"),
            ({"contact.phone": "call me"}, "no phone number"),
            ({"contact.fax": "1"}, "people do not see"),
            ({"opened": "x"}, "open for long"),
            ({"field.colour": "red"}, "no field “colour”"),
        ):
            answer = self.send(**changes)
            self.assertEqual(answer.status_code, 422, changes)
            self.assertIn(words, self.alerts(answer))
            self.assertIn("Third &lt;b&gt;floor", answer.text)
        self.assertFalse(self.tickets())
        # from the page that says so it goes through
        again = self.inputs(self.send(**{"opened": "x"}))
        self.assertEqual(self.send(again).status_code, 200)

    def test_too_quick(self):
        """Who fills in the form at once is asked to send it again."""
        with patch.object(public_form, "LEAST_SECONDS", 60):
            answer = self.send()
        self.assertEqual(answer.status_code, 422)
        self.assertIn("very quick", self.alerts(answer))

    def test_forged(self):
        """Without the page's token nothing is taken in."""
        answer = self.send(**{"csrf_token": "0" * 60})
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.tickets())

    def test_not_on_the_website(self):
        """Templates that are only on the portal, or in no flow that runs, are none."""
        self.template.public_published = False
        page = self.url_open(FORM)
        self.assertEqual(page.status_code, 404)
        self.assertIn("There is no such form.", page.text)
        self.assertTrue(html.fromstring(page.content).xpath("//a[@href='/scrm/new']"))
        page = self.url_open("/scrm/new")
        self.assertNotIn("Installation", page.text)
        self.template.public_published = True
        self.assertIn(FORM, self.url_open("/scrm/new").text)
        self.flow.active = False
        self.assertEqual(self.url_open(FORM).status_code, 404)

    def test_files(self):
        """Files that can run are refused, pages are kept as plain text."""
        for name in ("run.exe", "job.SH", "x.hta"):
            self.files = [("attachment", (name, b"MZ", "text/plain"))]
            answer = self.send()
            self.assertEqual(answer.status_code, 422)
            self.assertIn(name, self.alerts(answer))
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>'
        self.files = [
            ("attachment", ("a.svg", svg, "image/svg+xml")),
            ("attachment", ("b.html", b"<script>x()</script>", "text/html")),
        ]
        self.assertEqual(self.send().status_code, 200)
        files = self.tickets().attachment_ids
        self.assertEqual(set(files.mapped("mimetype")), {"text/plain"})

    # How much comes in

    def set_limit(self, name, value):
        self.env["ir.config_parameter"].set_param(f"scrm_ticket.{name}", value)

    def test_limit(self):
        """Below the limit nothing is lost; above it one is told when to come again,
        and finds what was typed."""
        self.set_limit("public_limit_address", "5")
        answers = [self.send().status_code for _i in range(8)]
        self.assertEqual(answers, [200] * 5 + [429] * 3)
        self.assertEqual(len(self.tickets()), 5)
        refused = self.send()
        self.assertIn("Third &lt;b&gt;floor", refused.text)
        self.assertIn("in", self.alerts(refused))
        seconds = int(refused.headers["Retry-After"])
        self.assertTrue(0 < seconds <= 3600)
        later = fields.Datetime.now() + timedelta(seconds=seconds)
        clock = self.env.registry["scrm.clock"]
        with patch.object(clock, "now", lambda self: later):
            self.assertEqual(self.send().status_code, 200)
        self.set_limit("public_limit_address", "1")
        hour = later.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        for passed, words in ((2700, "in 16 minutes;"), (3590, "in one minute;")):
            moment = hour + timedelta(seconds=passed)
            with patch.object(clock, "now", lambda self, at=moment: at):
                self.send()
                self.assertIn(words, self.alerts(self.send()))

    def test_limit_in_all(self):
        """However many addresses there are, no more than this comes in."""
        self.set_limit("public_limit_all", "3")
        answers = [self.send().status_code for _i in range(5)]
        self.assertEqual(answers, [200] * 3 + [429] * 2)

    def test_ten_thousand(self):
        """10,000 in a loop: as many as allowed come in, exactly."""
        quota = self.env["scrm.door.quota"]
        taken = [quota._take("public_form", "192.0.2.7", 20) for _i in range(10000)]
        self.assertEqual(taken[:20], [0] * 20)
        self.assertTrue(all(taken[20:]))
        self.assertEqual(quota._take("public_form", "192.0.2.8", 20), 0)
        self.assertEqual(quota.search_count([("door", "=", "public_form")]), 2)
        self.assertNotIn("192.0.2.7", quota.search([]).mapped("source"))
