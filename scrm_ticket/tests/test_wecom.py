from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import AccessDenied, AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .wecom_common import WecomCase


@tagged("post_install", "-at_install")
class TestWecom(WecomCase):
    """Who comes in from WeCom, and to which chats."""

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
        self.wang.scrm_frozen_at = "2026-01-01"  # by risk control
        with mute_logger("odoo.addons.base.models.res_users"):
            with self.assertRaises(AccessDenied):
                log_in("test_wang", self.wang._scrm_wecom_proof())
        self.wang.scrm_frozen_at = False
        self.assertEqual(log_in("test_wang", proof), self.wang.id)
        with self.assertRaises(AccessError):
            self.wang.with_user(self.wang).scrm_wecom_userid = "Boss"
        with self.assertRaises(AccessError):
            self.zhao.with_user(self.manager).scrm_wecom_userid = "Boss"

    def test_signature_of_the_page(self):
        """What we sign, WeCom finds right; what it gave us is asked for once, and anew
        when WeCom took it back."""
        self.come_in(self.wang)
        self.platform.asked.clear()
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
        base = self.base_url()
        chinese = f"{base}/zh_CN/scrm/wecom/desk"
        sdk = self.ask("/sdk", url=chinese)
        wanted = self.platform.signature(
            "corp", sdk["nonce"], str(sdk["timestamp"]), chinese
        )
        self.assertEqual(sdk["signature"], wanted, "also in another language")
        for url in (
            "https://evil.example/scrm/wecom/desk",
            f"{base}/scrm/wecom/other",
            f"{base}/a/b/scrm/wecom/desk",
            f"{base}/odoo",
            "",
            None,
            5,
        ):
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
        clerk = self.make_colleague("clerk2", "ChenJie", "base.group_user")
        self.platform.contacts["wm-mei"][1].append("ChenJie")
        self.addCleanup(self.platform.contacts["wm-mei"][1].remove, "ChenJie")
        self.come_in(clerk)
        self.assertIn("not allowed", self.talk()["refused"], "who raises no tickets")
        self.come_in(self.wang)
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
