from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowNodeTypeEnd(models.AbstractModel):
    _name = "scrm.flow.node.type.end"
    _inherit = "scrm.flow.node.type"
    _description = "Node Type End"

    _label = _lt("End")
    _kind_rank = 90
    _behaviour = "end"
    _in_bar = True
