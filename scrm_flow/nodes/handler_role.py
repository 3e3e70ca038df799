from odoo import SUPERUSER_ID, api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerRole(models.AbstractModel):
    """Round robin in a role: each member of the group in turn."""

    _name = "scrm.flow.handler.role"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule Role"

    _label = _lt("Role, members in turn")
    _kind_rank = 20

    @api.model
    def _compile(self, node):
        return {"group_id": node.handler_group_id.id}

    @api.model
    def _check(self, node):
        if not node.handler_group_id:
            return [self.env._("no role is chosen")]
        return []

    @api.model
    def _people(self, record, data):
        # sudo: who is a member of a role is asked by the flow, not by the user
        users = self.env["res.users"].sudo().with_context(active_test=False)
        return users.search(
            [
                ("all_group_ids", "in", data["group_id"]),
                ("id", "!=", SUPERUSER_ID),
            ],
            order="id",
        )
