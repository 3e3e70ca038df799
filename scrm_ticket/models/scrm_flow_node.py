from odoo import fields, models

from ..forms import rights


class ScrmFlowNode(models.Model):
    _inherit = "scrm.flow.node"

    ticket_stage_id = fields.Many2one(
        comodel_name="helpdesk.ticket.stage",
        string="Ticket Stage",
        ondelete="restrict",
        help="Tickets show this stage while they are at the node.",
    )

    form_right_ids = fields.One2many(
        "scrm.form.right", "node_id", string="Rights to Form Fields", copy=True
    )

    def _compile(self):
        data = {**super()._compile(), "ticket_stage_id": self.ticket_stage_id.id}
        rows = {}
        for row in self.form_right_ids:
            rows.setdefault(row.field_id.key, []).append(
                rights.Row(row.audience, row.group_id.id or None, row.level)
            )
        return {**data, "form_rights": rows} if rows else data
