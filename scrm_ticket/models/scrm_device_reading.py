from odoo import fields, models


class ScrmDeviceReading(models.Model):
    """What the counter of a device showed on a day."""

    _name = "scrm.device.reading"
    _description = "Usage Reading"
    _rec_name = "value"
    _order = "day desc, id desc"

    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Device",
        required=True,
        ondelete="cascade",
        index=True,
    )
    day = fields.Date(
        required=True, default=lambda self: self.env["scrm.form.field"]._scrm_today()
    )
    value = fields.Float(string="Reading", required=True)
    unit = fields.Char(related="lot_id.product_id.scrm_usage_unit")
    note = fields.Char()

    _value_positive = models.Constraint(
        "CHECK(value >= 0)", "A reading cannot be negative."
    )
