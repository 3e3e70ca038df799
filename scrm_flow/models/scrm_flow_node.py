import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .scrm_flow_version import read_domain
from .scrm_key_mixin import PATH_PATTERN


class ScrmFlowNode(models.Model):
    """One node of a flow version: a thing to do, to ask, or a start or an end."""

    _name = "scrm.flow.node"
    _inherit = ["scrm.key.mixin", "scrm.flow.version.part.mixin"]
    _description = "Flow Node"
    _order = "version_id, rank, id"
    _key_suffix = None

    key = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    type = fields.Selection(
        selection=lambda self: self.env["scrm.flow.node.type"]._selection(),
        required=True,
        default="user_task",
    )
    rank = fields.Integer(
        default=10, help="Order in the progress bar; the lowest open node leads."
    )
    is_private = fields.Boolean(
        string="Hidden from Customers",
        help="Customers see that somebody works on it, but not what or who.",
    )
    customer_name = fields.Char(
        translate=True, help="What customers read; the name when left empty."
    )
    handler_rule = fields.Selection(
        selection=lambda self: self.env["scrm.flow.handler"]._selection(),
        string="Handlers by",
    )
    handler_user_ids = fields.Many2many(
        "res.users", "scrm_flow_node_user_rel", "node_id", "user_id", string="People"
    )
    handler_group_id = fields.Many2one(
        "res.groups",
        string="Role",
        ondelete="restrict",
        help="Its members come into question.",
    )
    auto_condition = fields.Char(
        string="Goes on by Itself when",
        default="[]",
        help="Domain on the record; as soon as it holds, the step is done without "
        "anybody and the first open transition is taken. Empty: never.",
    )
    must_accept = fields.Boolean(
        string="Must Be Accepted",
        help="The handler accepts the step before completing it.",
    )
    release_group_id = fields.Many2one(
        "res.groups",
        string="Released by",
        ondelete="restrict",
        help="Its members, besides flow managers, may release a record that was "
        "frozen at this node.",
    )
    service_kind = fields.Selection(
        selection=lambda self: self.env["scrm.flow.service"]._selection(),
        string="Service",
    )
    service_config = fields.Json(string="Service Settings")
    service_config_text = fields.Text(
        compute="_compute_service_config_text",
        inverse="_inverse_service_config_text",
        string="Settings",
        help="The settings of the service as JSON.",
    )
    pos_x = fields.Float()
    pos_y = fields.Float()

    _key_unique = models.UniqueIndex(
        "(version_id, key)", "The key of a node is unique in its version."
    )

    @api.depends("service_config")
    def _compute_service_config_text(self):
        for node in self:
            node.service_config_text = (
                json.dumps(node.service_config, ensure_ascii=False, indent=2)
                if node.service_config
                else False
            )

    def _inverse_service_config_text(self):
        for node in self:
            try:
                node.service_config = json.loads(node.service_config_text or "null")
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "The settings of “%(node)s” are no valid JSON: %(error)s",
                        node=node.name,
                        error=error,
                    )
                ) from error

    def _key_pattern(self):
        return PATH_PATTERN if self.call_node_id else super()._key_pattern()

    @api.constrains("service_config")
    def _check_service_config(self):
        for node in self:
            if node.service_config and not isinstance(node.service_config, dict):
                raise ValidationError(
                    self.env._(
                        "The settings of “%(node)s” must be a JSON object.",
                        node=node.name,
                    )
                )

    @api.constrains("auto_condition")
    def _check_auto_condition(self):
        self._check_domain_field("auto_condition")

    def _ways(self):
        """The transitions that leave this node."""
        self.ensure_one()
        version = self.version_id
        ways = version.transition_ids
        if self.call_node_id:
            ways = version.inner_transition_ids
        return ways.filtered(
            lambda way: way.source_id == self and way.call_node_id == self.call_node_id
        )

    def _auto_domain(self):
        """When the node is left without anybody, None for never."""
        return self._domain_of("auto_condition")

    def _check_domain_field(self, name):
        """Refuse a domain that cannot be asked.

        :param name: the field that holds it
        :raise ValidationError: naming node and problem
        """
        for node in self:
            # constraints run with sudo, but what the designer may see counts here
            version = node.version_id.with_user(self.env.user)
            problems = version._domain_problems(node[name])
            if problems:
                raise ValidationError(
                    self.env._(
                        "Node “%(node)s”: %(problem)s",
                        node=node.name,
                        problem=problems[0],
                    )
                )

    def _domain_of(self, name):
        """The domain in this field, None when it says nothing."""
        self.ensure_one()
        domain = read_domain(self[name])
        return None if domain.is_true() else domain

    def _compile(self) -> dict:
        """Plain values other addons want to find in the compiled node's data."""
        self.ensure_one()
        return {}
