from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ..fields import FreeChar

#: Longest beginning of a message in the list, in characters.
SHOWN = 160


class HelpdeskTicket(models.Model):
    """The inbox: open conversations of all channels in one list, as it shows them.

    Who sees which of them is the tickets' own business.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_is_unread = fields.Boolean(
        string="Unread",
        compute="_compute_scrm_is_unread",
        search="_search_scrm_is_unread",
        help="The customer wrote, and nobody who answers has looked since.",
    )
    scrm_last_word = FreeChar(string="Last Message", compute="_compute_scrm_last_word")
    scrm_last_is_ours = fields.Boolean(compute="_compute_scrm_last_word")

    @api.depends("scrm_said_at", "scrm_seen_at")
    def _compute_scrm_is_unread(self):
        for ticket in self:
            ticket.scrm_is_unread = ticket.scrm_said_at and not ticket.scrm_seen_at

    def _search_scrm_is_unread(self, operator, value):
        if operator != "in" or len(value) != 1:
            return NotImplemented
        unread = Domain("scrm_said_at", "!=", False) & Domain(
            "scrm_seen_at", "=", False
        )
        return unread if True in value else ~unread

    def _compute_scrm_last_word(self):
        """How the newest message between the customer and us begins; the description
        where there is none yet."""
        said = self._scrm_last_messages()
        for ticket in self:
            message = said.get(ticket._origin.id)
            html = message.body if message else ticket.description
            text = html2plaintext(html or "", include_references=False)
            text = " ".join(text.split())
            is_long = len(text) > SHOWN
            ticket.scrm_last_word = f"{text[: SHOWN - 1]}…" if is_long else text
            # sudo: whether it was one of us
            author = message.sudo().author_id if message else message
            ticket.scrm_last_is_ours = bool(author) and not author.partner_share

    def _scrm_last_messages(self):
        """{id of a ticket: its newest ``mail.message`` that customers may read}"""
        messages = self.env["mail.message"]
        messages.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (res_id) res_id, id
                  FROM mail_message
                 WHERE model = %s AND res_id = ANY(%s)
                   AND message_type IN ('comment', 'email')
                   AND subtype_id = %s AND is_internal IS NOT TRUE
              ORDER BY res_id, id DESC
                """,
                self._name,
                list(self._origin.ids),
                self.env.ref("mail.mt_comment").id,
            )
        )
        together = messages.browse([message_id for _ticket_id, message_id in rows])
        return dict(zip((row[0] for row in rows), together, strict=True))

    def scrm_see(self):
        """Note that somebody who answers looks at these conversations."""
        self.check_access("write")
        now = self.env["scrm.clock"].now()
        # sudo: the mark alone, which is no change of the ticket
        self.sudo().with_context(mail_notrack=True).scrm_seen_at = now
        return True

    def _scrm_note_word(self, message):
        result = super()._scrm_note_word(message)
        # sudo: who looks at the flow of the ticket looks again
        flows = self.sudo().scrm_run_id.flow_id
        if flows:
            flows._tell_maps()
        else:
            flows._tell_role(self.env.ref("helpdesk_mgmt.group_helpdesk_user_own"))
        return result
