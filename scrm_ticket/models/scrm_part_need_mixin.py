from odoo import fields, models


class ScrmPartNeedMixin(models.AbstractModel):
    """A part and how many of it something takes."""

    _name = "scrm.part.need.mixin"
    _description = "Needed Part"
    _rec_name = "product_id"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Product",
        required=True,
        domain=[("is_storable", "=", True)],
        ondelete="restrict",
    )
    quantity = fields.Float(
        default=1.0, required=True, digits="Product Unit", help="In the product's unit."
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a part must be above zero."
    )
