from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowEscalationTransition(models.AbstractModel):
    """Take one of the step's transitions in place of its handlers."""

    _name = "scrm.flow.escalation.transition"
    _inherit = "scrm.flow.escalation"
    _description = "Escalation Transition"

    _label = _lt("Take Transition")
    _kind_rank = 40

    @api.model
    def _check(self, rung):
        node = rung.node_id
        ways = node._ways()
        if rung.transition_key in ways.mapped("key"):
            return []
        return [
            self.env._(
                "an escalation takes the transition “%s”, which does not leave it",
                rung.transition_key or "",
            )
        ]

    @api.model
    def _run(self, record, step, rung):
        key = rung["transition"]
        if key not in [edge.key for edge in record._scrm_open_edges(step)]:
            raise UserError(self.env._("The transition “%s” cannot be taken now.", key))
        node = step._compiled_node()
        node_type = self.env["scrm.flow.node.type"]._kind(node.type)
        if node_type._completing(record, step, node, by_time=True):
            step._note("escalate", {"transition": key})
            self.env["scrm.flow.engine"]._complete(record, step, key)
