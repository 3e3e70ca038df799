from odoo import api, fields, models, tools

from .scrm_flow_pause_reason import HOLDERS


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
        self._check_domain_field("pause_condition")

    def _pause_domain(self):
        """While which the clock stands still, None for never."""
        return self._domain_of("pause_condition")

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
        return self._with_condition(model_name, "pause_condition")
