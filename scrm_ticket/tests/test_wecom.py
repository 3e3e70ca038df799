from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from odoo import Command, fields
from odoo.exceptions import AccessDenied, AccessError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .chat_platform import ChatPlatform
from .common import TicketFixture
from .wecom_platform import WecomPlatform

PASSWORD = "in-wecom-and-here"


@tagged("post_install", "-at_install")
class TestWecom(TicketFixture, HttpCase):
    """Wang and Zhao, at the desk, have the customer Mei in WeCom and are in a group
    with her; Sun has nobody there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.platform = WecomPlatform()
        cls.addClassCleanup(cls.platform.stop)
        cls.platform.contacts = {
            "wm-mei": ("Mei", ["WangWei", "ZhaoLi"]),
            "wm-li": ("Li", ["SunYi"]),
        }
        cls.platform.groups = {
            "wr-1": ("Printers", ["WangWei", "ZhaoLi"], ["wm-mei"]),
            "wr-2": ("Others", ["SunYi"], ["wm-li"]),
        }
        cls.template.words = "报修, broken"
        cls.question = cls.env["scrm.ticket.template"].create(
            {
                "key": "test_question",
                "name": "Question",
                "team_id": cls.team.id,
                "words": "报价, price",
            }
        )
        cls.wang, cls.zhao, cls.sun = (
            cls.make_colleague(*names)
            for names in (("wang", "WangWei"), ("zhao", "ZhaoLi"), ("sun", "SunYi"))
        )
        cls.account = cls.env["scrm.door.chat"].create(
            {
                "name": "WeCom",
                "key": "wecom",
                "platform": "wecom",
                "receiver": "ww1",
                "user_id": cls.desk.id,
                "intake": "panel",
                "keep_hours": 48,
            }
        )
        cls.door = cls.env["scrm.door.wecom"].create(
            {
                "name": "Tickets",
                "key": "desk",
                "corp_id": "ww1",
                "agent_id": "1000002",
                "secret": "s1",
                "account_id": cls.account.id,
                "api_url": cls.platform.url,
                "login_url": f"{cls.platform.url}/connect/oauth2/authorize",
                "script_urls": f"{cls.platform.url}/sdk.js",
            }
        )

    @classmethod
    def make_colleague(cls, login, userid):
        user = new_test_user(
            cls.env,
            login=f"test_{login}",
            name=login.capitalize(),
            password=PASSWORD,
            groups="helpdesk_mgmt.group_helpdesk_user",
            lang="en_US",
        )
        user.scrm_wecom_userid = userid
        return user

    def come_in(self, user):
        self.authenticate(user.login, PASSWORD)

    def ask(self, path, **data):
        return self.make_jsonrpc_request(f"/scrm/wecom/desk{path}", data, timeout=60)

    def talk(self, kind="contact", identity="wm-mei"):
        return self.ask("/talk", kind=kind, identity=identity)

    def hear(self, text, number, sender="wm-mei", **more):
        """WeCom tells us what somebody wrote."""
        chat = ChatPlatform(
            self.opener,
            f"{self.base_url()}/scrm/chat/wecom",
            token=self.account.token,
            key=self.account.aes_key,
            receiver="ww1",
        )
        answer = chat.say(sender, text, number, **more)
        self.assertEqual((answer.status_code, answer.text), (200, "success"))

    def tickets(self):
        return self.env["helpdesk.ticket"].search(
            [("template_id", "in", (self.template | self.question).ids)], order="id"
        )

    def make_device(self, serial, owner):
        return self.env["stock.lot"].create(
            {
                "name": serial,
                "product_id": self.bracket.id,
                "scrm_partner_id": owner.id,
                "scrm_purchase_date": fields.Date.today() - timedelta(days=30),
                "scrm_warranty_end": fields.Date.today() + timedelta(days=300),
            }
        )

    def make_mei(self):
        """Mei, as she is known from before."""
        return (
            self.env["res.partner"]
            .with_user(self.wang)
            ._scrm_recognise({"channel": "wecom", "id": "wm-mei", "name": "Mei"})
            .with_env(self.env)
        )

    # Coming in

    def test_who_comes_in(self):
        """Who opens the page is sent to WeCom and comes back as the user with that
        UserID; nobody else comes in, and no code is good twice.

        Covers in part: E04, E05, E06
        """
        self.authenticate(None, None)
        answer = self.url_open("/scrm/wecom/desk", allow_redirects=False)
        address = urlsplit(answer.headers["Location"])
        asked = {name: said[0] for name, said in parse_qs(address.query).items()}
        state = asked.pop("state")
        self.assertEqual(
            asked,
            {
                "appid": "ww1",
                "redirect_uri": f"{self.door.url}/enter",
                "response_type": "code",
                "scope": "snsapi_base",
                "agentid": "1000002",
            },
        )
        self.assertEqual(address.fragment, "wechat_redirect")
        code = self.platform.code_of("WangWei")
        enter = "/scrm/wecom/desk/enter"

        def come(said):
            return self.url_open(f"{enter}?code={code}&state={said}")

        answer = come("x" * 32)
        self.assertEqual(answer.status_code, 403)
        self.assertIn("not begun here", answer.text)
        self.assertEqual(come(state).status_code, 403, "a state is good once")

        def begin(code):
            answer = self.url_open("/scrm/wecom/desk", allow_redirects=False)
            query = parse_qs(urlsplit(answer.headers["Location"]).query)
            return self.url_open(f"{enter}?code={code}&state={query['state'][0]}")

        partner = new_test_user(self.env, login="test_out", groups="base.group_portal")
        partner.scrm_wecom_userid = "Outside"
        for person in (None, "Nobody", "Outside"):
            answer = begin(self.platform.code_of(person))
            self.assertEqual(answer.status_code, 403)
            self.assertIn("administrator", answer.text)
        answer = begin("wrong")
        self.assertEqual(answer.status_code, 403)
        self.assertIn("40029", answer.text)
        answer = begin(code)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("scrm_ticket.wecom", answer.text)
        self.assertIn(f"{self.platform.url}/sdk.js", answer.text)
        self.assertEqual(self.talk()["name"], "Mei", "as Wang")
        self.authenticate(None, None)
        self.assertEqual(begin(code).status_code, 403)

    def test_proof_of_a_login(self):
        """What a login is proved with stands for one user, and is no password."""
        users = self.env["res.users"]
        proof = self.wang._scrm_wecom_proof()
        env = {"interactive": True}

        def log_in(login, proof):
            said = {"login": login, "type": "scrm_wecom", "proof": proof}
            return users.authenticate(said, env)["uid"]

        self.assertEqual(log_in("test_wang", proof), self.wang.id)
        for login, said in (
            ("test_zhao", proof),
            ("test_wang", proof[:-3]),
            ("test_wang", ""),
            ("test_wang", None),
        ):
            with mute_logger("odoo.addons.base.models.res_users"):
                with self.assertRaises(AccessDenied):
                    log_in(login, said)
        with self.assertRaises(AccessError):
            self.wang.with_user(self.wang).scrm_wecom_userid = "Boss"
        with self.assertRaises(AccessError):
            self.zhao.with_user(self.manager).scrm_wecom_userid = "Boss"

    def test_signature_of_the_page(self):
        """What we sign, WeCom finds right; what it gave us is asked for once, and anew
        when WeCom took it back."""
        self.come_in(self.wang)
        url = f"{self.door.url}?from=toolbar"
        for _time in range(2):
            sdk = self.ask("/sdk", url=f"{url}#top")
        for kind, name in (("corp", "signature"), ("agent", "agent_signature")):
            wanted = self.platform.signature(
                kind, sdk["nonce"], str(sdk["timestamp"]), url
            )
            self.assertEqual(sdk[name], wanted)
        asked = self.platform.asked
        for path in ("gettoken", "get_jsapi_ticket", "ticket/get"):
            self.assertEqual(asked.count(f"/cgi-bin/{path}"), 1, path)
        self.platform.forget_token()
        self.assertEqual(self.talk()["name"], "Mei")
        self.assertEqual(asked.count("/cgi-bin/gettoken"), 2)
        for url in ("https://evil.example/scrm/wecom/desk", "", None, 5):
            self.assertIn("no address", self.ask("/sdk", url=url)["refused"])
        self.door.secret = "wrong"
        self.env.flush_all()
        refused = self.talk()["refused"]
        self.assertIn("40001", refused)
        self.assertNotIn("wrong", refused)
        self.door.secret = "s1"
        self.env.flush_all()
        self.platform.is_down = True
        self.addCleanup(setattr, self.platform, "is_down", False)
        self.assertIn("cannot be asked", self.talk()["refused"])

    def test_whose_chat(self):
        """A colleague opens chats of own customers and groups, as WeCom tells them;
        a pass is of one colleague and one app.

        Covers in part: E04, E05, E06
        """
        self.come_in(self.wang)
        for kind, identity, words in (
            ("contact", "wm-li", "no customer of yours"),
            ("contact", "wm-none", "84061"),
            ("group", "wr-2", "not in this group"),
            ("group", "wr-none", "86001"),
            ("other", "wm-mei", "which chat"),
            ("contact", "", "which chat"),
            ("contact", {"x": 1}, "which chat"),
        ):
            self.assertIn(words, self.talk(kind, identity)["refused"])
        signed = self.talk()["pass"]
        group = self.talk("group", "wr-1")["pass"]
        draft = self.ask("/draft/open", signed=group, template=self.template.key)["id"]
        self.come_in(self.sun)
        other = self.talk("group", "wr-2")["pass"]
        for said in (signed, signed[:-4], "x", None):
            answer = self.ask("/ticket", signed=said, template=self.template.key)
            self.assertIn("open this page", answer["refused"])
        for path, data in (
            ("read", {"turn": -1}),
            ("answer", {"field": "test_area", "value": "1"}),
            ("send", {}),
        ):
            answer = self.ask(f"/draft/{path}", signed=other, draft=draft, **data)
            self.assertIn("no such ticket", answer["refused"])
        self.assertFalse(self.tickets())
        with self.assertRaises(AccessError):
            self.env["scrm.wecom.draft"].with_user(self.sun).search([])
        with self.assertRaises(AccessError):
            self.env["scrm.chat.message"].with_user(self.sun).search([])

    # Chat window

    def test_ticket_of_a_chat(self):
        """A customer's message waits beside the chat; a colleague makes a ticket of it,
        with the customer, the message as it was written, and the template that its
        words speak for. What the customer writes next belongs to it.

        Covers: E04
        """
        self.hear("想了解产品报价 <b>", "m1")
        self.assertFalse(self.tickets(), "nobody made one yet")
        self.assertFalse(
            self.env["scrm.customer.channel"]._scrm_owner("wecom", "wm-mei")
        )
        self.come_in(self.wang)
        talk = self.talk()
        (message,) = talk["messages"]
        self.assertEqual(message["author"], "Mei")
        self.assertEqual(message["template"], "test_question")
        data = {
            "signed": talk["pass"],
            "template": message["template"],
            "message": message["id"],
        }
        made = self.ask("/ticket", **data)
        ticket = self.tickets()
        self.assertEqual(len(ticket), 1)
        self.assertEqual(made["ticket"], ticket.number)
        self.assertEqual(made["url"], f"/odoo/helpdesk.ticket/{ticket.id}")
        self.assertEqual(ticket.scrm_door, "wecom")
        self.assertEqual(ticket.create_uid, self.wang)
        self.assertEqual(ticket.template_id, self.question)
        self.assertEqual(ticket.partner_id.name, "Mei")
        self.assertEqual(
            ticket.partner_id.scrm_channel_ids.mapped(
                lambda one: (one.channel, one.identity)
            ),
            [("wecom", "wm-mei")],
        )
        self.assertIn("<blockquote", ticket.description)
        self.assertIn("想了解产品报价 &lt;b&gt;", ticket.description)
        # once
        self.assertEqual(self.ask("/ticket", **data)["ticket"], ticket.number)
        self.assertEqual(self.tickets(), ticket)
        self.assertEqual(self.talk()["messages"][0]["ticket"], ticket.number)
        self.hear("还有，几时能送？", "m2")
        self.assertEqual(self.tickets(), ticket)
        said = ticket.message_ids.filtered(
            lambda one: one.author_id == ticket.partner_id
        )
        self.assertIn("几时能送", said.body)
        for data, words in (
            ({"template": "none"}, "choose what"),
            ({"template": None}, "choose what"),
            ({"template": "test_question", "message": 99999999}, "not kept"),
        ):
            answer = self.ask("/ticket", signed=talk["pass"], **data)
            self.assertIn(words, answer["refused"])

    def test_messages_are_kept_for_a_while(self):
        """Messages are kept for the hours of the account, of groups too; without such
        hours none is."""
        self.hear("Hello", "m1")
        self.hear("Hello all", "m2", ChatId="wr-1")
        self.hear("Hello all", "m2", ChatId="wr-1")
        kept = self.env["scrm.chat.message"]
        self.assertEqual(kept.search([]).mapped("talk"), ["wr-1", "wm-mei"])
        kept.search([("key", "=", "m1")]).at -= timedelta(hours=49)
        kept._gc_past()
        self.assertEqual(kept.search([]).mapped("key"), ["m2"])
        self.account.write({"intake": "ticket", "keep_hours": 0})
        self.hear("Hello", "m3", sender="wm-li")
        self.assertFalse(kept.search([("key", "=", "m3")]))

    # Customer's card

    def test_card(self):
        """The form opens with what is known of the customer filled in, next to the
        service and the conversations of the last three months, not older ones; what
        is masked for the colleague stays so.

        Covers in part: E05
        """
        mei = self.make_mei()
        mei.phone = "13812342047"
        tickets = self.env["helpdesk.ticket"].create(
            [
                {"name": name, "description": name, "partner_id": mei.id}
                for name in ("Lately", "Long ago")
            ]
        )
        self.env.flush_all()
        past = fields.Datetime.now() - timedelta(days=100)
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
            [past, tickets[1].id],
        )
        tickets[0].message_post(
            body="It leaks again",
            author_id=mei.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.template.line_ids.filtered(
            lambda line: line.field_id == self.note
        ).default_kind = "partner_name"
        self.env["ir.config_parameter"].set_param("scrm_ticket.mask_personal", "True")
        self.come_in(self.wang)
        talk = self.talk()
        told = " ".join(moment["text"] for moment in talk["moments"])
        self.assertIn("Lately", told)
        self.assertIn("It leaks again", told)
        self.assertNotIn("Long ago", told)
        form = self.ask("/form", signed=talk["pass"], template=self.template.key)
        self.assertEqual(form["values"]["test_note"], "Mei")
        self.assertEqual(
            [field["key"] for field in form["fields"]],
            ["test_area", "test_mounting", "test_note"],
        )
        data = {"signed": talk["pass"], "template": self.template.key}
        refused = self.ask("/submit", **data, values={}, once="0123456789")["refused"]
        self.assertIn("Floor area", refused)
        values = {"test_area": "60", "test_mounting": "wall"}
        for _time in range(2):
            made = self.ask("/submit", **data, values=values, once="0123456789")
        ticket = self.tickets()
        self.assertEqual(len(ticket), 1)
        self.assertEqual(made["ticket"], ticket.number)
        self.assertEqual(ticket.partner_id, mei)
        self.assertEqual(ticket._scrm_value("test_area"), 60)

    # Groups

    def test_filled_in_together(self):
        """From a group two colleagues fill in one ticket: model and warranty of the
        customer's device are there from the start, each sees what the other wrote,
        and who writes over it is told. It becomes one ticket.

        Covers: E06
        """
        serial = self.env["scrm.form.field"].create(
            {"key": "test_serial", "name": "Serial", "type": "serial"}
        )
        self.template.line_ids = [Command.create({"field_id": serial.id})]
        mei = self.make_mei()
        lot = self.make_device("SN-1", mei)
        self.hear("打印机卡纸了，报修", "m1", ChatId="wr-1")
        self.come_in(self.wang)
        wang = self.talk("group", "wr-1")
        (message,) = wang["messages"]
        self.assertEqual(message["template"], self.template.key)
        draft = self.ask(
            "/draft/open",
            signed=wang["pass"],
            template=message["template"],
            message=message["id"],
        )
        device = draft["device"]
        self.assertEqual(device["model"], "Test Bracket")
        self.assertEqual(device["serial"], "SN-1")
        self.assertTrue(device["warranty"] and device["is_covered"])
        self.assertEqual(draft["answers"]["test_serial"], "SN-1", "filled in")

        def answer(talk, field, value, seen=None):
            return self.ask(
                "/draft/answer",
                signed=talk["pass"],
                draft=draft["id"],
                field=field,
                value=value,
                seen=seen,
            )

        self.assertFalse(answer(wang, "test_area", "60")["conflict"])
        self.come_in(self.zhao)
        zhao = self.talk("group", "wr-1")
        self.assertEqual([one["id"] for one in zhao["drafts"]], [draft["id"]])
        joined = self.ask(
            "/draft/open", signed=zhao["pass"], template=draft["template"]
        )
        self.assertEqual(joined["id"], draft["id"], "the same one")
        self.assertEqual(joined["answers"]["test_area"], "60")
        self.assertEqual(joined["writers"], {"test_area": "Wang"})
        self.assertFalse(answer(zhao, "test_mounting", "wall")["conflict"])
        told = answer(zhao, "test_area", "70")["conflict"]
        self.assertEqual(told, {"value": "60", "by": "Wang"}, "he did not see it")
        self.assertFalse(answer(zhao, "test_area", "70", seen="60")["conflict"])
        self.assertIn("Mounting", answer(zhao, "test_mounting", "x", "wall")["refused"])
        self.assertIn("not yours", answer(zhao, "no_field", "x")["refused"])
        self.come_in(self.wang)
        data = {"signed": wang["pass"], "draft": draft["id"]}
        seen = self.ask("/draft/read", **data, turn=draft["turn"])
        self.assertEqual(seen["answers"]["test_area"], "70")
        self.assertEqual(seen["answers"]["test_mounting"], "wall")
        self.assertEqual(seen["people"], ["Wang", "Zhao"])
        self.assertEqual(self.ask("/draft/read", **data, turn=seen["turn"]), {})
        made = self.ask("/draft/send", **data)
        ticket = self.tickets()
        self.assertEqual(made["ticket"], ticket.number)
        self.assertEqual(ticket.scrm_lot_id, lot)
        self.assertEqual(ticket.partner_id, mei)
        self.assertEqual(ticket._scrm_value("test_area"), 70)
        self.assertEqual(ticket._scrm_value("test_mounting"), "wall")
        note = "".join(ticket.message_ids.mapped("body"))
        self.assertIn("Wang, Zhao", note)
        self.assertIn("打印机卡纸了", note)
        self.come_in(self.zhao)
        again = self.ask("/draft/send", signed=zhao["pass"], draft=draft["id"])
        self.assertEqual(again["ticket"], ticket.number)
        self.assertIn("sent already", answer(zhao, "test_area", "1", "70")["refused"])
        self.assertEqual(self.tickets(), ticket)

    def test_device_of_the_customer(self):
        """Only a device of the customer's can be named, and none is guessed of two."""
        mei = self.make_mei()
        first = self.make_device("SN-1", mei)
        self.make_device("SN-2", mei)
        foreign = self.make_device("SN-3", self.pia.partner_id)
        self.come_in(self.wang)
        signed = self.talk("group", "wr-1")["pass"]
        data = {"signed": signed, "template": self.question.key}
        refused = self.ask("/draft/open", **data, device=foreign.id)["refused"]
        self.assertIn("none of the customer's", refused)
        self.assertEqual(self.ask("/draft/open", **data)["device"], {})
        data["template"] = self.template.key
        chosen = self.ask("/draft/open", **data, device=first.id)["device"]
        self.assertEqual(chosen["serial"], "SN-1")

    def test_settings(self):
        """Addresses are of the web; the secret is for managers."""
        with self.assertRaisesRegex(ValidationError, "Tickets"):
            self.door.script_urls = "javascript:alert(1)"
        for user in (self.wang, self.pia):
            with self.assertRaises(AccessError):
                self.door.with_user(user).read(["secret"])
        made = self.env["scrm.door.wecom"].with_user(self.manager)
        made = made.create(
            {"name": "New", "key": "new", "corp_id": "ww9", "agent_id": "1"}
        )
        self.assertEqual(made.url, f"{made.get_base_url()}/scrm/wecom/new")

    # In the browser

    def test_three_presses(self):
        """Beside the chat, in a browser, with the signatures of WeCom: its toolbar
        opens the page, a press on the message chooses it with its template, another
        makes the ticket. That is three.

        Covers: E04
        """
        self.hear("设备报修", "m1")
        self.platform.context = {
            "getContext": {"entry": "single_chat_tools"},
            "getCurExternalContact": {"userId": "wm-mei"},
        }
        self.browser_js(
            "/scrm/wecom/desk",
            """
            (async () => {
                let presses = 1; // of WeCom's toolbar
                document.addEventListener("click", () => presses++, true);
                const find = async (selector) => {
                    for (let n = 0; n < 300; n++) {
                        const found = document.querySelector(selector);
                        if (found) {
                            return found;
                        }
                        await new Promise((resolve) => setTimeout(resolve, 100));
                    }
                    throw new Error(`${selector}: ${document.body.innerText}`);
                };
                (await find(".o_scrm_message")).click();
                (await find(".o_scrm_make:not([disabled])")).click();
                await find(".o_scrm_made");
                if (presses > 3) {
                    throw new Error(`${presses} presses`);
                }
                console.log("test successful");
            })();
            """,
            login=self.wang.login,
            timeout=120,
        )
        ticket = self.tickets()
        self.assertEqual(len(ticket), 1)
        self.assertEqual(ticket.template_id, self.template)
        self.assertEqual(ticket.partner_id.name, "Mei")
        self.assertIn("设备报修", ticket.description)
