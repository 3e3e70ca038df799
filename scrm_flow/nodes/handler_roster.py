from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerRoster(models.AbstractModel):
    """Whoever is on duty on a roster when the step opens."""

    _name = "scrm.flow.handler.roster"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule Roster"

    _label = _lt("On-call roster")
    _kind_rank = 60
    _default_choice = "turn"

    @api.model
    def _compile(self, node):
        return {
            "roster_id": node.handler_roster_id.id,
            "pass_on": node.is_passed_on,
        }

    @api.model
    def _check(self, node):
        if not node.handler_roster_id:
            return [self.env._("no roster is chosen")]
        return []

    @api.model
    def _is_post(self, node, user):
        return user in node.handler_roster_id.shift_ids.user_id

    @api.model
    def _people(self, case, data):
        # sudo: who is on duty is asked by the flow, not by the user
        roster = self.env["scrm.flow.roster"].sudo().browse(data["roster_id"])
        on_duty = roster.on_duty().get(roster.id)
        case.because["roster"] = roster.name
        return on_duty or self.env["res.users"]

    @api.model
    def _words(self, because):
        return self.env._("on duty on “%s”", because["roster"])
