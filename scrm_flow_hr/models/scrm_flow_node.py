from odoo import fields, models


class ScrmFlowNode(models.Model):
    _inherit = "scrm.flow.node"

    handler_department_id = fields.Many2one(
        "hr.department",
        string="Department",
        ondelete="restrict",
        help="Its members, or its head, get the steps.",
    )
