from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ScrmCompensationOption(models.Model):
    """What a handler may offer a customer who complains, prepared by the company."""

    _name = "scrm.compensation.option"
    _inherit = "scrm.key.mixin"
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
