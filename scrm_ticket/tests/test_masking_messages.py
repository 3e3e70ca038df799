import json
from unittest.mock import patch

from markupsafe import Markup

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..forms import masks
from .common import TicketFixture

PHONE = "13812342047"
EMAIL = "mei.lin@example.com"
IDENTITY = "310101199001011234"
SPOKEN = ("138 1234 2047", PHONE, EMAIL, IDENTITY)
BODY = Markup(
    '<p>Ring <a href="tel:138 1234 2047">138 1234 2047</a> or write to '
    f'<a href="mailto:{EMAIL}">{EMAIL}</a>, ID {IDENTITY}, on 2026-03-31 08:30.</p>'
)


@tagged("post_install", "-at_install")
class TestMaskingMessages(TicketFixture, HttpCase):
    """Eva answers tickets without the right to personal data; Mona has it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_world()
        cls.env["ir.config_parameter"].set_param("scrm_ticket.mask_personal_data", "1")
        # what is read is counted in a transaction beside the request, for which the one
        # transaction of a test has no room
        cls.env["scrm.guard.limit"].search([]).unlink()
        groups = "helpdesk_mgmt.group_helpdesk_user,base.group_partner_manager"
        cls.eva, cls.mona = (
            new_test_user(
                cls.env,
                login=f"test_{name}",
                email=f"{name}@our.example",
                groups=groups,
                notification_type="email",
            )
            for name in ("eva", "mona")
        )
        cls.mona.group_ids += cls.env.ref("scrm_ticket.group_personal_data")
        cls.partner = cls.pia.partner_id
        cls.partner.write({"name": "Mei Lin", "email": EMAIL})
        cls.ticket = cls.submit(
            subject=f"Please ring {PHONE}", description=f"Or write to {EMAIL}"
        )
        cls.said = cls.ticket.message_post(
            body=BODY,
            subject=f"Ring {PHONE}",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            email_from=f"Mei Lin <{EMAIL}>",
            reply_to=EMAIL,
            author_id=False,
            incoming_email_cc=f"Lin Senior <lin.senior@example.com>, {EMAIL}",
        )
        cls.env.flush_all()

    def rpc(self, path, **params):
        answer = self.url_open(path, json={"params": params}).json()
        self.assertNotIn("error", answer, answer.get("error"))
        return json.dumps(answer["result"], ensure_ascii=False)

    def call(self, model, method, *args, **kwargs):
        return self.rpc(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    def shown(self):
        """What somebody gets of the ticket's messages, by every way to them."""
        names = ["body", "subject", "preview", "email_from", "reply_to"]
        names += ["incoming_email_cc", "display_name", "record_name"]
        about = [("model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket.id)]
        thread = {"thread_model": "helpdesk.ticket", "thread_id": self.ticket.id}
        yield self.call("mail.message", "read", self.said.ids, names)
        yield self.call("mail.message", "search_read", about, names)
        yield self.call(
            "mail.message", "web_read", self.said.ids, {n: {} for n in names}
        )
        yield self.call("mail.message", "copy_data", self.said.ids)
        yield self.rpc("/mail/thread/messages", **thread)
        asked = ["followers", "suggestedRecipients", "attachments"]
        call = ["mail.thread", {**thread, "request_list": asked}]
        yield self.rpc("/mail/data", fetch_params=[call])
        yield self.rpc("/mail/thread/recipients", **thread)
        ticket = ["name", "description", "display_name"]
        yield self.call("helpdesk.ticket", "read", self.ticket.ids, ticket)
        yield self.call("helpdesk.ticket", "export_data", self.ticket.ids, ticket)
        yield self.call("helpdesk.ticket", "name_search", "")
        found = {"fetch_params": {"search_term": "2026-03-31"}}
        yield self.rpc("/mail/thread/messages", **thread, **found)

    def test_shown_masked(self):
        """Texts, senders and recipients have asterisks, dates are as they were.

        Covers in part: R12
        """
        for role in ("base.group_allow_export", "scrm_ticket.group_copy_customers"):
            self.env.ref(role).user_ids += self.mona + self.eva
        self.authenticate("test_eva", "test_eva")
        seen = ""
        for text in self.shown():
            for value in (*SPOKEN, "lin.senior@"):
                self.assertNotIn(value, text)
            seen += text
        for mask in ("138****2047", "m***@example.com", "310************234"):
            self.assertIn(mask, seen)
        self.assertIn("Mei Lin <m***@example.com>", seen)
        self.assertIn("2026-03-31 08:30", seen)
        self.authenticate("test_mona", "test_mona")
        seen = "".join(self.shown())
        for value in SPOKEN:
            self.assertIn(value, seen)
        self.assertNotIn("****", seen)

    def test_searching_tells_nothing(self):
        """Nobody finds out a number by asking for its digits one after the other."""
        mine = self.ticket.with_user(self.eva).message_post(
            body="Nothing personal: 1381", subtype_xmlid="mail.mt_note"
        )
        self.authenticate("test_eva", "test_eva")
        about = ("res_id", "=", self.ticket.id)
        for name, part in (
            ("body", "1381"),
            ("body", "138 1"),
            ("body", "mei."),
            ("subject", "1381"),
            ("email_from", "mei"),
            ("reply_to", "mei"),
            ("incoming_email_cc", "senior"),
        ):
            for operator in ("ilike", "not ilike", "=like"):
                value = f"%{part}%" if operator == "=like" else part
                domain = [about, ("model", "=", "helpdesk.ticket")]
                asked = [*domain, (name, operator, value)]
                found = self.call("mail.message", "search", asked)
                self.assertNotIn(self.said.id, json.loads(found), (name, operator))
        found = self.call("mail.message", "search", [about, ("body", "ilike", "1381")])
        self.assertEqual(json.loads(found), mine.ids)
        for name, part in (("name", "1381"), ("description", "mei.")):
            domain = [("id", "=", self.ticket.id), (name, "ilike", part)]
            found = self.call("helpdesk.ticket", "search_count", domain)
            self.assertEqual(found, "0", name)
        self.authenticate("test_mona", "test_mona")
        asked = [about, ("body", "ilike", "138 1")]
        found = self.call("mail.message", "search", asked)
        self.assertIn(self.said.id, json.loads(found))

    def test_own_words_stay(self):
        """Who wrote a number knows it; what is edited keeps what was masked."""
        tickets = self.ticket.with_user(self.eva)
        mine = tickets.message_post(body=f"Rang {PHONE}")
        self.assertIn(PHONE, mine.read(["body"])[0]["body"])
        read = tickets.read(["description", "name"])[0]
        self.assertIn("m***@example.com", read["description"])
        tickets.write(
            {
                "description": Markup(read["description"]) + Markup("<p>Called.</p>"),
                "name": f"{read['name']} today",
            }
        )
        self.assertIn(EMAIL, self.ticket.description)
        self.assertIn("Called.", self.ticket.description)
        self.assertEqual(self.ticket.name, f"Please ring {PHONE} today")

    def test_tracked_values(self):
        """What was changed on a contact shows as the contact does."""
        self.cr.precommit.run()
        self.partner.with_context(tracking_disable=False).write(
            {"email": "new.address@example.com", "phone": PHONE}
        )
        self.cr.precommit.run()
        thread = {"thread_model": "res.partner", "thread_id": self.partner.id}
        self.authenticate("test_eva", "test_eva")
        text = self.rpc("/mail/thread/messages", **thread)
        self.assertIn("n***@example.com", text)
        for value in ("new.address", EMAIL, PHONE):
            self.assertNotIn(value, text)
        self.authenticate("test_mona", "test_mona")
        text = self.rpc("/mail/thread/messages", **thread)
        self.assertIn("new.address@example.com", text)

    def test_mails_to_colleagues(self):
        """Each colleague's mail says what his or her screen would."""
        for user in (self.eva, self.mona):
            self.ticket.message_subscribe(user.partner_id.ids)
        self.env.company.email = "service@our.example"
        said = self.ticket.with_context(mail_notify_force_send=False).message_post(
            body=BODY,
            subject=f"Ring {PHONE}",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            email_from=f"Mei Lin <{EMAIL}>",
            author_id=self.partner.id,
            incoming_email_cc=f"Lin Senior <lin.senior@example.com>, {EMAIL}",
        )
        mails = self.env["mail.mail"].search([("mail_message_id", "=", said.id)])
        eva, mona = (
            self.sent(mails.filtered(lambda mail, to=user: mail.recipient_ids == to))
            for user in (self.eva.partner_id, self.mona.partner_id)
        )
        for value in (*SPOKEN, "lin.senior"):
            self.assertNotIn(value, eva)
        self.assertIn("138****2047", eva)
        self.assertIn("Mei Lin", eva)
        for value in (EMAIL, IDENTITY, "lin.senior"):
            self.assertIn(value, mona)

    def sent(self, mail):
        """All that goes out with a mail: headers and texts."""
        (parts,) = mail._prepare_outgoing_list()
        message = self.env["ir.mail_server"]._build_email__(
            email_from=mail.email_from,
            email_to=parts["email_to"],
            subject=parts["subject"],
            body=parts["body"],
            body_alternative=parts["body_alternative"],
            reply_to=parts["reply_to"],
            headers=parts["headers"],
            subtype="html",
            subtype_alternative="plain",
        )
        texts = [
            part.get_content() for part in message.walk() if not part.is_multipart()
        ]
        return "\n".join([*map(str, message.items()), *texts])

    def test_told_by_rules(self):
        """A rule that tells colleagues a number tells each what he or she may read."""
        self.cr.precommit.run()
        rule = self.env["scrm.notice.rule"].new(
            {"name": "Call", "subject": "Call", "body": f"Ring {PHONE}, {EMAIL}"}
        )
        texts = self.env["scrm.notice.text"]
        for user, masked in ((self.eva, True), (self.mona, False)):
            told = texts._scrm_masked_for(
                {"subject": rule.subject, "body": rule.body},
                self.ticket,
                type("Recipient", (), {"user": user}),
            )
            self.assertEqual(PHONE not in told["body"], masked)
        self.assertEqual(
            masks.masked_text(rule.body), "Ring 138****2047, m***@example.com"
        )

    def test_look_through(self):
        """Who looks through a customer reads all of it."""
        self.eva.group_ids = [
            Command.link(self.env.ref("scrm_ticket.group_look_through").id)
        ]
        said = self.said.with_user(self.eva)
        self.assertNotIn(EMAIL, said.read(["body"])[0]["body"])
        looks = type(self.env["scrm.look.through"])
        with patch.object(looks, "_scrm_looks_at", lambda *args: True):
            self.assertIn(EMAIL, said.read(["body"])[0]["body"])
