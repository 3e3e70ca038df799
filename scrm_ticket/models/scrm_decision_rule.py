from odoo import api, models


class ScrmDecisionRule(models.Model):
    _inherit = "scrm.decision.rule"

    @api.model
    def _result_models(self):
        return [*super()._result_models(), "helpdesk.ticket.team", "scrm.store"]
