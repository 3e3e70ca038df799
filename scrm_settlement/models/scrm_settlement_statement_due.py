from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import money


class ScrmSettlementStatement(models.Model):
    """From a statement's sum to what is paid out.

    Sum of its records, plus what earlier statements carried forward, minus fee,
    advance and what is held back, plus what is released. What is held back is released
    also when the payee earns nothing any more.
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
    waiting_release = fields.Monetary(
        "Held Back before, Due Now",
        compute="_compute_waiting_release",
        compute_sudo=True,
        help="Paid out with this statement once it is confirmed.",
    )
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

    @api.depends("state", "deduction_ids")
    def _compute_waiting_release(self):
        # computed with sudo: a payee reads what he gets, of his own statements
        drafts = self.filtered(lambda statement: statement.state == "draft")
        held = drafts._due_retentions()
        for statement in self:
            rows = held.get(statement, self.deduction_ids.browse())
            statement.waiting_release = -sum(rows.mapped("amount"))

    @api.depends(
        *("net_amount", "state", "waiting_release"),
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
        released = self.deduction_ids.filtered(lambda row: row.kind == "release")
        earned = self.currency_id.round(
            self.amount_total
            + self.carried_amount
            + self.waiting_release
            + sum(released.mapped("amount"))
        )
        if earned < 0:
            return plan.negative == "carry"
        return not earned or earned < plan.minimum_payout

    def _earned(self):
        """Its records and what was carried forward to it, as a decimal."""
        return money.decimal(self.amount_total) + money.decimal(self.carried_amount)

    # Deductions

    def _deduct(self):
        """Make the deductions anew, as the plan says at this moment."""
        self._drop_deductions()
        held = self._due_retentions()
        rows = [
            vals
            for statement in self
            for vals in statement._deductions(held.get(statement, ()))
        ]
        # sudo: nobody writes deductions but the steps of a statement
        self.env["scrm.settlement.deduction"].sudo()._make(rows)
        self.invalidate_recordset(["deduction_ids", "fee_amount", "net_amount"])

    def _drop_deductions(self):
        # sudo: as above
        self.sudo().deduction_ids._drop()
        self.invalidate_recordset(["deduction_ids", "fee_amount", "net_amount"])

    def _deductions(self, held):
        """Values of the deductions, in the order they are taken.

        :param held: what is due of :meth:`_due_retentions`
        """
        self.ensure_one()
        plan = self.plan_id
        rounding = money.decimal(self.currency_id.rounding)
        earned = left = self._earned()
        whole = earned - sum(money.decimal(row.amount) for row in held)
        if whole <= 0 or whole < money.decimal(plan.minimum_payout):
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
            kept = money.round_to(max(earned, Decimal(0)) * rate / 100, rounding)
            if kept:
                left -= kept
                yield {
                    **base,
                    "kind": "retention",
                    "amount": -float(kept),
                    "account_id": plan.retention_account_id.id,
                    "release_date": fields.Date.add(
                        self.date_to, days=plan.retention_days
                    ),
                }
        for row in held:
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
        """What posted statements held back, due by the end of these and not released.

        :return: statement -> deductions, the oldest first
        """
        found = defaultdict(self.env["scrm.settlement.deduction"].browse)
        if not self.ids:
            return found
        self.env["scrm.settlement.deduction"].flush_model()
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT own.id, held.id
                  FROM scrm_settlement_statement own
                  JOIN scrm_settlement_statement past
                    ON past.plan_id = own.plan_id AND past.payee_id = own.payee_id
                   AND past.state = 'posted'
                  JOIN scrm_settlement_deduction held
                    ON held.statement_id = past.id AND %(is_open)s
                   AND held.release_date <= own.date_to
                 WHERE own.id = ANY(%(ids)s)
              ORDER BY own.id, held.release_date, held.id
                """,
                is_open=self._is_still_held(),
                ids=self.ids,
            )
        )
        for statement_id, held_id in rows:
            found[self.browse(statement_id)] += self.deduction_ids.browse(held_id)
        return found

    @api.model
    def _is_still_held(self):
        """Whether the deduction ``held`` keeps something back that nobody released."""
        return SQL(
            """held.kind = 'retention' AND NOT EXISTS (
                   SELECT FROM scrm_settlement_deduction later
                    WHERE later.retained_id = held.id)"""
        )

    @api.model
    def _payees_waiting(self, plan, date_to):
        """Payees who get money by a day without earning anything more.

        What was held back from them is due, or what was carried forward has become
        enough, because the plan's minimum is lower now. Not whose draft waits already.

        :return: ids of partners
        """
        self.env["scrm.settlement.deduction"].flush_model()
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE chain AS (
                    SELECT id, payee_id FROM scrm_settlement_statement
                     WHERE plan_id = %(plan)s AND state = 'carried'
                       AND carried_into_id IS NULL AND date_to <= %(day)s
                     UNION ALL
                    SELECT part.id, part.payee_id
                      FROM scrm_settlement_statement part
                      JOIN chain ON part.carried_into_id = chain.id
                )
                SELECT payee_id
                  FROM (SELECT past.payee_id, -held.amount AS amount
                          FROM scrm_settlement_statement past
                          JOIN scrm_settlement_deduction held
                            ON held.statement_id = past.id AND %(is_open)s
                           AND held.release_date <= %(day)s
                         WHERE past.plan_id = %(plan)s AND past.state = 'posted'
                         UNION ALL
                        SELECT chain.payee_id, record.amount
                          FROM chain
                          JOIN scrm_settlement_record record
                            ON record.statement_id = chain.id) waiting
                 WHERE NOT EXISTS (SELECT FROM scrm_settlement_statement draft
                                    WHERE draft.plan_id = %(plan)s
                                      AND draft.payee_id = waiting.payee_id
                                      AND draft.state = 'draft')
              GROUP BY payee_id
                HAVING SUM(amount) > 0 AND SUM(amount) >= %(minimum)s
              ORDER BY payee_id
                """,
                is_open=self._is_still_held(),
                plan=plan.id,
                day=date_to,
                minimum=plan.minimum_payout,
            )
        )
        return [payee_id for (payee_id,) in rows]

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
