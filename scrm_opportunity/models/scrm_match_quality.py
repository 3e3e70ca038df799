from odoo import fields, models


class ScrmMatchQuality(models.Model):
    """How good the automatic links are, measured by what people answered.

    An opportunity that began with the ticket could not have been found: its link is no
    answer. One row for each answer and one for each ticket; rates are averages over the
    rows that have a value, so that any group of rows shows its own.
    """

    _name = "scrm.match.quality"
    _description = "Quality of Matches"
    _auto = False
    _rec_name = "day"
    _order = "day desc, id desc"

    day = fields.Date(readonly=True, help="When the ticket came in.")
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("helpdesk.ticket.team", readonly=True)
    template_id = fields.Many2one(
        "scrm.ticket.template", string="Scenario", readonly=True
    )
    precision_rate = fields.Float(
        string="Precision",
        readonly=True,
        aggregator="avg",
        help="Automatic links that people confirmed, among those they answered.",
    )
    recall_rate = fields.Float(
        string="Recall",
        readonly=True,
        aggregator="avg",
        help="Right matches that were linked by themselves, among all right ones.",
    )
    coverage_rate = fields.Float(
        string="Coverage",
        readonly=True,
        aggregator="avg",
        help="Tickets with an automatic link, among all tickets.",
    )
    answer_count = fields.Integer(string="Answers", readonly=True)
    ticket_count = fields.Integer(string="Tickets", readonly=True)

    @property
    def _table_query(self):
        self.env["scrm.match"].flush_model()
        self.env["crm.lead"].flush_model(["scrm_origin_ticket_id"])
        return """
            SELECT 2 * scrm_match.id AS id,
                   ticket.create_date::date AS day,
                   ticket.company_id, ticket.team_id, ticket.template_id,
                   CASE WHEN found_as = 'linked'
                        THEN (state = 'linked')::int END AS precision_rate,
                   CASE WHEN state = 'linked'
                        THEN (found_as = 'linked')::int END AS recall_rate,
                   NULL::int AS coverage_rate,
                   1 AS answer_count,
                   0 AS ticket_count
              FROM scrm_match
              JOIN helpdesk_ticket ticket ON ticket.id = scrm_match.ticket_id
              JOIN crm_lead lead ON lead.id = scrm_match.lead_id
             WHERE decided_by_id IS NOT NULL
               AND state IN ('linked', 'rejected')
               AND lead.scrm_origin_ticket_id IS DISTINCT FROM ticket.id
             UNION ALL
            SELECT 2 * ticket.id + 1, ticket.create_date::date,
                   ticket.company_id, ticket.team_id, ticket.template_id,
                   NULL, NULL,
                   EXISTS (
                       SELECT FROM scrm_match
                        WHERE ticket_id = ticket.id AND found_as = 'linked'
                   )::int,
                   0, 1
              FROM helpdesk_ticket ticket
             WHERE ticket.active
        """
