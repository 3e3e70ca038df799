from odoo.tests.common import new_test_user, tagged

from .quotation_common import QuotationCommon


@tagged("post_install", "-at_install")
class TestPaidBasis(QuotationCommon):
    """A plan may pay when the customer has paid, not when the work is done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan.active = False
        cls.paid_plan = cls._create_plan(
            "paid_first",
            cls.company.currency_id,
            event="ticket_paid",
            formula={"formula": "percent", "rate": 10},
        )
        cls.cashier = new_test_user(
            cls.env,
            "cashier",
            groups="account.group_account_invoice,sales_team.group_sale_manager",
        )

    def setUp(self):
        super().setUp()
        self.ticket, self.order = self.quoted()
        self.order.action_confirm()
        self.bill = self.order._create_invoices(final=True)
        self.bill.invoice_date = "2026-03-15"
        self.bill.action_post()

    def _work(self, moment):
        with self.at(moment):
            self.ticket.with_user(self.engineer).scrm_step_complete()
        self.assertEqual(self.ticket.scrm_run_id.state, "done")

    def _pay(self, amount, moment):
        register = (
            self.env["account.payment.register"]
            .with_user(self.cashier)
            .with_context(active_model="account.move", active_ids=self.bill.ids)
        )
        with self.at(moment):
            register.create({"amount": amount})._create_payments()

    def _records(self):
        return self.env["scrm.settlement.record"].search(
            [("plan_id", "=", self.paid_plan.id)]
        )

    def test_paid_after_the_work(self):
        """Done in March, half paid in March, the rest in April: April's statement.

        10 % of 500 are 50, once; a payment that is taken back and entered again pays
        nothing more.
        """
        self._work("2026-03-20 04:00:00")
        self.assertFalse(self._records())
        self._pay(200, "2026-03-25 04:00:00")
        self.assertFalse(self._records())
        self._pay(300, "2026-04-02 04:00:00")
        record = self._records()
        self.assertEqual((record.amount, str(record.basis_date)), (50, "2026-04-02"))
        self.assertEqual(record.payee_id, self.engineer.partner_id)
        self.assertTrue(record.verify())
        lines = self.bill.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        lines.remove_move_reconcile()
        self.assertNotEqual(self.ticket.scrm_payment_state, "paid")
        self._pay(500, "2026-04-05 04:00:00")
        self.assertEqual(self._records(), record)
        self.assertEqual(
            self.paid_plan.with_user(self.accountant).settle()["created"], 0
        )
        self.assertFalse(self.approved_statement("2026-03", self.paid_plan))
        statement = self.approved_statement("2026-04", self.paid_plan)
        self.assertEqual(statement.amount_total, 50)

    def test_paid_before_the_work(self):
        """Paid in advance: settled in the moment it is done, as of that day."""
        self._pay(500, "2026-03-16 04:00:00")
        self.assertFalse(self._records())
        self._work("2026-03-20 04:00:00")
        record = self._records()
        self.assertEqual((record.amount, str(record.basis_date)), (50, "2026-03-20"))

    def test_other_plans(self):
        """Without a plan for it nothing is kept of the payment."""
        self.paid_plan.active = False
        self._work("2026-03-20 04:00:00")
        self._pay(500, "2026-03-25 04:00:00")
        facts = self.env["scrm.settlement.fact"]
        self.assertFalse(facts.search([("event", "=", "ticket_paid")]))
