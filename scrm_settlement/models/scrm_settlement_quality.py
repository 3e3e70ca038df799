from odoo import fields, models
from odoo.tools import SQL


class ScrmSettlementQuality(models.Model):
    """What a payee earned in a month, beside all that is known of the service.

    ``band`` groups by the customers' mean rating, so that income can be compared
    with quality at a glance.
    """

    _name = "scrm.settlement.quality"
    _description = "Income and Quality"
    _auto = False
    _rec_name = "payee_id"
    _order = "month desc, amount desc, id"
    _depends = {"rating.rating": ["rating", "consumed", "res_id", "res_model"]}

    payee_id = fields.Many2one("res.partner", "Payee", readonly=True)
    month = fields.Date("First of the Month", readonly=True)
    period = fields.Char("Month", readonly=True, help="Year and month.")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    band = fields.Selection(
        [
            ("1_none", "Not rated"),
            ("2_low", "Below 3"),
            ("3_middle", "3 to 4.5"),
            ("4_high", "4.5 and better"),
        ],
        "Rating Band",
        readonly=True,
    )
    amount = fields.Monetary("Income", readonly=True, aggregator="avg")
    income_per_ticket = fields.Monetary(
        "Income per Ticket", readonly=True, aggregator="avg"
    )
    revenue = fields.Monetary(readonly=True, aggregator="avg")
    revenue_parts = fields.Monetary("Parts Sale", readonly=True, aggregator="avg")
    revenue_extras = fields.Monetary("Value Added", readonly=True, aggregator="avg")
    ticket_count = fields.Integer("Tickets", readonly=True)
    rating = fields.Float(readonly=True, aggregator="avg")
    rating_count = fields.Integer("Ratings", readonly=True)
    best_count = fields.Integer("Best Ratings", readonly=True)
    worst_count = fields.Integer("Poor Ratings", readonly=True)
    response_hours = fields.Float(
        "Hours until the First Answer", readonly=True, aggregator="avg"
    )
    open_hours = fields.Float("Hours until Done", readonly=True, aggregator="avg")
    work_hours = fields.Float("Hours at the Steps", readonly=True, aggregator="avg")
    on_time_percent = fields.Float("In Time (%)", readonly=True, aggregator="avg")
    reopened_count = fields.Integer("Done Again", readonly=True)
    parts_count = fields.Float("Parts Used", readonly=True)
    parts_cost = fields.Monetary("Cost of Parts", readonly=True)
    distance = fields.Float("Distance (km)", readonly=True)
    urgent_count = fields.Integer("Urgent Tickets", readonly=True)
    night_count = fields.Integer("Night Jobs", readonly=True)
    weekend_count = fields.Integer("Weekend Jobs", readonly=True)
    warranty_count = fields.Integer("Under Warranty", readonly=True)
    maintenance_count = fields.Integer("Maintenance Jobs", readonly=True)
    revisit_count = fields.Integer("Devices Seen Before", readonly=True)
    store_count = fields.Integer("Stores", readonly=True)
    customer_count = fields.Integer("Customers", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            WITH rated AS (
                SELECT res_id, AVG(rating) AS rating, COUNT(*) AS number,
                       COUNT(*) FILTER (WHERE rating >= 5) AS best,
                       COUNT(*) FILTER (WHERE rating <= 2) AS worst
                  FROM rating_rating
                 WHERE res_model = 'helpdesk.ticket' AND consumed GROUP BY 1
            ), job AS (
                SELECT record.payee_id, record.company_id, record.currency_id,
                       fact.source_id, SUM(record.amount) AS amount,
                       MIN(record.id) AS id,
                       date_trunc('month', MIN(record.basis_date))::date AS month,
                       (array_agg(fact.inputs ORDER BY fact.revision DESC))[1] AS i
                  FROM scrm_settlement_record record
                  JOIN scrm_settlement_fact fact ON fact.id = record.fact_id
                  JOIN scrm_settlement_plan plan ON plan.id = record.plan_id
                   AND plan.posting <> ALL(%s)
                 WHERE fact.source_model = 'helpdesk.ticket'
              GROUP BY 1, 2, 3, 4
            ), added AS (
            SELECT MIN(job.id) AS id, job.payee_id, job.company_id, job.currency_id,
                   job.month, SUM(job.amount) AS amount,
                   SUM(job.amount) / COUNT(*) AS income_per_ticket,
                   COUNT(*) AS ticket_count,
                   SUM((i ->> 'price_total')::numeric) AS revenue,
                   SUM((i ->> 'price_parts')::numeric) AS revenue_parts,
                   SUM((i ->> 'price_extras')::numeric) AS revenue_extras,
                   AVG(rated.rating) AS rating,
                   COALESCE(SUM(rated.number), 0) AS rating_count,
                   COALESCE(SUM(rated.best), 0) AS best_count,
                   COALESCE(SUM(rated.worst), 0) AS worst_count,
                   AVG((i ->> 'response_hours')::numeric) AS response_hours,
                   AVG((i ->> 'open_hours')::numeric) AS open_hours,
                   AVG((i ->> 'work_hours')::numeric) AS work_hours,
                   COUNT(*) FILTER (WHERE (i ->> 'on_time')::boolean) * 100.0
                       / COUNT(*) AS on_time_percent,
                   SUM((i ->> 'reopened')::int) AS reopened_count,
                   SUM((i ->> 'parts_count')::numeric) AS parts_count,
                   SUM((i ->> 'parts_cost')::numeric) AS parts_cost,
                   SUM((i ->> 'distance')::numeric) AS distance,
                   COUNT(*) FILTER (WHERE i ->> 'priority' IN ('2', '3'))
                       AS urgent_count,
                   COUNT(*) FILTER (WHERE (i ->> 'hour')::int >= 20
                       OR (i ->> 'hour')::int < 6) AS night_count,
                   COUNT(*) FILTER (WHERE i ->> 'weekday' IN ('6', '7'))
                       AS weekend_count,
                   COUNT(*) FILTER (WHERE (i ->> 'under_warranty')::boolean)
                       AS warranty_count,
                   COUNT(*) FILTER (WHERE (i ->> 'cycle_maintenance')::boolean)
                       AS maintenance_count,
                   COUNT(*) FILTER (WHERE (i ->> 'device_visits')::int > 0)
                       AS revisit_count,
                   COUNT(DISTINCT i ->> 'store') AS store_count,
                   COUNT(DISTINCT i ->> 'customer') AS customer_count
              FROM job LEFT JOIN rated ON rated.res_id = job.source_id
          GROUP BY 2, 3, 4, 5
            )
            SELECT added.*, to_char(month, 'YYYY-MM') AS period,
                            CASE WHEN rating IS NULL THEN '1_none'
                                 WHEN rating < 3 THEN '2_low'
                                 WHEN rating < 4.5 THEN '3_middle'
                                 ELSE '4_high' END AS band
              FROM added
            """,
            self.env["scrm.settlement.posting"]._charging(),
        )
