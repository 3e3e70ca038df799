from odoo import api, fields, models
from odoo.tools import SQL


class ScrmSettlementBoard(models.Model):
    """What each settled ticket brought in and cost: one row per ticket.

    Revenue is the price frozen with the fact, split into service, parts and added
    items; cost is all that was settled for it and the cost of its parts, in the
    company's currency. What is in another currency is left out. A ticket that was
    taken back is not here.
    """

    _name = "scrm.settlement.board"
    _description = "Service Revenue"
    _inherit = ["scrm.settlement.region.mixin"]
    _auto = False
    _rec_name = "ticket_id"
    _order = "day desc, id desc"
    _depends = {
        "helpdesk.ticket": ["team_id", "store_id", "user_id", "template_id"],
        "rating.rating": ["rating", "consumed", "res_id", "res_model"],
        "scrm.store": ["store_class"],
    }

    ticket_id = fields.Many2one("helpdesk.ticket", "Ticket", readonly=True)
    day = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    team_id = fields.Many2one("helpdesk.ticket.team", "Team", readonly=True)
    store_id = fields.Many2one("scrm.store", "Store", readonly=True)
    user_id = fields.Many2one("res.users", "Technician", readonly=True)
    template_id = fields.Many2one("scrm.ticket.template", "Scenario", readonly=True)
    region = fields.Char(readonly=True)
    store_class = fields.Char(readonly=True)
    device_class = fields.Char("Product Class", readonly=True)
    revenue = fields.Monetary(readonly=True, aggregator="sum")
    revenue_service = fields.Monetary("Service", readonly=True, aggregator="sum")
    revenue_parts = fields.Monetary("Parts Sale", readonly=True, aggregator="sum")
    revenue_extras = fields.Monetary("Value Added", readonly=True, aggregator="sum")
    average_revenue = fields.Monetary(
        "Revenue per Order", readonly=True, aggregator="avg"
    )
    cost = fields.Monetary("Settled Cost", readonly=True, aggregator="sum")
    parts_cost = fields.Monetary("Cost of Parts", readonly=True, aggregator="sum")
    margin = fields.Monetary(readonly=True, aggregator="sum")
    margin_percent = fields.Float("Margin (%)", readonly=True, aggregator="avg")
    rating = fields.Float(readonly=True, aggregator="avg")
    hours = fields.Float("Hours until Done", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return self._query()

    @api.model
    def _query(self):
        """One row per ticket; other boards add it up."""
        return SQL(
            """
            WITH latest AS (
                SELECT DISTINCT ON (source_key) id, source_key, source_id, cause,
                       basis_date, occurred_at, inputs, company_id, template_key
                  FROM scrm_settlement_fact
                 WHERE source_model = 'helpdesk.ticket' AND event = 'ticket_done'
              ORDER BY source_key, revision DESC
            ), paid AS (
                SELECT fact.source_id, record.currency_id,
                       SUM(record.amount) AS amount, MIN(person.id) AS user_id
                  FROM scrm_settlement_record record
                  JOIN scrm_settlement_fact fact ON fact.id = record.fact_id
                  JOIN scrm_settlement_plan plan ON plan.id = record.plan_id
                   AND plan.posting <> ALL(%(charging)s)
             LEFT JOIN res_users person ON person.partner_id = record.payee_id
                 WHERE fact.source_model = 'helpdesk.ticket' GROUP BY 1, 2
            ), rated AS (
                SELECT res_id, AVG(rating) AS rating FROM rating_rating
                 WHERE res_model = 'helpdesk.ticket' AND consumed GROUP BY 1
            ), amounts AS (
                SELECT fact.*, company.currency_id,
                       COALESCE(fact.inputs ->> 'price_currency', currency.name)
                           = currency.name AS is_own,
                       (fact.inputs ->> 'price_total')::numeric AS total,
                       (fact.inputs ->> 'price_parts')::numeric AS parts,
                       (fact.inputs ->> 'price_extras')::numeric AS extras,
                       COALESCE((fact.inputs ->> 'parts_cost')::numeric, 0)
                           AS parts_cost,
                       COALESCE(paid.amount, 0) AS cost, paid.user_id
                  FROM latest fact
                  JOIN res_company company ON company.id = fact.company_id
                  JOIN res_currency currency ON currency.id = company.currency_id
             LEFT JOIN paid ON paid.source_id = fact.source_id
                           AND paid.currency_id = company.currency_id
                 WHERE fact.cause <> 'void'
            ), split AS (
                SELECT fact.*,
                       CASE WHEN is_own THEN COALESCE(total, 0) END AS revenue,
                       CASE WHEN is_own THEN COALESCE(parts, 0) END AS revenue_parts,
                       CASE WHEN is_own THEN COALESCE(extras, 0) END AS revenue_extras
                  FROM amounts fact
            )
            SELECT fact.id, ticket.id AS ticket_id, fact.basis_date AS day,
                   fact.company_id, fact.currency_id, ticket.team_id, ticket.store_id,
                   COALESCE(fact.user_id, ticket.user_id) AS user_id,
                   ticket.template_id,
                   fact.inputs ->> 'region' AS region,
                   COALESCE(fact.inputs ->> 'store_class', store.store_class)
                       AS store_class,
                   fact.inputs ->> 'device_class' AS device_class,
                   fact.revenue, fact.revenue AS average_revenue,
                   fact.revenue - fact.revenue_parts - fact.revenue_extras
                       AS revenue_service,
                   fact.revenue_parts, fact.revenue_extras,
                   fact.cost, fact.parts_cost,
                   fact.revenue - fact.cost - fact.parts_cost AS margin,
                   ROUND((fact.revenue - fact.cost - fact.parts_cost) * 100
                         / NULLIF(fact.revenue, 0), 2) AS margin_percent,
                   rated.rating,
                   COALESCE((fact.inputs ->> 'open_hours')::float,
                       EXTRACT(EPOCH FROM fact.occurred_at - ticket.create_date)
                       / 3600) AS hours
              FROM split fact
              JOIN helpdesk_ticket ticket ON ticket.id = fact.source_id
         LEFT JOIN scrm_store store ON store.id = ticket.store_id
         LEFT JOIN rated ON rated.res_id = ticket.id
            """,
            charging=self.env["scrm.settlement.posting"]._charging(),
        )
