from odoo.exceptions import UserError
from odoo.tests.common import tagged

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestTieOut(SettlementCommon):
    """Records, statement, journal and payable agree, whatever is tried."""

    def setUp(self):
        super().setUp()
        for area in (50, 61, 101):  # 79.80 -> 80, 139.80, 199.80 -> 150
            self.finish(self.new_ticket(area))

    def tie(self, statement):
        row = statement._tie_out()
        self.assertEqual(len(row), 1)
        row.invalidate_recordset()
        return row

    def assertTies(self, statement, amount):
        row = self.tie(statement)
        figures = (row.due_amount, row.bill_amount, row.payable_amount)
        self.assertEqual(figures, (amount, amount, amount))
        self.assertEqual(row.difference, 0)

    def test_from_record_to_payable(self):
        """Unbilled records stand alone; posted ones are in every column."""
        rows = self.env["scrm.settlement.tie.out"].search(
            [("plan_id", "=", self.plan.id)]
        )
        self.assertEqual(rows.mapped("state"), ["unbilled"])
        self.assertEqual(rows.record_amount, 369.8)
        self.assertEqual(rows.difference, 0)
        statement = self.approved_statement()
        self.assertEqual(self.tie(statement).bill_amount, 0)
        statement.action_post()
        self.assertTies(statement, 369.8)
        self.assertEqual(self.tie(statement).record_amount, 369.8)

    def test_cancel_reset_post(self):
        """A cancelled bill shows as a difference until it is posted again."""
        statement = self.approved_statement()
        move = statement.action_post()
        move.button_draft()
        move.button_cancel()
        self.assertEqual(self.tie(statement).difference, 369.8)
        with self.refused("Posted"):
            statement.action_post()
        move.button_draft()
        move.action_post()
        self.assertTies(statement, 369.8)

    def test_bill_edited(self):
        """A bill that says something else than the statement is not posted again."""
        statement = self.approved_statement()
        move = statement.action_post()
        move.button_draft()
        move.invoice_line_ids.price_unit = 999
        with self.refused("the bill does not"):
            move.action_post()
        move.invoice_line_ids.price_unit = 369.8
        move.partner_id = self.engineer_2.partner_id
        with self.refused("the bill does not"):
            move.action_post()

    def test_changed_behind_the_back(self):
        """What is changed in the database itself is shown."""
        statement = self.approved_statement()
        move = statement.action_post()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET amount_currency = amount_currency + 1 "
            "WHERE move_id = %s AND display_type = 'product'",
            [move.id],
        )
        self.assertEqual(self.tie(statement).difference, 2)

    def test_reversed(self):
        """Reversed: nothing owed, and each record is billed once by the next one."""
        statement = self.approved_statement()
        records = statement.record_ids
        move = statement.action_post()
        with self.refused("Say why"):
            statement.action_reverse("  ")
        with self.refused("reverse the statement instead"):
            move._reverse_moves()
        wizard = (
            self.env["scrm.settlement.statement.reverse"]
            .with_user(self.accountant)
            .create({"statement_id": statement.id, "reason": "Wrong day"})
        )
        wizard.action_reverse()
        self.assertEqual(statement.state, "reversed")
        reversal = statement.sudo().reversal_move_id
        self.assertEqual(reversal.reversed_entry_id, move)
        self.assertEqual(reversal.state, "posted")
        self.assertEqual(move.payment_state, "reversed")
        self.assertIn("Wrong day", reversal.ref)
        self.assertTies(statement, 0)
        self.assertEqual(statement.reversed_record_ids, records)
        self.assertEqual(statement.reversed_amount, 369.8)
        self.assertFalse(records.statement_id)
        again = self.approved_statement()
        self.assertNotEqual(again, statement)
        self.assertEqual(again.record_ids, records)
        again.action_post()
        self.assertTies(again, 369.8)
        with self.refused("Reversed"):
            statement.action_reverse("Again")

    def test_reverse_refused(self):
        """Not what is paid, not in a locked month, not what is cancelled."""
        statement = self.approved_statement()
        move = statement.action_post()
        self.company.fiscalyear_lock_date = "2026-04-30"
        with self.refused("the books are locked"):
            statement.action_reverse("Wrong", "2026-04-01")
        self.company.fiscalyear_lock_date = False
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({}).action_create_payments()
        self.assertIn(move.payment_state, ("paid", "in_payment"))
        with self.refused("has been paid"):
            statement.action_reverse("Wrong")

    def test_several_posted(self):
        """One that cannot be posted says why; the others are posted."""
        self.finish(self.new_ticket(50), self.engineer_2)
        statements = self.approved_statement()
        bad, good = statements.sorted("amount_total", reverse=True)
        bad.posting_date = "2026-03-31"
        self.company.fiscalyear_lock_date = "2026-03-31"
        action = statements.action_post_listed()
        self.assertEqual(good.state, "posted")
        self.assertEqual(bad.state, "approved")
        self.assertIn("the books are locked", bad.posting_fault)
        self.assertIn(bad.posting_fault, action["params"]["message"])
        self.assertTies(good, 80)
        with self.assertRaises(UserError):
            bad.action_post_listed()
        bad.posting_date = "2026-04-01"
        bad.action_post_listed()
        self.assertFalse(bad.posting_fault)
        self.assertTies(bad, 369.8)

    def test_correction_on_screen(self):
        """The accountant corrects a value, and takes a fact back, by a form."""
        record = self.env["scrm.settlement.record"].search(
            [("plan_id", "=", self.plan.id)], limit=1, order="amount"
        )
        self.approved_statement().action_post()
        wizards = self.env["scrm.settlement.correct"].with_user(self.accountant)
        wizard = wizards.create({"fact_id": record.fact_id.id, "reason": "Discount"})
        with self.refused("what has to be corrected"):
            wizard.action_correct()
        line = self.env["scrm.settlement.correct.line"].with_user(self.accountant)
        line = line.create({"wizard_id": wizard.id, "dimension": "price_total"})
        self.assertEqual(line.current, "399")
        line.value = "much"
        with self.refused("not a number"):
            wizard.action_correct()
        line.value = "600"
        with self.at("2026-04-02 04:00:00"):
            action = wizard.action_correct()
        fact = self.env["scrm.settlement.fact"].browse(action["res_id"])
        self.assertEqual(fact.record_ids.amount, 40)
        with self.at("2026-04-03 04:00:00"):
            wizards.create(
                {"fact_id": fact.id, "reason": "Refunded", "is_void": True}
            ).action_correct()
        self.assertEqual(
            sum(
                self.env["scrm.settlement.record"]
                .search([("source_key", "=", fact.source_key)])
                .mapped("amount")
            ),
            0,
        )
