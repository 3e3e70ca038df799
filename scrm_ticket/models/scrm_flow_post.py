from odoo import api, models


class ScrmFlow(models.Model):
    """Flows of tickets: who sees their stages, and that flows are drawn for them."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow"

    @api.model
    def _default_model_id(self):
        return self.env["ir.model"]._get("helpdesk.ticket")

    @api.model
    def _sees_all_posts(self):
        seen = super()._sees_all_posts()
        return seen or self.env.user.has_group("scrm_ticket.group_analyst")
