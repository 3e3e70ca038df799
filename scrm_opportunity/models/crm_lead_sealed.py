from odoo import api, models
from odoo.tools import SQL

from odoo.addons.scrm_ticket.fields_sealed import SealedHtml
from odoo.addons.scrm_ticket.models.helpdesk_ticket_sealed import TALKS


class CrmLead(models.Model):
    """An opportunity that begins with a chat says what was said there: sealed, as it
    is on the ticket."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "crm.lead"

    description = SealedHtml()

    def _scrm_seals(self, values):
        # sudo: what it began with, to store it
        if values is None:
            ticket = self.sudo().scrm_origin_ticket_id
        else:
            tickets = self.env["helpdesk.ticket"].sudo()
            ticket = tickets.browse(values.get("scrm_origin_ticket_id") or [])
        return ticket.scrm_door in TALKS

    @api.model
    def _scrm_sealed_where(self):
        return SQL(
            "EXISTS (SELECT FROM helpdesk_ticket ticket"
            " WHERE ticket.id = crm_lead.scrm_origin_ticket_id"
            " AND ticket.scrm_door IN %s)",
            TALKS,
        )
