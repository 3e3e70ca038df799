from odoo import fields, models
from odoo.tools import SQL


class ScrmSettlementBudget(models.Model):
    """What finance sees of a ticket that is not finished: its budget, not its words.

    Nothing of the description, the form or the conversation is here.
    """

    _name = "scrm.settlement.budget"
    _description = "Service Budget"
    _auto = False
    _rec_name = "number"
    _order = "id desc"
    _depends = {
        "helpdesk.ticket": [
            *("number", "commercial_partner_id", "template_id", "company_id"),
            *("scrm_budget_min", "scrm_budget_max", "scrm_price_total", "team_id"),
        ]
    }

    number = fields.Char(readonly=True)
    customer = fields.Char(readonly=True)
    scenario = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    budget_min = fields.Monetary("Budget from", readonly=True)
    budget_max = fields.Monetary("Budget to", readonly=True)
    price = fields.Monetary(readonly=True)
    is_over = fields.Boolean(
        "Above Budget", readonly=True, help="The price is above the budget."
    )

    @property
    def _table_query(self):
        lang = self.env.lang or "en_US"
        return SQL(
            """
            SELECT ticket.id, ticket.number, partner.name AS customer,
                   COALESCE(template.name ->> %(lang)s, template.name ->> 'en_US')
                       AS scenario,
                   company.id AS company_id, company.currency_id,
                   ticket.scrm_budget_min AS budget_min,
                   ticket.scrm_budget_max AS budget_max,
                   ticket.scrm_price_total AS price,
                   COALESCE(ticket.scrm_budget_max, 0) > 0
                       AND COALESCE(ticket.scrm_price_total, 0)
                           > ticket.scrm_budget_max AS is_over
              FROM helpdesk_ticket ticket
              JOIN res_company company ON company.id = ticket.company_id
         LEFT JOIN res_partner partner ON partner.id = ticket.commercial_partner_id
         LEFT JOIN scrm_ticket_template template ON template.id = ticket.template_id
             WHERE COALESCE(ticket.scrm_budget_min, 0) > 0
                OR COALESCE(ticket.scrm_budget_max, 0) > 0
            """,
            lang=lang,
        )
