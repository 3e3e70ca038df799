from odoo import api, fields, models


class ScrmFlowNodeHandler(models.Model):
    """One of the people a node names in an order."""

    _name = "scrm.flow.node.handler"
    _description = "Handler in Order"
    _order = "node_id, rank, id"

    node_id = fields.Many2one(
        "scrm.flow.node", required=True, index=True, ondelete="cascade"
    )
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

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.node_id.version_id._check_is_draft()
        return lines

    def write(self, vals):
        self.node_id.version_id._check_is_draft()
        result = super().write(vals)
        self.node_id.version_id._check_is_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.node_id.version_id._check_is_draft()
