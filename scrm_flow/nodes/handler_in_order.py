from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerInOrder(models.AbstractModel):
    """Named people in an order: the first one leads, an approval asks in order."""

    _name = "scrm.flow.handler.in_order"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule People in Order"

    _label = _lt("People, in Order")
    _kind_rank = 15
    _default_choice = "pool"
    _per_record = False

    @api.model
    def _compile(self, node):
        users = node.handler_line_ids.user_id.with_context(active_test=False)
        return {"user_ids": users.ids}

    @api.model
    def _check(self, node):
        if not node.handler_line_ids.user_id.filtered("active"):
            return [self.env._("no active user is named in “People, in Order”")]
        return []

    @api.model
    def _is_post(self, node, user):
        return user in node.handler_line_ids.user_id

    @api.model
    def _people(self, case, data):
        return self.env["res.users"].browse(data["user_ids"])
