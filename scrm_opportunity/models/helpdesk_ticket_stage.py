from odoo import fields, models


class HelpdeskTicketStage(models.Model):
    """Which stage of opportunities a status of tickets stands for."""

    _inherit = "helpdesk.ticket.stage"

    scrm_lead_stage_id = fields.Many2one(
        "crm.stage",
        string="Stage of Opportunities",
        ondelete="set null",
        help="A ticket that comes here moves its linked opportunities to this stage, "
        "whichever department has it; never back to an earlier one.",
    )


class HelpdeskTicket(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("stage_id"):
            self._scrm_move_opportunities(vals["stage_id"])
        return result

    def _scrm_move_opportunities(self, stage_id):
        """Bring the linked opportunities to what this status stands for."""
        # sudo: the mapping is one for all; who moves a ticket need not sell
        stage = self.env["helpdesk.ticket.stage"].sudo().browse(stage_id)
        if stage.scrm_lead_stage_id:
            service = self.env["scrm.flow.service.opportunity"]
            for ticket in self.sudo():
                service._linked(ticket)._scrm_reach_stage(stage.scrm_lead_stage_id)
