from odoo import models

#: What maps and boards show of a ticket besides its steps.
SHOWN = {"priority", "store_id", "team_id", "template_id", "channel_id"}


class HelpdeskTicket(models.Model):
    """Boards follow what becomes urgent or goes to another store, not moves alone."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def write(self, vals):
        result = super().write(vals)
        if not SHOWN.isdisjoint(vals):
            # sudo: which flows; that something changed is told, nothing else
            self.sudo().scrm_run_id.flow_id._tell_maps()
        return result
