from odoo import fields, models


class ScrmOpportunityReport(models.Model):
    """What becomes of opportunities: how many are won, for how much, how fast.

    A row is seen by whoever may read its opportunity, nobody else.
    """

    _name = "scrm.opportunity.report"
    _inherit = "scrm.follow.mixin"
    _description = "Conversion of Opportunities"
    _auto = False
    _rec_name = "lead_id"
    _order = "day desc, id desc"
    _followed = ("lead_id",)

    lead_id = fields.Many2one("crm.lead", string="Opportunity", readonly=True)
    day = fields.Date(string="Begun on", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    stage_id = fields.Many2one("crm.stage", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    offer_id = fields.Many2one("scrm.offer", readonly=True)
    industry_id = fields.Many2one("res.partner.industry", readonly=True)
    came_from = fields.Selection(
        [
            ("offer", "Offer on a Ticket"),
            ("ticket", "Ticket"),
            ("sales", "Sales"),
        ],
        readonly=True,
    )
    outcome = fields.Selection(
        [("pending", "Open"), ("won", "Won"), ("lost", "Lost")], readonly=True
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    expected_amount = fields.Monetary(string="Expected", readonly=True)
    won_amount = fields.Monetary(string="Won for", readonly=True)
    won_rate = fields.Float(
        string="Conversion",
        readonly=True,
        aggregator="avg",
        help="Won ones, among all.",
    )
    days_to_close = fields.Float(
        string="Days to Close",
        readonly=True,
        aggregator="avg",
        help="From its beginning until won or lost.",
    )
    ticket_count = fields.Integer(string="Tickets", readonly=True)

    @property
    def _table_query(self):
        return """
            SELECT lead.id, lead.id AS lead_id, lead.create_date::date AS day,
                   lead.company_id, lead.user_id, lead.team_id, lead.stage_id,
                   lead.source_id, lead.scrm_offer_id AS offer_id,
                   partner.industry_id,
                   CASE WHEN lead.scrm_offer_id IS NOT NULL THEN 'offer'
                        WHEN lead.scrm_origin_ticket_id IS NOT NULL THEN 'ticket'
                        ELSE 'sales' END AS came_from,
                   coalesce(lead.won_status, 'pending') AS outcome,
                   company.currency_id,
                   lead.expected_revenue AS expected_amount,
                   CASE WHEN lead.won_status = 'won'
                        THEN lead.expected_revenue ELSE 0 END AS won_amount,
                   (lead.won_status = 'won')::int AS won_rate,
                   lead.day_close AS days_to_close,
                   linked.tickets AS ticket_count
              FROM crm_lead lead
              LEFT JOIN res_partner partner ON partner.id = lead.partner_id
              LEFT JOIN res_company company ON company.id = lead.company_id
              LEFT JOIN LATERAL (
                   SELECT count(*)::int AS tickets
                     FROM scrm_match
                    WHERE scrm_match.lead_id = lead.id AND state = 'linked'
                   ) linked ON TRUE
             WHERE lead.type = 'opportunity'
               AND (lead.active OR lead.won_status = 'lost')
        """
