from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmTicketDoorDiscuss(models.AbstractModel):
    """A colleague makes a ticket of a message of a conversation."""

    _name = "scrm.ticket.door.discuss"
    _inherit = "scrm.ticket.door"
    _description = "Entry Conversation"

    _label = _lt("Conversation")
    _icon = "fa-commenting-o"
    _kind_rank = 45
