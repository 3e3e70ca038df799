from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestPosting(SettlementCommon):
    """Statements as payroll entries and customer invoices, like vendor bills."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_payroll()

    def _statement(self, **values):
        """A plan of 20 % with these values, and its approved statement of 80."""
        self.plan.active = False
        currency = values.pop("currency", self.company.currency_id)
        plan = self._create_plan("posted", currency, **values)
        self.finish(self.new_ticket(50))
        return self.approved_statement(plan=plan)

    def assertTies(self, statement, amount):
        """All columns agree; what the payee owes counts below zero."""
        row = statement._tie_out()
        row.invalidate_recordset()
        amount *= -1 if statement.is_charge else 1
        figures = (row.due_amount, row.bill_amount, row.payable_amount)
        self.assertEqual(figures, (amount, amount, amount))
        self.assertEqual(row.difference, 0)

    def assertPosts(self, statement, move_type, amount):
        """Posted once, linked both ways, balanced, tied out, reversed."""
        move = statement.with_user(self.accountant).action_post()
        self.assertEqual((move.move_type, move.state), (move_type, "posted"))
        self.assertEqual(move.partner_id, statement.payee_id)
        self.assertEqual(move.scrm_statement_id, statement)
        self.assertEqual(statement.sudo().move_id, move)
        self.assertFalse(
            self.company.currency_id.round(sum(move.line_ids.mapped("balance")))
        )
        self.assertTies(statement, amount)
        row = statement._tie_out()
        owed = -amount if statement.is_charge else amount
        self.assertEqual((row.open_amount, row.record_amount), (owed, owed))
        ours = statement.move_id.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        self.assertEqual(-sum(ours.mapped("amount_currency")), owed)
        with self.refused("Posted"):
            statement.action_post()
        for context in ({}, {"scrm_statement_reversal": True}):
            with self.refused("reverse the statement instead"):
                move.with_context(**context)._reverse_moves()
        reversal = statement.with_user(self.accountant).action_reverse("Wrong")
        self.assertEqual(reversal.reversed_entry_id, move)
        self.assertEqual(reversal.state, "posted")
        self.assertTies(statement, 0)
        self.assertEqual(statement._tie_out().open_amount, 0)
        return move

    def test_journal_entry(self):
        """Expense against wages payable, the employee on both lines."""
        statement = self._statement(**self.kinds["journal_entry"])
        move = self.assertPosts(statement, "entry", 80)
        self.assertEqual(move.journal_id, self.payroll)
        owed = move.line_ids.filtered(lambda line: line.account_id == self.wages)
        self.assertEqual(owed.credit, 80)
        expense = move.line_ids - owed
        self.assertEqual(expense.account_id.internal_group, "expense")
        self.assertEqual(move.line_ids.partner_id, self.engineer.partner_id)

    def test_journal_entry_in_currency(self):
        """In another currency the entry balances in both."""
        currency = self.env.ref("base.CNY")
        currency.active = True
        currency.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2020-01-01", "rate": 7}
        )
        statement = self._statement(
            currency=currency,
            formula={"formula": "fixed", "amount": 80},
            **self.kinds["journal_entry"],
        )
        move = self.assertPosts(statement, "entry", 80)
        self.assertEqual(sum(move.line_ids.mapped("amount_currency")), 0)
        self.assertEqual(max(move.line_ids.mapped("debit")), 11.43)

    def test_journal_entry_paid(self):
        """What is paid, also in part, is not reversed."""
        statement = self._statement(**self.kinds["journal_entry"])
        move = statement.action_post()
        owed = move.line_ids.filtered(lambda line: line.account_id == self.wages)
        bank = self.env["account.account"].search(
            [("account_type", "=", "asset_cash")], limit=1
        )
        payment = self.env["account.move"].create(
            {
                "journal_id": self.payroll.id,
                "date": move.date,
                "line_ids": [
                    Command.create({"account_id": self.wages.id, "debit": 30}),
                    Command.create({"account_id": bank.id, "credit": 30}),
                ],
            }
        )
        payment.action_post()
        paid = payment.line_ids.filtered(lambda line: line.account_id == self.wages)
        (owed.sudo() | paid).reconcile()
        self.assertEqual(statement._tie_out().open_amount, 50)
        with self.refused("has been paid"):
            statement.action_reverse("Wrong")

    def test_cancel_reset_post(self):
        """Taken back, cancelled, posted again, deleted: each kind owes it once."""
        self.plan.active = False
        kinds = self.kinds
        plans = {
            kind: self._create_plan(kind, self.company.currency_id, **values)
            for kind, values in kinds.items()
        }
        self.finish(self.new_ticket(50))
        moves = self.env["account.move"]
        for kind, plan in plans.items():
            statement = self.approved_statement(plan=plan)
            own = [("scrm_statement_id", "=", statement.id)]
            move = statement.with_user(self.accountant).action_post()
            with self.subTest(posting=kind):
                for step in ("button_draft", "button_cancel", "button_draft"):
                    getattr(move, step)()
                    row = statement._tie_out()
                    row.invalidate_recordset()
                    self.assertEqual((row.bill_amount, row.difference), (0, 80))
                    with self.refused("Posted"):
                        statement.action_post()
                with self.refused("", Exception), mute_logger("odoo.sql_db"):
                    move.unlink()
                    self.env.flush_all()
                self.assertFalse(move.copy().scrm_statement_id)
                with self.refused("", Exception), mute_logger("odoo.sql_db"):
                    move.copy({"scrm_statement_id": statement.id})
                    self.env.flush_all()
                move.action_post()
                self.assertTies(statement, 80)
                self.assertEqual(moves.search(own), move)
                reversal = statement.action_reverse("Wrong")
                self.assertEqual(moves.search(own), move)
                again = self.approved_statement(plan=plan)
                self.assertEqual(again.record_ids, statement.reversed_record_ids)
                again.action_post()
                self.assertTies(again, 80)
                self.assertTies(statement, 0)
                self.assertEqual(reversal.state, "posted")

    def test_entry_edited(self):
        """An entry that says something else than the statement is not posted."""
        statement = self._statement(**self.kinds["journal_entry"])
        move = statement.action_post()
        move.button_draft()
        debit = move.line_ids.filtered("debit")
        move.line_ids = [
            Command.update(debit.id, {"debit": 90}),
            Command.update((move.line_ids - debit).id, {"credit": 90}),
        ]
        with self.refused("the bill does not"):
            move.action_post()

    def test_customer_invoice(self):
        """The payee owes the amount: an invoice, income and receivable."""
        statement = self._statement(**self.kinds["customer_invoice"])
        move = self.assertPosts(statement, "out_invoice", 80)
        self.assertEqual(move.amount_untaxed, 80)
        self.assertEqual(move.invoice_line_ids.account_id.internal_group, "income")

    def test_customer_refund(self):
        """Less than nothing owed: a credit note."""
        statement = self._statement(
            **self.kinds["customer_invoice"],
            negative="refund",
            formula={"formula": "fixed", "amount": -25},
        )
        self.assertPosts(statement, "out_refund", -25)

    def test_named_before(self):
        """What is missing is named by the check and by posting, for each kind."""
        statement = self._statement(**self.kinds["journal_entry"])
        plan = statement.sudo().plan_id
        tax = self.env["account.tax"].create(
            {"name": "VAT", "amount": 6, "type_tax_use": "purchase"}
        )
        component = plan.version_ids.component_ids
        sales = self.env["account.journal"].search([("type", "=", "sale")])
        cases = [
            ({"journal_id": False}, "choose their journal"),
            ({"wages_account_id": False}, "wages payable"),
        ]
        for values, words in cases:
            plan.write({**self.kinds["journal_entry"], **values})
            self.assertIn(words, " ".join(plan._posting_faults()))
            with self.refused(words):
                statement.action_post()
        plan.write(self.kinds["journal_entry"])
        self.env.cr.execute(
            "INSERT INTO scrm_settlement_component_tax_rel VALUES (%s, %s)",
            [component.id, tax.id],
        )
        component.invalidate_recordset()
        self.assertIn("has the tax “VAT”", " ".join(plan._posting_faults()))
        with self.refused("has the tax “VAT”"):
            statement.action_post()
        other = self._create_plan(
            "invoiced", self.company.currency_id, posting="customer_invoice"
        )
        sales.active = False
        self.assertIn("no sales journal", "".join(other._posting_faults()))
        statement.posting_date = "2026-03-31"
        self.company.fiscalyear_lock_date = "2026-03-31"
        with self.refused("the books are locked"):
            statement.action_post()

    def test_unfit(self):
        """Settings that a kind cannot honour are refused; so is a turn of sense."""
        for values in (
            {"posting": "journal_entry", "journal_id": self._purchase().id},
            {"posting": "customer_invoice", "journal_id": self.payroll.id},
            {
                "posting": "customer_invoice",
                "is_instant_offered": True,
                "instant_fee_product_id": self.fee_product.id,
            },
        ):
            with self.refused("does not fit", ValidationError):
                self.plan.write(values)
        self.finish(self.new_ticket(50))
        self.plan.write(self.kinds["journal_entry"])
        with self.refused("who owes whom"):
            self.plan.write({"posting": "customer_invoice", "journal_id": False})

    def _purchase(self):
        return self.env["account.journal"].search([("type", "=", "purchase")], limit=1)

    def test_charges_are_no_cost(self):
        """What a payee owes is neither a ticket's cost, accrued nor paid ahead."""
        statement = self._statement(**self.kinds["customer_invoice"])
        self.env.flush_all()
        ticket = statement.record_ids.fact_id.source_id
        board = self.env["scrm.settlement.board"].search([("ticket_id", "=", ticket)])
        self.assertEqual((board.cost, board.margin), (0, 399))
        payee = [("payee_id", "=", statement.payee_id.id)]
        for name in ("ranking", "quality"):
            self.assertFalse(self.env[f"scrm.settlement.{name}"].search(payee), name)
        self.finish(self.new_ticket(50), moment="2026-03-11 04:00:00")
        self.env.flush_all()
        for row in self.env["scrm.settlement.today"].search([]):
            self.assertEqual(row.waiting_amount, 0)
        self.assertFalse(statement.payee_id.bank_ids)
        faults = " ".join(statement.sudo().plan_id._faults())
        self.assertNotIn("bank account", faults)
        base = {"plan_id": statement.plan_id.id, "date": "2026-03-31"}
        account = self.wages.id
        accrual = self.env["scrm.settlement.accrual"].create(
            {**base, "account_id": account}
        )
        with self.refused("no expense to accrue"):
            accrual.action_post()
        advance = self.env["scrm.settlement.advance"].create(
            {
                **base,
                "payee_id": statement.payee_id.id,
                "amount": 10,
                "account_id": account,
            }
        )
        with self.refused("nothing to pay in advance"):
            advance.action_post()
