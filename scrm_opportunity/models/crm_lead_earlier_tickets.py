from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, email_normalize

#: How old an enquiry may be that a new opportunity still follows up.
EARLIER_DAYS = 180
#: Tickets looked at for the opportunities created together, the newest first.
EARLIER_LIMIT = 100


class CrmLead(models.Model):
    """A new opportunity finds the enquiries that came before it."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._scrm_match_earlier_tickets()
        return leads

    def _scrm_match_earlier_tickets(self):
        """Match tickets of the same customers that belong nowhere yet.

        Not the ticket that an opportunity began with: there is nothing to find out.
        """
        # sudo: all tickets come into question; a match shows to readers of both ends
        leads = self.sudo().filtered(lambda lead: lead.type == "opportunity")
        entities = leads.partner_id.commercial_partner_id.ids
        emails = {email_normalize(lead.email_from or "") for lead in leads} - {False}
        phones = set(leads.mapped("phone_sanitized")) - {False}
        if not (entities or emails or phones):
            return
        since = self.env["scrm.clock"].now() - timedelta(days=EARLIER_DAYS)
        self.env["helpdesk.ticket"].flush_model()
        self.env["res.partner"].flush_model()
        self.env["scrm.match"].flush_model(["ticket_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ticket.id
                  FROM helpdesk_ticket ticket
                 WHERE ticket.id IN (
                       SELECT ticket.id
                         FROM res_partner partner
                         JOIN helpdesk_ticket ticket ON ticket.partner_id = partner.id
                        WHERE partner.commercial_partner_id = ANY(%(entities)s)
                           OR partner.phone_sanitized = ANY(%(phones)s)
                       UNION
                       SELECT id FROM helpdesk_ticket
                        WHERE lower(partner_email) = ANY(%(emails)s)
                       UNION
                       SELECT id FROM helpdesk_ticket
                        WHERE scrm_phone_key = ANY(%(phones)s))
                   AND ticket.active
                   AND ticket.id != ALL(%(origins)s)
                   AND ticket.create_date >= %(since)s
                   AND NOT EXISTS (
                       SELECT FROM scrm_match
                        WHERE ticket_id = ticket.id AND state = 'linked')
                 ORDER BY ticket.id DESC
                 LIMIT %(limit)s
                """,
                entities=entities,
                phones=sorted(phones),
                emails=sorted(emails),
                origins=leads.scrm_origin_ticket_id.ids,
                since=since,
                limit=EARLIER_LIMIT,
            )
        )
        tickets = self.env["helpdesk.ticket"].browse(ticket for (ticket,) in rows)
        if tickets:
            tickets._scrm_match()
