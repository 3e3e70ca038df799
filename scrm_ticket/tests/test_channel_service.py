import base64
from datetime import timedelta
from io import BytesIO

from PIL import Image

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, tagged

from odoo.addons.scrm_flow.tests.gateway_common import GatewayFixture

from .common import TicketFixture


@tagged("post_install", "-at_install")
class TestChannelService(GatewayFixture, TicketFixture, HttpCase):
    """What customers of a channel get by themselves: tags, a guide, a coupon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.service = cls.make_channel("wechat_service", "/wechat?appid=wx1")
        cls.mei = cls.env["res.partner"].create(
            {"name": "Mei", "phone": "+86 138 0013 8000", "scrm_wechat_openid": "o-mei"}
        )
        cls.model = cls.env["ir.model"]._get("helpdesk.ticket")
        cls.phone_rule = cls.make_tag_rule("phone", "Relies on the phone")

    @classmethod
    def make_tag_rule(cls, channel, tag, **values):
        return cls.env["scrm.customer.tag.rule"].create(
            {
                "key": f"test_{channel}",
                "name": tag,
                "tag_id": cls.env["res.partner.category"].create({"name": tag}).id,
                "condition": f"[('scrm_channel', '=', '{channel}')]",
                "least": 3,
                "days": 30,
                **values,
            }
        )

    def enquire(self, channel, partner=None, **values):
        return (
            self.env["helpdesk.ticket"]
            .with_user(self.desk)
            .create(
                {
                    "name": channel,
                    "description": "",
                    "partner_id": (partner or self.mei).id,
                    "template_id": self.template.id,
                    "scrm_door": "phone" if channel == "phone" else "webhook",
                    "scrm_channel": channel,
                    **values,
                }
            )
        )

    def make_rule(self, **values):
        return self.env["scrm.notice.rule"].create(
            {
                "name": "Rule",
                "model_id": self.model.id,
                "event": "started",
                "to_customer": True,
                "channel_ids": [Command.set(self.service.ids)],
                **values,
            }
        )

    def run_crons(self):
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["scrm.notice.delivery"]._run_all()
        self.env.invalidate_all()

    def test_tags_by_channel(self):
        """The third call in the time makes the tag, not the second and not another
        channel's; it goes when the calls are long ago. The share counts where asked
        for.

        Covers: X05
        """
        tag = self.phone_rule.tag_id
        live = self.make_tag_rule("live", "Loves live streams", least=2, percent=50)
        self.enquire("phone")
        self.enquire("phone")
        self.enquire("webhook")
        self.assertNotIn(tag, self.mei.category_id)
        last = self.enquire("phone")
        self.assertIn(tag, self.mei.category_id)
        self.assertEqual(self.phone_rule.customer_count, 1)
        # two of six are less than half of them
        self.enquire("live")
        self.enquire("live")
        self.assertNotIn(live.tag_id, self.mei.category_id)
        self.enquire("live")
        self.enquire("live")  # four of eight
        self.assertIn(live.tag_id, self.mei.category_id)
        other = self.env["res.partner"].create({"name": "Li"})
        self.enquire("phone", other)
        self.assertFalse(other.category_id)
        last.scrm_said_at = fields.Datetime.now() - timedelta(days=31)
        self.phone_rule._cron_apply()
        self.assertNotIn(tag, self.mei.category_id)
        self.assertIn(live.tag_id, self.mei.category_id)

    def test_tags_that_people_changed(self):
        """A tag taken away by hand does not come back, one given by hand stays, and
        one that is to be kept is.

        Covers: X05
        """
        tag = self.phone_rule.tag_id
        calls = [self.enquire("phone") for _time in range(3)]
        self.mei.category_id = [Command.unlink(tag.id)]
        self.enquire("phone")
        self.assertNotIn(tag, self.mei.category_id)
        li, wu = self.env["res.partner"].create(
            [{"name": "Li", "category_id": [Command.set(tag.ids)]}, {"name": "Wu"}]
        )
        for partner in (li, wu):
            calls += [self.enquire("phone", partner) for _time in range(3)]
        self.assertIn(tag, wu.category_id)
        # wherever the calls are: long ago
        for call in calls:
            call.scrm_said_at = fields.Datetime.now() - timedelta(days=99)
        self.phone_rule.keeps = True
        self.phone_rule.with_user(self.manager).action_apply()
        self.assertIn(tag, wu.category_id)
        self.phone_rule.keeps = False
        self.phone_rule.with_user(self.manager).action_apply()
        self.assertNotIn(tag, wu.category_id)
        self.assertIn(tag, li.category_id)
        with self.assertRaises(AccessError):
            self.phone_rule.with_user(self.dora).action_apply()
        with self.assertRaisesRegex(ValidationError, "Relies on the phone"):
            self.phone_rule.condition = "[('no_such_field', '=', 1)]"

    def test_guide_with_picture(self):
        """Who asks by WeChat gets the guide as one card with its picture, once; who
        asks by telephone gets none. The picture's address opens without a login.

        Covers: X06
        """
        image = BytesIO()
        Image.new("RGB", (60, 40), "teal").save(image, "PNG")
        self.make_rule(
            name="Guide",
            condition="[('scrm_channel', '=', 'wechat')]",
            subject="How to install",
            body="Three steps for {{ recipient }}",
            picture=base64.b64encode(image.getvalue()),
            link="https://example.com/guide",
            is_once=True,
        )
        self.enquire("phone")
        self.run_crons()
        self.assertFalse(self.gateway.taken)
        self.enquire("wechat")
        self.run_crons()
        self.enquire("wechat")
        self.run_crons()
        ((openid, message),) = self.gateway.taken
        self.assertEqual((openid, message["msgtype"]), ("o-mei", "news"))
        (article,) = message["news"]["articles"]
        picture = article.pop("picurl")
        self.assertEqual(
            article,
            {
                "title": "How to install",
                "description": "Three steps for Mei",
                "url": "https://example.com/guide",
            },
        )
        self.authenticate(None, None)
        path = picture.removeprefix(self.env["res.company"].get_base_url())
        page = self.url_open(path)
        self.assertEqual(page.status_code, 200)
        self.assertEqual(Image.open(BytesIO(page.content)).size, (60, 40))
        # who follows the account only now gets it then
        wu = self.env["res.partner"].create({"name": "Wu"})
        self.enquire("wechat", wu)
        self.run_crons()
        wu.scrm_wechat_openid = "o-wu"
        self.enquire("wechat", wu)
        self.run_crons()
        self.assertEqual([one for one, _said in self.gateway.taken], ["o-mei", "o-wu"])

    def test_coupon_after_live_stream(self):
        """An enquiry from a live stream is followed by one message with one code on the
        customer's WeChat, however often he or she asks; each customer has another
        code, and none is drawn where none can be sent.

        Covers: X12
        """
        campaign = self.env["scrm.coupon.campaign"].create(
            {"name": "Live", "key": "test_live", "prefix": "LIVE"}
        )
        refused = self.env.cr.savepoint
        with self.assertRaisesRegex(ValidationError, "coupon"), refused():
            self.make_rule(body="No code", coupon_campaign_id=campaign.id)
        with self.assertRaisesRegex(ValidationError, "choose the coupons"), refused():
            self.make_rule(body="{{ coupon }}")
        rule = self.make_rule(
            name="Thanks",
            condition="[('scrm_channel', '=', 'live')]",
            subject="For you",
            body="Your code: {{ coupon }}",
            coupon_campaign_id=campaign.id,
        )
        self.enquire("wechat")
        self.run_crons()
        self.assertFalse(self.gateway.taken)
        first = self.enquire("live")
        preview = self.env["scrm.notice.preview"].create({"rule_id": rule.id})
        self.assertIn("•••", preview.preview)
        self.assertFalse(campaign.coupon_ids)
        self.run_crons()
        self.enquire("live")
        self.run_crons()
        ((openid, message),) = self.gateway.taken
        self.assertEqual(openid, "o-mei")
        coupon = campaign.coupon_ids
        self.assertEqual(len(coupon), 1)
        self.assertEqual((coupon.partner_id, coupon.ticket_id), (self.mei, first))
        self.assertTrue(coupon.code.startswith("LIVE"))
        self.assertIn(f"Your code: {coupon.code}", message["text"]["content"])
        li, wu = self.env["res.partner"].create(
            [{"name": "Li", "scrm_wechat_openid": "o-li"}, {"name": "Wu"}]
        )
        self.enquire("live", li)
        self.enquire("live", wu)  # follows no account
        self.run_crons()
        self.assertEqual(len(self.gateway.taken), 2)
        self.assertEqual(campaign.coupon_ids.partner_id, self.mei | li)
        self.assertEqual(len(set(campaign.coupon_ids.mapped("code"))), 2)

    def test_codes_of_the_shop(self):
        """Codes that come from the shop are given out once each; when there is none
        left the event says so and is looked at again after more were entered.

        Covers: X12
        """
        campaign = self.env["scrm.coupon.campaign"].create(
            {
                "name": "Shop",
                "key": "test_shop",
                "makes_codes": False,
                "new_codes": "AA1\n",
            }
        )
        rule = self.make_rule(
            body="{{ coupon }}", subject="Hello", coupon_campaign_id=campaign.id
        )
        li = self.env["res.partner"].create(
            {"name": "Li", "scrm_wechat_openid": "o-li"}
        )
        self.enquire("live")
        self.run_crons()
        self.enquire("live", li)
        with self.assertLogs("odoo.addons.scrm_flow.models.scrm_notice_event"):
            self.run_crons()
        self.assertEqual(campaign.free_count, 0)
        event = self.env["scrm.notice.event"].search([("state", "=", "error")])
        self.assertIn("no coupon code left", event.error)
        campaign.new_codes = "AA1\nBB2"[4:]
        event.action_retry()
        self.run_crons()
        said = [message["text"]["content"] for _who, message in self.gateway.taken]
        self.assertEqual([text.split()[-1] for text in said], ["AA1", "BB2"])
        self.assertEqual(self.env["scrm.coupon"]._redeem("BB2", "S1"), li_coupon(li))
        self.assertFalse(self.env["scrm.coupon"]._redeem("BB2", "S2"), "only once")
        campaign.valid_until = fields.Date.today() - timedelta(days=1)
        wu = self.env["res.partner"].create(
            {"name": "Wu", "scrm_wechat_openid": "o-wu"}
        )
        self.enquire("live", wu)
        self.run_crons()
        self.assertEqual(len(self.gateway.taken), 2)
        skipped = self.env["scrm.notice.delivery"].search(
            [("rule_id", "=", rule.id), ("partner_id", "=", wu.id)]
        )
        self.assertEqual(skipped.state, "skipped")
        self.assertIn("is over", skipped.error)


def li_coupon(partner):
    return partner.env["scrm.coupon"].search([("partner_id", "=", partner.id)])
