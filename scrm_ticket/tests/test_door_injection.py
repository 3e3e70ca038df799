import base64
import io

from lxml import html
from PyPDF2 import PdfReader

from odoo import http
from odoo.tests import tagged

from ..documents import sticker_pdf
from .test_door_table import DoorsCase

#: Runs, and leads elsewhere, on any page that shows it as it is.
EVIL = "<script>evil()</script><img src=x onerror=evil()><a href='javascript:evil()'>"
FILE = f"{EVIL}.txt".replace("/", "")
#: Begins a header of its own in a mail that has it in one.
LINES = "Broken\r\nBcc: spy@example.com\r\nX-Evil: 1"


def encoded(text):
    """A text as a mail's header holds it, line breaks and all."""
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="


@tagged("post_install", "-at_install")
class TestDoorInjection(DoorsCase):
    """What strangers write is text on every page, in every mail, and on paper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pia.partner_id.write(
            {"name": f"Pia {EVIL}", "email": "pia@example.com", "street": EVIL}
        )
        cls.lot.write({"name": f"SN {EVIL}"[:90], "scrm_partner_id": cls.customer.id})
        cls.bracket.name = f"Bracket {EVIL}"

    def assert_harmless(self, text, said=None):
        """Nothing of a text that was typed became a part of the page.

        :param text: HTML
        :param said: words that must be on it as text
        """
        page = html.fromstring(text)
        found = page.xpath(
            "//script[contains(., 'evil')] | //*[contains(@onerror, 'evil')]"
            " | //*[contains(@href, 'javascript:') or contains(@src, 'javascript:')]"
        )
        self.assertFalse([html.tostring(one)[:200] for one in found])
        if said:
            self.assertIn(said, page.text_content())

    def evil_ticket(self):
        """A customer's ticket that says it everywhere, by the portal's form."""
        self.authenticate("test_pia", "test_pia")
        answer = self.url_open(
            "/my/scrm/new/test_types",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "subject": f"Subject {EVIL}",
                "description": f"Description {EVIL}",
                "field.t_text": f"Text {EVIL}",
                "field.t_long_text": f"Long {EVIL}",
            },
            files=[
                ("attachment", (f"{EVIL}.txt".replace("/", ""), b"x", "text/plain"))
            ],
        )
        self.assertIn("/my/ticket/", answer.url, answer.text[:2000])
        ticket = self.last()
        self.desk.partner_id.email = "desk@example.com"
        ticket.with_user(self.pia).sudo().message_post(
            body=f"Message {EVIL}",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.pia.partner_id.id,
        )
        return ticket, answer

    def test_pages(self):
        """Pages of customers, visitors and engineers; the backend's own texts."""
        ticket, answer = self.evil_ticket()
        self.assert_harmless(answer.text, f"Text {EVIL}")
        self.assert_harmless(self.url_open("/my/tickets").text, "Subject <script>")
        self.assert_harmless(self.url_open("/my/scrm/new").text)
        wrong = {"field.t_text": f"Text {EVIL}", "field.t_number": EVIL}
        page = self.url_open(
            "/my/scrm/new/test_types",
            data={"csrf_token": http.Request.csrf_token(self), **wrong},
        )
        self.assertEqual(page.status_code, 422)
        self.assert_harmless(page.text, "not “<script>")
        self.assertEqual(
            html.fromstring(page.text).xpath("//input[@name='field.t_text']/@value"),
            [f"Text {EVIL}"],
        )
        self.authenticate(None, None)
        self.assert_harmless(
            self.url_open(ticket._get_share_url()).text, "Text <script"
        )
        self.assert_harmless(self.url_open(f"/scrm/new/test_types?device={EVIL}").text)
        status, text = self.website({"t_text": EVIL}, None)
        self.assertEqual(status, 200)
        self.assert_harmless(text)
        # what the backend's client puts onto the screen as HTML
        for text in (
            ticket.description,
            *ticket.message_ids.mapped("body"),
            ticket.with_user(self.desk).partner_id.scrm_portrait(),
        ):
            self.assert_harmless(text or "<p/>")
        self.assertIn("Message &lt;script&gt;", ticket.message_ids[0].body)

    def test_mails(self):
        """Mails to colleagues and customers have it as text, and no more headers."""
        ticket, _answer = self.evil_ticket()
        self.env["scrm.door.quota"].search([]).unlink()
        ticket.message_subscribe(self.desk.partner_id.ids)
        ticket.with_user(self.desk).message_post(
            body="Since when?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.pia.partner_id.ids,
        )
        received = self.env.ref("scrm_ticket.mail_template_received")
        received.send_mail(ticket.id)
        mails = self.env["mail.mail"].search(
            [("model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        self.assertGreaterEqual(len(mails), 2)
        for mail in mails:
            self.assert_harmless(mail.body_html)
            self.assertNotIn("\n", mail.subject or "")
            self.assertNotIn("\n", mail.email_from)

    def test_paper(self):
        """The sticker of a device shows its name as it is; markup is no markup."""
        paper = sticker_pdf.render(self.lot._scrm_stickers())
        text = "".join(PdfReader(io.BytesIO(paper)).pages[0].extract_text().split())
        for words in ("SN<script>evil()</script>", "Bracket<script>", "onerror=evil()"):
            self.assertIn(words, text)

    def mail(self, number, sender="Vera <vera@example.com>", **more):
        headers = {
            "From": sender,
            "To": "service@example.com",
            "Message-Id": f"<evil{number}@example.com>",
            "Content-Type": "text/html; charset=utf-8",
            **more,
        }
        raw = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
        raw += f"\r\n<p>Body {EVIL}</p>\r\n"
        self.env["mail.thread"].message_process("helpdesk.ticket", raw.encode())
        return self.last()

    def test_headers_by_mail(self):
        """A mail's subject stays one line, whatever it is encoded from; addresses with
        line breaks are refused whole. Nobody else gets mails for that."""
        before = self.count()
        with self.assertRaisesRegex(ValueError, "CR or LF"):
            self.mail(1, f"{encoded('Vera' + LINES)} <vera@example.com>")
        self.assertEqual(self.count(), before)
        ticket = self.mail(
            2,
            **{
                "Subject": encoded(LINES),
                "X-Reply-To": encoded(LINES),
                "X-Template": "test_types",
            },
        )
        self.assertEqual(ticket.scrm_door, "email")
        self.assertFalse(ticket.template_id)
        self.assert_harmless(ticket.description)
        messages = ticket.message_ids
        for text in (
            ticket.name,
            ticket.partner_email,
            *messages.mapped(lambda one: one.subject or ""),
            *messages.mapped(lambda one: one.reply_to or ""),
        ):
            self.assertEqual(len(text.splitlines()), min(1, len(text)))
        answer = ticket.with_user(self.desk).message_post(
            body="Since when?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            outgoing_email_to="vera@example.com",
        )
        (mail,) = self.env["mail.mail"].search([("mail_message_id", "=", answer.id)])
        self.assertNotIn("spy@example.com", mail.email_to)
        self.assertEqual(len(mail.subject.splitlines()), 1)

    def test_headers_at_other_doors(self):
        """Subjects and names of forms and messages stay one line."""
        for door in (self.json2, self.webhook):
            status, text = door({}, subject=LINES)
            self.assertEqual(status, 200, text)
            self.assertNotIn("\n", self.last().name)
        self.authenticate("test_pia", "test_pia")
        answer = self.url_open(
            "/my/scrm/new/test_types",
            data={"csrf_token": http.Request.csrf_token(self), "subject": LINES},
        )
        self.assertIn("/my/ticket/", answer.url)
        self.assertNotIn("\n", self.last().name)
        tickets = self.env["helpdesk.ticket"].with_user(self.desk)
        ticket = tickets.create(
            {"name": LINES, "description": "x", "partner_name": LINES}
        )
        self.assertNotIn("\n", ticket.name)
        self.assertNotIn("\n", ticket.partner_name)
