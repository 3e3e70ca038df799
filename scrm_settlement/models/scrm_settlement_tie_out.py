from odoo import fields, models
from odoo.tools import SQL


class ScrmSettlementTieOut(models.Model):
    """Records, statement, journal and payable side by side, in one currency each.

    One row per statement, and one per plan and payee for what is on no statement
    yet. What is owed to us counts below zero, as in the books, so the totals are what
    the payable and receivable accounts say together. The difference is 0.00 as long as
    nobody changed the books behind the statement's back: a bill that was cancelled,
    edited in the database or reversed by hand shows here.
    """

    _name = "scrm.settlement.tie.out"
    _description = "Settlement Tie-Out"
    _auto = False
    _rec_name = "statement_id"
    _order = "date_to desc, id desc"

    statement_id = fields.Many2one("scrm.settlement.statement", readonly=True)
    plan_id = fields.Many2one("scrm.settlement.plan", readonly=True)
    payee_id = fields.Many2one("res.partner", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_to = fields.Date("Period End", readonly=True)
    state = fields.Selection("_selection_state", readonly=True)
    record_count = fields.Integer("Records", readonly=True)
    record_amount = fields.Monetary(
        "Records' Amount", readonly=True, help="Below zero: the payee owes it."
    )
    due_amount = fields.Monetary(
        "On the Statement",
        readonly=True,
        help="With what was carried forward, fees and other deductions.",
    )
    bill_amount = fields.Monetary("In the Journal", readonly=True)
    tax_amount = fields.Monetary("Taxes", readonly=True)
    payable_amount = fields.Monetary(
        "Payable", readonly=True, help="Below zero: the payee owes it."
    )
    open_amount = fields.Monetary(
        "Still to Pay", readonly=True, help="Below zero: the payee owes it."
    )
    difference = fields.Monetary(readonly=True, help="0.00 when everything agrees.")

    def _selection_state(self):
        states = self.env["scrm.settlement.statement"]._fields["state"]
        return [
            ("unbilled", self.env._("On no statement yet")),
            *states._description_selection(self.env),
        ]

    @property
    def _table_query(self):
        return SQL(
            """
            WITH RECURSIVE books AS (
                SELECT move.scrm_statement_id AS statement_id,
                       SUM(line.amount_currency)
                           FILTER (WHERE line.display_type = 'product') AS bill,
                       SUM(line.amount_currency)
                           FILTER (WHERE line.display_type = 'tax') AS tax,
                       -SUM(line.amount_currency)
                           FILTER (WHERE line.display_type = 'payment_term') AS payable,
                       -SUM(line.amount_residual_currency)
                           FILTER (WHERE line.display_type = 'payment_term') AS open,
                       SUM(line.balance) AS balance
                  FROM account_move move
                  JOIN account_move_line line ON line.move_id = move.id
                 WHERE move.scrm_statement_id IS NOT NULL AND move.state = 'posted'
              GROUP BY 1
            ), reversals AS (
                SELECT move.id, SUM(line.amount_currency)
                           FILTER (WHERE line.display_type = 'product') AS bill,
                       SUM(line.amount_currency)
                           FILTER (WHERE line.display_type = 'tax') AS tax,
                       -SUM(line.amount_currency)
                           FILTER (WHERE line.display_type = 'payment_term') AS payable,
                       SUM(line.balance) AS balance
                  FROM account_move move
                  JOIN account_move_line line ON line.move_id = move.id
                 WHERE move.state = 'posted'
                   AND move.id IN (SELECT reversal_move_id
                                     FROM scrm_settlement_statement)
              GROUP BY 1
            ), side AS (
                SELECT id AS plan_id,
                       CASE WHEN posting = ANY(%s) THEN -1 ELSE 1 END AS sign
                  FROM scrm_settlement_plan
            ), own AS (
                SELECT statement_id, COUNT(*) AS count, SUM(amount) AS amount
                  FROM scrm_settlement_record
                 WHERE statement_id IS NOT NULL GROUP BY 1
            ), chain AS (
                SELECT id, id AS root FROM scrm_settlement_statement
                 UNION ALL
                SELECT part.id, chain.root
                  FROM scrm_settlement_statement part
                  JOIN chain ON part.carried_into_id = chain.id
            ), totals AS (
                SELECT chain.root AS statement_id, SUM(own.amount) AS amount
                  FROM chain JOIN own ON own.statement_id = chain.id GROUP BY 1
            ), deducted AS (
                SELECT statement_id, SUM(amount) AS amount
                  FROM scrm_settlement_deduction GROUP BY 1
            ), compared AS (
                SELECT statement.*,
                       COALESCE(own.count, 0) AS record_count,
                       side.sign * COALESCE(own.amount, 0) AS record_amount,
                       COALESCE(books.bill, 0)
                           + COALESCE(reversals.bill, 0) AS bill_amount,
                       COALESCE(books.tax, 0)
                           + COALESCE(reversals.tax, 0) AS tax_amount,
                       COALESCE(books.payable, 0)
                           + COALESCE(reversals.payable, 0) AS payable_amount,
                       COALESCE(books.open, 0) AS open_amount,
                       ABS(COALESCE(books.balance, 0))
                           + ABS(COALESCE(reversals.balance, 0)) AS imbalance,
                       side.sign * (COALESCE(totals.amount, 0)
                           + COALESCE(deducted.amount, 0)) AS due_amount
                  FROM scrm_settlement_statement statement
                  JOIN side ON side.plan_id = statement.plan_id
             LEFT JOIN own ON own.statement_id = statement.id
             LEFT JOIN deducted ON deducted.statement_id = statement.id
             LEFT JOIN totals ON totals.statement_id = statement.id
             LEFT JOIN books ON books.statement_id = statement.id
             LEFT JOIN reversals ON reversals.id = statement.reversal_move_id
            )
            SELECT id, id AS statement_id, plan_id, payee_id, company_id, currency_id,
                   date_to, state, record_count, record_amount, due_amount,
                   bill_amount, tax_amount, payable_amount, open_amount,
                   ROUND(imbalance + ABS(bill_amount + tax_amount - payable_amount)
                         + ABS(bill_amount - CASE WHEN state = 'posted'
                                                  THEN due_amount ELSE 0 END),
                         6) AS difference
              FROM compared
             UNION ALL
            SELECT -MIN(id), NULL, plan_id, payee_id, company_id, currency_id,
                   MAX(basis_date), 'unbilled', COUNT(*), SUM(amount * side.sign),
                   0, 0, 0, 0, 0, 0
              FROM scrm_settlement_record
              JOIN side USING (plan_id)
             WHERE statement_id IS NULL
          GROUP BY plan_id, payee_id, company_id, currency_id
            """,
            self.env["scrm.settlement.posting"]._charging(),
        )

    def action_open_statement(self):
        self.ensure_one()
        return self.statement_id.get_formview_action()
