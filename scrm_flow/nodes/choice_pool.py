from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ..engine import assignment

_lt = LazyTranslate(__name__)


class ScrmFlowChoicePool(models.AbstractModel):
    """All who can work share the step: anybody completes it, or claims it first."""

    _name = "scrm.flow.choice.pool"
    _inherit = "scrm.flow.choice"
    _description = "Choice Pool"

    _label = _lt("All share it")
    _kind_rank = 10

    @api.model
    def _choose(self, people, case):
        return assignment.together(people)
