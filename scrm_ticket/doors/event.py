from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmTicketDoorEvent(models.AbstractModel):
    """Something happened to a record of Odoo: see ``scrm.door.event``."""

    _name = "scrm.ticket.door.event"
    _inherit = "scrm.ticket.door"
    _description = "Entry Event"

    _label = _lt("System Event")
    _icon = "fa-bolt"
    _kind_rank = 55
