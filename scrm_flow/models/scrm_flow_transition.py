from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .scrm_flow_version import read_domain
from .scrm_key_mixin import PATH_PATTERN


class ScrmFlowTransition(models.Model):
    """A way from one node to another, with the condition to take it."""

    _name = "scrm.flow.transition"
    _inherit = ["scrm.key.mixin", "scrm.flow.version.part.mixin"]
    _description = "Flow Transition"
    _order = "version_id, rank, id"
    _key_suffix = None

    key = fields.Char(required=True)
    source_id = fields.Many2one(
        "scrm.flow.node",
        required=True,
        index=True,
        ondelete="cascade",
        string="From",
        domain="[('version_id', '=', version_id), ('call_node_id', '=', False)]",
    )
    target_id = fields.Many2one(
        "scrm.flow.node",
        required=True,
        index=True,
        ondelete="cascade",
        string="To",
        domain="[('version_id', '=', version_id), ('call_node_id', '=', False)]",
    )
    name = fields.Char(translate=True, help="Text on the button of the handler.")
    rank = fields.Integer(default=10)
    condition = fields.Char(
        default="[]", help="Domain on the record; empty: always possible."
    )
    is_default = fields.Boolean(
        string="Default", help="Taken by a gateway when no other transition is."
    )

    _key_unique = models.UniqueIndex(
        "(version_id, key)", "The key of a transition is unique in its version."
    )

    @api.depends("name", "key")
    def _compute_display_name(self):
        for transition in self:
            transition.display_name = transition.name or transition.key

    def _key_pattern(self):
        return PATH_PATTERN if self.call_node_id else super()._key_pattern()

    @api.constrains("version_id", "source_id", "target_id")
    def _check_nodes(self):
        for transition in self:
            nodes = transition.source_id | transition.target_id
            if nodes.version_id != transition.version_id:
                raise ValidationError(
                    self.env._(
                        "The transition “%(key)s” connects nodes of another version.",
                        key=transition.key,
                    )
                )

    @api.constrains("condition")
    def _check_condition(self):
        for transition in self:
            # constraints run with sudo, but what the designer may see counts here
            asked = transition.with_user(self.env.user)
            problems = asked._condition_problems()
            if problems:
                raise ValidationError(
                    self.env._(
                        "Transition “%(key)s”: %(problem)s",
                        key=transition.key,
                        problem=problems[0],
                    )
                )

    def _default_name(self) -> str:
        """What the button says without a name: where it leads, if one can choose."""
        self.ensure_one()
        if self.source_id.type == "user_task" and len(self.source_id._ways()) == 1:
            return self.env._("Complete")
        return self.target_id.name

    def _own_key(self) -> str:
        """The key by which the rules of its own flow know it."""
        self.ensure_one()
        return self.key.rpartition(".")[2]

    def _domain(self):
        """The condition as a domain, None when it always holds."""
        self.ensure_one()
        domain = read_domain(self.condition)
        return None if domain.is_true() else domain

    def _condition_problems(self) -> list[str]:
        """Why the condition cannot be asked by the current user; [] when it can."""
        self.ensure_one()
        return self.version_id._domain_problems(self.condition)
