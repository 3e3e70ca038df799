from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.scrm_flow.tests.gateway_common import GatewayFixture

from .common import TicketFixture

NOTICE = "Deliveries take two days more."


@tagged("post_install", "-at_install")
class TestPageNotice(GatewayFixture, TicketFixture, HttpCase):
    """An emergency plan as customers meet it: on their phones and on the pages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.template.public_published = True
        cls.pia.partner_id.write(
            {"phone": "+86 138 0013 8000", "country_id": cls.env.ref("base.cn").id}
        )

    def run_crons(self):
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["scrm.notice.delivery"]._run_all()
        self.env.invalidate_all()

    def pages(self):
        """What the public form and the one of the portal show above their inputs."""
        found = []
        for login, path in ((None, "/scrm/new/"), ("test_pia", "/my/scrm/new/")):
            self.authenticate(login, login)
            page = self.url_open(path + self.template.key)
            self.assertEqual(page.status_code, 200)
            self.assertIn("test_area", page.text)
            found.append(NOTICE in page.text)
        return found

    def test_one_alert_carries_out_the_plan(self):
        """“物流延迟” surges: the SMS gateway gets the delay message of each ticket, the
        backup staff joins in, the notice stands on the product's pages; once each, and
        until it is over.

        Covers: F30
        """
        rules = self.env["scrm.notice.rule"]
        about = {
            "model_id": self.env["ir.model"]._get("helpdesk.ticket").id,
            "condition": "[('name', 'ilike', '物流延迟')]",
        }
        sms = self.make_channel("sms_gateway", "/sms")
        delay = rules.create(
            {
                **about,
                "name": "Delay",
                "event": "called",
                "to_customer": True,
                "channel_ids": [Command.set(sms.ids)],
                "body": "We are sorry: {{ number }} is delayed.",
            }
        )
        pool = self.env["scrm.flow.backup.pool"].create(
            {
                "key": "test_backup",
                "name": "Backup",
                "user_ids": [Command.set(self.ella.ids)],
            }
        )
        alert = rules.create(
            {
                **about,
                "name": "Surge",
                "event": "surge",
                "count_hours": 24,
                "count_least": 3,
                "backup_pool_ids": [Command.set(pool.ids)],
                "next_rule_ids": [Command.set(delay.ids)],
                "page_notice": NOTICE,
                "page_template_ids": [Command.set(self.template.ids)],
            }
        )
        # what begins in this second is counted in the next one
        before = fields.Datetime.now() - timedelta(minutes=1)
        with freeze_time(before):
            late = [self.submit(subject=f"物流延迟 {number}") for number in range(2)]
            self.submit(subject="Thanks")
        self.run_crons()
        self.assertFalse(pool.is_on)
        self.assertEqual(self.pages(), [False, False])
        with freeze_time(before):
            late.append(self.submit(subject="物流延迟 2"))
        alert.counted_at -= timedelta(hours=1)
        for _number in range(2):
            self.run_crons()
        self.assertEqual(
            sorted(message["text"] for _key, message in self.gateway.taken),
            sorted(f"We are sorry: {ticket.number} is delayed." for ticket in late),
        )
        self.assertTrue(pool.is_on)
        self.assertEqual(self.pages(), [True, True])
        event = self.env["scrm.notice.event"].search([("rule_id", "=", alert.id)])
        event.at = fields.Datetime.now() - timedelta(days=1, minutes=1)
        self.env.flush_all()
        self.assertEqual(self.pages(), [False, False])
