from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestBoards(OpportunityCase):
    """What is measured, and that nobody learns more than they may read."""

    def figures(self, model, aggregates, domain=(), groupby=()):
        return (
            self.env[model]
            .with_user(self.chief)
            ._read_group(list(domain), list(groupby), aggregates)
        )

    def test_quality_is_measured_from_the_answers(self):
        """Two of three answered links right, one right pair only suggested."""
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(4)]
        )
        today = [("day", ">=", self.env["scrm.clock"].today())]
        before = self.figures("scrm.match.quality", ["ticket_count:sum"], today)[0][0]
        tickets = []
        extra = self.lead("Also of the first", partners[0], self.wang)
        for partner in partners[:3]:
            self.lead(f"One of {partner.name}", partner, self.lin)
            tickets.append(self.ticket(partner, self.lin))
        begun = self.ticket(partners[3], self.lin)
        begun.action_new_opportunity()
        self.assertEqual(begun.match_ids.found_as, "chosen")
        matches = [ticket.match_ids.filtered("found_as") for ticket in tickets]
        for number, match in enumerate(matches):
            linked = match.filtered(lambda row: row.found_as == "linked")
            self.assertEqual(len(linked), 1)
            linked.action_reject() if number == 2 else linked.action_accept()
        second = (
            self.env["scrm.match"]
            .with_user(self.chief)
            .search([("lead_id", "=", extra.id)])
        )
        self.assertEqual(second.found_as, "suggested")
        second.action_accept()
        precision, recall, answers, count = self.figures(
            "scrm.match.quality",
            [
                "precision_rate:avg",
                "recall_rate:avg",
                "answer_count:sum",
                "ticket_count:sum",
            ],
            today,
        )[0]
        self.assertAlmostEqual(precision, 2 / 3)
        self.assertAlmostEqual(recall, 2 / 3)
        self.assertEqual((answers, count - (before or 0)), (4, 4))
        covered = self.figures(
            "scrm.match.quality",
            ["coverage_rate:sum", "ticket_count:sum"],
            today,
        )[0]
        self.assertEqual(covered[0], 3)
        with self.assertRaises(AccessError):
            self.env["scrm.match.quality"].with_user(self.lin).search_count([])

    def test_the_conversion_board(self):
        """Where opportunities come from, how many are won; only one's own.

        Board and menu belong to an addon on which none of the others rests.

        Covers: V21
        """
        menu = self.env.ref("scrm_opportunity.menu_scrm_opportunity_report")
        module = self.env.ref("base.module_scrm_opportunity")
        ours = module.search([("name", "=like", "scrm\\_%"), ("id", "!=", module.id)])
        self.assertTrue(ours)
        self.assertFalse(module.downstream_dependencies() & ours)
        own = self.lead("Own", self.zhao, self.lin, expected_revenue=100)
        won = self.lead("Won", self.moon, self.lin, expected_revenue=300)
        self.lead("Secret", self.qian, self.wang, expected_revenue=7777)
        won.action_set_won()
        ticket = self.ticket(self.zhao, self.lin)
        ticket._scrm_link(own)
        report = self.env["scrm.opportunity.report"].with_user(self.lin)
        mine = [("lead_id", "in", (own | won).ids)]
        rows = report._read_group(
            mine, [], ["won_rate:avg", "won_amount:sum", "ticket_count:sum"]
        )
        self.assertEqual(rows[0], (0.5, 300.0, 1))
        self.assertFalse(report.search([("lead_id.name", "=", "Secret")]))
        self.assertFalse(report.search_count([("expected_amount", "=", 7777)]))
        total = report._read_group([], [], ["expected_amount:max"])[0][0]
        self.assertLess(total, 7777)
        chief = self.env["scrm.opportunity.report"].with_user(self.chief)
        self.assertEqual(chief.search_count([("expected_amount", "=", 7777)]), 1)
        with self.assertRaises(AccessError):
            self.env["scrm.opportunity.report"].with_user(self.desk).search_count([])
        views = self.env["ir.ui.menu"].with_user(self.lin)._visible_menu_ids()
        self.assertIn(menu.id, views)

    def test_the_repurchase_rate(self):
        """From the first opportunity to the delivery, and who buys again.

        Covers: X22
        """
        product = self.env["product.product"].create(
            {"name": "Tea", "type": "service", "list_price": 50.0}
        )

        def buy(partner, delivered):
            order = self.env["sale.order"].create(
                {
                    "partner_id": partner.id,
                    "order_line": [
                        (0, 0, {"product_id": product.id, "tax_ids": [(5, 0, 0)]})
                    ],
                }
            )
            order.action_confirm()
            order.order_line.qty_delivered = delivered

        self.lead("First talk", self.zhao, self.lin)
        buy(self.zhao, 1)
        buy(self.qian, 0)  # the same company
        buy(self.moon, 1)
        asked = self.env["res.partner"].create({"name": "Only asked"})
        self.lead("Asked", asked, self.lin)
        self.env.flush_all()
        ours = [("partner_id", "in", (self.sunrise | self.moon | asked).ids)]
        report = self.env["scrm.customer.report"].with_user(self.chief)
        rate, bought, leads, orders, delivered, amount = report._read_group(
            ours,
            [],
            [
                "repurchase_rate:avg",
                "bought_rate:avg",
                "lead_count:sum",
                "order_count:sum",
                "delivered_count:sum",
                "amount:sum",
            ],
        )[0]
        self.assertAlmostEqual(rate, 1 / 2)
        self.assertAlmostEqual(bought, 2 / 3)
        self.assertEqual((leads, orders, delivered, amount), (2, 3, 2, 150.0))
        with self.assertRaises(AccessError):
            self.env["scrm.customer.report"].with_user(self.lin).search_count([])
