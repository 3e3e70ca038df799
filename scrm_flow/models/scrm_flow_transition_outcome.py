from odoo import fields, models


class ScrmFlowTransition(models.Model):
    """Which answer of an approval a transition is for."""

    _inherit = "scrm.flow.transition"

    source_type = fields.Selection(related="source_id.type", string="Type of Source")
    outcome = fields.Selection(
        [("approved", "Approved"), ("rejected", "Rejected")],
        help="Taken when the approval it leaves comes out like this.",
    )

    def _default_name(self):
        if self.source_id.type == "check" and len(self.source_id._ways()) == 1:
            return self.env._("Complete")
        if self.source_id.type != "approval":
            return super()._default_name()
        if self.outcome == "approved":
            return self.env._("Approve")
        if self.outcome == "rejected":
            return self.env._("Reject")
        return super()._default_name()
