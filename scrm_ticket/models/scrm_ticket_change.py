from collections import defaultdict

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..fields_sealed import SealedJson
from ..forms import masks

#: Columns of a row besides who, when, and what was there before and after.
COLUMNS = ("ticket_id", "kind", "key", "field", "message_id")
SIDES = ("before", "after")
#: Kinds of changes of what was said.
SAID = ("edit", "text")


class ScrmTicketChange(models.Model):
    """What was changed on a ticket, by whom and when, with what was there before.

    Rows are only added. People read them in the ticket's timeline
    (``scrm.ticket.trace``), which knows who may see what.
    """

    _name = "scrm.ticket.change"
    _description = "Change on a Ticket"
    _order = "id desc"
    _log_access = False

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade", index=True
    )
    at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    kind = fields.Selection(
        [
            ("value", "Form"),
            ("tracking", "Change"),
            ("text", "Description"),
            ("edit", "Message changed"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(readonly=True, help="Key of the field of the form.")
    field = fields.Char(readonly=True, help="Name of the ticket's own field.")
    message_id = fields.Many2one(
        "mail.message", readonly=True, ondelete="set null", index="btree_not_null"
    )
    before = SealedJson(readonly=True)
    after = SealedJson(readonly=True)

    _at_idx = models.Index("(at)")

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("What was changed stays as it was recorded."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("What was changed stays as it was recorded."))

    @api.model
    def _add(self, vals_list):
        """Add rows, in the name of whoever is at work.

        By SQL: each save of a ticket pays for it, and nobody writes these by hand.

        :param vals_list: values with ``ticket_id``, ``kind``, ``before``, ``after``
        """
        now = self.env["scrm.clock"].now()
        rows = [
            (
                *(vals.get(name) for name in COLUMNS),
                *(
                    None if vals.get(name) is None else Json(self._kept(vals, name))
                    for name in SIDES
                ),
                now,
                self.env.uid,
            )
            for vals in vals_list
        ]
        names = (*COLUMNS, *SIDES, "at", "user_id")
        self.env.cr.execute(
            SQL(
                "INSERT INTO scrm_ticket_change (%s) VALUES %s",
                SQL(", ").join(SQL.identifier(name) for name in names),
                SQL(", ").join(rows),
            )
        )

    @api.model
    def _kept(self, vals, name):
        """A value as it is stored: what was said, sealed."""
        if vals["kind"] in SAID:
            return self._fields[name].kept(vals[name], self.env)
        return vals[name]

    @api.model
    def _scrm_sealed_where(self):
        return SQL("kind IN %s", SAID)

    def _describe_all(self):
        """The changes in words of the reader's language: {id: text}."""
        fields_known = self.env["scrm.form.field"].with_context(active_test=False)
        keys = list(set(self.mapped("key")) - {False})
        by_key = {one.key: one for one in fields_known.search([("key", "in", keys)])}
        names = self._names()
        return {
            change.id: change._describe_field(names)
            if change.kind == "tracking"
            else change._describe(by_key.get(change.key, fields_known.browse()))
            for change in self
        }

    def _describe(self, field):
        """A change of the form in words.

        :param field: the ``scrm.form.field``, empty where it is gone
        """
        self.ensure_one()
        # sudo off: rows are told with it, on behalf of the reader
        kinds = self.ticket_id.sudo(False)._scrm_masks()
        sides = [
            self._describe_value(field, value, kinds.get(self.key))
            for value in (self.before, self.after)
        ]
        return f"{field.name or self.key}: {sides[0]} → {sides[1]}"

    def _describe_value(self, field, value, masking):
        if value in (None, False, "", []):
            return "–"
        text = self.ticket_id._scrm_words(field, value) if field else value
        return str(masks.masked(masking, str(text)))

    def _describe_field(self, names):
        """A change of one of the ticket's own fields; empty for who may not read the
        field.

        :param names: see :meth:`_names`
        """
        # sudo off: as above
        ticket = self.ticket_id.sudo(False)
        field = ticket._fields.get(self.field)
        if field is None or not ticket._has_field_access(field, "read"):
            return ""
        words = []
        for value in (self.before, self.after):
            if not value:
                words.append("–")
                continue
            if field.type == "selection":
                value = dict(field._description_selection(self.env)).get(value, value)
            elif field.type == "many2one":
                value = names[field.comodel_name].get(value, self.env._("deleted"))
            words.append(masks.masked_text(value) if ticket._scrm_masked() else value)
        return f"{field._description_string(self.env)}: {words[0]} → {words[1]}"

    def _names(self):
        """Names of the records in changed fields: model -> {id: name}."""
        ids = defaultdict(set)
        for change in self:
            field = self.env["helpdesk.ticket"]._fields.get(change.field)
            if change.kind == "tracking" and field and field.type == "many2one":
                ids[field.comodel_name] |= {change.before, change.after} - {None, False}
        return {
            # sudo: Odoo's tracking, too, tells names to whoever reads the ticket
            model: {
                record.id: record.display_name
                for record in self.env[model].sudo().browse(found).exists()
            }
            for model, found in ids.items()
        }
