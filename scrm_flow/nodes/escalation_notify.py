from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowEscalationNotify(models.AbstractModel):
    """Tell people, or all members of a role, that the step is still open."""

    _name = "scrm.flow.escalation.notify"
    _inherit = "scrm.flow.escalation"
    _description = "Escalation Notify"

    _label = _lt("Notify")
    _kind_rank = 10

    @api.model
    def _check(self, rung):
        return self._check_people(rung)

    @api.model
    def _run(self, record, step, rung):
        rule, data = self._rule(rung)
        people = rule._people(record, data).filtered("active")
        step._tell(people, activity=rung["activity"])
        step._note("escalate", {"reason": ", ".join(people.mapped("name"))})
