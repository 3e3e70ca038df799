from odoo import fields, models


class ScrmPriceCell(models.Model):
    """A band of the cost (and of a second value), and what the cost is times there."""

    _name = "scrm.price.cell"
    _description = "Price Band"
    _inherit = ["scrm.price.part.mixin"]
    _order = "item_id, id"

    item_id = fields.Many2one(
        "product.pricelist.item", required=True, ondelete="cascade", index=True
    )
    row = fields.Char(
        "Band",
        help="A range such as “50, 90”: above 50, up to 90. One end may be open. "
        "Empty: any value.",
    )
    column = fields.Char("Second Band", help="Written like the band.")
    factor = fields.Float(
        "Multiplier", required=True, digits=(16, 4), help="The base price times this."
    )

    _factor_positive = models.Constraint(
        "CHECK (factor >= 0)", "A price cannot be multiplied by less than nothing."
    )
