from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmHandoverKindTarget(models.AbstractModel):
    """Who watches the cost of settlement against a target."""

    _name = "scrm.handover.kind.target"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Targets"

    _label = _lt("Targets watched")
    _kind_rank = 69
    _model = "scrm.settlement.target"
