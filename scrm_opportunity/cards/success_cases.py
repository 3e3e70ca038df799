from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmCardBlockKindSuccessCases(models.AbstractModel):
    """What was achieved for similar customers."""

    _name = "scrm.card.block.kind.success_cases"
    _inherit = "scrm.card.block.kind"
    _description = "Card Block Success Cases"

    _label = _lt("Success Cases")
    _kind_rank = 70

    @api.model
    def _rows(self, block, partner, text, record):
        cases = self.env["scrm.success.case"]
        if not cases.has_access("read"):
            return []
        return [
            self._row(case.name, case.story or "")
            for case in cases._similar(partner, text)
        ]
