from odoo import api, fields, models
from odoo.exceptions import UserError

from ..forms import masks


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
        [("value", "Form"), ("text", "Description"), ("edit", "Message changed")],
        required=True,
        readonly=True,
    )
    key = fields.Char(readonly=True, help="Key of the field of the form.")
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

        :param vals_list: values with ``ticket_id``, ``kind``, ``before``, ``after``
        """
        now = self.env["scrm.clock"].now()
        # sudo: nobody writes these by hand
        return self.sudo().create(
            [{"at": now, "user_id": self.env.uid, **vals} for vals in vals_list]
        )

    def _describe(self, kinds=None):
        """The change in words of the reader's language.

        :param kinds: key of a field -> how its value is masked
        """
        self.ensure_one()
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
