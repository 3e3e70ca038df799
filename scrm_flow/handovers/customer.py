from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmHandoverKindCustomer(models.AbstractModel):
    """Customers whose salesperson leaves, archived ones included: they may return."""

    _name = "scrm.handover.kind.customer"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Customers"

    _label = _lt("Customers")
    _kind_rank = 10
    _model = "res.partner"

    @api.model
    def _records(self):
        return super()._records().with_context(active_test=False)
