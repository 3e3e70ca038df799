from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import likeness

#: Tickets that one transaction reads.
CHUNK = 200
#: Longest text of a ticket whose words are kept, in characters.
SAID_LIMIT = 4000


class ScrmTicketCase(models.Model):
    """The words of a finished ticket, by which later ones find it.

    Nothing but digests of words stands here, made with the key of chat records: what
    the ticket says is read from the ticket, with the reader's rights.
    """

    _name = "scrm.ticket.case"
    _inherit = "scrm.words.mixin"
    _description = "Finished Case"
    _order = "id desc"
    _log_access = False

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade"
    )

    _once = models.UniqueIndex("(ticket_id)")

    @api.model
    def _cron_remember(self):
        """Remember tickets that were finished since, in small transactions."""
        while tickets := self._unknown():
            self._remember(tickets)
            done = len(tickets) < CHUNK
            self.env["ir.cron"]._commit_progress(len(tickets), remaining=int(not done))
            if done:
                break

    @api.model
    def _unknown(self):
        """Finished tickets that are not known yet, the newest first."""
        self.env["helpdesk.ticket"].flush_model()
        self.env["scrm.flow.run"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ticket.id
                  FROM helpdesk_ticket ticket
                  LEFT JOIN scrm_flow_run run ON run.id = ticket.scrm_run_id
                 WHERE CASE WHEN run.id IS NULL THEN ticket.closed_date IS NOT NULL
                            ELSE run.state = 'done'
                       END
                   AND ticket.active
                   AND NOT EXISTS (
                       SELECT FROM scrm_ticket_case known
                        WHERE known.ticket_id = ticket.id)
                 ORDER BY ticket.id DESC
                 LIMIT %s
                """,
                CHUNK,
            )
        )
        return self.env["helpdesk.ticket"].browse(id_ for (id_,) in rows)

    @api.model
    def _remember(self, tickets):
        return self.create(
            [
                {
                    "ticket_id": ticket.id,
                    "words": self._kept(
                        likeness.words(ticket._scrm_said()[:SAID_LIMIT])
                    ),
                }
                for ticket in tickets
            ]
        )

    @api.model
    def _digests(self, words):
        ring = self.env["scrm.sealed"]._ring()
        return {ring.digest(word) for word in words}

    @api.model
    def _kept(self, words):
        """Words as they are stored."""
        return " ".join(sorted(self._digests(words)))

    @api.model
    def _alike(self, ticket, text):
        """Finished tickets that speak of the same matter and that the user may read.

        :return: [(ticket, likeness)], the most alike first
        """
        readable = self.env["helpdesk.ticket"]._search(
            [
                ("company_id", "in", [False, ticket.company_id.id]),
                ("id", "!=", ticket.id),
            ]
        )
        # sudo: which cases there are; what they say is read by the user
        near = self.sudo()._near(
            self._digests(likeness.words(text)),
            SQL("one.ticket_id IN %s", readable.subselect()),
        )
        cases = self.sudo().browse(id_ for id_, _share, _common in near)
        cases.fetch(["ticket_id"])
        return [
            (case.ticket_id.sudo(False), share)
            for case, (_id, share, _common) in zip(cases, near, strict=True)
        ]
