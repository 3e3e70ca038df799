from odoo import fields, models
from odoo.tools import SQL


class ScrmSettlementStaff(models.Model):
    """Who accepts how many tickets, finishes them, and how customers rate that.

    One row per person and month, in which the tickets were given to them.
    """

    _name = "scrm.settlement.staff"
    _description = "Service Staff"
    _auto = False
    _rec_name = "user_id"
    _order = "month desc, place, id"
    _depends = {
        "helpdesk.ticket": ["company_id"],
        "rating.rating": ["rating", "consumed", "res_id", "res_model"],
        "scrm.flow.step": ["accepted_by_id", "done_by_id", "opened_at", "state"],
    }

    user_id = fields.Many2one("res.users", "Engineer", readonly=True)
    month = fields.Date("First of the Month", readonly=True)
    period = fields.Char("Month", readonly=True, help="Year and month.")
    company_id = fields.Many2one("res.company", readonly=True)
    place = fields.Integer(
        readonly=True,
        aggregator="min",
        help="By tickets completed, then by rating.",
    )
    ticket_count = fields.Integer("Tickets Taken", readonly=True)
    done_count = fields.Integer("Completed", readonly=True)
    done_percent = fields.Float("Completion (%)", readonly=True, aggregator="avg")
    rating = fields.Float(readonly=True, aggregator="avg")
    rating_count = fields.Integer("Ratings", readonly=True)

    @property
    def _table_query(self):
        # sudo: the company's time zone only
        zone = self.env.company.sudo().partner_id.tz or "UTC"
        return SQL(
            """
            WITH taken AS (
                SELECT COALESCE(step.done_by_id, step.accepted_by_id) AS user_id,
                       step.res_id AS ticket_id,
                       date_trunc('month', MIN(step.opened_at) AT TIME ZONE 'UTC'
                           AT TIME ZONE %(zone)s)::date AS month,
                       BOOL_AND(step.state NOT IN ('open', 'waiting', 'incident'))
                           AND BOOL_OR(step.state = 'done') AS is_done
                  FROM scrm_flow_step step
                 WHERE step.res_model = 'helpdesk.ticket'
                   AND COALESCE(step.done_by_id, step.accepted_by_id) IS NOT NULL
              GROUP BY 1, 2
            ), rated AS (
                SELECT res_id, AVG(rating) AS rating, COUNT(*) AS number
                  FROM rating_rating
                 WHERE res_model = 'helpdesk.ticket' AND consumed GROUP BY 1
            )
            SELECT MIN(taken.ticket_id)::bigint * 100000 + taken.user_id AS id,
                   taken.user_id, taken.month, ticket.company_id,
                   to_char(taken.month, 'YYYY-MM') AS period,
                   COUNT(*) AS ticket_count,
                   COUNT(*) FILTER (WHERE taken.is_done) AS done_count,
                   ROUND(COUNT(*) FILTER (WHERE taken.is_done) * 100.0 / COUNT(*), 2)
                       AS done_percent,
                   AVG(rated.rating) AS rating,
                   COALESCE(SUM(rated.number), 0) AS rating_count,
                   RANK() OVER (PARTITION BY ticket.company_id, taken.month
                       ORDER BY COUNT(*) FILTER (WHERE taken.is_done) DESC,
                                AVG(rated.rating) DESC NULLS LAST) AS place
              FROM taken
              JOIN helpdesk_ticket ticket ON ticket.id = taken.ticket_id
         LEFT JOIN rated ON rated.res_id = taken.ticket_id
          GROUP BY taken.user_id, taken.month, ticket.company_id
            """,
            zone=zone,
        )
