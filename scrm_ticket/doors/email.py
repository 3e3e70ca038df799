from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmTicketDoorEmail(models.AbstractModel):
    """The mail gateway: its tickets may be incomplete at first."""

    _name = "scrm.ticket.door.email"
    _inherit = "scrm.ticket.door"
    _description = "Entry E-mail"

    _label = _lt("E-mail")
    _icon = "fa-envelope-o"
    _kind_rank = 40
    _channel = "helpdesk_mgmt.helpdesk_ticket_channel_email"
