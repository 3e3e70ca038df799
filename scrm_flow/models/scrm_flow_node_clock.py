from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from .scrm_flow_pause_reason import HOLDERS
from .scrm_flow_version import read_domain


class ScrmFlowNode(models.Model):
    """Whose time a node takes, and when its clock stands still."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node"

    clock_holder = fields.Selection(
        HOLDERS,
        string="Time of",
        default="us",
        required=True,
        help="Whose time it is while the step is open and not paused. A deadline "
        "counts all the same.",
    )
    hand_pause_ids = fields.Many2many(
        "scrm.flow.pause.reason",
        "scrm_flow_node_pause_rel",
        "node_id",
        "reason_id",
        string="Pauses by Hand",
        help="Reasons for which who handles the step may stop its clock.",
    )
    pause_condition = fields.Char(
        string="Paused while",
        default="[]",
        help="Domain on the record; the clock stands still as long as it holds. "
        "Empty: never.",
    )
    pause_reason_id = fields.Many2one(
        "scrm.flow.pause.reason", string="Paused for", ondelete="restrict"
    )

    @api.constrains("pause_condition")
    def _check_pause_condition(self):
        for node in self:
            # constraints run with sudo, but what the designer may see counts here
            version = node.version_id.with_user(self.env.user)
            problems = version._domain_problems(node.pause_condition)
            if problems:
                raise ValidationError(
                    self.env._(
                        "Node “%(node)s”: %(problem)s",
                        node=node.name,
                        problem=problems[0],
                    )
                )

    def _pause_domain(self):
        """While which the clock stands still, None for never."""
        self.ensure_one()
        domain = read_domain(self.pause_condition)
        return None if domain.is_true() else domain

    def _compile(self):
        condition = self._pause_domain()
        return {
            **super()._compile(),
            "clock": {
                "holder": self.clock_holder,
                "by_hand": self.hand_pause_ids.ids,
                "condition": condition,
                "reason": self.pause_reason_id.id if condition is not None else False,
            },
        }


class ScrmFlowVersion(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    def _fault_lines(self):
        lines = []
        for node in self.node_ids:
            problems = self._domain_problems(node.pause_condition)
            if not problems and node._pause_domain() and not node.pause_reason_id:
                problems = [self.env._("it is not said what its clock is paused for")]
            lines += [self._name_fault(node, problem) for problem in problems]
        return lines or super()._fault_lines()

    @api.model
    @tools.ormcache("model_name")
    def _pausing_ids(self, model_name) -> frozenset[int]:
        """Versions whose clocks have to be looked at when their record is written."""
        # sudo: which versions, to keep their clocks, whoever writes the record
        nodes = (
            self.env["scrm.flow.node"]
            .sudo()
            .search(
                [
                    ("version_id.state", "!=", "draft"),
                    ("version_id.flow_id.model_id.model", "=", model_name),
                    ("pause_condition", "not in", (False, "", "[]")),
                ]
            )
        )
        return frozenset(nodes.version_id.ids)
