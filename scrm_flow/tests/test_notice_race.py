"""Two senders, two transactions, one person: real cursors, real commits."""

import threading
from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .race_common import FlowRaceCase

MESSAGES = 60
CAP = 7
CHUNK = "odoo.addons.scrm_flow.models.scrm_notice_delivery.CHUNK"


@tagged("post_install", "-at_install")
class TestNoticeRace(FlowRaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            channel = env["scrm.notice.channel"].create(
                {"key": "race", "name": "Race", "kind": "inbox"}
            )
            cls.channel_id = channel.id
            cls.made.insert(0, ("scrm.notice.channel", channel.ids))
        cls.addClassCleanup(cls.forget_deliveries)

    @classmethod
    def forget_deliveries(cls):
        with cls.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM scrm_notice_delivery WHERE channel_id = %s",
                [cls.channel_id],
            )
            cr.execute("DELETE FROM scrm_notice_event WHERE key LIKE 'race:%'")

    def make_due(self, cap):
        """Commit messages for one person that are all due now."""
        self.forget_deliveries()
        now = fields.Datetime.now() - timedelta(minutes=5)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["scrm.notice.channel"].browse(self.channel_id).cap_per_hour = cap
            partner = env["res.users"].browse(self.ann_id).partner_id
            keys = [f"race:{number}" for number in range(MESSAGES)]
            record = {"res_model": "scrm.test.order", "res_id": self.order_id}
            env["scrm.notice.event"]._insert(
                [
                    {"key": key, "name": "test", "at": now, "state": "done", **record}
                    for key in keys
                ]
            )
            rows = [
                {
                    "event_id": event.id,
                    "partner_id": partner.id,
                    "user_id": self.ann_id,
                    "channel_id": self.channel_id,
                    "number": 1,
                    "subject": event.key,
                    "due_at": now,
                    "state": "due",
                    **record,
                }
                for event in env["scrm.notice.event"].search([("key", "in", keys)])
            ]
            env["scrm.notice.delivery"]._insert(rows)

    def send_twice_at_once(self):
        """Two crons at the same moment; the states of all messages afterwards."""
        barrier = threading.Barrier(2)
        faults = []

        def cron():
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    barrier.wait(timeout=20)
                    env["scrm.notice.delivery"]._send_due()
            except Exception as fault:
                faults.append(fault)
                raise

        threads = [threading.Thread(target=cron) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        self.assertFalse(faults)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            rows = env["scrm.notice.delivery"].search(
                [("channel_id", "=", self.channel_id)]
            )
            told = env["mail.message"].search_count(
                [("subject", "in", rows.mapped("subject"))]
            )
            return Counter(rows.mapped("state")), told

    @mute_logger("odoo.sql_db")
    def test_a_cap_holds_for_both(self):
        """Seven an hour are seven, whoever sends them; the others wait."""
        self.make_due(CAP)
        with patch(CHUNK, 5):  # so small that both have a part
            states, told = self.send_twice_at_once()
        self.assertEqual(states, {"sent": CAP, "due": MESSAGES - CAP})
        self.assertEqual(told, CAP)
