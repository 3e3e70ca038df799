from odoo import fields, models


class ScrmSettlementStatementReverse(models.TransientModel):
    """Ask why and on which day a posted statement is reversed."""

    _name = "scrm.settlement.statement.reverse"
    _description = "Reverse a Settlement Statement"

    statement_id = fields.Many2one(
        "scrm.settlement.statement", required=True, ondelete="cascade"
    )
    reason = fields.Char(required=True)
    date = fields.Date(
        "Accounting Date",
        required=True,
        default=lambda self: self.env["scrm.clock"].today(),
    )

    def action_reverse(self):
        self.ensure_one()
        self.statement_id.action_reverse(self.reason, self.date)
        return {"type": "ir.actions.act_window_close"}
