from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerPeople(models.AbstractModel):
    """Named people; unless the node says otherwise all of them share the step."""

    _name = "scrm.flow.handler.people"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule People"

    _label = _lt("People")
    _kind_rank = 10
    _default_choice = "pool"
    _per_record = False
    _is_part = True

    @api.model
    def _compile(self, node):
        return {"user_ids": node.handler_user_ids.ids}

    @api.model
    def _check(self, node):
        if not node.handler_user_ids:
            return [self.env._("no active user is named in “People”")]
        return []

    @api.model
    def _is_post(self, node, user):
        return user in node.handler_user_ids

    @api.model
    def _people(self, case, data):
        return self.env["res.users"].browse(data["user_ids"])
