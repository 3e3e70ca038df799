from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmTicketDoorChat(models.AbstractModel):
    """Somebody writes to us where they chat (``scrm.door.chat``): an official account,
    a group of WeCom."""

    _name = "scrm.ticket.door.chat"
    _inherit = "scrm.ticket.door"
    _description = "Entry Chat"

    _label = _lt("Chat")
    _icon = "fa-comments"
    _kind_rank = 47
    _vouches = True  # its messages are signed by the platform
