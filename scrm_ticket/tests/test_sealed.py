import base64
import json
import os
import stat
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.scrm_flow.tests.upgrade_script import upgrade_script

from ..engine import likeness
from ..guard import keyring
from ..guard.sealing import MARK, is_sealed, new_line
from .chat_platform import ChatPlatform
from .common import TicketFixture
from .sealed_common import leaks

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECRET = "zebraquark"
SAID = f"Please install it, {SECRET} 斑马夸克"


@tagged("post_install", "-at_install")
class TestSealed(TicketFixture, HttpCase):
    """What is said in chats is in no column of no table; who may read it, reads it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_world()
        cls.template.words = "install"
        cls.account = cls.env["scrm.door.chat"].create(
            {
                "name": "Restaurants",
                "key": "sealed",
                "receiver": "wx1",
                "token": "t1",
                "aes_key": KEY,
                "user_id": cls.desk.id,
                "template_id": cls.template.id,
                "keep_hours": 24,
            }
        )

    def leaks(self):
        return leaks(self.env, SECRET, "斑马夸克")

    def say(self, sender, text, message_id, **more):
        address = f"{self.base_url()}/scrm/chat/{self.account.key}"
        platform = ChatPlatform(
            self.opener, address, token="t1", key=KEY, receiver="wx1"
        )
        answer = platform.say(sender, text, message_id, **more)
        self.assertEqual(answer.text, "success")
        self.env.invalidate_all()
        return self.env["helpdesk.ticket"].search(
            [("scrm_door", "=", "chat")], order="id DESC", limit=1
        )

    def test_chat_is_sealed_everywhere(self):
        """A chat message that opens a ticket, what is written next, what colleagues
        answer by mail, edit and mention, and conversations in Discuss: the database
        holds none of the words; the ORM, the client and the mails have them.

        Covers: R13
        """
        self.assertEqual(self.leaks(), {})
        ticket = self.say("o-mei", SAID, "1")
        self.assertIn(SECRET, ticket.description)
        self.say("o-mei", f"Again: {SECRET}", "2")
        other = self.say("o-wu", "Install a lamp", "w1")
        self.account.platform = "wecom"
        self.say("o-li", f"@Dora {SECRET}?", "3", ChatId="g1")
        ticket.message_subscribe(self.pia.partner_id.ids)
        answer = ticket.with_user(self.desk).message_post(
            body=f"We know of the {SECRET}",
            subject=f"About {SECRET}",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.pia.partner_id.ids,
        )
        answer.write({"body": f"<p>We know the {SECRET} well</p>"})
        ticket.description = f"<p>{SECRET} changed</p>"
        channel = self.env["discuss.channel"].with_user(self.desk)
        channel = channel._create_channel(name="Talk", group_id=None)
        channel._add_members(users=self.dora)
        said = channel.message_post(
            body=f"In Discuss: {SECRET}", message_type="comment"
        )
        self.env["ir.attachment"].create(
            {
                "name": "said.txt",
                "raw": SECRET.encode(),
                "mimetype": "text/plain",
                "res_model": channel._name,
                "res_id": channel.id,
            }
        )
        case = self.env["scrm.ticket.case"]._remember(ticket)
        near = case._alike(other, f"What is {SECRET} 斑马夸克?")
        self.assertEqual([found for found, _share in near], [ticket])
        composer = self.env["mail.compose.message"].create(
            {
                "body": f"<p>{SECRET}</p>",
                "subject": SECRET,
                "model": ticket._name,
                "res_ids": str(ticket.ids),
            }
        )
        composer.action_send_mail()
        self.env["mail.scheduled.message"].create(
            {
                "body": f"<p>{SECRET}</p>",
                "model": ticket._name,
                "res_id": ticket.id,
                "author_id": self.desk.partner_id.id,
                "scheduled_date": "2036-01-01",
            }
        )
        self.assertEqual(self.leaks(), {})

        self.env.invalidate_all()
        todo = self.env["mail.activity"].search([("user_id", "=", self.dora.id)])
        self.assertIn(SECRET, " ".join(todo.mapped("note")))
        texts = " ".join(ticket.message_ids.mapped("body"))
        self.assertIn(f"Again: {SECRET}", texts)
        self.assertIn(f"{SECRET} changed", ticket.description)
        self.assertIn(SECRET, said.with_user(self.dora).body)
        mail = self.env["mail.mail"].search([("mail_message_id", "=", answer.id)])
        self.assertTrue(mail)
        self.assertTrue(all(SECRET in one.body_html for one in mail))
        edits = self.env["scrm.ticket.change"].search([("ticket_id", "=", ticket.id)])
        self.assertTrue(any(SECRET in (edit.before or "") for edit in edits))
        kept = self.env["scrm.chat.message"].search([])
        self.assertIn(f"Again: {SECRET}", kept.mapped("text"))
        told = self.env["bus.bus"].search([], order="id DESC", limit=20)
        self.assertTrue(any(SECRET in one.message for one in told))

    def test_words_are_found(self):
        """What is stored sealed is found by its words: tickets in their list, messages
        in their conversation and the customer's whole talk; not by what stands in the
        sealed text, nor by what the searcher reads masked."""
        ticket = self.say("o-mei", SAID, "1")
        self.assertRegex(ticket.name, r"^Installation · o-mei · \d\d-\d\d \d\d:\d\d$")
        answer = ticket.with_user(self.desk).message_post(
            body=f"We know: {SECRET} <b>100%</b> 13812345678",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        other = self.say("o-li", "Nothing of it, install 100 pieces", "2")
        tickets = self.env["helpdesk.ticket"].with_user(self.desk)
        messages = self.env["mail.message"].with_user(self.desk)
        both = ticket + other
        for operator, term, found in (
            ("ilike", SECRET.upper(), ticket),
            ("like", SECRET.upper(), tickets),
            ("ilike", "斑马", ticket),
            ("ilike", "please%斑马夸克", ticket),
            ("=ilike", "%of it, install 100 pieces%", other),
            ("ilike", "scrm-sealed", tickets),
            ("ilike", "<p>", tickets),
            ("not ilike", SECRET, other),
            ("ilike", "install", both),
        ):
            domain = [("id", "in", both.ids), ("description", operator, term)]
            self.assertEqual(tickets.search(domain), found, (operator, term))
        self.assertEqual(
            tickets.search([("message_ids.body", "ilike", "100%")]), ticket
        )
        self.assertIn(answer, messages.search([("body", "ilike", SECRET)]))
        for term, found in (
            (SECRET.upper(), answer),
            ("know: zebra", answer),
            ("nothing of it", messages),
        ):
            got = messages._message_fetch(
                None, thread=ticket.with_user(self.desk), search_term=term
            )
            self.assertEqual(got["messages"], found, term)
            self.assertEqual(got["count"], len(found))
        talks = ticket.partner_id.with_user(self.desk)
        rows = talks.scrm_talks(search=f"{SECRET} know")["rows"]
        self.assertEqual([row["id"] for row in rows], answer.ids)
        rows = talks.scrm_talks(search="斑马夸克")["rows"]
        self.assertEqual(
            [(row["kind"], row["id"]) for row in rows], [("ticket", ticket.id)]
        )
        self.assertFalse(talks.scrm_talks(search="100_")["rows"])
        # a message more costs no query more
        with self.assertQueryCount(1):
            answer.body  # noqa: B018

    def test_keys(self):
        """The key is a file of the server's user alone; a new one seals anew what
        there is; without its key, or changed in the database, a text is not read but
        refused in words.

        Covers: R13
        """
        ring = keyring.ring()
        mode = stat.S_IMODE(os.stat(keyring.path()).st_mode)
        self.assertEqual(oct(mode), "0o600")
        ticket = self.say("o-mei", SAID, "1")
        self.env.flush_all()

        def stored(column="description"):
            self.env.cr.execute(
                f"SELECT {column} FROM helpdesk_ticket WHERE id = %s", [ticket.id]
            )
            return self.env.cr.fetchone()[0]

        self.assertTrue(ring.is_current(stored()))
        lines = [new_line(), *ring.lines]
        with patch.dict(os.environ, {keyring.VARIABLE: " ".join(lines)}):
            newer = keyring.ring()
            ticket.invalidate_recordset()
            self.assertIn(SECRET, ticket.description, "the older key opens")
            for _done in self.env["scrm.sealed"]._seal():
                pass
            self.assertTrue(newer.is_current(stored()))
            self.assertEqual(self.leaks(), {})
            ticket.invalidate_recordset()
            self.assertIn(SECRET, ticket.description)
            with self.assertRaisesRegex(UserError, "variable"):
                self.env["scrm.sealed"]._rotate()
        # its key is gone: everything can be opened, says so, and nothing is lost
        ticket.invalidate_recordset()
        self.assertIn(f"key is missing: {newer.current}", ticket.description)
        rows = ticket.with_user(self.desk).read(["name", "description"])
        self.assertIn(newer.current, rows[0]["description"])
        with self.assertRaisesRegex(UserError, newer.current):
            ticket.description = "<p>written over</p>"
        ticket.priority = "2"
        self.assertEqual(
            sum(self.env["scrm.sealed"]._seal()), 0, "what is closed stays"
        )
        state = self.env["scrm.sealed"]._state()
        self.assertGreater(state[newer.current], 0)
        self.assertNotIn(None, state)
        opened = self.env["scrm.sealed.key"]._open()
        keys = self.env["scrm.sealed.key"].search(opened["domain"])
        states = dict(keys.mapped(lambda key: (key.name, key.state)))
        self.assertEqual(states, {ring.current: "seals", newer.current: "missing"})
        mail = self.env["mail.mail"].create(
            {"body_html": "x", "email_to": "a@b.example"}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_mail SET body_html = %s WHERE id = %s",
            [newer.seal("<p>x</p>"), mail.id],
        )
        mail.invalidate_recordset()
        mail.send()
        self.assertEqual(mail.state, "exception")
        self.assertIn(newer.current, mail.failure_reason)
        # nor does it hurt what browsers are told
        self.env.cr.execute(
            "INSERT INTO bus_bus (channel, message, create_date)"
            " VALUES ('[\"x\"]', %s, now())",
            [newer.seal("{}")],
        )
        told = self.env["bus.bus"].search([], order="id DESC", limit=1)
        self.assertEqual(json.loads(told.message)["type"], "scrm_sealed")

        with patch.dict(os.environ, {keyring.VARIABLE: " ".join(lines)}):
            sealed = stored()
            head, data = sealed[: len(MARK) + 9], sealed[len(MARK) + 9 :]
            changed = bytearray(base64.urlsafe_b64decode(data))
            changed[-1] ^= 1
            data = base64.urlsafe_b64encode(bytes(changed)).decode()
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET description = %s WHERE id = %s",
                [head + data, ticket.id],
            )
            ticket.invalidate_recordset()
            self.assertIn("was changed in the database", ticket.description)
        with patch.dict(os.environ, {keyring.VARIABLE: "no key"}):
            ticket.invalidate_recordset()
            self.assertIn(keyring.VARIABLE, ticket.description)
            with self.assertRaisesRegex(UserError, keyring.VARIABLE):
                ticket.message_post(body="x", subtype_xmlid="mail.mt_comment")
        with self.assertRaises(AccessError):
            self.env["scrm.sealed"].with_user(self.manager)._rotate()

    def test_rows_from_before(self):
        """An upgrade seals what is there and takes the words out of names; one that
        begins anew changes nothing. Nobody can fake a sealed text.

        Covers: R13
        """
        ticket = self.say("o-mei", SAID, "1")
        message = ticket.message_post(body="x", subtype_xmlid="mail.mt_comment")
        self.env.flush_all()
        for table, column, record, text in (
            ("helpdesk_ticket", "name", ticket, f"{SECRET} please"),
            ("helpdesk_ticket", "description", ticket, f"<p>{SECRET} please</p>"),
            ("mail_message", "body", message, f"<p>{SECRET}</p>"),
        ):
            self.env.cr.execute(
                f"UPDATE {table} SET {column} = %s WHERE id = %s", [text, record.id]
            )
        self.env.cr.execute(
            "INSERT INTO scrm_ticket_change (ticket_id, kind, at, before)"
            " VALUES (%s, 'text', now(), to_jsonb(%s::text))",
            [ticket.id, f"<p>{SECRET}</p>"],
        )
        case = self.env["scrm.ticket.case"]._remember(ticket)
        kept = case.sudo().words
        self.env.cr.execute(
            "UPDATE scrm_ticket_case SET words = %s WHERE id = %s",
            [" ".join(sorted(likeness.words(ticket._scrm_said()))), case.id],
        )
        self.assertEqual(
            self.leaks(),
            {
                "public.scrm_ticket_case": 1,
                "public.helpdesk_ticket": 1,
                "public.mail_message": 1,
                "public.scrm_ticket_change": 1,
            },
        )
        migrate = upgrade_script("scrm_ticket", "19.0.1.4.0")
        for _time in range(2):
            migrate(self.env.cr, "19.0.1.3.0")
            self.assertEqual(self.leaks(), {})
            self.env.invalidate_all()
            self.assertEqual(message.body, f"<p>{SECRET}</p>")
            self.assertIn("Installation · o-mei", ticket.name)
            self.assertIn(SECRET, ticket.description)
            self.env.cr.execute("SELECT words FROM scrm_ticket_case")
            self.assertEqual(self.env.cr.fetchall(), [(kept,)])
        faked = self.customer.message_post(body="x", subject=f"{MARK}00000000:AAAA")
        faked.invalidate_recordset()
        self.assertEqual(faked.subject, f"{MARK}00000000:AAAA")
        plain = self.submit()
        plain.description = "<p>typed on the form</p>"
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT description FROM helpdesk_ticket WHERE id = %s", [plain.id]
        )
        self.assertFalse(is_sealed(self.env.cr.fetchone()[0]), "ticket data, no chat")
