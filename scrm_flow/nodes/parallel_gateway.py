from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowNodeTypeParallelGateway(models.AbstractModel):
    """Splits work into branches done at the same time, or joins them again.

    With several outgoing transitions all are taken; with several incoming ones it
    waits for the branches of the split that they come from, as many as its rule says.
    """

    _name = "scrm.flow.node.type.parallel_gateway"
    _inherit = "scrm.flow.node.type"
    _description = "Node Type Parallel Gateway"

    _label = _lt("Parallel Gateway")
    _kind_rank = 35
    _behaviour = "parallel"

    @api.model
    def _compile(self, node):
        return {"join_count": node._join_needs()}
