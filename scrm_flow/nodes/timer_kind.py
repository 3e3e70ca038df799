from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowTimerKind(models.AbstractModel):
    """What happens to a step by time. Addons add ``scrm.flow.timer.kind.<key>``."""

    _name = "scrm.flow.timer.kind"
    _inherit = "scrm.flow.kind"
    _description = "Timer Kind"

    @api.model
    def _plan(self, step, node) -> list:
        """When it is to happen to a step that has just opened.

        :param step: ``scrm.flow.step``
        :param node: its compiled node
        :return: [(number of the timer among its kind, moment in naive UTC)]
        :raise UserError: that cannot be told; the step is stuck with this reason
        """
        return []

    @api.model
    def _fire(self, timer) -> None:
        """Let it happen.

        :param timer: ``scrm.flow.timer`` with the engine's rights; its run is locked
        :raise UserError: it cannot happen; the timer keeps the reason
        """
        raise NotImplementedError


class ScrmFlowTimerKindNode(models.AbstractModel):
    """The wait of a timer node is over."""

    _name = "scrm.flow.timer.kind.node"
    _inherit = "scrm.flow.timer.kind"
    _description = "Timer Kind Wait"

    _label = _lt("Wait")
    _kind_rank = 40

    @api.model
    def _plan(self, step, node):
        if node.type != "timer":
            return []
        node_type = self.env["scrm.flow.node.type"]._kind(node.type)
        return [(0, node_type._until(step, node))]

    @api.model
    def _fire(self, timer):
        step = timer.step_id
        graph = step.run_id.version_id._frozen_graph()
        (edge,) = graph.outgoing(step.node_key)
        self.env["scrm.flow.engine"]._complete(timer._record(), step, edge.key)
