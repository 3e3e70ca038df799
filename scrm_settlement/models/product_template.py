from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    scrm_price_kind = fields.Selection(
        [
            ("labour", "Labour"),
            ("material", "Material"),
            ("transport", "Transport"),
        ],
        "Price Unit",
        help="What of a quotation it belongs to, so that labour, material and "
        "transport can be looked at and combined on their own.",
    )
