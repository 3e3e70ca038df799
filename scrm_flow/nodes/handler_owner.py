from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerOwner(models.AbstractModel):
    """The process owner: who answers for the flow at the moment."""

    _name = "scrm.flow.handler.owner"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule Process Owner"

    _label = _lt("Process owner")
    _kind_rank = 29
    _default_choice = "pool"
    _is_part = True

    @api.model
    def _check(self, node):
        if not node.version_id.flow_id.owner_id:
            return [self.env._("the flow has no process owner")]
        return []

    @api.model
    def _is_post(self, node, user):
        return user == node.version_id.flow_id.owner_id

    @api.model
    def _people(self, case, data):
        return case.run.flow_id.owner_id
