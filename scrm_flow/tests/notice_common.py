"""What the tests of notifications share: rules, people with addresses, the crons."""

from datetime import datetime, timedelta

from odoo.tests import freeze_time

from .common import FlowCase
from .cron_common import CronFixture
from .gateway_common import GatewayFixture

MONDAY = datetime(2026, 3, 2, 8)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class NoticeCase(CronFixture, FlowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Lotus",
                "email": "lotus@example.com",
                "phone": "+86 138 0013 8000",
                "tz": "Asia/Shanghai",
                "country_id": cls.env.ref("base.cn").id,
            }
        )
        for user in (cls.ann, cls.bob, cls.cid):
            user.write({"email": f"{user.login}@example.com", "tz": "UTC"})
        cls.inbox, cls.activity, cls.email, cls.sms = (
            cls.env.ref(f"scrm_flow.notice_channel_{key}")
            for key in ("inbox", "activity", "email", "sms")
        )
        cls.Delivery = cls.env["scrm.notice.delivery"]
        cls.Event = cls.env["scrm.notice.event"]

    @classmethod
    def make_rule(cls, **values):
        values = {
            "name": "Rule",
            "model_id": cls.model.id,
            "flow_id": cls.flow.id,
            "event": "reached",
            "to_handlers": True,
            "channel_ids": [(6, 0, cls.inbox.ids)],
            "subject": "{{ record }}: {{ node }}",
            "skip_actor": False,
            **values,
        }
        return cls.env["scrm.notice.rule"].create(values)

    def begin(self, at=MONDAY, **values):
        with freeze_time(at):
            return self.start(**values)

    def run_crons(self, at):
        """Let the crons run at a moment; how many deliveries went out of the queue."""
        return self.run_at(
            at,
            ("scrm.notice.delivery", "_run_all"),
        )

    def deliveries(self, order, **values):
        domain = [("res_id", "=", order.id), ("res_model", "=", order._name)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.Delivery.search(domain, order="id")

    def told(self, order):
        """{(name of recipient, key of channel, state)} of a record."""
        return {
            (one.partner_id.name, one.channel_id.key, one.state)
            for one in self.deliveries(order)
        }


class GatewayCase(GatewayFixture, NoticeCase):
    """Rules whose channels lead to the gateway on this machine."""

    def rule_for(self, *channels, **values):
        ids = [channel.id for channel in channels]
        return self.make_rule(
            **{
                "node_keys": "triage",
                "channel_ids": [(6, 0, ids)],
                "subject": "{{ record }}",
                "body": "{{ record }} waits for {{ handlers }}",
                **values,
            }
        )
