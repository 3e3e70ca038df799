from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowNodeTypeStart(models.AbstractModel):
    _name = "scrm.flow.node.type.start"
    _inherit = "scrm.flow.node.type"
    _description = "Node Type Start"

    _label = _lt("Start")
    _kind_rank = 10
    _behaviour = "start"
