from odoo import fields, models

#: Whose time it is.
HOLDERS = [
    ("us", "Us"),
    ("customer", "Customer"),
    ("supplier", "Supplier"),
    ("parts", "Parts"),
]


class ScrmFlowPauseReason(models.Model):
    """Why the clock of a step may stand still, and whose time it is meanwhile."""

    _name = "scrm.flow.pause.reason"
    _inherit = "scrm.key.mixin"
    _description = "Flow Pause Reason"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    key = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    holder = fields.Selection(
        HOLDERS,
        string="Time of",
        required=True,
        default="customer",
        help="To whom the time of the pause is booked.",
    )
    stops_deadline = fields.Boolean(
        string="Stops the Deadline",
        default=True,
        help="Deadline, reminders and escalation move on by as much as the pause "
        "takes. Otherwise the time is only booked. Pauses that have begun stay "
        "as they are.",
    )
    active = fields.Boolean(default=True)

    _key_unique = models.UniqueIndex("(key)", "The key of a pause reason is unique.")
