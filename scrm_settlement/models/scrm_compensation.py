from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ScrmCompensationOption(models.Model):
    """What a handler may offer a customer who complains, prepared by the company."""

    _name = "scrm.compensation.option"
    _description = "Compensation Option"
    _order = "sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    key = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [
            ("coupon", "Coupon"),
            ("product", "Free replacement"),
            ("points", "More points"),
        ],
        required=True,
        default="coupon",
    )
    amount = fields.Monetary("Coupon Amount")
    product_id = fields.Many2one(
        "product.product",
        "Replacement",
        check_company=True,
        help="Its sales price is what the replacement is worth.",
    )
    points_factor = fields.Float(
        default=2.0, help="2: the points of the order are granted once more."
    )
    points_per_unit = fields.Float(
        "Points per Unit of Price", default=1.0, help="Points an order normally earns."
    )
    point_value = fields.Monetary(
        "Worth of a Point", default=0.01, help="What one point costs the company."
    )
    template_ids = fields.Many2many(
        "scrm.ticket.template",
        string="Ticket Templates",
        help="Offered on tickets of these templates. Empty: on all.",
    )

    _key_unique = models.Constraint(
        "UNIQUE (company_id, key)", "Another compensation option has this key."
    )
    _amount_positive = models.Constraint(
        "CHECK (amount >= 0 AND points_factor >= 1 AND point_value >= 0"
        " AND points_per_unit >= 0)",
        "A compensation takes nothing away from the customer.",
    )

    @api.constrains("kind", "amount", "product_id")
    def _check_kind(self):
        for option in self:
            if (option.kind == "coupon" and not option.amount) or (
                option.kind == "product" and not option.product_id
            ):
                raise ValidationError(
                    self.env._(
                        "“%(option)s”: say how much the coupon is, or what replaces "
                        "the goods.",
                        option=option.name,
                    )
                )

    def _worth(self, ticket):
        """What this option is worth for a ticket.

        :return: (amount in the company's currency, points)
        """
        self.ensure_one()
        if self.kind == "coupon":
            return self.amount, 0
        if self.kind == "product":
            return self.product_id.list_price, 0
        points = round(
            ticket.scrm_price_total * self.points_per_unit * (self.points_factor - 1), 2
        )
        return self.currency_id.round(points * self.point_value), points


class HelpdeskTicket(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_compensation_option_ids = fields.Many2many(
        "scrm.compensation.option", compute="_compute_scrm_compensation_option_ids"
    )
    scrm_compensation_words = fields.Text(
        "Compensation", compute="_compute_scrm_compensation_words", compute_sudo=True
    )

    @api.depends("template_id", "company_id")
    def _compute_scrm_compensation_option_ids(self):
        # sudo: what is offered is no secret, names and amounts only
        options = self.env["scrm.compensation.option"].sudo().search([])
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
            given = facts.filtered(lambda fact, ticket=ticket: fact.source_id == ticket.id)
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
            body=self.env._(
                "Compensation granted: %(option)s.", option=option.name
            ),
            subtype_xmlid="mail.mt_note",
        )
        return records
