from odoo import fields, models


class ScrmCustomerReport(models.Model):
    """Customers from the first contact to delivery, and who buys again."""

    _name = "scrm.customer.report"
    _description = "Customers from Lead to Repurchase"
    _auto = False
    _rec_name = "partner_id"
    _order = "day desc, id desc"

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    industry_id = fields.Many2one("res.partner.industry", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    day = fields.Date(
        string="First Contact", readonly=True, help="First opportunity or order."
    )
    lead_count = fields.Integer(string="Opportunities", readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    delivered_count = fields.Integer(
        string="Delivered", readonly=True, help="Orders with something delivered."
    )
    amount = fields.Monetary(string="Bought for", readonly=True)
    ticket_count = fields.Integer(string="Tickets", readonly=True)
    bought_rate = fields.Float(
        string="Buyers",
        readonly=True,
        aggregator="avg",
        help="Customers with an order, among all.",
    )
    repurchase_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Customers with a second order, among those with a first.",
    )

    @property
    def _table_query(self):
        return """
            WITH asked AS (
                SELECT partner.commercial_partner_id AS owner,
                       coalesce(lead.company_id, partner.company_id) AS company_id,
                       lead.create_date AS at,
                       1 AS leads, 0 AS orders, 0 AS delivered, 0.0 AS amount
                  FROM crm_lead lead
                  JOIN res_partner partner ON partner.id = lead.partner_id
                 WHERE lead.active OR lead.won_status = 'lost'
                 UNION ALL
                SELECT partner.commercial_partner_id, sale.company_id,
                       sale.date_order, 0, 1,
                       EXISTS (
                           SELECT FROM sale_order_line line
                            WHERE line.order_id = sale.id AND line.qty_delivered > 0
                       )::int,
                       sale.amount_total / coalesce(nullif(sale.currency_rate, 0), 1)
                  FROM sale_order sale
                  JOIN res_partner partner ON partner.id = sale.partner_id
                 WHERE sale.state = 'sale'
            ), summed AS (
                SELECT owner, company_id, min(at)::date AS day,
                       sum(leads)::int AS lead_count, sum(orders)::int AS order_count,
                       sum(delivered)::int AS delivered_count, sum(amount) AS amount
                  FROM asked
                 GROUP BY owner, company_id
            )
            SELECT row_number() OVER (ORDER BY owner, summed.company_id) AS id,
                   owner AS partner_id, partner.industry_id, summed.company_id,
                   company.currency_id, day, lead_count, order_count,
                   delivered_count, amount,
                   (SELECT count(*)::int
                      FROM helpdesk_ticket ticket
                      JOIN res_partner asker ON asker.id = ticket.partner_id
                     WHERE asker.commercial_partner_id = owner
                       AND ticket.company_id IS NOT DISTINCT FROM summed.company_id
                   ) AS ticket_count,
                   (order_count > 0)::int AS bought_rate,
                   CASE WHEN order_count > 0
                        THEN (order_count > 1)::int END AS repurchase_rate
              FROM summed
              JOIN res_partner partner ON partner.id = owner
              LEFT JOIN res_company company ON company.id = summed.company_id
        """
