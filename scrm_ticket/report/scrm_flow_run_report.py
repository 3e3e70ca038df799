from odoo import api, models
from odoo.tools import SQL

#: The priority that helpdesk_mgmt calls very high.
URGENT = "3"


class ScrmFlowRunReport(models.Model):
    """A ticket of the highest priority is red from its first minute."""

    _inherit = "scrm.flow.run.report"

    @api.model
    def _red_conditions(self, overdue):
        return [*super()._red_conditions(overdue), SQL("ticket.priority = %s", URGENT)]
