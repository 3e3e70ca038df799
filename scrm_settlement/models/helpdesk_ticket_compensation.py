from odoo import api, fields, models
from odoo.exceptions import UserError


class HelpdeskTicket(models.Model):
    """What a customer who complains is granted, and its settlement."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_compensation_option_ids = fields.Many2many(
        "scrm.compensation.option",
        compute="_compute_scrm_compensation_option_ids",
        groups="base.group_user",
    )
    scrm_compensation_words = fields.Text(
        "Compensation",
        compute="_compute_scrm_compensation_words",
        compute_sudo=True,
        groups="base.group_user",
    )

    @api.depends("template_id", "company_id")
    def _compute_scrm_compensation_option_ids(self):
        # sudo: what is offered is no secret, names and amounts only
        companies = self.company_id | self.env.company
        options = (
            self.env["scrm.compensation.option"]
            .sudo()
            .search([("company_id", "in", companies.ids)])
        )
        for ticket in self:
            company = ticket.company_id or self.env.company
            ticket.scrm_compensation_option_ids = options.filtered(
                lambda option, ticket=ticket, company=company: (
                    option.company_id == company
                    and (
                        not option.template_ids
                        or ticket.template_id in option.template_ids
                    )
                )
            )

    def _compute_scrm_compensation_words(self):
        facts = self.env["scrm.settlement.fact"].search(
            [
                ("source_model", "=", self._name),
                ("source_id", "in", self.ids),
                ("event", "=", "compensation"),
            ]
        )
        for ticket in self:
            given = facts.filtered(
                lambda fact, ticket=ticket: fact.source_id == ticket.id
            )
            ticket.scrm_compensation_words = "\n".join(
                fact.source_name for fact in given
            )

    def action_scrm_compensate(self):
        """Open the choice of compensations."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compensation"),
            "res_model": "scrm.compensation.choose",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def scrm_compensate(self, option_key):
        """Grant one of the prepared compensations; it is settled at once.

        :param str option_key: key of the option
        :return: ids of the settlement records
        :raise UserError: no such option here, no customer, no plan that pays for it,
            or it was granted before
        """
        self.ensure_one()
        self.check_access("write")
        option = self.scrm_compensation_option_ids.filtered(
            lambda option: option.key == option_key
        )
        if not option:
            raise UserError(
                self.env._(
                    "There is no compensation “%(option)s” for this ticket.",
                    option=option_key,
                )
            )
        # sudo: a handler grants what the company prepared; plans stay unseen
        return self.sudo()._scrm_grant(option.sudo()).ids

    def _scrm_grant(self, option):
        customer = self.commercial_partner_id
        if not customer:
            raise UserError(self.env._("The ticket has no customer to compensate."))
        amount, points = option._worth(self)
        facts = self.env["scrm.settlement.fact"]
        key = f"{self._name}:{self.id}:compensation:{option.key}"
        if facts._latest(key, "compensation"):
            raise UserError(
                self.env._("“%(option)s” was granted before.", option=option.name)
            )
        fact = facts._freeze_event(
            self,
            "compensation",
            key,
            self.env["scrm.clock"].now(),
            {"customer": customer.id},
            {
                "compensation": option.key,
                "compensation_amount": facts._plain(amount),
                "compensation_points": facts._plain(points),
            },
            name=f"{self.number} {option.name}",
        )
        problems = self.env["scrm.settlement.plan"]._settle_fact(fact)
        records = fact.record_ids
        if problems or not records:
            reason = problems[0]["reason"] if problems else ""
            raise UserError(
                self.env._(
                    "No settlement plan pays “%(option)s”. Its basis is “Compensation "
                    "granted”, paid to “customer”. %(reason)s",
                    option=option.name,
                    reason=reason,
                )
            )
        self.message_post(
            body=self.env._("Compensation granted: %(option)s.", option=option.name),
            subtype_xmlid="mail.mt_note",
        )
        return records
