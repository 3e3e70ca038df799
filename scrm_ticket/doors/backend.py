from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmTicketDoorBackend(models.AbstractModel):
    """A colleague enters the ticket in the backend."""

    _name = "scrm.ticket.door.backend"
    _inherit = "scrm.ticket.door"
    _description = "Entry Backend"

    _label = _lt("Backend")
    _icon = "fa-pencil-square-o"
    _kind_rank = 20
