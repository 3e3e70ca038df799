from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerLender(models.AbstractModel):
    """Who lends it handles the step."""

    _name = "scrm.flow.handler.lender"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule Lender"

    _label = _lt("Lender")

    @api.model
    def _people(self, case, data):
        return case.record.lender_id
