from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ..engine import assignment

_lt = LazyTranslate(__name__)


class ScrmFlowChoiceLoad(models.AbstractModel):
    """Who has the fewest open steps in hand, of all flows; ties go in turn."""

    _name = "scrm.flow.choice.load"
    _inherit = "scrm.flow.choice"
    _description = "Choice by Load"

    _label = _lt("Least open steps")
    _kind_rank = 30
    _counts_turns = True
    _counts_load = True

    @api.model
    def _choose(self, people, case):
        return assignment.least_load(people)

    @api.model
    def _words(self, trace):
        return self.env._("who had the fewest open steps")
