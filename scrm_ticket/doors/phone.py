from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmTicketDoorPhone(models.AbstractModel):
    """Somebody calls: the call centre tells of it by signed messages."""

    _name = "scrm.ticket.door.phone"
    _inherit = "scrm.ticket.door"
    _description = "Entry Phone"

    _label = _lt("Phone")
    _icon = "fa-phone"
    _kind_rank = 50
    _channel = "helpdesk_mgmt.helpdesk_ticket_channel_phone"
