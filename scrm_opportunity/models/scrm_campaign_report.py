from odoo import api, fields, models
from odoo.tools import SQL


class ScrmCampaignReport(models.Model):
    """Who took part in a campaign, and what followed: tickets, opportunities, orders.

    A participant is a customer, whichever of its contacts was there: by a form of the
    campaign, or by an opportunity or a confirmed order that belongs to it. What
    followed is what came after he or she joined, until the days afterwards are over.
    What the reader may not read does not count.
    """

    _name = "scrm.campaign.report"
    _inherit = "scrm.report.mixin"
    _description = "Participants of Campaigns"
    _auto = False
    _rec_name = "partner_id"
    _order = "joined_at desc, id"
    _depends = {
        "crm.lead": ["active", "campaign_id", "partner_id"],
        "helpdesk.ticket": ["active", "campaign_id", "partner_id", "template_id"],
        "res.partner": ["commercial_partner_id"],
        "sale.order": [
            "amount_untaxed",
            "campaign_id",
            "currency_rate",
            "date_order",
            "partner_id",
            "state",
        ],
        "utm.campaign": ["scrm_date_to", "scrm_follow_days", "scrm_template_ids"],
    }

    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Participant", readonly=True)
    joined_at = fields.Datetime(string="Took Part", readonly=True)
    joined_by = fields.Selection(
        [("form", "Form"), ("opportunity", "Opportunity"), ("order", "Order")],
        readonly=True,
    )
    ticket_count = fields.Integer(string="Follow-up Tickets", readonly=True)
    lead_count = fields.Integer(string="Opportunities", readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    amount = fields.Monetary(string="Ordered for", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)

    @api.model
    def _report_columns(self):
        return {
            "id": SQL(
                "ROW_NUMBER() OVER (ORDER BY joined.campaign_id, joined.partner_id)"
            ),
            "campaign_id": SQL("joined.campaign_id"),
            "partner_id": SQL("joined.partner_id"),
            "joined_at": SQL("joined.at"),
            "joined_by": SQL("joined.way"),
            "ticket_count": SQL("followed.tickets"),
            "lead_count": SQL("led.leads"),
            "order_count": SQL("bought.orders"),
            "amount": SQL("bought.amount"),
            # orders are counted in the company's currency
            "currency_id": SQL("%s", self.env.company.currency_id.id),
        }

    @api.model
    def _report_joins(self):
        tickets, leads, orders = (
            self._readable(name)
            for name in ("helpdesk.ticket", "crm.lead", "sale.order")
        )
        return [
            SQL(
                """
                (
                 SELECT DISTINCT ON (campaign_id, partner_id) *
                   FROM (
                     SELECT ticket.campaign_id, partner.commercial_partner_id
                                AS partner_id,
                            ticket.create_date AS at, 'form' AS way
                       FROM helpdesk_ticket ticket
                       JOIN res_partner partner ON partner.id = ticket.partner_id
                       JOIN scrm_campaign_template_rel form
                         ON form.campaign_id = ticket.campaign_id
                        AND form.template_id = ticket.template_id
                      WHERE ticket.active AND ticket.id IN %(tickets)s
                     UNION ALL
                     SELECT lead.campaign_id, partner.commercial_partner_id,
                            lead.create_date, 'opportunity'
                       FROM crm_lead lead
                       JOIN res_partner partner ON partner.id = lead.partner_id
                      WHERE lead.campaign_id IS NOT NULL AND lead.id IN %(leads)s
                     UNION ALL
                     SELECT sale.campaign_id, partner.commercial_partner_id,
                            sale.date_order, 'order'
                       FROM sale_order sale
                       JOIN res_partner partner ON partner.id = sale.partner_id
                      WHERE sale.campaign_id IS NOT NULL
                        AND sale.state = 'sale'
                        AND sale.id IN %(orders)s
                        ) came
                  ORDER BY campaign_id, partner_id, at, way
                 ) joined
                JOIN utm_campaign campaign ON campaign.id = joined.campaign_id
                CROSS JOIN LATERAL (
                     SELECT COALESCE(
                            campaign.scrm_date_to + 1
                                + COALESCE(campaign.scrm_follow_days, 0),
                            'infinity'::date)::timestamp AS at
                     ) ending
                CROSS JOIN LATERAL (
                     SELECT COUNT(*) AS tickets
                       FROM helpdesk_ticket ticket
                       JOIN res_partner partner ON partner.id = ticket.partner_id
                      WHERE partner.commercial_partner_id = joined.partner_id
                        AND ticket.active
                        AND ticket.create_date > joined.at
                        AND ticket.create_date < ending.at
                        AND NOT EXISTS (
                            SELECT FROM scrm_campaign_template_rel form
                             WHERE form.campaign_id = joined.campaign_id
                               AND form.template_id = ticket.template_id)
                        AND ticket.id IN %(tickets)s
                     ) followed
                CROSS JOIN LATERAL (
                     SELECT COUNT(*) AS leads
                       FROM crm_lead lead
                       JOIN res_partner partner ON partner.id = lead.partner_id
                      WHERE partner.commercial_partner_id = joined.partner_id
                        AND lead.campaign_id = joined.campaign_id
                        AND lead.id IN %(leads)s
                     ) led
                CROSS JOIN LATERAL (
                     SELECT COUNT(*) AS orders,
                            COALESCE(SUM(sale.amount_untaxed
                                / COALESCE(NULLIF(sale.currency_rate, 0), 1)), 0)
                                AS amount
                       FROM sale_order sale
                       JOIN res_partner partner ON partner.id = sale.partner_id
                      WHERE partner.commercial_partner_id = joined.partner_id
                        AND sale.state = 'sale'
                        AND sale.date_order >= date_trunc('second', joined.at)
                        AND sale.date_order < ending.at
                        AND sale.id IN %(orders)s
                     ) bought
                """,
                tickets=tickets,
                leads=leads,
                orders=orders,
            )
        ]

    @api.model
    def _readable(self, name):
        """Ids of the records that the reader may read, as a query."""
        model = self.env[name]
        if not model.has_access("read"):
            return SQL("(SELECT NULL::integer)")
        if name == "crm.lead":
            model = model.with_context(active_test=False)
        return model._search([]).subselect()
