from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmHandoverKindFlow(models.AbstractModel):
    """Who owns a flow is told when it gets stuck."""

    _name = "scrm.handover.kind.flow"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Flows"

    _label = _lt("Flows owned")
    _kind_rank = 60
    _model = "scrm.flow"
    _field = "owner_id"

    @api.model
    def _records(self):
        return super()._records().with_context(active_test=False)
