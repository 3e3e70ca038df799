from odoo import fields, models


class ScrmFlowNode(models.Model):
    """What a node knows of approving."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
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
    approval_count = fields.Integer("Approvals Needed", default=2)
    approval_order = fields.Selection(
        [("parallel", "All at once"), ("serial", "One after the other")],
        string="Order of Asking",
        default="parallel",
        required=True,
    )
    requester_may_approve = fields.Boolean(
        help="Also ask the person who did the task before, or who started the flow, "
        "when he or she is one of the approvers.",
    )
    handler_line_ids = fields.One2many(
        "scrm.flow.node.handler", "node_id", string="People, in Order", copy=True
    )
