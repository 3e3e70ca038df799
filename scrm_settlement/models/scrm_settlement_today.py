from odoo import fields, models
from odoo.tools import SQL


class ScrmSettlementToday(models.Model):
    """What waits, what is finished and what today brought: all, and each region.

    Live: every figure is asked of the facts and records when somebody looks.
    """

    _name = "scrm.settlement.today"
    _description = "Settlement Today"
    _inherit = ["scrm.settlement.region.mixin"]
    _auto = False
    _rec_name = "region"
    _order = "company_id, is_total desc, region"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    region = fields.Char(readonly=True)
    is_total = fields.Boolean("All Regions", readonly=True)
    waiting_count = fields.Integer(
        "Waiting for Settlement",
        readonly=True,
        help="Finished tickets with amounts of their own, none of them on a statement "
        "yet. What is paid for a whole month is not counted by ticket.",
    )
    waiting_amount = fields.Monetary("To Be Settled", readonly=True)
    finished_count = fields.Integer("Finished This Month", readonly=True)
    finished_revenue = fields.Monetary("Revenue This Month", readonly=True)
    today_count = fields.Integer("Finished Today", readonly=True)
    today_revenue = fields.Monetary("Revenue Today", readonly=True)

    @property
    def _table_query(self):
        # sudo: the company's time zone only
        zone = self.env.company.sudo().partner_id.tz or "UTC"
        today = self.env["scrm.clock"].today(tz=zone)
        return SQL(
            """
            SELECT ROW_NUMBER() OVER (ORDER BY row.company_id,
                       GROUPING(row.region) DESC, row.region) AS id,
                   row.company_id, row.currency_id, row.region,
                   GROUPING(row.region) = 1 AS is_total,
                   COUNT(*) FILTER (WHERE NOT row.is_stated) AS waiting_count,
                   COALESCE(SUM(row.unstated), 0) AS waiting_amount,
                   COUNT(*) FILTER (WHERE row.is_month) AS finished_count,
                   COALESCE(SUM(row.revenue) FILTER (WHERE row.is_month), 0)
                       AS finished_revenue,
                   COUNT(*) FILTER (WHERE row.day = %(today)s) AS today_count,
                   COALESCE(SUM(row.revenue) FILTER (WHERE row.day = %(today)s), 0)
                       AS today_revenue
              FROM (
                SELECT board.company_id, board.currency_id, board.day, board.revenue,
                       COALESCE(board.region, '') AS region,
                       date_trunc('month', board.day)
                           = date_trunc('month', %(today)s::date) AS is_month,
                       paid.is_stated, paid.unstated
                  FROM (%(board)s) board
             LEFT JOIN (
                    SELECT fact.source_id,
                           BOOL_OR(record.statement_id IS NOT NULL) AS is_stated,
                           SUM(record.amount) FILTER (
                               WHERE record.statement_id IS NULL) AS unstated
                      FROM scrm_settlement_record record
                      JOIN scrm_settlement_fact fact ON fact.id = record.fact_id
                      JOIN scrm_settlement_plan plan ON plan.id = record.plan_id
                       AND plan.posting <> ALL(%(charging)s)
                     WHERE fact.source_model = 'helpdesk.ticket'
                  GROUP BY 1
                  ) paid ON paid.source_id = board.ticket_id
              ) row
          GROUP BY GROUPING SETS (
                (row.company_id, row.currency_id),
                (row.company_id, row.currency_id, row.region))
            """,
            today=today,
            charging=self.env["scrm.settlement.posting"]._charging(),
            board=self.env["scrm.settlement.board"]._query(),
        )
