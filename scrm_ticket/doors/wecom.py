from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmTicketDoorWecom(models.AbstractModel):
    """A colleague raises a ticket beside a chat of WeCom (``scrm.door.wecom``)."""

    _name = "scrm.ticket.door.wecom"
    _inherit = "scrm.ticket.door"
    _description = "Entry WeCom"

    _label = _lt("WeCom")
    _platform = "wecom"
    _kind_rank = 46
