from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmTicketDoorWebhook(models.AbstractModel):
    """Another system sends a signed message (``scrm.door.webhook``)."""

    _name = "scrm.ticket.door.webhook"
    _inherit = "scrm.ticket.door"
    _description = "Entry Webhook"

    _label = _lt("Webhook")
    _icon = "fa-exchange"
    _kind_rank = 35
    _vouches = True  # its messages are signed
