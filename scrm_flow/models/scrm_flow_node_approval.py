from odoo import api, fields, models


class ScrmFlowNode(models.Model):
    """What a node knows of approving."""

    _inherit = "scrm.flow.node"

    approval_policy = fields.Selection(
        [
            ("one", "One of them"),
            ("all", "All of them"),
            ("count", "A number of them"),
        ],
        string="Approved by",
        default="all",
        required=True,
        help="It is approved when so many approved it, and rejected as soon as that "
        "cannot happen any more.",
    )
    approval_count = fields.Integer(string="Approvals Needed", default=2)
    approval_order = fields.Selection(
        [("parallel", "All at once"), ("serial", "One after the other")],
        string="Asked",
        default="parallel",
        required=True,
    )
    requester_may_approve = fields.Boolean(
        string="Requester May Approve",
        help="Also ask the person who did the task before, or who started the flow, "
        "when he or she is one of the approvers.",
    )
    handler_line_ids = fields.One2many(
        "scrm.flow.node.handler", "node_id", string="People, in Order", copy=True
    )


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
