from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests.common import tagged

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestAccrual(SettlementCommon):
    """The month's expense stands in the month's books, and counts once."""

    def setUp(self):
        super().setUp()
        self.accrued = self.env["account.account"].create(
            {"code": "299902", "name": "Accrued", "account_type": "liability_current"}
        )

    def accrue(self, date="2026-03-31", plan=None):
        accrual = (
            self.env["scrm.settlement.accrual"]
            .with_user(self.accountant)
            .create(
                {
                    "plan_id": (plan or self.plan).id,
                    "date": date,
                    "account_id": self.accrued.id,
                }
            )
        )
        accrual.action_post()
        return accrual

    def expense(self, until):
        """Posted expense of the fees until a day."""
        accounts = self.fee_product.product_tmpl_id.get_product_accounts()
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", accounts["expense"].id),
                ("parent_state", "=", "posted"),
                ("date", "<=", until),
            ]
        )
        return self.company.currency_id.round(sum(lines.mapped("balance")))

    def test_month_end(self):
        """Accrued on the last day, out again on the first, billed later: once."""
        before = self.expense("2026-12-31")
        self.finish(self.new_ticket(61), moment="2026-03-30 04:00:00")
        self.finish(self.new_ticket(50), moment="2026-04-02 04:00:00")
        with self.at("2026-04-03 04:00:00"):
            accrual = self.accrue()
        self.assertEqual(accrual.amount, 139.8)
        self.assertEqual(str(accrual.move_id.date), "2026-03-31")
        self.assertEqual(str(accrual.reversal_move_id.date), "2026-04-01")
        self.assertEqual(accrual.reversal_move_id.state, "posted")
        # who entered it reads what stands on which account
        view = accrual.move_id.with_user(self.accountant).get_view(view_type="form")
        self.assertIn('name="line_ids"', view["arch"])
        for move in accrual.move_id | accrual.reversal_move_id:
            self.assertEqual(sum(move.line_ids.mapped("balance")), 0)
        self.assertEqual(self.expense("2026-03-31") - before, 139.8)
        self.assertEqual(self.expense("2026-04-01") - before, 0)
        with self.at("2026-04-10 04:00:00"):
            statement = self.approved_statement()
            statement.action_post()
        self.assertEqual(
            self.company.currency_id.round(self.expense("2026-04-30") - before), 139.8
        )
        self.assertEqual(statement._tie_out().mapped("difference"), [0])
        with self.refused("accrued already"):
            self.accrue()

    def test_billed_or_not(self):
        """What a bill of the month has is not accrued; a later reversal leaves that."""
        self.finish(self.new_ticket(50), moment="2026-03-05 04:00:00")
        with self.at("2026-03-20 04:00:00"):
            statement = self.approved_statement()
            statement.action_post()
        with self.refused("is billed"):
            self.accrue()
        with self.at("2026-04-02 04:00:00"):
            statement.action_reverse("Wrong account")
        with self.refused("is billed"):
            self.accrue()
        april = self.accrue("2026-04-30")
        self.assertEqual(april.amount, 80)
        april.action_undo()
        self.assertEqual(
            (april.move_id | april.reversal_move_id).mapped("state"),
            ["cancel", "cancel"],
        )
        self.assertEqual(self.accrue("2026-04-30").amount, 80)

    def test_late_tickets(self):
        """Undone and made anew, it has what came late; posted it does not change."""
        self.finish(self.new_ticket(50), moment="2026-03-05 04:00:00")
        first = self.accrue()
        self.finish(self.new_ticket(50), moment="2026-03-31 04:00:00")
        with self.refused("does not change"):
            first.date = "2026-04-30"
        with self.refused("does not change"):
            first.action_post()
        first.action_undo()
        with self.refused("can be undone"):
            first.action_undo()
        self.assertEqual(self.accrue().amount, 160)

    def test_cost_centres_and_currency(self):
        """By cost centre, in the plan's currency and the company's, balanced."""
        centre_plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        centres = self.env["account.analytic.account"].create(
            [
                {"name": name, "plan_id": centre_plan.id}
                for name in ("East", "West", "North")
            ]
        )
        currency = self.env["res.currency"].create({"name": "XAC", "symbol": "X"})
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2026-01-01", "rate": 3}
        )
        plan = self._create_plan(
            "abroad",
            currency,
            formula={"formula": "fixed", "amount": 100, "dimension": False},
        )
        plan.version_ids.component_ids.share_ids = [
            Command.create(
                {
                    "receiver": "analytic",
                    "analytic_account_id": centre.id,
                    "weight": 1,
                }
            )
            for centre in centres
        ]
        self.finish(self.new_ticket(50), moment="2026-03-05 04:00:00")
        accrual = self.accrue(plan=plan)
        lines = accrual.move_id.line_ids
        self.assertEqual(accrual.amount, 100)
        self.assertEqual(
            lines.filtered("analytic_distribution").mapped("amount_currency"),
            [33.34, 33.33, 33.33],
        )
        self.assertEqual(sum(lines.mapped("balance")), 0)
        self.env["res.currency.rate"].search(
            [("currency_id", "=", currency.id)]
        ).unlink()
        with self.refused("XAC has no rate on"):
            self.accrue("2026-04-30", plan)

    def test_locked_and_rights(self):
        """Nothing enters a locked month; only accountants accrue."""
        self.finish(self.new_ticket(50), moment="2026-03-05 04:00:00")
        self.company.fiscalyear_lock_date = "2026-03-31"
        with self.refused("locked until"):
            self.accrue()
        self.assertFalse(self.env["account.move"].search([("ref", "like", "Accrual")]))
        for user in (self.manager, self.engineer, self.customer):
            with self.refused("", AccessError):
                self.env["scrm.settlement.accrual"].with_user(user).create({})
