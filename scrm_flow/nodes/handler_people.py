from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ..engine import assignment

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerPeople(models.AbstractModel):
    """Named people: all of them may complete the step, the first one leads."""

    _name = "scrm.flow.handler.people"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule People"

    _label = _lt("People")
    _kind_rank = 10
    _uses_turns = False

    @api.model
    def _compile(self, node):
        users = node.handler_user_ids.with_context(active_test=False)
        return {"user_ids": users.ids}

    @api.model
    def _check(self, node):
        if not node.handler_user_ids:
            return [self.env._("no active user is named in “People”")]
        return []

    @api.model
    def _people(self, record, data):
        return self.env["res.users"].browse(data["user_ids"]).exists()

    @api.model
    def _choose(self, people):
        return assignment.together(people)
