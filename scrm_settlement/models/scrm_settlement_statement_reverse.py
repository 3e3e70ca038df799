from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.scrm_flow.engine.inside import INSIDE


class ScrmSettlementStatement(models.Model):
    """Taking a posted statement back: its bill is reversed, its records are free."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.statement"

    reversal_move_id = fields.Many2one(
        "account.move",
        "Reversal",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    reversal_reason = fields.Char(readonly=True, copy=False, tracking=True)
    reversed_record_ids = fields.Many2many(
        "scrm.settlement.record",
        "scrm_settlement_statement_reversed_rel",
        "statement_id",
        "record_id",
        string="Records When It Was Posted",
        readonly=True,
        copy=False,
    )
    reversed_amount = fields.Monetary(readonly=True, copy=False)

    def action_reverse(self, reason="", date=None):
        """Reverse the posted bill in full and set the records free.

        The reversal is reconciled with the bill, so nothing is owed on either; the
        records can be prepared again, for example with another date or account.

        :param str reason: why, for those who read the books
        :param date: accounting date of the reversal; None: today
        :return: the reversal entry
        :raise UserError: not posted, no reason, paid already, or the day is locked
        """
        self.ensure_one()
        self._begin("posted")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why %(name)s is reversed.", name=self.name))
        move = self.move_id
        if move.state != "posted":
            raise UserError(
                self.env._(
                    "The bill of %(name)s is not posted: post it again, then reverse.",
                    name=self.name,
                )
            )
        if self._is_paid():
            raise UserError(
                self.env._(
                    "%(name)s has been paid: unreconcile the payment first, or correct "
                    "the records, which deducts the difference from the next "
                    "statement.",
                    name=self.name,
                )
            )
        day = fields.Date.to_date(date) or self._today()
        fault = self._lock_fault(day, move.journal_id)
        if fault:
            raise UserError(fault)
        self._stop_payouts()
        parts = self._parts()
        values = {
            "date": day,
            "invoice_date": day if move.is_invoice() else False,
            "ref": self.env._(
                "Reversal of %(name)s: %(reason)s", name=self.name, reason=reason
            ),
        }
        reversal = move.with_context(scrm_statement_reversal=INSIDE)._reverse_moves(
            [values], cancel=True
        )
        self._step(
            {
                "state": "reversed",
                "reversal_move_id": reversal.id,
                "reversal_reason": reason.strip(),
                "reversed_amount": self.net_amount,
                "reversed_record_ids": [Command.set(self.record_ids.ids)],
            }
        )
        (parts - self)._step({"carried_into_id": False})
        self._drop_deductions()
        # sudo: the accountant does not write records, the statement's steps do
        self.env["scrm.settlement.record"].sudo()._release(self)
        return reversal

    def _is_paid(self):
        """Whether a payment, also of a part, is matched with the entry."""
        move = self.move_id
        if move.is_invoice():
            unpaid = move.payment_state in ("not_paid", "blocked")
            return move.amount_total and not unpaid
        payable = move.line_ids.filtered(lambda line: line.display_type != "product")
        return bool(payable.matched_debit_ids | payable.matched_credit_ids)

    def action_view_reversal(self):
        self.ensure_one()
        return self.reversal_move_id.get_formview_action()

    def _tie_out(self):
        """The rows of the tie-out report about these statements."""
        self.env.flush_all()
        return self.env["scrm.settlement.tie.out"].search(
            [("statement_id", "in", self.ids)]
        )
