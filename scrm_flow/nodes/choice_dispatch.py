from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ..engine import assignment

_lt = LazyTranslate(__name__)


class ScrmFlowChoiceDispatch(models.AbstractModel):
    """The step waits for a dispatcher, who hands it to one of the people."""

    _name = "scrm.flow.choice.dispatch"
    _inherit = "scrm.flow.choice"
    _description = "Choice by Dispatcher"

    _label = _lt("Dispatcher decides")
    _kind_rank = 40
    _dispatches = True

    @api.model
    def _check(self, node):
        if not node.dispatcher_rule:
            return [self.env._("nobody is named who hands the work out")]
        return []

    @api.model
    def _choose(self, people, case):
        return assignment.dispatched(people, case.holders)

    @api.model
    def _words(self, trace):
        return self.env._("who hands it to one of the people")
