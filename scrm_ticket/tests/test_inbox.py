import json
from datetime import timedelta

from markupsafe import Markup

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.scrm_flow.models import scrm_flow_step_map
from odoo.addons.scrm_flow.tests.gateway_common import GatewayFixture

from .chat_platform import ChatPlatform
from .common import TicketFixture

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
#: What the screen asks for, see static/src/inbox.
SHOWN = {
    "name": {},
    "partner_id": {"fields": {"display_name": {}}},
    "user_id": {"fields": {"display_name": {}}},
    "scrm_channel": {},
    "scrm_channel_icon": {},
    "scrm_said_at": {},
    "scrm_unanswered_since": {},
    "scrm_is_unread": {},
    "scrm_last_word": {},
    "scrm_last_is_ours": {},
    "scrm_answer_state": {},
    "scrm_answer_error": {},
}
OPEN = [("closed", "=", False), ("scrm_said_at", "!=", False)]


@tagged("post_install", "-at_install")
class TestInbox(GatewayFixture, TicketFixture, HttpCase):
    """One list of all conversations, answered by the channel of the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.template.public_published = True
        cls.service = cls.make_channel("wechat_service", "/wechat?appid=wx1")
        cls.group = cls.make_channel(
            "wecom_chat", "/cgi-bin?corpid=ww1&agentid=1000002"
        )
        cls.wechat = cls.make_account("test_wechat", "wechat", cls.service)
        cls.wecom = cls.make_account("test_wecom", "wecom", cls.group)
        (cls.dora | cls.desk).group_ids += cls.env.ref(
            "helpdesk_mgmt.group_helpdesk_user"
        )
        cls.dora.email = "dora@example.com"
        cls.max = cls.env["res.partner"].create(
            {"name": "Max", "email": "max@example.com"}
        )
        cls.stranger.email = "stranger@example.com"

    @classmethod
    def make_account(cls, key, platform, channel):
        return cls.env["scrm.door.chat"].create(
            {
                "name": key,
                "key": key,
                "platform": platform,
                "receiver": "wx1",
                "token": "t1",
                "aes_key": KEY,
                "user_id": cls.desk.id,
                "answer_channel_id": channel.id,
            }
        )

    def say(self, account, sender, text, message_id, **more):
        platform = ChatPlatform(
            self.opener,
            f"{self.base_url()}/scrm/chat/{account.key}",
            account.token,
            account.aes_key,
            account.receiver,
        )
        answer = platform.say(sender, text, message_id, **more)
        self.assertEqual((answer.status_code, answer.text), (200, "success"))
        self.env.invalidate_all()
        return self.env["helpdesk.ticket"].search(
            [("scrm_chat_sender", "=like", f"{account.key}:%{sender}")], limit=1
        )

    def run_crons(self):
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["scrm.notice.delivery"]._run_all()
        self.env.invalidate_all()

    def inbox(self, user=None, *domain):
        found = (
            self.env["helpdesk.ticket"]
            .with_user(user or self.dora)
            .web_search_read(
                [*OPEN, *domain], SHOWN, order="scrm_said_at desc, id desc"
            )
        )
        return found["records"]

    def answer(self, ticket, body, user=None):
        # as the composer of the screen does it, with whom that one proposes
        ticket = ticket.with_user(user or self.dora)
        proposed = ticket._message_get_suggested_recipients(no_create=True)
        ticket.message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=[one["partner_id"] for one in proposed if one["partner_id"]],
        )
        self.run_crons()

    def told(self):
        """What browsers were told so far, that something moved."""
        messages = self.env["bus.bus"].search([])
        return messages.filtered(lambda one: "scrm_flow/moved" in one.message)

    def last(self, ticket):
        """Our newest answer on a ticket."""
        return ticket.message_ids.filtered(
            lambda message: message.author_id == self.dora.partner_id
        )[:1]

    def make_all(self):
        """One conversation by each of nine channels, in this order."""
        tickets = self.env["helpdesk.ticket"]

        def submitted(user, door, **data):
            data = {
                "template": self.template.key,
                "values": self.good_values,
                "subject": door,
                **data,
            }
            answer = tickets.with_user(user)._scrm_submit(door, data)
            return tickets.browse(answer["id"])

        made = {
            "portal": submitted(self.pia, "portal"),
            "public_form": submitted(
                self.env.ref("base.public_user"),
                "public_form",
                contact={"name": "Vera", "email": "vera@example.com"},
            ),
            "webhook": submitted(self.desk, "webhook", partner="stranger@example.com"),
            "tmall": submitted(
                self.desk, "webhook", partner={"channel": "tmall", "id": "b1"}
            ),
            "json2": submitted(self.desk, "json2", partner="stranger@example.com"),
        }
        mail = (
            "From: Max <max@example.com>\nTo: desk@example.com\nSubject: Mail\n"
            "Message-ID: <m1@example.com>\n\nIt drips."
        )
        ticket_id = self.env["mail.thread"].message_process("helpdesk.ticket", mail)
        made["email"] = tickets.browse(ticket_id)
        made["wechat"] = self.say(self.wechat, "o-mei", "菜里有异物", "1")
        made["wecom"] = self.say(
            self.wecom, "p-1", "@Dora 明天上课吗？", "2", ChatId="class_2"
        )
        made["phone"] = tickets.with_user(self.desk).create(
            {
                "name": "Call from +8613900001111",
                "description": "",
                "scrm_door": "phone",
            }
        )
        now = fields.Datetime.now()
        for number, ticket in enumerate(made.values()):
            ticket.scrm_said_at = now - timedelta(minutes=90 - number)
        return made

    def test_all_channels_in_one_list(self):
        """Nine channels stand in one list, who wrote last on top, each with its sign,
        the last words, who answers and since when the customer waits; what was closed
        is gone, and who has no right to a ticket does not see it here either.

        Covers: E26
        """
        made = self.make_all()
        rows = self.inbox()
        ids = [ticket.id for ticket in made.values()]
        ours = [row for row in rows if row["id"] in ids]
        self.assertEqual([row["id"] for row in ours], ids[::-1])
        self.assertEqual([row["scrm_channel"] for row in ours], [*made][::-1])
        icons = {row["scrm_channel_icon"] for row in ours}
        self.assertEqual(len(icons), 9)
        shown = {row["scrm_channel"]: row for row in ours}
        self.assertEqual(shown["email"]["scrm_last_word"], "It drips.")
        self.assertEqual(shown["wechat"]["scrm_last_word"], "菜里有异物")
        self.assertTrue(shown["wechat"]["scrm_unanswered_since"])
        self.assertTrue(all(row["scrm_is_unread"] for row in ours))
        # what is said next brings a conversation to the top, also one without a
        # process: those who look at the inbox are told
        self.assertFalse(made["wechat"].scrm_run_id)
        scrm_flow_step_map._last_told.clear()
        before = self.told()
        self.say(self.wechat, "o-mei", "还在等", "3")
        role = self.env.ref("helpdesk_mgmt.group_helpdesk_user_own")
        self.assertIn(role, self.dora.all_group_ids)
        [message] = self.told() - before
        self.assertEqual(
            json.loads(message.channel), [self.env.cr.dbname, "res.groups", role.id]
        )
        self.assertEqual(
            json.loads(message.message), {"type": "scrm_flow/moved", "payload": False}
        )
        self.assertTrue(made["wechat"].scrm_is_unread)
        first, *_others = self.inbox()
        self.assertEqual(first["id"], made["wechat"].id)
        self.assertEqual(first["scrm_last_word"], "还在等")
        made["phone"].stage_id = self.env["helpdesk.ticket.stage"].search(
            [("closed", "=", True)], limit=1
        )
        self.assertNotIn(made["phone"].id, [row["id"] for row in self.inbox()])
        # the engineer has no right to the guest's ticket
        own = [row["id"] for row in self.inbox(self.ella)]
        self.assertNotIn(made["wechat"].id, own)
        self.assertFalse({row["id"] for row in self.inbox(self.clerk)} & set(ids))

    def test_unread(self):
        """Unread is what the customer wrote since somebody looked who may answer."""
        ticket = self.say(self.wechat, "o-mei", "菜里有异物", "1")
        self.assertIn(
            ticket.id,
            [row["id"] for row in self.inbox(None, ("scrm_is_unread", "=", True))],
        )
        with self.assertRaises(AccessError):
            ticket.with_user(self.clerk).scrm_see()
        ticket.with_user(self.dora).scrm_see()
        unread = [row["id"] for row in self.inbox(None, ("scrm_is_unread", "=", True))]
        self.assertNotIn(ticket.id, unread)
        read = [row["id"] for row in self.inbox(None, ("scrm_is_unread", "=", False))]
        self.assertIn(ticket.id, read)
        self.say(self.wechat, "o-mei", "还在等", "2")
        self.assertTrue(ticket.scrm_is_unread)

    def test_answers_leave_by_the_channel(self):
        """What is written on a conversation goes out by the customer's channel, once:
        to the openid, into the group, as a mail; a note to colleagues goes nowhere.

        Covers: E26
        """
        made = self.make_all()
        ticket = made["wechat"]
        guest = ticket.partner_id
        guest.email = "mei@example.com"
        self.answer(ticket, Markup("对不起，马上<b>退款</b>"))
        ((openid, message),) = self.gateway.taken
        self.assertEqual(openid, "o-mei")
        self.assertEqual(message["msgtype"], "text")
        self.assertIn("马上*退款*", message["text"]["content"])
        self.assertNotIn(
            guest,
            self.last(ticket).notified_partner_ids,
            "who is answered in the chat gets no mail beside",
        )
        (row,) = (row for row in self.inbox() if row["id"] == ticket.id)
        self.assertEqual(row["scrm_answer_state"], "sent")
        self.assertFalse(row["scrm_unanswered_since"])
        self.assertTrue(row["scrm_last_is_ours"])
        self.run_crons()
        self.assertEqual(len(self.gateway.taken), 1)
        # the answer's words stand in the message alone
        delivery = ticket._scrm_last_answers()[ticket.id]
        self.assertFalse(delivery.body)
        ticket.with_user(self.dora).message_post(
            body="Rude guest", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        ticket.message_post(
            author_id=guest.id,
            body="谢谢",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.run_crons()
        self.assertEqual(len(self.gateway.taken), 1)

        self.answer(made["wecom"], "九点")
        self.assertEqual(self.gateway.taken[1:], [("class_2", {"content": "九点"})])
        before = len(self.gateway.taken)
        self.answer(made["email"], "We come at nine")
        self.assertIn(self.max, self.last(made["email"]).notified_partner_ids)
        self.assertEqual(len(self.gateway.taken), before)

    def test_refusal_is_shown(self):
        """Where the channel refuses, the list says so and why; the answer can be sent
        once more by who may answer, and goes out once.

        Covers: E26
        """
        ticket = self.say(self.wechat, "o-mei", "菜里有异物", "1")
        self.gateway.silent.add("o-mei")
        self.answer(ticket, "对不起")
        (row,) = (row for row in self.inbox() if row["id"] == ticket.id)
        self.assertEqual(row["scrm_answer_state"], "failed")
        self.assertIn("45015", row["scrm_answer_error"])
        self.assertFalse(self.gateway.taken)
        with self.assertRaises(AccessError):
            ticket.with_user(self.clerk).scrm_resend_answer()
        self.gateway.silent.clear()
        ticket.with_user(self.dora).scrm_resend_answer()
        self.run_crons()
        self.assertEqual(len(self.gateway.taken), 1)
        with self.assertRaises(UserError):
            ticket.with_user(self.dora).scrm_resend_answer()
        # with no channel for answers, Odoo's own ways are all there is
        self.wechat.write({"answer_channel_id": False, "template_id": False})
        self.answer(ticket, "再次抱歉")
        self.assertEqual(len(self.gateway.taken), 1)

    def test_query_count(self):
        """A list of many conversations costs no more queries than one of few."""
        self.make_all()
        for ticket in self.env["helpdesk.ticket"].search(OPEN):
            self.answer(ticket, "Hello")

        def cost(limit):
            self.env.invalidate_all()
            tickets = self.env["helpdesk.ticket"].with_user(self.dora)
            before = self.cr.sql_log_count
            found = tickets.web_search_read(
                OPEN, SHOWN, order="scrm_said_at desc, id desc", limit=limit
            )
            self.assertEqual(len(found["records"]), limit)
            return self.cr.sql_log_count - before

        cost(8)  # what is kept
        few, many = cost(2), cost(8)
        self.assertLessEqual(many, few + 1)
