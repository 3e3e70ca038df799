from odoo import fields, models
from odoo.tools import SQL


class ScrmSettlementBoard(models.Model):
    """What each settled ticket brought in and cost: one row per ticket.

    Revenue is the price frozen with the fact, cost all that was settled for it, in
    the company's currency; what is in another currency is left out. A ticket that
    was taken back is not here.
    """

    _name = "scrm.settlement.board"
    _description = "Service Revenue"
    _auto = False
    _rec_name = "ticket_id"
    _order = "day desc, id desc"

    ticket_id = fields.Many2one("helpdesk.ticket", "Ticket", readonly=True)
    day = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    team_id = fields.Many2one("helpdesk.ticket.team", "Team", readonly=True)
    store_id = fields.Many2one("scrm.store", "Store", readonly=True)
    user_id = fields.Many2one("res.users", "Technician", readonly=True)
    template_id = fields.Many2one("scrm.ticket.template", "Scenario", readonly=True)
    region = fields.Char(readonly=True)
    revenue = fields.Monetary(readonly=True, aggregator="sum")
    average_revenue = fields.Monetary(
        "Revenue per Order", readonly=True, aggregator="avg"
    )
    cost = fields.Monetary("Settled Cost", readonly=True, aggregator="sum")
    margin = fields.Monetary(readonly=True, aggregator="sum")
    margin_percent = fields.Float("Margin (%)", readonly=True, aggregator="avg")
    rating = fields.Float(readonly=True, aggregator="avg")
    hours = fields.Float("Hours until Done", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            WITH latest AS (
                SELECT DISTINCT ON (source_key) id, source_key, source_id, cause,
                       basis_date, occurred_at, inputs, company_id, template_key
                  FROM scrm_settlement_fact
                 WHERE source_model = 'helpdesk.ticket'
              ORDER BY source_key, revision DESC
            ), paid AS (
                SELECT source_key, currency_id, SUM(amount) AS amount
                  FROM scrm_settlement_record
                 WHERE fact_id IS NOT NULL GROUP BY 1, 2
            ), rated AS (
                SELECT res_id, AVG(rating) AS rating FROM rating_rating
                 WHERE res_model = 'helpdesk.ticket' AND consumed GROUP BY 1
            ), amounts AS (
                SELECT fact.*, company.currency_id,
                       CASE WHEN COALESCE(fact.inputs ->> 'price_currency',
                                          currency.name) = currency.name
                            THEN COALESCE((fact.inputs ->> 'price_total')::numeric, 0)
                       END AS revenue,
                       COALESCE(paid.amount, 0) AS cost
                  FROM latest fact
                  JOIN res_company company ON company.id = fact.company_id
                  JOIN res_currency currency ON currency.id = company.currency_id
             LEFT JOIN paid ON paid.source_key = fact.source_key
                           AND paid.currency_id = company.currency_id
                 WHERE fact.cause <> 'void'
            )
            SELECT fact.id, ticket.id AS ticket_id, fact.basis_date AS day,
                   fact.company_id, fact.currency_id, ticket.team_id, ticket.store_id,
                   ticket.user_id, ticket.template_id,
                   fact.inputs ->> 'region' AS region,
                   fact.revenue, fact.revenue AS average_revenue, fact.cost,
                   fact.revenue - fact.cost AS margin,
                   ROUND((fact.revenue - fact.cost) * 100 / NULLIF(fact.revenue, 0), 2)
                       AS margin_percent,
                   rated.rating,
                   EXTRACT(EPOCH FROM fact.occurred_at - ticket.create_date) / 3600
                       AS hours
              FROM amounts fact
              JOIN helpdesk_ticket ticket ON ticket.id = fact.source_id
         LEFT JOIN rated ON rated.res_id = ticket.id
            """
        )
