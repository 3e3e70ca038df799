from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.scrm_flow.engine.inside import is_marked


class AccountMove(models.Model):
    _inherit = "account.move"

    scrm_statement_id = fields.Many2one(
        "scrm.settlement.statement",
        "Settlement Statement",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )

    _scrm_statement_unique = models.UniqueIndex(
        "(scrm_statement_id) WHERE scrm_statement_id IS NOT NULL"
    )

    def _post(self, soft=True):
        for move in self.filtered("scrm_statement_id"):
            move._scrm_check_statement()
        return super()._post(soft)

    def _invoice_paid_hook(self):
        """A customer has paid: what waits for the money is settled."""
        result = super()._invoice_paid_hook()
        # sudo: who enters a payment need not read the orders' tickets
        orders = self.sudo().line_ids.sale_line_ids.order_id
        orders.scrm_ticket_id._scrm_settle_paid()
        return result

    def _scrm_check_statement(self):
        """Refuse to post a bill that is no longer what its statement says."""
        # sudo: the bookkeeper who posts a bill again need not read settlements
        statement = self.scrm_statement_id.sudo()
        sign = -1 if self.is_sale_document() else 1
        lines = self.line_ids.filtered(lambda line: line.display_type == "product")
        total = sign * sum(lines.mapped("amount_currency"))
        if (
            self.currency_id != statement.currency_id
            or self.partner_id != statement.payee_id
            or self.currency_id.compare_amounts(total, statement.net_amount)
        ):
            raise UserError(
                self.env._(
                    "%(statement)s says %(due)s for %(payee)s; the bill does not. "
                    "Correct the records instead, or reverse the statement.",
                    statement=statement.name,
                    due=statement.currency_id.format(statement.net_amount),
                    payee=statement.payee_id.name,
                )
            )

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Reverse the bill of a statement by the statement only."""
        stated = self.filtered("scrm_statement_id")
        if stated and not is_marked(self.env.context, "scrm_statement_reversal"):
            raise UserError(
                self.env._(
                    "%(statement)s: reverse the statement instead of its bill, so that "
                    "its records are free again.",
                    # sudo: its number only
                    statement=stated[0].scrm_statement_id.sudo().name,
                )
            )
        return super()._reverse_moves(default_values_list, cancel)

    def button_draft(self):
        if statements := self.scrm_statement_id:
            # sudo: the bookkeeper need not read settlements
            statements.sudo()._stop_payouts()
        return super().button_draft()

    def action_view_scrm_statement(self):
        self.ensure_one()
        return self.scrm_statement_id.get_formview_action()
