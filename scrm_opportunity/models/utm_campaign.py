from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError


class UtmCampaign(models.Model):
    """A campaign, such as a member day, on which tickets and orders hang: who hands in
    one of its forms takes part, and what follows is counted."""

    _inherit = "utm.campaign"

    scrm_template_ids = fields.Many2many(
        comodel_name="scrm.ticket.template",
        relation="scrm_campaign_template_rel",
        column1="campaign_id",
        column2="template_id",
        string="Forms to Take Part",
        help="Who hands in one of these between the first and the last day takes part.",
    )
    scrm_date_from = fields.Date(string="First Day")
    scrm_date_to = fields.Date(string="Last Day")
    scrm_follow_days = fields.Integer(
        string="Days Afterwards",
        default=30,
        help="So long after the last day the tickets and orders of those who took "
        "part are counted.",
    )
    scrm_participant_count = fields.Integer(
        string="Participants",
        compute="_compute_scrm_counts",
        groups="scrm_opportunity.group_user",
    )
    scrm_follow_count = fields.Integer(
        string="Follow-up Tickets",
        compute="_compute_scrm_counts",
        groups="scrm_opportunity.group_user",
    )

    _scrm_follow_positive = models.Constraint(
        "CHECK (COALESCE(scrm_follow_days, 0) BETWEEN 0 AND 3650)",
        "A campaign is followed up for at most ten years.",
    )

    @api.constrains("scrm_date_from", "scrm_date_to", "scrm_template_ids")
    def _check_scrm_dates(self):
        for campaign in self:
            first, last = campaign.scrm_date_from, campaign.scrm_date_to
            if campaign.scrm_template_ids and not (first and last):
                raise ValidationError(
                    self.env._(
                        "The campaign “%s” has forms to take part, so it needs a first "
                        "and a last day.",
                        campaign.title,
                    )
                )
            if first and last and last < first:
                raise ValidationError(
                    self.env._(
                        "The last day of the campaign “%s” is before its first day.",
                        campaign.title,
                    )
                )

    @api.depends("scrm_template_ids", "scrm_date_from", "scrm_date_to")
    @api.depends_context("uid")
    def _compute_scrm_counts(self):
        report = self.env["scrm.campaign.report"]
        rows = report._read_group(
            [("campaign_id", "in", self.ids)],
            ["campaign_id"],
            ["__count", "ticket_count:sum"],
        )
        counts = {campaign.id: figures for campaign, *figures in rows}
        for campaign in self:
            people, tickets = counts.get(campaign._origin.id, (0, 0))
            campaign.scrm_participant_count = people
            campaign.scrm_follow_count = tickets

    def action_scrm_participants(self):
        """Who takes part in the campaign, with what followed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_opportunity.scrm_campaign_report_action"
        )
        action["domain"] = [("campaign_id", "=", self.id)]
        action["context"] = {}
        action["display_name"] = self.title
        return action

    @api.model
    def _scrm_running(self, template, day):
        """The campaign that a form of this day belongs to, the newest of several.

        :param day: ``date``
        """
        # sudo: which campaign it is, whoever hands the form in
        return self.sudo().search(
            [
                ("scrm_template_ids", "in", template.ids),
                ("scrm_date_from", "<=", day),
                ("scrm_date_to", ">=", day),
            ],
            order="id desc",
            limit=1,
        )

    @api.model
    @tools.ormcache()
    def _scrm_joining(self):
        """Ids of the templates by which people take part in some campaign."""
        # sudo: which there are, for whoever asks; not shown
        found = self.sudo().search([("scrm_template_ids", "!=", False)])
        return frozenset(found.scrm_template_ids.ids)

    @api.model_create_multi
    def create(self, vals_list):
        campaigns = super().create(vals_list)
        self.env.registry.clear_cache()
        return campaigns

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"scrm_template_ids", "active"}:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
