from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmTicketDoorJson2(models.AbstractModel):
    """Other systems and apps call ``scrm_submit``."""

    _name = "scrm.ticket.door.json2"
    _inherit = "scrm.ticket.door"
    _description = "Entry API"

    _label = _lt("API")
    _icon = "fa-plug"
    _kind_rank = 30
