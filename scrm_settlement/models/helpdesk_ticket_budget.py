from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HelpdeskTicket(models.Model):
    """From what to what a customer means to pay for the service."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_budget_currency_id = fields.Many2one(
        "res.currency", compute="_compute_scrm_budget_currency_id", compute_sudo=True
    )
    scrm_budget_min = fields.Monetary(
        "Service Budget from",
        currency_field="scrm_budget_currency_id",
        copy=False,
        groups="base.group_user",
    )
    scrm_budget_max = fields.Monetary(
        "Service Budget to",
        currency_field="scrm_budget_currency_id",
        copy=False,
        groups="base.group_user",
    )

    @api.depends("company_id")
    def _compute_scrm_budget_currency_id(self):
        for ticket in self:
            company = ticket.company_id or self.env.company
            ticket.scrm_budget_currency_id = company.currency_id

    @api.constrains("scrm_budget_min", "scrm_budget_max")
    def _check_scrm_budget(self):
        for ticket in self:
            low, high = ticket.scrm_budget_min, ticket.scrm_budget_max
            if low < 0 or high < 0 or (high and low > high):
                raise ValidationError(
                    self.env._(
                        "The service budget goes from a smaller to a larger amount."
                    )
                )
