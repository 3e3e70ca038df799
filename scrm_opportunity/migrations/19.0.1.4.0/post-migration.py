from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, html2plaintext

from odoo.addons.scrm_ticket.models.helpdesk_ticket_sealed import TALKS


def migrate(cr, version):
    """What opportunities and shops have of chats is sealed, and opportunities that are
    called by the first words of a message are called as their ticket is."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    leads = env["crm.lead"].with_context(active_test=False)
    for lead in leads.search([("scrm_origin_ticket_id.scrm_door", "in", TALKS)]):
        ticket = lead.scrm_origin_ticket_id
        said = html2plaintext(ticket.description or "", include_references=False)
        if " ".join((lead.name or "").split()) in " ".join(said.split()):
            cr.execute(
                SQL("UPDATE crm_lead SET name = %s WHERE id = %s", ticket.name, lead.id)
            )
    env.invalidate_all()
    for _done in env["scrm.sealed"]._seal():
        pass
