from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from ..doors import envelope
from .chat_platform import ChatPlatform, xml
from .common import TicketFixture

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


@tagged("post_install", "-at_install")
class TestChat(TicketFixture, HttpCase):
    """Messages of an official account and of groups, over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.template.words = "安装, install"
        cls.complaint = cls.env["scrm.ticket.template"].create(
            {
                "key": "test_dish",
                "name": "Dish Complaint",
                "team_id": cls.team.id,
                "words": "异物, 投诉",
            }
        )
        cls.other = cls.env["scrm.ticket.template"].create(
            {"key": "test_question", "name": "Question", "team_id": cls.team.id}
        )
        cls.env["scrm.store"].create({"key": "test_west", "name": "西湖3号店"})
        cls.env["scrm.store"].create({"key": "test_lake", "name": "西湖"})
        cls.tag = cls.env["helpdesk.ticket.tag"].create({"name": "异物"})
        cls.account = cls.env["scrm.door.chat"].create(
            {
                "name": "Restaurants",
                "key": "restaurants",
                "receiver": "wx1",
                "token": "t1",
                "aes_key": KEY,
                "user_id": cls.desk.id,
                "template_id": cls.other.id,
                "urgent_words": "紧急, 中毒",
            }
        )

    def setUp(self):
        super().setUp()
        self.platform = self.platform_of(self.account)

    def platform_of(self, account, **changes):
        known = {
            "token": account.token,
            "key": account.aes_key,
            "receiver": account.receiver,
            **changes,
        }
        address = f"{self.base_url()}/scrm/chat/{account.key}"
        return ChatPlatform(self.opener, address, **known)

    def tickets(self):
        return self.env["helpdesk.ticket"].search(
            [("scrm_door", "=", "chat")], order="id"
        )

    def taken(self, sender, text, message_id, **more):
        answer = self.platform.say(sender, text, message_id, **more)
        self.assertEqual((answer.status_code, answer.text), (200, "success"))
        return self.tickets()

    def test_address_is_verified(self):
        """The platform's question is answered with its echo, sealed or not; that of
        somebody else is not.

        Covers: E08
        """
        for is_sealed in (False, True):
            answer = self.platform.ask("4242", is_sealed=is_sealed)
            self.assertEqual((answer.status_code, answer.text), (200, "4242"))
            stranger = self.platform_of(self.account, token="t2")
            answer = stranger.ask("4242", is_sealed=is_sealed)
            self.assertEqual(answer.status_code, 401)
            self.assertNotIn("4242", answer.text)

    def test_message_becomes_ticket(self):
        """A guest's message is a ticket of what it is about, of the store it names,
        with its tag and urgency, in the guest's name, at once and once.

        Covers: E08
        """
        ticket = self.taken("o-mei", "紧急！西湖3号店的菜里有异物，我要投诉", "7001")
        self.assertEqual(len(ticket), 1)
        self.assertEqual(ticket.template_id, self.complaint)
        self.assertEqual(ticket.store_id.key, "test_west", "the longest name")
        self.assertEqual(ticket.tag_ids, self.tag)
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket.create_uid, self.desk)
        self.assertIn("菜里有异物", ticket.description)
        mei = ticket.partner_id
        self.assertEqual(
            mei.scrm_channel_ids.mapped(lambda one: (one.channel, one.identity)),
            [("wechat", "o-mei")],
        )
        self.assertEqual(mei.scrm_wechat_openid, "o-mei", "answers go there")
        # the platform did not hear the answer and sends it again, signed anew
        self.assertEqual(self.taken("o-mei", "紧急！西湖3号店…", "7001"), ticket)

    def test_nothing_is_guessed(self):
        """Without words the account's template is taken, and no store, tag or urgency;
        two stores of one length are none.

        Covers: E08
        """
        self.env["scrm.store"].create({"key": "test_east", "name": "东湖"})
        ticket = self.taken("o-mei", "你好", "1")
        self.assertEqual(ticket.template_id, self.other)
        self.assertFalse(ticket.tag_ids)
        self.assertNotEqual(ticket.priority, "3")
        plain = ticket.store_id
        ticket = self.taken("o-li", "西湖和东湖都不好", "2") - ticket
        self.assertEqual(ticket.store_id, plain)

    def test_conversation(self):
        """What the same guest writes next belongs to the open ticket, as the customer's
        word; after its end, or a day, it is a new one.

        Covers: E08, X01
        """
        ticket = self.taken("o-mei", "菜里有异物", "1")
        for _time in range(2):
            self.assertEqual(self.taken("o-mei", "是<b>昨天</b>", "2"), ticket)
        said = ticket.message_ids.filtered(
            lambda one: one.author_id == ticket.partner_id
        )
        self.assertEqual(len(said), 1)
        self.assertIn("&lt;b&gt;", said.body)
        other = self.taken("o-li", "菜里有异物", "3") - ticket
        self.assertNotEqual(other.partner_id, ticket.partner_id)
        ticket.stage_id = self.env["helpdesk.ticket.stage"].search(
            [("closed", "=", True)], limit=1
        )
        second = self.taken("o-mei", "又有异物", "4") - ticket - other
        self.assertEqual(len(second), 1)
        self.assertEqual(second.partner_id, ticket.partner_id)
        second.scrm_chat_at = fields.Datetime.now() - timedelta(hours=25)
        self.env.flush_all()
        third = self.taken("o-mei", "还有异物", "5") - ticket - other - second
        self.assertEqual(len(third), 1)

    def test_known_messages(self):
        """A message is known by its ticket, archived ones too; a mail that bears its
        id keeps none out."""
        ticket = self.taken("o-mei", "菜里有异物", "1")
        ticket.active = False
        answer = self.platform.say("o-mei", "菜里有异物", "1")
        self.assertEqual((answer.status_code, answer.text), (200, "success"))
        self.assertFalse(self.tickets())
        ticket.active = True
        ticket.message_post(
            body="Forged", message_type="email", message_id="<restaurants:2@scrm.chat>"
        )
        self.taken("o-mei", "在5号桌", "2")
        self.assertIn("在5号桌", "".join(ticket.message_ids.mapped("body")))

    def test_two_matters(self):
        """A message about two matters is two linked tickets.

        Covers: E08
        """
        tickets = self.taken("o-mei", "菜里有异物。还有，空调几时安装？", "1")
        self.assertEqual(tickets.template_id, self.complaint | self.template)
        self.assertEqual(tickets.scrm_origin_id, tickets[0])

    def test_form_is_filled_in(self):
        """What the words say goes into the form, in whatever language they are; a
        field whose options are named twice is left to people.

        Covers: E08
        """
        self.env["res.lang"]._activate_lang("zh_CN")
        wall, ceiling = self.mounting.option_ids
        wall.with_context(lang="zh_CN").name = "壁挂"
        ceiling.with_context(lang="zh_CN").name = "吊顶"
        self.template.with_context(lang="zh_CN").name = "安装"
        self.team.user_ids.lang = "zh_CN"
        ticket = self.taken("o-mei", "安装空调，壁挂的", "1")
        self.assertTrue(ticket.name.startswith("安装 · "), "as the team speaks")
        self.assertEqual(ticket.scrm_values._values["test_mounting"], "wall")
        self.assertEqual(ticket.template_id, self.template)
        both = self.taken("o-li", "安装空调，壁挂还是吊顶？", "2") - ticket
        self.assertFalse(both.scrm_values._values.get("test_mounting"))

    def test_pictures_and_events(self):
        """A picture comes as its link; to follow the account is no ticket."""
        answer = self.platform.send(
            xml(
                ToUserName="wx1",
                FromUserName="o-mei",
                CreateTime="1",
                MsgType="event",
                Event="subscribe",
            )
        )
        self.assertEqual((answer.status_code, answer.text), (200, "success"))
        self.assertFalse(self.tickets())
        ticket = self.taken(
            "o-mei", "", "9", kind="image", PicUrl="https://example.com/a.png?b&c"
        )
        self.assertIn("https://example.com/a.png?b&amp;c", ticket.description)
        for address in ("javascript:alert(1)", "https://" + "x" * 5000):
            self.platform.say("o-li", "", "10", kind="image", PicUrl=address)
        self.assertEqual(self.tickets(), ticket)

    def test_mention_in_a_group(self):
        """Who is mentioned in a group has it on the own list of what there is to do,
        at once; what is written there to nobody of us is nobody's business.

        Covers: E07
        """
        self.account.platform = "wecom"
        teacher = new_test_user(
            self.env, login="test_li", name="李老师", groups="scrm_ticket.group_user"
        )
        new_test_user(self.env, login="test_li2", name="李", groups="base.group_user")
        for number, text in enumerate(("大家好", "@王妈妈 收到", "李老师好")):
            self.assertFalse(self.taken("p-1", text, f"1{number}", ChatId="class_2"))
        before = fields.Datetime.now()
        ticket = self.taken("p-1", "@李老师 明天几点上课？", "20", ChatId="class_2")
        todo = self.env["mail.activity"].search([("user_id", "=", teacher.id)])
        self.assertEqual((todo.res_model, todo.res_id), (ticket._name, ticket.id))
        self.assertIn("明天几点上课", todo.note)
        self.assertEqual(todo.date_deadline, fields.Date.context_today(ticket))
        self.assertLess(todo.create_date - before, timedelta(minutes=2))
        self.assertEqual(len(ticket.activity_ids), 1, "not the one called 李")
        mine = self.env["helpdesk.ticket"].with_user(teacher).search([])
        self.assertIn(ticket, mine)
        own = self.env["mail.activity"].with_user(teacher)
        self.assertEqual(own.search([("user_id", "=", teacher.id)]), todo)
        groups = self.env["res.users"].with_user(teacher)._get_activity_groups()
        (group,) = [one for one in groups if one["model"] == ticket._name]
        self.assertEqual((group["total_count"], group["today_count"]), (1, 1))
        # the next mention is the next thing to do
        again = self.taken("p-1", "@李老师 带书吗？", "21", ChatId="class_2") - ticket
        self.assertEqual(again.partner_id, ticket.partner_id)
        self.assertEqual(again.activity_ids.user_id, teacher)

    def test_refused(self):
        """Each refusal says why and leaves nothing, no customer either."""
        before = self.env["res.partner"].search_count([])
        good = xml(FromUserName="o-1", MsgType="text", Content="异物", MsgId="1")
        send = self.platform.send
        now = int(fields.Datetime.now().timestamp())
        for answer, status, words in (
            (send(good, arguments={"msg_signature": None}), 401, "msg_signature"),
            (send(good, arguments={"timestamp": None}), 401, "timestamp"),
            (send(good, arguments={"nonce": "n2"}), 401, "signature fits"),
            (send(good, arguments={"timestamp": "x"}), 401, "signature fits"),
            (send(good, at=now - 400), 401, "5 minutes"),
            (send(good, at=now + 400), 401, "5 minutes"),
            (send(good, at=99999999999), 401, "5 minutes"),
            (send(good, body="<xml"), 422, "no XML"),
            (send(good, body=xml(Content="异物")), 401, "safe mode"),
            (self.platform_of(self.account, token="x").send(good), 401, "signature"),
            (self.platform_of(self.account, receiver="wx2").send(good), 401, "sealed"),
            (
                self.platform_of(self.account, key=KEY[::-1]).send(good),
                401,
                "sealed for",
            ),
            (send("no xml"), 422, "“xml”"),
            (send('<!DOCTYPE x [<!ENTITY e "1">]><xml>&e;</xml>'), 422, "“xml”"),
            (send(xml(MsgType="text", Content="x", MsgId="1")), 422, "FromUserName"),
            (send(xml(MsgType="text", Content="x", FromUserName="a")), 422, "MsgId"),
            (
                send(
                    xml(MsgType="text", Content="x" * 4001, FromUserName="a", MsgId="1")
                ),
                422,
                "Content",
            ),
        ):
            self.assertEqual(answer.status_code, status, answer.text)
            self.assertIn(words, answer.text)
            self.assertIn("text/plain", answer.headers["Content-Type"])
        answer = self.opener.post(f"{self.base_url()}/scrm/chat/none", timeout=60)
        self.assertEqual(answer.status_code, 404)
        self.account.active = False
        self.assertEqual(send(good).status_code, 404)
        self.assertFalse(self.tickets())
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_no_right_to_tickets(self):
        """The account acts with its user's rights, and keeps nothing without them."""
        self.account.user_id = self.clerk
        before = self.env["res.partner"].search_count([])
        answer = self.platform.say("o-mei", "菜里有异物", "1")
        self.assertEqual(answer.status_code, 403)
        self.assertFalse(self.tickets())
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_settings(self):
        """A key that is none is named; keys are for managers only."""
        for key in ("short", KEY + "A", "!" * 43):
            with self.assertRaisesRegex(ValidationError, "43 characters"):
                self.account.aes_key = key
        with self.assertRaises(ValidationError):
            self.account.user_id = self.pia
        for user in (self.dora, self.pia, self.clerk):
            with self.assertRaises(AccessError):
                self.account.with_user(user).read(["token"])
        made = self.env["scrm.door.chat"].with_user(self.manager)
        made = made.create({"name": "New", "key": "new", "receiver": "wx9"})
        self.assertEqual(len(envelope.key_of(made.aes_key)), 32)
        self.assertTrue(made.token)
        self.assertEqual(made.url, f"{made.get_base_url()}/scrm/chat/new")
