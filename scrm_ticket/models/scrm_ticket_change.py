from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..forms import masks

#: Columns of a row besides who, when, and what was there before and after.
COLUMNS = ("ticket_id", "kind", "key", "field", "message_id")
SIDES = ("before", "after")


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
    before = fields.Json(readonly=True)
    after = fields.Json(readonly=True)

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
                    None if vals.get(name) is None else Json(vals[name])
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

    def _describe(self, kinds=None):
        """The change in words of the reader's language.

        :param kinds: key of a field -> how its value is masked
        """
        self.ensure_one()
        if self.kind == "tracking":
            return self._describe_field()
        fields_known = self.env["scrm.form.field"].with_context(active_test=False)
        field = fields_known.search([("key", "=", self.key)], limit=1)
        sides = [
            self._describe_value(field, value, (kinds or {}).get(self.key))
            for value in (self.before, self.after)
        ]
        return f"{field.name or self.key}: {sides[0]} → {sides[1]}"

    def _describe_value(self, field, value, masking):
        if value in (None, False, "", []):
            return "–"
        text = self.ticket_id._scrm_words(field, value) if field else value
        return str(masks.masked(masking, str(text)))

    def _describe_field(self):
        """A change of one of the ticket's own fields; empty for who may not read the
        field."""
        # sudo off: rows are told with it, on behalf of the reader
        ticket = self.ticket_id.sudo(False)
        field = ticket._fields.get(self.field)
        if field is None or not ticket._has_field_access(field, "read"):
            return ""
        words = [
            self._describe_side(ticket, field, one) for one in (self.before, self.after)
        ]
        return f"{field._description_string(self.env)}: {words[0]} → {words[1]}"

    def _describe_side(self, ticket, field, value):
        if not value:
            return "–"
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "many2one":
            # sudo: Odoo's tracking, too, tells names to whoever reads the ticket
            record = self.env[field.comodel_name].sudo().browse(value).exists()
            value = record.display_name or self.env._("deleted")
        return masks.masked_text(value) if ticket._scrm_masked() else value
