from odoo import fields, models


class ScrmTicketTemplateLine(models.Model):
    """A field of the catalogue on the form of a template."""

    _name = "scrm.ticket.template.line"
    _description = "Ticket Template Field"
    _order = "sequence, id"

    template_id = fields.Many2one(
        comodel_name="scrm.ticket.template",
        string="Template",
        required=True,
        ondelete="cascade",
        index=True,
    )
    field_id = fields.Many2one(
        comodel_name="scrm.form.field",
        string="Field",
        required=True,
        ondelete="restrict",
        index=True,
    )
    sequence = fields.Integer(default=10)
    required = fields.Boolean()
    field_type = fields.Selection(related="field_id.type", string="Type")
    field_key = fields.Char(related="field_id.key", string="Key")

    _field_unique = models.Constraint(
        "UNIQUE(template_id, field_id)", "A form shows each field once."
    )


class ScrmTicketTemplatePart(models.Model):
    """A part that every ticket of a template needs."""

    _name = "scrm.ticket.template.part"
    _description = "Ticket Template Part"
    _order = "sequence, id"

    template_id = fields.Many2one(
        comodel_name="scrm.ticket.template",
        string="Template",
        required=True,
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Product",
        required=True,
        domain=[("is_storable", "=", True)],
    )
    quantity = fields.Float(
        default=1.0, required=True, digits="Product Unit", help="In the product's unit."
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a part must be above zero."
    )
