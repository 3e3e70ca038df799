from odoo import fields, models


class ScrmMarketPrice(models.Model):
    """What a product costs elsewhere, from a day on."""

    _name = "scrm.market.price"
    _description = "Market Price"
    _order = "date desc, id desc"
    _rec_name = "product_id"

    product_id = fields.Many2one(
        "product.product", required=True, ondelete="cascade", index=True
    )
    date = fields.Date(
        "From",
        required=True,
        default=lambda self: self.env["scrm.clock"].today(),
    )
    price = fields.Monetary(required=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    source = fields.Char(help="Who says so.")

    _price_positive = models.Constraint(
        "CHECK (price >= 0)", "A market price is not below zero."
    )
