from odoo import fields, models


class ScrmFlowNode(models.Model):
    _inherit = "scrm.flow.node"

    ticket_stage_id = fields.Many2one(
        comodel_name="helpdesk.ticket.stage",
        string="Ticket Stage",
        ondelete="restrict",
        help="Tickets show this stage while they are at the node.",
    )

    def _compile(self):
        return {**super()._compile(), "ticket_stage_id": self.ticket_stage_id.id}
