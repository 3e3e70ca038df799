from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Tickets that one job looks at again.
CHUNK = 200


class ScrmSwitchOpportunity(models.AbstractModel):
    """Nothing is matched meanwhile; jobs make up for it when it is on again."""

    _name = "scrm.switch.opportunity"
    _inherit = "scrm.switch"
    _description = "Switch Opportunities"

    _label = _lt("Opportunity matching")
    _kind_rank = 60
    _models = (
        "scrm.card",
        "scrm.match",
        "scrm.match.weight",
        "scrm.need",
        "scrm.need.kind",
        "scrm.offer",
        "scrm.profile.entry",
        "scrm.success.case",
        "scrm.ticket.offer",
    )
    _menus = ("scrm_opportunity.menu_scrm_opportunity",)
    _crons = (
        "scrm_opportunity.ir_cron_match_learn",
        "scrm_opportunity.ir_cron_remind_idle",
    )
    _views = (
        "scrm_opportunity.crm_lead_view_form",
        "scrm_opportunity.crm_lead_view_search",
        "scrm_opportunity.helpdesk_ticket_view_form",
        "scrm_opportunity.helpdesk_ticket_view_search",
        "scrm_opportunity.res_partner_view_form_profile",
        "scrm_opportunity.res_partner_view_form_story",
    )

    @api.model
    def _switched(self, on):
        if on:
            # sudo: as ever, all tickets are matched, whoever may read them
            tickets = self.env["helpdesk.ticket"].sudo()
            left = tickets.search(
                [("stage_id.closed", "=", False), ("match_ids", "=", False)]
            )
            for start in range(0, len(left), CHUNK):
                left[start : start + CHUNK].with_delay()._scrm_match()


class HelpdeskTicket(models.Model):
    # nothing is looked for, and nothing offered, while it is off
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def _scrm_match(self):
        if not self.env["scrm.switch"].is_on("opportunity"):
            return None
        return super()._scrm_match()

    def _scrm_propose_offers(self):
        if not self.env["scrm.switch"].is_on("opportunity"):
            return None
        return super()._scrm_propose_offers()


class ScrmSwitchOpportunityBoard(models.AbstractModel):
    _name = "scrm.switch.opportunity_board"
    _inherit = "scrm.switch"
    _description = "Switch Opportunity Boards"

    _label = _lt("Opportunity boards")
    _kind_rank = 62
    _models = (
        "scrm.opportunity.report",
        "scrm.customer.report",
        "scrm.match.quality",
    )
