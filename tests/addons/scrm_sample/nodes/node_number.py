from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowNodeTypeNumber(models.AbstractModel):
    """Gives the record its number and goes on by itself."""

    _name = "scrm.flow.node.type.number"
    _inherit = "scrm.flow.node.type"
    _description = "Node Type Number"

    _label = _lt("Number")
    _behaviour = "act"

    @api.model
    def _check(self, node):
        if "number" not in self.env[node.model]._fields:
            return [self.env._("its records have no number")]
        return []

    @api.model
    def _act(self, record, step, node):
        if record.number:
            raise UserError(self.env._("It has the number %s already.", record.number))
        record.number = f"L-{record.id:05}"
