"""A member day: who took part, and which tickets, opportunities and orders followed."""

from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import OpportunityCase

#: Noon of the first day of the member day.
DAY = datetime(2026, 3, 2, 4)


@tagged("post_install", "-at_install")
class TestCampaign(OpportunityCase):
    """From 2 to 3 March; what follows counts for ten days after."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form, cls.repair = cls.env["scrm.ticket.template"].create(
            [
                {"key": "test_member_day", "name": "Member day"},
                {"key": "test_repair", "name": "Repair"},
            ]
        )
        cls.campaign = cls.env["utm.campaign"].create(
            {
                "title": "Member day",
                "scrm_template_ids": [Command.set(cls.form.ids)],
                "scrm_date_from": "2026-03-02",
                "scrm_date_to": "2026-03-03",
                "scrm_follow_days": 10,
            }
        )

    def hand_in(self, partner, days, template=None, user=None):
        with freeze_time(DAY + timedelta(days=days)):
            ticket = self.ticket(partner, template_id=(template or self.form).id)
            self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
            (DAY + timedelta(days=days), ticket.id),
        )
        ticket.invalidate_recordset()
        return ticket

    def order(self, partner, days, price, **vals):
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {
                            "name": "Thing",
                            "product_id": self.env["product.product"]
                            .create({"name": "Thing", "type": "service"})
                            .id,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **vals,
            }
        )
        order.action_confirm()
        order.date_order = DAY + timedelta(days=days)
        return order

    def figures(self, user=None):
        """Participant -> (how, tickets, opportunities, orders, amount)."""
        self.env.flush_all()
        self.env.invalidate_all()
        report = self.env["scrm.campaign.report"].with_user(user or self.chief)
        return {
            row.partner_id.name: (
                row.joined_by,
                row.ticket_count,
                row.lead_count,
                row.order_count,
                row.amount,
            )
            for row in report.search([("campaign_id", "=", self.campaign.id)])
        }

    def test_participants_and_what_followed(self):
        """Two contacts of one company are one participant. Its repair after that and
        within ten days counts, not one before, nor one too late, nor the form itself
        handed in twice. A store that only ordered for the campaign takes part by the
        order. A form handed in when the campaign is over takes nobody in.

        Covers: X20
        """
        self.hand_in(self.zhao, -1, self.repair)
        joined = self.hand_in(self.zhao, 0)
        self.assertEqual(joined.campaign_id, self.campaign)
        self.assertEqual(self.hand_in(self.qian, 1).campaign_id, self.campaign)
        self.hand_in(self.qian, 2, self.repair)
        self.hand_in(self.zhao, 9, self.repair)
        self.hand_in(self.zhao, 20, self.repair)
        self.order(self.zhao, -1, 5)
        self.order(self.zhao, 3, 100)
        self.order(self.moon, 1, 40, campaign_id=self.campaign.id)
        other = self.env["res.partner"].create({"name": "Too late"})
        self.assertFalse(self.hand_in(other, 2).campaign_id)
        self.assertEqual(
            self.figures(),
            {
                "Sunrise Trading": ("form", 2, 0, 1, 100),
                "Moon Store": ("order", 0, 0, 1, 40),
            },
        )
        campaign = self.campaign.with_user(self.chief)
        self.assertEqual(
            (campaign.scrm_participant_count, campaign.scrm_follow_count), (2, 2)
        )
        action = campaign.action_scrm_participants()
        self.assertEqual(action["domain"], [("campaign_id", "=", self.campaign.id)])

    def test_order_in_the_same_second(self):
        """Orders know whole seconds only: one placed in the second in which somebody
        took part follows from it, one of the second before does not."""
        joined = self.hand_in(self.zhao, 0)
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
            (DAY + timedelta(milliseconds=400), joined.id),
        )
        self.order(self.zhao, 0, 100)
        self.order(self.zhao, -1 / 86400, 7)
        self.assertEqual(self.figures(), {"Sunrise Trading": ("form", 0, 0, 1, 100)})

    def test_opportunity_of_the_campaign(self):
        """The opportunity that comes of a participant's ticket belongs to the campaign;
        who reads no orders and leads counts none of them.

        Covers in part: X20
        """
        ticket = self.hand_in(self.zhao, 0)
        lead = self.env["crm.lead"].create(ticket._scrm_opportunity_vals())
        self.assertEqual(lead.campaign_id, self.campaign)
        lead.user_id = self.wang
        self.order(self.zhao, 3, 100, user_id=self.wang.id)
        self.assertEqual(self.figures()["Sunrise Trading"][2:], (1, 1, 100))
        self.assertEqual(self.figures(self.lin)["Sunrise Trading"][2:], (0, 0, 0))
        with self.assertRaises(AccessError):
            self.figures(self.desk)
        with self.assertRaises(AccessError):
            self.campaign.with_user(self.desk).read(["scrm_participant_count"])

    def test_dates(self):
        """A form needs the days of the campaign, in order."""
        with self.assertRaisesRegex(ValidationError, "first and a last day"):
            self.campaign.scrm_date_to = False
        with self.assertRaisesRegex(ValidationError, "before its first day"):
            self.campaign.scrm_date_to = "2026-03-01"
