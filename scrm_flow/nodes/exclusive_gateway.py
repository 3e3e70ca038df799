from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowNodeTypeExclusiveGateway(models.AbstractModel):
    """A question the record answers: the first transition that holds is taken."""

    _name = "scrm.flow.node.type.exclusive_gateway"
    _inherit = "scrm.flow.node.type"
    _description = "Node Type Exclusive Gateway"

    _label = _lt("Exclusive Gateway")
    _kind_rank = 30
    _behaviour = "choose"
