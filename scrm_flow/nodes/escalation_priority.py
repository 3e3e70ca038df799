from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowEscalationPriority(models.AbstractModel):
    """Raise the record's priority by one; the highest stays."""

    _name = "scrm.flow.escalation.priority"
    _inherit = "scrm.flow.escalation"
    _description = "Escalation Priority"

    _label = _lt("Raise Priority")
    _kind_rank = 30

    @api.model
    def _check(self, rung):
        field = self.env[rung.node_id.model]._fields.get("priority")
        if field is None or field.type != "selection":
            return [self.env._("an escalation raises a priority the record lacks")]
        return []

    @api.model
    def _run(self, record, step, rung):
        levels = record._fields["priority"].get_values(self.env)
        now = levels.index(record.priority) if record.priority in levels else -1
        record.priority = levels[min(now + 1, len(levels) - 1)]
        words = dict(record._fields["priority"]._description_selection(self.env))
        step._note("escalate", {"reason": words[record.priority]})
