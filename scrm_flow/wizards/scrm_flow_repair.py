from odoo import api, fields, models


class ScrmFlowRepair(models.TransientModel):
    """A flow manager decides what the flow could not: who, or which way."""

    _name = "scrm.flow.repair"
    _description = "Decision about a Stuck Step"

    step_id = fields.Many2one("scrm.flow.step", required=True, ondelete="cascade")
    incident_code = fields.Char(related="step_id.incident_code")
    incident_reason = fields.Text(related="step_id.incident_reason")
    node_id = fields.Many2one(related="step_id.node_id")
    is_about_handler = fields.Boolean(compute="_compute_is_about_handler")
    user_id = fields.Many2one(
        "res.users", string="Handler", domain="[('share', '=', False)]"
    )
    transition_id = fields.Many2one(
        "scrm.flow.transition", string="Way", domain="[('source_id', '=', node_id)]"
    )
    reason = fields.Char(required=True, help="Why; it stays in the log.")

    @api.depends("step_id.incident_code")
    def _compute_is_about_handler(self):
        for repair in self:
            repair.is_about_handler = repair.incident_code == "no_handler"

    def action_apply(self):
        """Do as decided, with all checks of the record's own methods."""
        self.ensure_one()
        # sudo: only which record it is; its methods check the rights
        step = self.step_id.sudo()
        record = self.env[step.res_model].browse(step.res_id)
        if self.is_about_handler:
            record.scrm_step_assign(self.user_id.id, self.reason, step.id)
        else:
            record.scrm_step_route(self.transition_id.key, self.reason, step.id)
        return {"type": "ir.actions.act_window_close"}
