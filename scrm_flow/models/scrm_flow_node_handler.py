from odoo import api, fields, models


class ScrmFlowNodeHandler(models.Model):
    """One of the people a node names in an order."""

    _name = "scrm.flow.node.handler"
    _inherit = "scrm.flow.node.part.mixin"
    _description = "Handler in Order"
    _order = "node_id, rank, id"

    rank = fields.Integer(default=10)
    user_id = fields.Many2one(
        "res.users", string="Person", required=True, ondelete="restrict"
    )

    _once = models.UniqueIndex(
        "(node_id, user_id)", "Each person stands in the order once."
    )

    @api.depends("user_id.name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.user_id.name
