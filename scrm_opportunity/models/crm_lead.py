from odoo import api, fields, models
from odoo.fields import Domain

USER = "scrm_opportunity.group_user"


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "scrm.flow.mixin"]

    scrm_flow_id = fields.Many2one(
        "scrm.flow",
        string="Flow",
        copy=False,
        ondelete="restrict",
        domain="[('model', '=', 'crm.lead'), ('is_block', '=', False),"
        " ('published_version_id', '!=', False)]",
        groups="scrm_flow.group_user",
        help="How this opportunity is followed up. Choosing a flow starts it.",
    )
    match_ids = fields.One2many("scrm.match", "lead_id", string="Matches", groups=USER)
    ticket_ids = fields.Many2many(
        "helpdesk.ticket",
        string="Tickets",
        compute="_compute_ticket_ids",
        search="_search_ticket_ids",
        groups=USER,
        help="Tickets linked with this opportunity that you may read.",
    )
    ticket_count = fields.Integer(compute="_compute_ticket_ids", groups=USER)

    @api.depends("match_ids.state")
    @api.depends_context("uid")
    def _compute_ticket_ids(self):
        linked = self.env["scrm.match"]._read_group(
            [("lead_id", "in", self.ids), ("state", "=", "linked")],
            ["lead_id"],
            ["ticket_id:recordset"],
        )
        tickets = dict(linked)
        for lead in self:
            lead.ticket_ids = tickets.get(lead._origin, False)
            lead.ticket_count = len(lead.ticket_ids)

    def _search_ticket_ids(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        linked = Domain("state", "=", "linked") & Domain("ticket_id", operator, value)
        return Domain("match_ids", "any", linked)

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        for lead, vals in zip(leads, vals_list, strict=True):
            if vals.get("scrm_flow_id"):
                lead._scrm_start_chosen_flow()
        return leads

    def write(self, vals):
        result = super().write(vals)
        if vals.get("scrm_flow_id"):
            for lead in self:
                lead._scrm_start_chosen_flow()
        return result

    def _scrm_start_chosen_flow(self):
        self.ensure_one()
        lead = self.sudo()  # the flow was chosen by somebody who may choose flows
        running = lead.scrm_run_id.state in ("running", "incident")
        if not running or lead.scrm_run_id.flow_id != lead.scrm_flow_id:
            self.scrm_flow_start(lead.scrm_flow_id)

    def action_view_tickets(self):
        """The linked tickets that the user may read."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt.helpdesk_ticket_action"
        )
        action["domain"] = [("id", "in", self.ticket_ids.ids)]
        action["context"] = {}
        if self.ticket_count == 1:
            action["views"] = [(False, "form")]
            action["res_id"] = self.ticket_ids.id
        return action

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # sudo: all matches follow the merge, whoever may see their tickets
        matches, taken = opportunities.sudo().match_ids, self.sudo().match_ids.ticket_id
        for match in matches.sorted("state_rank"):
            if match.ticket_id not in taken:
                match.lead_id = self
                taken |= match.ticket_id
        return result
