from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.scrm_flow.tests.cron_common import CronFixture

from .common import TicketCase

SECOND = timedelta(seconds=1)


@tagged("post_install", "-at_install")
class TestTicketCare(CronFixture, TicketCase):
    """What customers are told because of the device they have."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.pia.partner_id
        cls.customer.email = "pia@example.com"
        cls.fridge, cls.freezer = cls.env["product.product"].create(
            [
                {"name": name, "is_storable": True, "tracking": "serial"}
                for name in ("Fridge F1", "Freezer Z1")
            ]
        )
        cls.lot = cls.env["stock.lot"].create(
            {
                "name": "TEST-F1-001",
                "product_id": cls.fridge.id,
                "scrm_partner_id": cls.customer.id,
                "scrm_purchase_date": "2026-01-02",
            }
        )
        cls.email = cls.env.ref("scrm_flow.notice_channel_email")

    def rule(self, **values):
        return self.env["scrm.notice.rule"].create(
            {
                "name": "Care",
                "model_id": self.env["ir.model"]._get("helpdesk.ticket").id,
                "to_customer": True,
                "channel_ids": [Command.set(self.email.ids)],
                **values,
            }
        )

    def run_crons(self, at):
        self.run_at(
            at,
            ("stock.lot", "_cron_scrm_maintenance"),
            ("scrm.notice.delivery", "_run_all"),
        )

    def told(self):
        found = self.env["scrm.notice.delivery"].search(
            [("partner_id", "=", self.customer.id), ("state", "=", "queued")]
        )
        return found.sorted("id").mapped("body")

    def test_maintenance_is_due(self):
        """The owner is told on the day that the device's cycle makes, once.

        Covers: N25
        """
        self.lot.write(
            {
                "scrm_cycle_months": 2,
                "scrm_maintenance_template_id": self.template.id,
                "scrm_maintenance_ahead": 0,
            }
        )
        self.rule(
            event="started",
            condition=f"[('template_id', '=', {self.template.id})]",
            body="{{ scrm_lot_id.name }} is due for maintenance.",
        )
        self.run_crons(datetime(2026, 3, 2) - SECOND)
        self.assertEqual(self.told(), [])
        for hours in (0, 1, 30):
            self.run_crons(datetime(2026, 3, 2) + timedelta(hours=hours))
        self.assertEqual(self.told(), ["TEST-F1-001 is due for maintenance."])

    def test_the_film_of_the_model(self):
        """The model on the ticket picks the installation film that is sent.

        Covers: N23
        """
        for product in (self.fridge, self.freezer):
            self.rule(
                name=product.name,
                event="reached",
                node_keys="check",
                condition=f"[('scrm_lot_id.product_id', '=', {product.id})]",
                body=f"Film: https://example.com/{product.name[-2:]}.mp4",
            )
        at = datetime(2026, 3, 2, 8)
        with freeze_time(at):
            for lot in (self.lot, self.env["stock.lot"]):
                self.env["helpdesk.ticket"].create(
                    {
                        "name": "Install",
                        "template_id": self.template.id,
                        "partner_id": self.customer.id,
                        "scrm_lot_id": lot.id,
                    }
                )
        self.run_crons(at)
        self.assertEqual(self.told(), ["Film: https://example.com/F1.mp4"])
