import logging

from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError
from odoo.tools import SQL

from odoo.addons.scrm_flow.models.scrm_flow_work import INTERRUPTIONS

_logger = logging.getLogger(__name__)

#: Entries that are taken in hand at once.
CHUNK = 50


class ScrmDoorEventEntry(models.Model):
    """That an event happened to a record: noted once, its ticket opened once.

    * *Before*: the condition held when the event was made; no ticket.
    * *Waiting*: the ticket is opened in a moment.
    * *Done*: there is the ticket.
    * *Failed*: no ticket could be opened, for the reason; try again after repair.
    """

    _name = "scrm.door.event.entry"
    _description = "Happening of an Event"
    _order = "id desc"

    event_id = fields.Many2one(
        comodel_name="scrm.door.event",
        string="Event",
        required=True,
        ondelete="cascade",
    )
    model = fields.Char(related="event_id.model", string="Model")
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", required=True
    )
    record_name = fields.Char(string="Happened to", compute="_compute_record_name")
    round = fields.Integer(required=True, help="Which time it was for this record.")
    holds = fields.Boolean(default=True, help="The condition has held since.")
    at = fields.Datetime(string="Noticed", required=True)
    state = fields.Selection(
        selection=[
            ("before", "Before"),
            ("waiting", "Waiting"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        required=True,
    )
    reason = fields.Text(string="Why Not")
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Ticket",
        index="btree_not_null",
        ondelete="set null",
    )

    _once = models.UniqueIndex("(event_id, res_id, round)")
    _waiting = models.Index("(id) WHERE state = 'waiting'")

    def _compute_record_name(self):
        for entry in self:
            # sudo: a name, for those who manage events
            record = self.env[entry.model].sudo().browse(entry.res_id).exists()
            entry.record_name = record.display_name or self.env._("gone")

    @api.model
    def _enter(self, event, ids, state):
        """Note that it happened to these records, each round once.

        :param event: ``scrm.door.event``
        """
        if not ids:
            return
        self.flush_model()
        now = self.env["scrm.clock"].now()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO scrm_door_event_entry (
                       event_id, res_id, round, holds, at, state,
                       create_uid, write_uid, create_date, write_date)
                SELECT %(event)s, record.id, COALESCE(max(entry.round), 0) + 1,
                       TRUE, %(now)s, %(state)s, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM unnest(%(ids)s) record (id)
                  LEFT JOIN scrm_door_event_entry entry
                    ON entry.event_id = %(event)s AND entry.res_id = record.id
                 GROUP BY record.id
                HAVING NOT bool_or(COALESCE(entry.holds, FALSE))
                    ON CONFLICT DO NOTHING
                """,
                event=event.id,
                ids=list(ids),
                now=now,
                state=state,
                uid=self.env.uid,
            )
        )
        self.invalidate_model()

    @api.model
    def _cron_scrm_events(self):
        """Open the tickets of what happened."""
        while entries := self._claim():
            for entry in entries:
                entry._open_ticket()
            if not self.env["ir.cron"]._commit_progress(len(entries)):
                break

    @api.model
    def _claim(self):
        """Some that wait, and that nobody else has in hand."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM scrm_door_event_entry
                 WHERE state = 'waiting' ORDER BY id LIMIT %s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                CHUNK,
            )
        )
        return self.browse(row[0] for row in rows)

    def _open_ticket(self):
        """Open the ticket, or keep why not."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                ticket = self._submit()
        except INTERRUPTIONS:
            raise  # not the event's fault: all in hand are repeated
        except Exception as error:
            # one that fails harms no other and keeps its own reason
            if isinstance(error, UserError):  # AccessError and MissingError as well
                reason = str(error)
            else:
                _logger.exception("entry %s of event %s", self.id, self.event_id.key)
                reason = f"{type(error).__name__}: {error}"
            self.write({"state": "failed", "reason": reason})
        else:
            self.write({"state": "done", "reason": False, "ticket_id": ticket["id"]})

    def _submit(self):
        event = self.event_id
        user = event.user_id
        # sudo: what the event tells of the record is the manager's choice
        record = self.env[event.model].sudo().with_context(lang=user.lang)
        record = record.browse(self.res_id).exists()
        if not record:
            raise MissingError(self.env._("The record is gone."))
        event = event.with_context(lang=user.lang)
        tickets = (
            self.env["helpdesk.ticket"]
            .with_user(user)
            .with_context(lang=user.lang, active_test=True)
        )
        company = record["company_id"] if "company_id" in record._fields else None
        if company and company in user.company_ids:
            tickets = tickets.with_company(company)
        return tickets._scrm_submit(
            "event",
            event._ticket_data(record),
            f"event:{event.key}:{self.res_id}:{self.round}",
        )

    def action_retry(self):
        """Try again what failed."""
        failed = self.filtered(lambda entry: entry.state == "failed")
        failed.write({"state": "waiting"})
        for entry in failed:
            entry._open_ticket()

    def action_open_record(self):
        """Open the record that it happened to."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
