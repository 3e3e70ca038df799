from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import money


class ScrmSettlementStatement(models.Model):
    """From a statement's sum to what is paid out.

    Sum of its records, plus what earlier statements carried forward, minus fee,
    advance and what is held back, plus what is released.
    """

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.statement"

    carried_into_id = fields.Many2one(
        "scrm.settlement.statement",
        "Carried Forward to",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    carried_ids = fields.One2many(
        "scrm.settlement.statement",
        "carried_into_id",
        "Carried Forward from",
        readonly=True,
    )
    carried_amount = fields.Monetary("Carried Forward", compute="_compute_due")
    deduction_ids = fields.One2many(
        "scrm.settlement.deduction", "statement_id", "Deductions", readonly=True
    )
    fee_amount = fields.Monetary("Fee", compute="_compute_due")
    net_amount = fields.Monetary(compute="_compute_due")
    is_charge = fields.Boolean(
        "Charged",
        compute="_compute_direction",
        compute_sudo=True,
        help="The payee is charged by the plan instead of paid.",
    )
    direction = fields.Selection(
        [
            ("out", "Due to the Payee"),
            ("in", "Owed by the Payee"),
            ("next", "To the Next Statement"),
        ],
        "Who Owes",
        compute="_compute_direction",
        compute_sudo=True,
    )
    due_amount = fields.Monetary(
        "Due",
        compute="_compute_direction",
        compute_sudo=True,
        help="What one side owes the other, whichever way.",
    )
    payable_amount = fields.Monetary(
        "Payee Gets", compute="_compute_direction", compute_sudo=True
    )
    receivable_amount = fields.Monetary(
        "Payee Owes", compute="_compute_direction", compute_sudo=True
    )

    @api.depends(
        "payout", "payout_fee_percent", "carried_ids", "deduction_ids.amount", "state"
    )
    def _compute_due(self):
        for statement in self:
            carried = sum(part.amount_total for part in statement._parts() - statement)
            statement.carried_amount = statement.currency_id.round(carried)
            fee = float(statement._fee())
            others = statement.deduction_ids.filtered(lambda row: row.kind != "fee")
            statement.fee_amount = fee
            statement.net_amount = statement.currency_id.round(
                statement.amount_total + carried - fee + sum(others.mapped("amount"))
            )

    @api.depends(
        *("net_amount", "state"),
        *("plan_id.posting", "plan_id.negative", "plan_id.minimum_payout"),
    )
    def _compute_direction(self):
        # computed with sudo: a payee does not read the plan, only who owes whom
        for statement in self:
            charges = statement.plan_id._posting_kind()._charges
            waits = statement.state in ("draft", "confirmed", "approved")
            if statement.state == "carried" or (waits and statement._is_carried()):
                direction = "next"
            else:
                direction = "in" if charges != (statement.net_amount < 0) else "out"
            statement.is_charge = charges
            statement.direction = direction
            statement.due_amount = (
                statement.net_amount
                if direction == "next"
                else abs(statement.net_amount)
            )
            due = statement.due_amount
            statement.payable_amount = due if direction == "out" else 0
            statement.receivable_amount = due if direction == "in" else 0

    def _due_words(self):
        """What :attr:`due_amount` is to the payee, in the language of the reader."""
        self.ensure_one()
        return {
            "out": self.env._("Due to You"),
            "in": self.env._("You Owe"),
            "next": self.env._("To the Next Statement"),
        }[self.direction]

    def _parts(self):
        """This statement and all that were carried forward to it."""
        # sudo: a payee's own statements, found by the link between them
        found = level = self.sudo()
        while level := level.carried_ids:
            found |= level
        return found.with_env(self.env)

    def _take_carried(self):
        """Take over what earlier statements of the payee carried forward."""
        self.ensure_one()
        self.env.execute_query(
            SQL(
                """
                UPDATE scrm_settlement_statement SET carried_into_id = %(id)s
                 WHERE state = 'carried' AND carried_into_id IS NULL
                   AND plan_id = %(plan)s AND payee_id = %(payee)s
                   AND company_id = %(company)s AND currency_id = %(currency)s
             RETURNING id
                """,
                id=self.id,
                plan=self.plan_id.id,
                payee=self.payee_id.id,
                company=self.company_id.id,
                currency=self.currency_id.id,
            )
        )
        self.env["scrm.settlement.statement"].invalidate_model(
            ["carried_into_id", "carried_ids", "carried_amount", "net_amount"]
        )

    def _is_carried(self):
        """Whether the next statement takes this one over instead of a bill now."""
        plan = self.plan_id
        earned = self.currency_id.round(self.amount_total + self.carried_amount)
        if earned < 0:
            return plan.negative == "carry"
        return not earned or earned < plan.minimum_payout

    # Deductions

    def _deduct(self):
        """Make the deductions anew, as the plan says at this moment."""
        self._drop_deductions()
        rows = [vals for statement in self for vals in statement._deductions()]
        # sudo: nobody writes deductions but the steps of a statement
        self.env["scrm.settlement.deduction"].sudo()._make(rows)
        self.invalidate_recordset(["deduction_ids", "fee_amount", "net_amount"])

    def _drop_deductions(self):
        # sudo: as above
        self.sudo().deduction_ids._drop()
        self.invalidate_recordset(["deduction_ids", "fee_amount", "net_amount"])

    def _deductions(self):
        """Values of the deductions, in the order they are taken."""
        self.ensure_one()
        plan = self.plan_id
        rounding = money.decimal(self.currency_id.rounding)
        left = money.decimal(self.amount_total) + money.decimal(self.carried_amount)
        if left <= 0 or left < money.decimal(plan.minimum_payout):
            return
        base = {"statement_id": self.id}
        fee = self._fee()
        if fee:
            left -= fee
            yield {
                **base,
                "kind": "fee",
                "amount": -float(fee),
                "product_id": plan.instant_fee_product_id.id,
            }
        if plan.retention_percent:
            rate = money.decimal(plan.retention_percent)
            total = money.decimal(self.amount_total)
            held = money.round_to(max(total, Decimal(0)) * rate / 100, rounding)
            if held:
                left -= held
                yield {
                    **base,
                    "kind": "retention",
                    "amount": -float(held),
                    "account_id": plan.retention_account_id.id,
                    "release_date": fields.Date.add(
                        self.date_to, days=plan.retention_days
                    ),
                }
        for row in self._due_retentions():
            left -= money.decimal(row.amount)
            yield {
                **base,
                "kind": "release",
                "amount": -row.amount,
                "account_id": row.account_id.id,
                "retained_id": row.id,
            }
        for advance in self.env["scrm.settlement.advance"]._open_of(self):
            taken = min(left, money.decimal(advance.remaining_amount))
            if taken <= 0:
                break
            left -= taken
            yield {
                **base,
                "kind": "advance",
                "amount": -float(taken),
                "account_id": advance.account_id.id,
                "advance_id": advance.id,
            }

    def _due_retentions(self):
        """What posted statements held back and is due by the end of this one."""
        held = self.env["scrm.settlement.deduction"].search(
            [
                ("kind", "=", "retention"),
                ("statement_id.plan_id", "=", self.plan_id.id),
                ("payee_id", "=", self.payee_id.id),
                ("statement_id.state", "=", "posted"),
                ("release_date", "<=", self.date_to),
            ],
            order="release_date, id",
        )
        released = self.env["scrm.settlement.deduction"].search(
            [("retained_id", "in", held.ids)]
        )
        return held - released.retained_id

    def _deduction_lines(self):
        """The deductions as lines of the bill."""
        for row in self.deduction_ids:
            name = row.display_name
            if row.kind == "fee":
                name = self.env._(
                    "Fee of instant payout, %(percent)s %%",
                    percent=f"{self.payout_fee_percent:g}",
                )
            vals = {
                "name": f"{name} ({self.name})",
                "quantity": 1,
                "price_unit": row.amount,
                "tax_ids": [],
            }
            if row.product_id:
                vals["product_id"] = row.product_id.id
            if row.account_id:
                vals["account_id"] = row.account_id.id
            yield vals
