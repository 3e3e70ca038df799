from odoo import api, models


class ScrmFlowStep(models.Model):
    """Where somebody is led who has just installed the addon."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.step"

    @api.model
    def _scrm_first_screen(self):
        """Nobody has steps before there is a template: who makes them begins there."""
        templates = self.env["scrm.ticket.template"]
        if self.env.user.has_group(
            "scrm_ticket.group_manager"
        ) and not templates.with_context(active_test=False).search_count([], limit=1):
            return "scrm_ticket.scrm_ticket_template_action"
        return super()._scrm_first_screen()
