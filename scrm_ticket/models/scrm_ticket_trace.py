from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

#: Longest text of a row, in characters.
TEXT_LIMIT = 300
#: Rows that are messages, and so only for who may read these.
SAID = ("message", "note", "tracking", "edit")
#: Each source has ids of its own in the view: its id times this, plus its number.
SOURCES = 8


class ScrmTicketTrace(models.Model):
    """All that happened on tickets, by time: what was said, how the flow moved, which
    values were changed by whom. A view over what is kept where it happens.

    Who reads a ticket reads its rows, but those of messages that the template keeps
    for other posts, of fields that are hidden from the reader at some node, and of the
    flow for who has no role in flows.
    """

    _name = "scrm.ticket.trace"
    _inherit = "scrm.ticket.row.mixin"
    _description = "Timeline of Tickets"
    _order = "at desc, id desc"
    _rec_name = "text"
    _auto = False

    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)
    at = fields.Datetime(string="When", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Who", readonly=True)
    kind = fields.Selection(
        [
            ("message", "Message"),
            ("note", "Note"),
            ("tracking", "Change"),
            ("flow", "Flow"),
            ("value", "Form"),
            ("text", "Description"),
            ("edit", "Message changed"),
        ],
        readonly=True,
    )
    key = fields.Char(string="Field of the Form", readonly=True)
    source_id = fields.Many2oneReference(model_field="source_model", readonly=True)
    source_model = fields.Char(readonly=True)
    text = fields.Text(string="Details", compute="_compute_text")

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(self._scrm_sources())

    @api.model
    def _scrm_sources(self):
        """One SELECT for each place where something is kept, with the same columns.

        Addons add theirs; the numbers 0 to 2 are taken.
        """
        return [
            SQL(
                """
                SELECT log.id::bigint * %(sources)s AS id,
                       log.res_id AS ticket_id,
                       log.at,
                       who.partner_id,
                       'flow' AS kind,
                       NULL::varchar AS key,
                       'scrm.flow.log' AS source_model,
                       log.id AS source_id
                  FROM scrm_flow_log AS log
             LEFT JOIN res_users AS who ON who.id = log.user_id
                 WHERE log.res_model = 'helpdesk.ticket'
                """,
                sources=SOURCES,
            ),
            SQL(
                """
                SELECT message.id::bigint * %(sources)s + 1,
                       message.res_id,
                       message.date,
                       message.author_id,
                       CASE WHEN EXISTS (
                                SELECT FROM mail_tracking_value AS tracking
                                 WHERE tracking.mail_message_id = message.id)
                            THEN 'tracking'
                            WHEN message.is_internal
                                 OR subtype.id IS NULL OR subtype.internal
                            THEN 'note'
                            ELSE 'message'
                        END,
                       NULL,
                       'mail.message',
                       message.id
                  FROM mail_message AS message
             LEFT JOIN mail_message_subtype AS subtype
                    ON subtype.id = message.subtype_id
                 WHERE message.model = 'helpdesk.ticket'
                   AND message.res_id IS NOT NULL
                   AND message.message_type != 'user_notification'
                """,
                sources=SOURCES,
            ),
            SQL(
                """
                SELECT change.id::bigint * %(sources)s + 2,
                       change.ticket_id,
                       change.at,
                       who.partner_id,
                       change.kind,
                       change.key,
                       'scrm.ticket.change',
                       change.id
                  FROM scrm_ticket_change AS change
             LEFT JOIN res_users AS who ON who.id = change.user_id
                """,
                sources=SOURCES,
            ),
        ]

    # Access

    @api.model
    def _scrm_seen_domain(self):
        """Rows that the user may see of tickets that he or she reads."""
        open_tickets = self.env["helpdesk.ticket"]._scrm_open_domain("message")
        domain = Domain.TRUE
        if not open_tickets.is_true():
            domain &= (
                Domain("kind", "not in", SAID)
                | Domain("ticket_id", "any", open_tickets)
                | Domain("partner_id", "=", self.env.user.partner_id.id)
            )
        if not self.env["scrm.flow.log"].has_access("read"):
            domain &= Domain("kind", "!=", "flow")
        hidden = self.env["scrm.form.right"]._scrm_unreadable(self.env.user)
        if hidden:
            domain &= Domain("key", "=", False) | Domain("key", "not in", list(hidden))
        return domain

    def _check_access(self, operation):
        result = super()._check_access(operation)
        rows = self - result[0] if result else self
        if self.env.su or operation != "read" or not rows.ids:
            return result
        # sudo: only which of these rows the condition names
        seen = self.sudo().search(
            Domain("id", "in", rows.ids) & self._scrm_seen_domain()
        )
        unseen = rows.filtered(lambda row: row.id not in set(seen._ids))
        if not unseen:
            return result
        refuse = self.env["ir.rule"]._make_access_error
        return (
            (result[0] | unseen, result[1])
            if result
            else (unseen, lambda: refuse(operation, unseen))
        )

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._scrm_seen_domain()
        # what happened in this transaction is seen, too
        self._scrm_flush()
        domain = Domain(domain).map_conditions(self._scrm_by_source)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @staticmethod
    def _scrm_by_source(condition):
        """A condition on ids, also as one that the indexes of the sources serve."""
        if condition.field_expr != "id" or condition.operator not in ("=", "in"):
            return condition
        ids = condition.value if condition.operator == "in" else [condition.value]
        if not all(isinstance(id_, int) for id_ in ids):
            return condition
        return condition & Domain("source_id", "in", {id_ // SOURCES for id_ in ids})

    @api.model
    def _scrm_flush(self):
        for name in ("scrm.flow.log", "mail.message", "scrm.ticket.change"):
            self.env[name].flush_model()

    # In words

    @api.depends("source_id")
    @api.depends_context("uid", "lang")
    def _compute_text(self):
        by_model = defaultdict(self.browse)
        for row in self:
            by_model[row.source_model] += row
        for name, rows in by_model.items():
            tell = getattr(self, f"_scrm_tell_{(name or '').replace('.', '_')}")
            texts = tell(self.env[name].browse(rows.mapped("source_id")))
            for row in rows:
                text = " ".join((texts.get(row.source_id) or "").split())
                is_long = len(text) > TEXT_LIMIT
                row.text = f"{text[:TEXT_LIMIT]}…" if is_long else text

    @api.model
    def _scrm_tell_scrm_flow_log(self, logs):
        events = dict(logs._fields["event"]._description_selection(self.env))
        return {
            log.id: ": ".join(filter(None, [events[log.event], log.description]))
            for log in logs
        }

    @api.model
    def _scrm_tell_mail_message(self, messages):
        texts = {}
        # as the user may read them: masked, where that is so
        readable = messages._filtered_access("read")
        created = self.env.ref("helpdesk_mgmt.hlp_tck_created")
        for values in readable.read(["body", "subject", "subtype_id", "message_type"]):
            # without the addresses behind links, among them the customer's own to his
            # ticket, which opens it without a login
            text = html2plaintext(values["body"] or "", include_references=False)
            text = text or values["subject"] or ""
            subtype = values["subtype_id"] and values["subtype_id"][0]
            if subtype == created.id and values["message_type"] == "notification":
                text = created.description or text  # in the reader's language
            texts[values["id"]] = text
        for message in readable:
            # sudo: as Odoo tells them, without fields the user has no right to
            tracked = message.sudo().tracking_value_ids
            tracked = tracked._filter_has_field_access(self.env)
            told = [
                f"{row['fieldInfo']['changedField']}: "
                f"{row['oldValue'] or '–'} → {row['newValue'] or '–'}"
                for row in tracked._tracking_value_format()
            ]
            texts[message.id] = " · ".join(filter(None, [texts[message.id], *told]))
        return texts

    @api.model
    def _scrm_tell_scrm_ticket_change(self, changes):
        # sudo: rows of this timeline, which the user may read
        changes = changes.sudo()
        texts = {}
        for change in changes.filtered(lambda change: change.kind in ("text", "edit")):
            # sudo off: masked as the reader gets it
            ticket = change.ticket_id.sudo(False)
            if change.kind == "text":
                field, masked = ticket._fields["description"], ticket._scrm_masked()
            else:
                message = change.message_id.sudo(False)
                field = message._fields["body"]
                masked = message._scrm_masked() or not message
            text = change.before or ""
            texts[change.id] = html2plaintext(field.mask(text) if masked else text)
        others = changes.filtered(lambda change: change.id not in texts)
        return {**texts, **others._describe_all()}

    def action_open_ticket(self):
        """Open the ticket of a row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "view_mode": "form",
        }


class HelpdeskTicket(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def action_scrm_trace(self):
        """Show all that happened on the ticket, by time."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_ticket.scrm_ticket_trace_action"
        )
        action["domain"] = [("ticket_id", "=", self.id)]
        action["context"] = {"scrm_one_ticket": True}
        action["display_name"] = self.env._("Timeline of %s", self.number)
        return action
