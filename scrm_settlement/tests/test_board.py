from odoo.exceptions import AccessError
from odoo.tests.common import tagged

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestBoard(SettlementCommon):
    def rows(self, **values):
        return self.env["scrm.settlement.board"].search(
            [("template_id", "=", self.template.id)]
        )

    def test_revenue(self):
        """Revenue, settled cost and margin of each ticket; what is void is gone.

        Covers in part: V10, V11, V15
        """
        team = self.env["helpdesk.ticket.team"].create({"name": "East"})
        for area in (50, 61):
            self.finish(self.new_ticket(area, team_id=team.id))
        last = self.finish(self.new_ticket(101, team_id=team.id))
        rows = self.rows()
        self.assertEqual(sorted(rows.mapped("revenue")), [399, 699, 999])
        self.assertEqual(sorted(rows.mapped("cost")), [80, 139.8, 150])
        groups = self.env["scrm.settlement.board"]._read_group(
            [("template_id", "=", self.template.id)],
            ["team_id"],
            ["revenue:sum", "average_revenue:avg", "margin:sum", "__count"],
        )
        ((found, revenue, average, margin, count),) = groups
        self.assertEqual(found, team)
        self.assertEqual((revenue, average, count), (2097, 699, 3))
        self.assertAlmostEqual(margin, 1727.2)
        big = rows.filtered(lambda row: row.revenue == 999)
        self.assertEqual(big.margin_percent, 84.98)
        last.fact_id.with_user(self.accountant).correct({"price_total": 500}, "Rebate")
        self.assertIn(500, self.rows().mapped("revenue"))
        fact = self.env["scrm.settlement.fact"]._latest(last.source_key, "ticket_done")
        fact.with_user(self.accountant).action_void("Refunded")
        self.assertEqual(len(self.rows()), 2)

    def test_ranking(self):
        """Places follow every finished ticket; a payee sees the own place only.

        Covers in part: V12, V13
        """
        self.finish(self.new_ticket(50))
        self.finish(self.new_ticket(101), self.engineer_2)
        ranking = self.env["scrm.settlement.ranking"]
        march = [("month", "=", "2026-03-01"), ("company_id", "=", self.company.id)]
        mine = ranking.with_user(self.engineer).search(march)
        self.assertEqual(mine.payee_id, self.engineer.partner_id)
        self.assertEqual((mine.place, mine.payee_count), (2, 2))
        self.assertEqual((mine.amount, mine.unbilled_amount), (80, 80))
        for _number in range(2):
            self.finish(self.new_ticket(50))
        mine.invalidate_recordset()
        with self.at("2026-03-10 20:00:00"):
            self.assertEqual((mine.place, mine.amount), (1, 240))
            self.assertEqual((mine.today_amount, mine.ticket_count), (240, 3))
        self.approved_statement()
        mine.invalidate_recordset()
        self.assertEqual(mine.unbilled_amount, 0)
        self.assertEqual(
            ranking.with_user(self.accountant).search(march).payee_id,
            (self.engineer | self.engineer_2).partner_id,
        )

    def test_rights(self):
        """Only settlement staff see what the tickets brought in."""
        self.finish(self.new_ticket(50))
        for user in (self.engineer, self.customer, self.supervisor):
            with self.refused("", AccessError):
                self.env["scrm.settlement.board"].with_user(user).search([])
        self.assertFalse(
            self.env["scrm.settlement.ranking"].with_user(self.customer).search([])
        )
        self.assertTrue(
            self.env["scrm.settlement.board"].with_user(self.accountant).search([])
        )
