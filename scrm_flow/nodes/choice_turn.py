from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ..engine import assignment

_lt = LazyTranslate(__name__)


class ScrmFlowChoiceTurn(models.AbstractModel):
    """Round robin: whose last turn at this node is the longest ago."""

    _name = "scrm.flow.choice.turn"
    _inherit = "scrm.flow.choice"
    _description = "Choice in Turn"

    _label = _lt("In turn")
    _kind_rank = 20
    _counts_turns = True

    @api.model
    def _choose(self, people, case):
        return assignment.in_turn(people)

    @api.model
    def _words(self, trace):
        return self.env._("whose last turn was the longest ago")
