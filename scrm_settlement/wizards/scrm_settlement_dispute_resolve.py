from odoo import fields, models


class ScrmSettlementDisputeResolve(models.TransientModel):
    """Ask how a dispute ends and what the payee is told."""

    _name = "scrm.settlement.dispute.resolve"
    _description = "Resolve a Settlement Dispute"

    dispute_id = fields.Many2one(
        "scrm.settlement.dispute", required=True, readonly=True, ondelete="cascade"
    )
    reason = fields.Text(related="dispute_id.reason")
    outcome = fields.Selection(
        [("corrected", "Corrected"), ("kept", "Kept as it is")],
        required=True,
        default="kept",
        help="Corrected: you have corrected the ticket's fact; the difference comes on "
        "this or the next statement.",
    )
    answer = fields.Text(required=True)

    def action_resolve(self):
        self.ensure_one()
        self.dispute_id.resolve(self.outcome, self.answer)
        return {"type": "ir.actions.act_window_close"}
