from datetime import datetime, timedelta
from urllib.parse import urlsplit

from lxml import html

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.scrm_flow.tests.gateway_common import GatewayFixture

from .common import TicketFixture

MONDAY = datetime(2026, 3, 2, 8)
HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestTicketTold(GatewayFixture, TicketFixture, HttpCase):
    """What the customer of a ticket hears on his phone, and the pages behind it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.text = cls.make_channel("sms_gateway", "/sms")
        cls.wechat = cls.make_channel(
            "wechat", "/wechat?appid=wx1&template_id=t1&subject=thing1&text=text"
        )
        cls.email = cls.env.ref("scrm_flow.notice_channel_email")
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.person = cls.pia.partner_id
        cls.person.write(
            {
                "phone": "+86 138 0013 8000",
                "country_id": cls.env.ref("base.cn").id,
                "email": "pia@example.com",
                "lang": "zh_CN",
                "scrm_wechat_openid": "o-pia",
            }
        )
        version = cls.flow.published_version_id._copy_as_draft()
        visit = version.node_ids.filtered(lambda node: node.key == "visit")
        visit.must_accept = True
        version.action_publish()

    def rule(self, *channels, **values):
        return self.env["scrm.notice.rule"].create(
            {
                "name": "Rule",
                "model_id": self.env["ir.model"]._get("helpdesk.ticket").id,
                "flow_id": self.flow.id,
                "to_customer": True,
                "channel_ids": [Command.set([channel.id for channel in channels])],
                **values,
            }
        )

    def run_crons(self, at=MONDAY):
        with (
            freeze_time(at),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            self.env(cr=cr)["scrm.notice.delivery"]._run_all()
        self.env.invalidate_all()

    def texts(self):
        return [message["text"] for _key, message in self.gateway.taken]

    def test_each_key_event_once(self):
        """Placed, parts sent, accepted, ended: a text message and an e-mail each.

        The engineer has to accept; when he did is on the step and in the message.

        Covers: N01, H23
        """
        here = (self.text, self.email)
        self.rule(*here, event="started", body="We have {{ number }}.")
        self.rule(
            *here,
            event="reached",
            node_keys="visit",
            sentence_ids=[
                Command.create(
                    {"node_key": "visit", "body": "您需要的配件已从上海仓库发出"}
                )
            ],
        )
        accepted = "{{ handlers }} accepted {{ number }} on {{ time }}."
        self.rule(*here, event="accepted", body=accepted)
        self.rule(*here, event="ended", body="Please rate us: {{ evaluation }}")
        with freeze_time(MONDAY):
            ticket = self.submit()
        self.run_crons()
        self.assertEqual(self.texts(), [f"We have {ticket.number}."])
        with freeze_time(MONDAY + HOUR):
            ticket.with_user(self.dora).scrm_step_complete()
        self.run_crons(MONDAY + HOUR)
        self.assertEqual(self.texts()[1:], ["您需要的配件已从上海仓库发出"])
        engineer = ticket.user_id
        at = MONDAY + 2 * HOUR
        with freeze_time(at):
            with self.assertRaisesRegex(UserError, "accepted before"):
                ticket.with_user(engineer).scrm_step_complete()
            ticket.with_user(engineer).scrm_step_accept()
        step = ticket.scrm_step_ids.filtered(lambda step: step.state == "open")
        self.assertEqual((step.accepted_at, step.accepted_by_id), (at, engineer))
        self.run_crons(at)
        (text,) = self.texts()[2:]
        self.assertTrue(text.startswith(f"{engineer.name} accepted {ticket.number} on"))
        self.assertIn("10:00", text)
        with freeze_time(at + HOUR):
            ticket.with_user(engineer).scrm_step_complete()
        self.run_crons(at + HOUR)
        self.run_crons(at + 9 * HOUR)
        self.assertEqual(len(self.texts()), 4)
        _key, message = self.gateway.taken[0]
        self.assertEqual(message["to"], "+8613800138000")
        mails = self.env["scrm.notice.delivery"].search(
            [("res_id", "=", ticket.id), ("channel_id", "=", self.email.id)]
        )
        self.assertEqual(sorted(mails.mapped("body")), sorted(self.texts()))
        self.assertEqual(set(mails.mapped("state")), {"queued"})
        self.check_read_again(ticket)

    def check_read_again(self, ticket):
        """The customer reads the four again on the ticket's page, each once and the
        latest first; who is not the customer does not read them there."""
        found = "//*[contains(@class, 'o_scrm_told_message')]"
        self.authenticate("test_pia", "test_pia")
        page = html.fromstring(self.url_open(f"/my/ticket/{ticket.id}").text)
        shown = [one.xpath("string(./div[2])").strip() for one in page.xpath(found)]
        self.assertEqual(shown, list(reversed(self.texts())))
        (link,) = page.xpath(f"({found})[1]//a/@href")
        self.assertIn("/rate/", link)
        self.authenticate("test_dora", "test_dora")
        page = self.url_open(f"/my/ticket/{ticket.id}")
        self.assertIn(ticket.number, page.text)
        self.assertFalse(html.fromstring(page.text).xpath(found))

    def test_the_evaluation_is_asked_for_after_the_end(self):
        """The address in the message opens the page on which the customer rates."""
        self.rule(self.text, event="ended", body="{{ evaluation }}")
        with freeze_time(MONDAY):
            ticket = self.submit()
            ticket.with_user(self.dora).scrm_step_complete()
            ticket.with_user(ticket.user_id).scrm_step_accept()
            self.run_crons()
            self.assertEqual(self.texts(), [])
            ticket.with_user(ticket.user_id).scrm_step_complete()
        self.run_crons()
        (address,) = self.texts()
        page = self.url_open(urlsplit(address).path)
        self.assertEqual(page.status_code, 200)
        self.assertIn("submit_feedback", page.text)

    def test_badge_of_the_engineer(self):
        """WeChat brings the badge on acceptance; it is good while he has the ticket.

        Covers: N22
        """
        self.rule(
            self.wechat,
            event="accepted",
            subject="{{ handlers }} comes",
            body="{{ number }}: {{ badge }}",
        )
        with freeze_time(MONDAY):
            ticket = self.submit()
            ticket.with_user(self.dora).scrm_step_complete()
            engineer = ticket.user_id
            engineer.partner_id.function = "Installer"
            self.run_crons()
            self.assertFalse(self.gateway.taken)
            ticket.with_user(engineer).scrm_step_accept()
        self.run_crons()
        self.run_crons(MONDAY + HOUR)
        ((openid, message),) = self.gateway.taken
        self.assertEqual(openid, "o-pia")
        self.assertEqual(message["data"]["thing1"]["value"], f"{engineer.name} comes")
        address = urlsplit(message["url"])
        self.assertIn(message["url"], message["data"]["text"]["value"])
        page = self.url_open(address.path)
        self.assertEqual(page.status_code, 200)
        for words in (engineer.name, "Installer", ticket.number, "On duty for you"):
            self.assertIn(words, page.text)
        self.assertNotIn(engineer.login, page.text)
        # his initials, which are no PNG
        self.assertIn("data:image/svg+xml;base64,", page.text)
        # no logo was chosen: the name, and not "Your logo"
        self.assertNotIn("/web/binary/company_logo?company=", page.text)
        forged = address.path.replace(f"/{engineer.id}/", f"/{self.dora.id}/")
        for path in (forged, address.path[:-1], f"/scrm/badge/1/{2**40}/x"):
            page = self.url_open(path)
            self.assertEqual(page.status_code, 404, path)
            self.assertIn("ask us before you open the door", page.text)
        ticket.with_user(engineer).scrm_step_complete()
        page = self.url_open(address.path).text
        self.assertIn("not valid any more", page)
        self.assertNotIn(engineer.name, page)
