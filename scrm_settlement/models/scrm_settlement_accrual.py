from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, format_date

from ..engine import money


class ScrmSettlementAccrual(models.Model):
    """What is earned at the end of a month and not billed yet, for that month's books.

    One entry on the last day puts the expense where it was earned, its reversal on the
    day after takes it out again, so that the bill that comes later counts once.

    ``draft``
        nothing is entered.
    ``posted``
        the entry and its reversal are.
    ``undone``
        both are cancelled; the month can be accrued anew.
    """

    _name = "scrm.settlement.accrual"
    _description = "Month-End Accrual"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    plan_id = fields.Many2one(
        "scrm.settlement.plan",
        required=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="plan_id.currency_id", store=True)
    date = fields.Date(
        "Last Day",
        required=True,
        default=lambda self: self._last_day(),
        tracking=True,
        help="What was earned until this day and is not billed by then is accrued.",
    )
    account_id = fields.Many2one(
        "account.account",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain="[('account_type', 'in', ('liability_current', 'liability_payable'))]",
        help="Liability that takes what is earned until it is billed.",
    )
    amount = fields.Monetary(readonly=True, copy=False, tracking=True)
    state = fields.Selection(
        [("draft", "Draft"), ("posted", "Posted"), ("undone", "Undone")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    move_id = fields.Many2one(
        "account.move", "Entry", readonly=True, copy=False, ondelete="restrict"
    )
    reversal_move_id = fields.Many2one(
        "account.move", "Reversal", readonly=True, copy=False, ondelete="restrict"
    )

    _once = models.UniqueIndex("(plan_id, date) WHERE state = 'posted'")

    def _last_day(self):
        """The end of the month before this one."""
        today = self.env["scrm.clock"].today()
        return fields.Date.subtract(today.replace(day=1), days=1)

    @api.depends("plan_id", "date")
    def _compute_display_name(self):
        for accrual in self:
            day = format_date(self.env, accrual.date) if accrual.date else ""
            accrual.display_name = f"{accrual.plan_id.name or ''} {day}".strip()

    def write(self, vals):
        if {"plan_id", "date", "account_id"} & vals.keys():
            self._expect("draft")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        self._expect("draft")

    def _expect(self, state):
        if any(accrual.state != state for accrual in self):
            raise UserError(
                self.env._(
                    "A posted accrual does not change: undo it and make a new one."
                )
                if state == "draft"
                else self.env._("Only a posted accrual can be undone.")
            )

    # Buttons

    def action_post(self):
        """Enter what is earned and not billed, and take it out on the next day.

        :raise UserError: posted already, nothing to accrue, no journal, no currency
            rate, or the books are locked
        """
        self.check_access("write")
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        self._expect("draft")
        for accrual in self:
            accrual._check_single()
            if accrual.plan_id._posting_kind()._charges:
                raise UserError(
                    self.env._(
                        "“%(plan)s” settles what payees owe: it is no expense to "
                        "accrue.",
                        plan=accrual.plan_id.name,
                    )
                )
            journal = accrual._journal()
            next_day = fields.Date.add(accrual.date, days=1)
            for day in (accrual.date, next_day):
                accrual._check_books(journal, day)
            lines = accrual._lines()
            if not lines:
                raise UserError(
                    self.env._(
                        "%(accrual)s: everything earned until then is billed.",
                        accrual=accrual.display_name,
                    )
                )
            move = self.env["account.move"].create(
                {
                    "move_type": "entry",
                    "journal_id": journal.id,
                    "date": accrual.date,
                    "ref": self.env._(
                        "Accrual of %(accrual)s", accrual=accrual.display_name
                    ),
                    "line_ids": [Command.create(vals) for vals in lines],
                }
            )
            move.action_post()
            values = {"date": next_day, "auto_post": "no"}
            values["ref"] = self.env._(
                "Reversal of the accrual of %(accrual)s", accrual=accrual.display_name
            )
            reversal = move._reverse_moves([values], cancel=False)
            reversal.action_post()
            accrual.write(
                {
                    "state": "posted",
                    "move_id": move.id,
                    "reversal_move_id": reversal.id,
                    "amount": sum(
                        -vals["amount_currency"]
                        for vals in lines
                        if vals["account_id"] == accrual.account_id.id
                    ),
                }
            )
        return True

    def action_undo(self):
        """Cancel both entries, for example to accrue again with late tickets.

        :raise UserError: not posted, or the books are locked meanwhile
        """
        self.check_access("write")
        self._expect("posted")
        moves = self.move_id | self.reversal_move_id
        moves.button_draft()
        moves.button_cancel()
        self.write({"state": "undone"})
        return True

    def action_view_moves(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_journal_line"
        )
        moves = self.move_id | self.reversal_move_id
        return {**action, "domain": [("id", "in", moves.ids)], "context": {}}

    # What is accrued

    def _check_single(self):
        twin = self.search(
            [
                ("plan_id", "=", self.plan_id.id),
                ("date", "=", self.date),
                ("state", "=", "posted"),
            ],
            limit=1,
        )
        if twin:
            raise UserError(
                self.env._(
                    "%(accrual)s is accrued already: undo that one first.",
                    accrual=twin.display_name,
                )
            )

    def _journal(self):
        return self.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", self.company_id.id)],
            limit=1,
        )

    def _check_books(self, journal, day):
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no miscellaneous journal to post in.",
                    company=self.company_id.name,
                )
            )
        fault = self.env["scrm.settlement.statement"]._rate_fault(
            self.currency_id, self.company_id, day
        )
        if fault:
            raise UserError(fault)
        if locks := self.company_id._get_violated_lock_dates(day, False, journal):
            raise UserError(
                self.env._(
                    "%(accrual)s cannot be entered on %(day)s: the books are locked "
                    "until %(lock)s.",
                    accrual=self.display_name,
                    day=format_date(self.env, day),
                    lock=format_date(self.env, locks[-1][0]),
                )
            )

    def _earned(self):
        """What records until the day come to that no bill had entered by then.

        A record counts as billed when the bill of its statement, or of the statement
        that took it over, is dated until that day; also when the bill was reversed
        only afterwards.

        :return: (component, analytic account) -> Decimal
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE root AS (
                    SELECT id, id AS root FROM scrm_settlement_statement
                     WHERE carried_into_id IS NULL
                     UNION ALL
                    SELECT part.id, root.root
                      FROM scrm_settlement_statement part
                      JOIN root ON part.carried_into_id = root.id
                ), billed AS (
                    SELECT statement.id
                      FROM scrm_settlement_statement statement
                      JOIN account_move bill ON bill.id = statement.move_id
                 LEFT JOIN account_move undo ON undo.id = statement.reversal_move_id
                     WHERE statement.plan_id = %(plan)s AND bill.state = 'posted'
                       AND bill.date <= %(day)s
                       AND (undo.id IS NULL OR undo.date > %(day)s)
                )
                SELECT record.component_id, (part ->> 'analytic')::int,
                       SUM(COALESCE((part ->> 'amount')::numeric, record.amount))
                  FROM scrm_settlement_record record
             LEFT JOIN LATERAL jsonb_array_elements(record.parts) part
                    ON jsonb_typeof(record.parts) = 'array'
                 WHERE record.plan_id = %(plan)s AND record.basis_date <= %(day)s
                   AND NOT EXISTS (SELECT FROM root JOIN billed
                                              ON billed.id = root.root
                                    WHERE root.id = record.statement_id)
                   AND NOT EXISTS (SELECT
                                     FROM scrm_settlement_statement_reversed_rel rel
                                     JOIN billed ON billed.id = rel.statement_id
                                    WHERE rel.record_id = record.id)
              GROUP BY 1, 2
              ORDER BY 1, 2
                """,
                plan=self.plan_id.id,
                day=self.date,
            )
        )
        totals = defaultdict(Decimal)
        for component_id, centre_id, amount in rows:
            component = self.env["scrm.settlement.component"].browse(component_id)
            centre = self.env["account.analytic.account"].browse(centre_id)
            key = component, centre or component.analytic_account_id
            totals[key] += money.decimal(amount)
        return totals

    def _lines(self):
        """Values of the entry's lines: expense by account and centre, one liability."""
        step = money.decimal(self.currency_id.rounding)
        amounts = defaultdict(Decimal)
        for (component, centre), amount in self._earned().items():
            product = component.product_id.with_company(self.company_id)
            accounts = product.product_tmpl_id.get_product_accounts()
            account = component.account_id or accounts["expense"]
            amounts[account, centre] += amount
        lines = []
        for (account, centre), amount in amounts.items():
            if rounded := float(money.round_to(amount, step)):
                lines.append(self._line(account, rounded, centre))
        if lines:
            total = sum(money.decimal(vals["amount_currency"]) for vals in lines)
            liability = self._line(self.account_id, -float(total))
            # the other side to the last digit, also in the company's currency
            liability["balance"] = -self.company_id.currency_id.round(
                sum(vals["balance"] for vals in lines)
            )
            lines.append(liability)
        return lines

    def _line(self, account, amount, centre=None):
        company = self.company_id
        return {
            "name": self.env._("Earned, not billed: %s", self.display_name),
            "account_id": account.id,
            "currency_id": self.currency_id.id,
            "amount_currency": amount,
            "balance": self.currency_id._convert(
                amount, company.currency_id, company, self.date
            ),
            "analytic_distribution": {str(centre.id): 100} if centre else False,
        }
