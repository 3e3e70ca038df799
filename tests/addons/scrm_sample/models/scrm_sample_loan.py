from odoo import fields, models


class ScrmSampleLoan(models.Model):
    """Something is lent to a customer: the records of this model have a flow."""

    _name = "scrm.sample.loan"
    _inherit = ["mail.thread", "scrm.flow.mixin"]
    _description = "Loan"

    name = fields.Char(required=True)
    days = fields.Integer(default=7)
    lender_id = fields.Many2one("res.users", default=lambda self: self.env.user)
    number = fields.Char(readonly=True, copy=False)
    state = fields.Selection(
        [("asked", "Asked"), ("lent", "Lent"), ("back", "Back")],
        default="asked",
        readonly=True,
        copy=False,
    )

    def action_start(self):
        flow = self.env["scrm.flow"].search([("key", "=", "sample_loan")])
        self.scrm_flow_start(flow)

    def _scrm_position_vals(self, run, steps):
        values = super()._scrm_position_vals(run, steps)
        leading = self._scrm_leading(steps)
        if not leading:
            values["state"] = "back"
        elif leading.node_key == "return":
            values["state"] = "lent"
        return values
