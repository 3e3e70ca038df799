from odoo import api, fields, models


class ScrmFlowNode(models.Model):
    """Which flow a node calls, on which records, and how many it waits for."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node"

    call_target = fields.Selection(
        [("related", "Records of a field"), ("record", "The record itself")],
        string="Called on",
        default="related",
        required=True,
        help="On the record itself, the nodes of the called flow become part of this "
        "one when it is published.",
    )
    call_flow_key = fields.Char(string="Key of the Called Flow")
    call_flow_id = fields.Many2one(
        "scrm.flow",
        string="Called Flow",
        compute="_compute_call_flow_id",
        inverse="_inverse_call_flow_id",
        help="On the records of a field it is started, where no flow is running yet.",
    )
    call_field = fields.Char(
        string="On the Records of",
        help="A field of the record that leads to the other ones, such as its tasks.",
    )
    call_wait = fields.Selection(
        [
            ("all", "All have ended"),
            ("any", "One has reached its end"),
            ("count", "A number have reached their ends"),
        ],
        string="Wait until",
        default="all",
        required=True,
        help="A cancelled flow has ended, but not reached its end.",
    )
    call_count = fields.Integer(string="How Many", default=1)

    @api.depends("call_flow_key")
    def _compute_call_flow_id(self):
        flows = self.env["scrm.flow"]._by_keys(self.mapped("call_flow_key"))
        for node in self:
            node.call_flow_id = flows.get(node.call_flow_key, False)

    def _inverse_call_flow_id(self):
        for node in self:
            node.call_flow_key = node.call_flow_id.key


class ScrmFlow(models.Model):
    # found by key, as calls name it
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow"

    @api.model
    def _by_keys(self, keys) -> dict:
        """Flows by their keys, without those that do not exist."""
        flows = self.search([("key", "in", [key for key in keys if key])])
        return {flow.key: flow for flow in flows}
