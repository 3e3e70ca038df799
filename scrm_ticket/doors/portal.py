from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmTicketDoorPortal(models.AbstractModel):
    """The form on the portal: who logs in there is a customer."""

    _name = "scrm.ticket.door.portal"
    _inherit = "scrm.ticket.door"
    _description = "Entry Portal"

    _label = _lt("Portal")
    _icon = "fa-user-circle-o"
    _kind_rank = 10
    _channel = "helpdesk_mgmt.helpdesk_ticket_channel_web"
    _for_customers = True
