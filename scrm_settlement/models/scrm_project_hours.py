from odoo import api, fields, models
from odoo.exceptions import UserError


class ScrmProjectHours(models.Model):
    """Hours that somebody worked for a project on a ticket.

    What is settled for the ticket can be shared out to its projects by these hours,
    whichever projects they are. They are frozen with all else when it is done.
    """

    _name = "scrm.project.hours"
    _inherit = "scrm.ticket.row.mixin"
    _description = "Hours for a Project"
    _order = "ticket_id, date, id"
    _check_company_auto = True

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    analytic_account_id = fields.Many2one(
        "account.analytic.account",
        "Project",
        required=True,
        ondelete="restrict",
        check_company=True,
    )
    date = fields.Date(
        required=True, default=lambda self: self.env["scrm.clock"].today()
    )
    user_id = fields.Many2one(
        "res.users",
        "Worked by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    hours = fields.Float(required=True)

    _hours_positive = models.Constraint(
        "CHECK (hours > 0 AND hours <= 24)",
        "Hours for a project are more than 0 and at most 24 a row.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                vals["user_id"] = self.env.uid
        return super().create(vals_list)

    def write(self, vals):
        if "user_id" in vals and not self.env.su:
            raise UserError(self.env._("Who worked the hours is not changed."))
        return super().write(vals)

    @api.model
    def _of_ticket(self, ticket):
        """Hours of each project of a ticket, as a fact keeps them.

        :return: id of the analytic account, as text -> hours; empty: none
        """
        # sudo: sums only; who ends a ticket need not see all its projects
        groups = self.sudo()._read_group(
            [("ticket_id", "=", ticket.id)], ["analytic_account_id"], ["hours:sum"]
        )
        return {
            str(account.id): round(hours, 2)
            for account, hours in sorted(groups, key=lambda group: group[0].id)
        }
