from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestSalesHandover(OpportunityCase):
    """Lin sells in the team that the chief leads, and leaves."""

    def test_customers_and_opportunities(self):
        """Open ones go to the leader of the sales team; won ones stay as they were.

        Covers: R14
        """
        team = self.env["crm.team"].create(
            {
                "name": "North",
                "user_id": self.chief.id,
                "crm_team_member_ids": [Command.create({"user_id": self.lin.id})],
            }
        )
        led = team.create({"name": "South", "user_id": self.lin.id})
        self.sunrise.user_id = self.lin
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        is_open = self.lead("Boiler", self.sunrise, self.lin, team_id=team.id)
        is_won = self.lead("Roof", self.moon, self.lin, stage_id=won.id)
        boss = new_test_user(self.env, "scrm_boss", "base.group_erp_manager")
        self.lin.with_user(boss).write({"active": False})
        self.assertEqual(is_open.user_id, self.chief)
        self.assertEqual(is_won.user_id, self.lin)
        self.assertEqual(self.sunrise.user_id, self.chief)
        self.assertTrue(led.user_id.active)
        self.assertNotIn(self.lin, team.with_context(active_test=False).member_ids)
        handover = self.env["scrm.handover"].search([("user_id", "=", self.lin.id)])
        reasons = {line.kind: line.by for line in handover.line_ids}
        self.assertEqual(reasons["lead"], "leader")
        self.assertEqual(reasons["customer"], "leader")
        self.assertEqual(reasons["sales_member"], "ends")

    def test_opportunities_go_to_people_who_sell(self):
        """A successor who does not sell gets the customers, not the opportunities.

        Covers: R14
        """
        self.sunrise.user_id = self.lin
        lead = self.lead("Boiler", self.sunrise, self.lin)
        plan = self.env["scrm.handover"].create(
            {"user_id": self.lin.id, "successor_id": self.desk.id}
        )
        plan.action_apply()
        self.assertEqual(self.sunrise.user_id, self.desk)
        self.assertNotEqual(lead.user_id, self.desk)
        self.assertTrue(lead.user_id.active)
