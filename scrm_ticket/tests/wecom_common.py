"""WeCom with colleagues, a customer and a group; see ``wecom_platform``."""

from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user

from .chat_platform import ChatPlatform
from .common import TicketFixture
from .wecom_platform import WecomPlatform

PASSWORD = "in-wecom-and-here"


class WecomCase(TicketFixture, HttpCase):
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
    def make_colleague(cls, login, userid, groups="helpdesk_mgmt.group_helpdesk_user"):
        user = new_test_user(
            cls.env,
            login=f"test_{login}",
            name=login.capitalize(),
            password=PASSWORD,
            groups=groups,
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
