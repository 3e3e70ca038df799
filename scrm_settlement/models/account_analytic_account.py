from odoo import fields, models


class AccountAnalyticAccount(models.Model):
    """A project with a budget, whose use tickets show."""

    _inherit = "account.analytic.account"

    scrm_budget = fields.Monetary(
        string="Budget on Tickets",
        groups="analytic.group_analytic_accounting,scrm_settlement.group_accountant",
        help="Tickets whose form asks for a project show how much of this its costs "
        "have used. 0: costs only.",
    )

    _scrm_budget_positive = models.Constraint(
        "CHECK (scrm_budget >= 0)", "A budget cannot be negative."
    )
