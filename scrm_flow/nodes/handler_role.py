from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerRole(models.AbstractModel):
    """The members of a role, unless the node says otherwise each in turn."""

    _name = "scrm.flow.handler.role"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule Role"

    _label = _lt("Role")
    _kind_rank = 20
    _per_record = False
    _is_part = True

    @api.model
    def _compile(self, node):
        return {"group_id": node.handler_group_id.id}

    @api.model
    def _check(self, node):
        if not node.handler_group_id:
            return [self.env._("no role is chosen")]
        return []

    @api.model
    def _is_post(self, node, user):
        return node.handler_group_id in user.all_group_ids

    @api.model
    def _people(self, case, data):
        group = self.env["res.groups"].browse(data["group_id"])
        return case.members(group)
