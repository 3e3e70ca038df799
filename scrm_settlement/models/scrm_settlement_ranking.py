from odoo import fields, models
from odoo.tools import SQL


class ScrmSettlementRanking(models.Model):
    """Who earned how much in a month, and which place that is: live.

    Settlement staff see everybody, a payee only the own row with its place. What
    partners owe us by plans that charge them is no earning.
    """

    _name = "scrm.settlement.ranking"
    _description = "Earnings Ranking"
    _auto = False
    _rec_name = "payee_id"
    _order = "month desc, place, id"

    payee_id = fields.Many2one("res.partner", "Payee", readonly=True)
    month = fields.Date("First of the Month", readonly=True)
    period = fields.Char("Month", readonly=True, help="Year and month.")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    place = fields.Integer(readonly=True, aggregator="min")
    payee_count = fields.Integer("Of", readonly=True, aggregator="max")
    amount = fields.Monetary("Earned", readonly=True)
    unbilled_amount = fields.Monetary("Waiting for a Statement", readonly=True)
    today_amount = fields.Monetary("Today", readonly=True)
    ticket_count = fields.Integer("Tickets", readonly=True)

    @property
    def _table_query(self):
        # sudo: the company's time zone only, which a payee may not read
        zone = self.env.company.sudo().partner_id.tz or "UTC"
        today = self.env["scrm.clock"].today(tz=zone)
        return SQL(
            """
            SELECT MIN(id) AS id, payee_id, company_id, currency_id,
                   date_trunc('month', basis_date)::date AS month,
                   to_char(date_trunc('month', basis_date), 'YYYY-MM') AS period,
                   RANK() OVER month_of AS place,
                   COUNT(*) OVER (PARTITION BY company_id, currency_id,
                                  date_trunc('month', basis_date)) AS payee_count,
                   SUM(amount) AS amount,
                   COALESCE(SUM(amount) FILTER (WHERE statement_id IS NULL), 0)
                       AS unbilled_amount,
                   COALESCE(SUM(amount) FILTER (WHERE basis_date = %s), 0)
                       AS today_amount,
                   COUNT(DISTINCT source_key) FILTER (WHERE fact_id IS NOT NULL)
                       AS ticket_count
              FROM scrm_settlement_record
             WHERE plan_id NOT IN (SELECT id FROM scrm_settlement_plan
                                    WHERE posting = ANY(%s))
          GROUP BY payee_id, company_id, currency_id, date_trunc('month', basis_date)
            WINDOW month_of AS (PARTITION BY company_id, currency_id,
                                date_trunc('month', basis_date)
                                ORDER BY SUM(amount) DESC)
            """,
            today,
            self.env["scrm.settlement.posting"]._charging(),
        )
