from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """Who hands in a form of a campaign that is on takes part in it; the opportunity
    that comes of it belongs to the campaign, too."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    campaign_id = fields.Many2one(
        "utm.campaign",
        string="Campaign",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        help="Taken from the form, while a campaign with it is on.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._scrm_join_campaign()
        return tickets

    def _scrm_join_campaign(self):
        campaigns = self.env["utm.campaign"]
        joining = campaigns._scrm_joining()
        today = joining and self.env["scrm.clock"].today()
        for ticket in self:
            if ticket.template_id.id in joining and not ticket.campaign_id:
                campaign = campaigns._scrm_running(ticket.template_id, today)
                if campaign:
                    # sudo: of the product's own making, whoever hands the form in
                    ticket.sudo().campaign_id = campaign

    def _scrm_opportunity_vals(self):
        vals = super()._scrm_opportunity_vals()
        # sudo: which campaign it came of
        if campaign := self.sudo().campaign_id:
            vals["campaign_id"] = campaign.id
        return vals
