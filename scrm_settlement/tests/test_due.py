from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests.common import tagged

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestDue(SettlementCommon):
    """From the sum of the records to what is paid out."""

    def setUp(self):
        super().setUp()
        account = self.env["account.account"]
        self.prepayments = account.create(
            {"code": "199901", "name": "Advances", "account_type": "asset_prepayments"}
        )
        self.retained = account.create(
            {
                "code": "299901",
                "name": "Retentions",
                "account_type": "liability_current",
            }
        )

    def month(self, month, *areas):
        """An approved statement of a month with these visits."""
        for area in areas:
            self.finish(self.new_ticket(area), moment=f"2026-{month:02}-10 04:00:00")
        return self.approved_statement(f"2026-{month:02}")

    def assertTies(self, statements, due):
        rows = statements._tie_out()
        rows.invalidate_recordset()
        posted = rows.filtered(lambda row: row.state == "posted")
        self.assertEqual(posted.mapped("payable_amount"), due)
        self.assertEqual(rows.mapped("difference"), [0] * len(rows))

    def test_minimum_payout(self):
        """Too little is carried forward and paid with the next statement, once."""
        self.plan.minimum_payout = 100
        first = self.month(3, 50)
        self.assertFalse(first.action_post())
        self.assertEqual(first.state, "carried")
        second = self.month(4, 50)
        self.assertEqual(second.carried_ids, first)
        self.assertEqual((second.amount_total, second.carried_amount), (80, 80))
        self.assertEqual(second.net_amount, 160)
        move = second.action_post()
        self.assertEqual(move.amount_total, 160)
        self.assertTies(first | second, [160])
        third = self.month(5, 50)
        self.assertFalse(third.carried_ids)
        second.action_reverse("Wrong account")
        self.assertFalse(first.carried_into_id)
        third.action_post()  # prepared before the reversal: carried alone
        self.assertEqual(third.state, "carried")
        again = self.approved_statement("2026-04")
        self.assertEqual(again.carried_ids, first | third)
        again.action_post()
        self.assertTies(first | second | third | again, [240])

    def test_owed(self):
        """A negative sum is deducted from the next statement."""
        self.month(3, 50, 61).action_post()
        fact = self.env["scrm.settlement.fact"].search(
            [("inputs", "!=", False), ("company_id", "=", self.company.id)],
            order="id desc",
            limit=1,
        )
        with self.at("2026-04-05 04:00:00"):
            fact.with_user(self.accountant).action_void("Refunded to the customer")
        owed = self.month(4)
        self.assertEqual(owed.net_amount, -139.8)
        owed.action_post()
        self.assertEqual(owed.state, "carried")
        paid = self.month(5, 101, 101)
        self.assertEqual(paid.net_amount, 160.2)
        paid.action_post()
        self.assertTies(owed | paid, [160.2])

    def test_owed_back(self):
        """Or it is claimed back by a credit note."""
        self.plan.negative = "refund"
        first = self.month(3, 50)
        first.action_post()
        with self.at("2026-04-05 04:00:00"):
            first.record_ids.fact_id.with_user(self.accountant).action_void("Rework")
        owed = self.month(4)
        move = owed.action_post()
        self.assertEqual((move.move_type, move.amount_total), ("in_refund", 80))
        self.assertTies(first | owed, [-80, 80])

    def test_retention(self):
        """5 % are held back for 30 days, then paid; a reversal gives them back."""
        self.plan.write(
            {
                "retention_percent": 5,
                "retention_days": 30,
                "retention_account_id": self.retained.id,
            }
        )
        first = self.month(3, 61, 101)  # 289.80, of which 14.49
        self.assertEqual(first.net_amount, 275.31)
        self.assertEqual(first.deduction_ids.kind, "retention")
        move = first.action_post()
        line = move.invoice_line_ids.filtered(
            lambda line: line.account_id == self.retained
        )
        self.assertEqual(line.credit, 14.49)
        second = self.month(4, 50)  # 80 - 4 + 14.49
        self.assertEqual(second.net_amount, 90.49)
        with self.refused("has been released"):
            first.action_reverse("Wrong")
        second.action_post()
        third = self.month(5, 50)  # 80 - 4 + 4
        self.assertEqual(third.net_amount, 80)
        self.assertTies(first | second | third, [90.49, 275.31])
        with self.refused("account that takes it", ValidationError):
            self.plan.retention_account_id = False

    def test_release_without_work(self):
        """Who earns nothing any more gets what was held back, once it is due."""
        self.plan.write(
            {
                "retention_percent": 5,
                "retention_days": 30,
                "retention_account_id": self.retained.id,
            }
        )
        first = self.month(3, 61, 101)  # 289.80, of which 14.49
        first.action_post()
        statements = self.env["scrm.settlement.statement"].with_user(self.accountant)
        self.plan.minimum_payout = 20
        self.assertFalse(statements.prepare("installers", "2026-04"))
        self.plan.minimum_payout = 0
        self.assertFalse(statements.prepare("installers", ["2026-04-01", "2026-04-29"]))
        last = statements.prepare("installers", "2026-04")
        self.assertEqual((last.record_count, last.waiting_release), (0, 14.49))
        self.assertEqual(last.direction, "out")
        other = statements.with_user(self.accountant_2)
        self.assertEqual(other.prepare("installers", "2026-04"), last)
        self.assertEqual(last.author_ids, self.accountant)
        last.action_confirm()
        self.assertEqual((last.net_amount, last.waiting_release), (14.49, 0))
        last.with_user(self.accountant_2).action_approve()
        move = last.action_post()
        self.assertEqual(move.invoice_line_ids.account_id, self.retained)
        self.assertEqual((move.move_type, move.amount_total), ("in_invoice", 14.49))
        self.assertTies(first | last, [14.49, 275.31])
        self.assertFalse(statements.prepare("installers", "2026-05"))

    def test_carried_is_held_back_too(self):
        """What was too little to be paid is held back from when it is paid."""
        self.plan.write(
            {
                "minimum_payout": 100,
                "retention_percent": 5,
                "retention_account_id": self.retained.id,
            }
        )
        first = self.month(3, 50)
        first.action_post()
        self.assertEqual((first.state, first.net_amount), ("carried", 80))
        statements = self.env["scrm.settlement.statement"].with_user(self.accountant)
        self.assertFalse(statements.prepare("installers", "2026-04"))
        self.plan.minimum_payout = 50  # enough by now, without further work
        second = statements.prepare("installers", "2026-04")
        self.assertEqual((second.carried_ids, second.record_count), (first, 0))
        second.action_confirm()
        self.assertEqual(second.net_amount, 76)
        second.action_draft()
        self.finish(self.new_ticket(50), moment="2026-04-10 04:00:00")
        self.assertEqual(self.month(4), second)
        self.assertEqual(second.net_amount, 152)  # 160 - 8

    def test_advance_taken_back(self):
        """An advance whose bill was reversed or cancelled is not recovered."""
        vals = {
            "plan_id": self.plan.id,
            "payee_id": self.engineer.partner_id.id,
            "amount": 30,
            "account_id": self.prepayments.id,
        }
        advances = self.env["scrm.settlement.advance"].with_user(self.accountant)
        reversed_, cancelled, kept = advances.create([vals] * 3)
        (reversed_ | cancelled | kept).action_post()
        day = reversed_.move_id.invoice_date
        reversed_.move_id.sudo()._reverse_moves([{"invoice_date": day}], cancel=True)
        cancelled.move_id.sudo().button_draft()
        cancelled.move_id.sudo().button_cancel()
        for advance in (reversed_, cancelled):
            self.assertTrue(advance.is_taken_back)
            self.assertEqual(advance.remaining_amount, 0)
        self.assertFalse(kept.is_taken_back)
        statement = self.month(3, 50)
        self.assertEqual(statement.deduction_ids.advance_id, kept)
        self.assertEqual(statement.net_amount, 50)

    def test_advance(self):
        """An advance is recovered by as much as there is, and no more."""
        advance = (
            self.env["scrm.settlement.advance"]
            .with_user(self.accountant)
            .create(
                {
                    "plan_id": self.plan.id,
                    "payee_id": self.engineer.partner_id.id,
                    "amount": 200,
                    "account_id": self.prepayments.id,
                }
            )
        )
        advance.action_post()
        self.assertEqual(advance.move_id.state, "posted")
        self.assertEqual(advance.remaining_amount, 200)
        with self.refused("does not change"):
            advance.amount = 1
        with self.refused("does not change"):
            advance.action_post()
        first = self.month(3, 61)
        self.assertEqual((first.net_amount, advance.remaining_amount), (0, 60.2))
        first.action_post()
        self.assertEqual(first.state, "posted")
        second = self.month(4, 101)
        self.assertEqual(second.net_amount, 89.8)
        second.action_post()
        self.assertEqual(advance.remaining_amount, 0)
        balance = self.env["account.move.line"].search(
            [("account_id", "=", self.prepayments.id), ("parent_state", "=", "posted")]
        )
        self.assertEqual(
            self.company.currency_id.round(sum(balance.mapped("balance"))), 0
        )
        self.assertTies(first | second, [89.8, 0])
        with self.refused("not by hand"):
            first.deduction_ids.sudo().write({"amount": 0})
        with self.refused("not by hand"):
            first.deduction_ids.sudo().unlink()

    def test_back_to_draft(self):
        """Deductions go with the confirmation they came with."""
        self.plan.write(
            {"retention_percent": 10, "retention_account_id": self.retained.id}
        )
        self.finish(self.new_ticket(50))
        statement = (
            self.env["scrm.settlement.statement"]
            .with_user(self.accountant)
            .prepare("installers", "2026-03")
        )
        statement.action_confirm()
        self.assertEqual(statement.net_amount, 72)
        statement.action_draft()
        self.assertEqual(statement.net_amount, 80)
        self.assertFalse(statement.deduction_ids)

    def test_withholding(self):
        """A negative tax is withheld: the payable is less, the expense is not."""
        tax = self.env["account.tax"].create(
            {
                "name": "Withheld 10 %",
                "amount": -10,
                "type_tax_use": "purchase",
            }
        )
        self.component.tax_ids = tax
        statement = self.month(3, 50)
        move = statement.action_post()
        self.assertEqual((move.amount_untaxed, move.amount_total), (80, 72))
        row = statement._tie_out()
        self.assertEqual((row.bill_amount, row.payable_amount), (80, 72))
        self.assertEqual((row.tax_amount, row.difference), (-8, 0))
        self.version.action_new_version()
        later = (self.plan.version_ids - self.version).component_ids
        with self.refused("included in its price", ValidationError):
            later.tax_ids = [
                Command.create(
                    {
                        "name": "Inside",
                        "amount": 5,
                        "type_tax_use": "purchase",
                        "price_include_override": "tax_included",
                    }
                )
            ]

    def test_rights(self):
        """Payees read their deductions; nobody but an accountant advances money."""
        self.plan.write(
            {"retention_percent": 10, "retention_account_id": self.retained.id}
        )
        statement = self.month(3, 50)
        rows = self.env["scrm.settlement.deduction"]
        self.assertEqual(
            rows.with_user(self.engineer).search([]), statement.deduction_ids
        )
        self.assertFalse(rows.with_user(self.engineer_2).search([]))
        for user in (self.engineer, self.manager, self.customer):
            with self.refused("", AccessError):
                self.env["scrm.settlement.advance"].with_user(user).create({})
        for user in (self.engineer, self.customer, self.supervisor):
            with self.refused("", AccessError):
                self.env["scrm.settlement.tie.out"].with_user(user).search([])
        with self.assertRaises(UserError):
            rows.sudo().create({"statement_id": statement.id, "kind": "fee"})
