from collections import defaultdict

from odoo import models
from odoo.tools.mail import email_split_tuples

from odoo.addons.mail.tools.discuss import Store

from ..fields import FreeChar, FreeMemo, MaskedChar
from ..fields_sealed import SealedChar, SealedHtml
from ..forms import masks

#: What the client reads of messages and what may hold personal data.
LINES = ("email_from", "subject", "record_name")
ADDRESSES = ("incoming_email_to", "incoming_email_cc")


class MailMessage(models.Model):
    """What is said on tickets and contacts, with personal data masked for those not
    entitled: texts, and the addresses of senders and recipients.

    What somebody wrote himself or herself stays as it was written. Conversations in
    Discuss are left alone: who takes part hears it anyway.
    """

    _name = "mail.message"
    _inherit = ["mail.message", "scrm.masking.mixin"]

    body = SealedHtml()
    subject = SealedChar()
    preview = FreeChar()
    email_from = FreeChar()
    reply_to = FreeChar()
    incoming_email_to = FreeMemo()
    incoming_email_cc = FreeChar()
    outgoing_email_to = FreeChar()
    record_name = FreeChar()
    display_name = FreeChar()

    def _scrm_masked(self):
        # sudo off: Odoo's client reads messages with it, on behalf of the user
        here = self.sudo(False)
        if not here._scrm_is_masking():
            return self.browse()
        by_model = defaultdict(self.browse)
        for message in self.sudo():  # sudo: whom and what it is about
            model = self.env.get(message.model)
            is_guarded = model is not None and hasattr(model, "_scrm_masked")
            if is_guarded and message.author_id != self.env.user.partner_id:
                by_model[message.model] += message
        masked = self.browse()
        for model, messages in by_model.items():
            about = here.env[model].browse(messages.mapped("res_id"))
            known = about._filtered_access("read")
            plain = known - known._scrm_masked()
            masked += messages.filtered(
                lambda one, ids=plain.ids: one.res_id not in ids
            )
        return self & masked.with_env(self.env)

    def _to_store(self, store, fields, **kwargs):
        asked = set()
        for one in fields:
            # a dict brings the values themselves: of a message that was edited
            if isinstance(one, dict):
                asked.update(one)
            else:
                asked.add(one if isinstance(one, str) else one.field_name)
        result = super()._to_store(store, fields, **kwargs)
        for message in self._scrm_masked():
            values = {
                name: masks.masked_text(message[name])
                for name in LINES
                if name in asked and message[name]
            }
            if "body" in asked:
                values["body"] = self._fields["body"].mask(message.body)
            for name in ADDRESSES:
                if message[name] and name in asked:
                    values[name] = email_split_tuples(masks.masked_text(message[name]))
            if "message_format" in asked:
                about = message.env[message.model].browse(message.res_id)
                # sudo: Odoo shows these where the record cannot be read, too
                name = masks.masked_text(about.sudo().display_name)
                store.add(about, [Store.Attr("display_name", name)], as_thread=True)
                if hasattr(about, "_message_compute_subject"):
                    subject = about.sudo()._message_compute_subject()
                    values["default_subject"] = masks.masked_text(subject)
            if values:
                store.add_records_fields(
                    message, [Store.Attr(name, one) for name, one in values.items()]
                )
        return result


class MailTrackingValue(models.Model):
    """What a field was and is, masked as the field is."""

    _inherit = "mail.tracking.value"

    def _tracking_value_format_model(self, model):
        formatted = super()._tracking_value_format_model(model)
        if not model or not hasattr(self.env[model], "_scrm_masked"):
            return formatted
        # the chatter asks with sudo, on behalf of the user
        records = self.env[model].sudo(False)
        if not records._scrm_is_masking():
            return formatted
        names = {value.id: value.field_id.name for value in self}
        for row in formatted:
            field = records._fields.get(names[row["id"]])
            kind = getattr(field, "masking", None)
            for side in ("oldValue", "newValue"):
                row[side] = (
                    masks.masked(kind, row[side])
                    if kind
                    else masks.masked_text(row[side])
                )
        return formatted


class ScrmMaskingMixin(models.AbstractModel):
    # the other way by which Odoo's client gets records, beside reading them
    _inherit = "scrm.masking.mixin"

    def _scrm_store_fields(self, fields):
        """Fields for Odoo's client, those with personal data as the user may read
        them.

        :param fields: as ``_to_store`` gets them
        """
        # sudo off: Odoo adds contacts of messages with it
        if not self.sudo(False)._scrm_is_masking():
            return fields
        return [self._scrm_store_field(field) for field in fields]

    def _scrm_store_field(self, field):
        name = field if isinstance(field, str) else field.field_name
        kind = getattr(self._fields.get(name), "masking", None)
        if not kind:
            return field
        # sudo off: as above
        return Store.Attr(
            name,
            lambda record: masks.masked(kind, record[name])
            if record.sudo(False)._scrm_masked()
            else record[name],
        )


class ResPartner(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.partner"

    def _to_store(self, store, fields, **kwargs):
        fields = self._scrm_store_fields(fields)
        above = getattr(super(), "_to_store", None)  # addons may have one, mail has not
        if above:
            return above(store, fields, **kwargs)
        return store.add_records_fields(self, fields, **kwargs)


class MailFollowers(models.Model):
    """Who follows a record, with the address that the contact shows."""

    _name = "mail.followers"
    _inherit = ["mail.followers", "scrm.masking.mixin"]

    email = MaskedChar(masking="email")

    def _scrm_masked(self):
        if not self._scrm_is_masking():
            return self.browse()
        # sudo: whether it is a customer
        return self.filtered(lambda one: one.sudo().partner_id.partner_share)

    def _to_store(self, store, fields, **kwargs):
        fields = self._scrm_store_fields(fields)
        above = getattr(super(), "_to_store", None)  # as above
        if above:
            return above(store, fields, **kwargs)
        return store.add_records_fields(self, fields, **kwargs)


class MailNotification(models.Model):
    """Who was written to without being a contact."""

    _inherit = "mail.notification"

    def _to_store_defaults(self, target):
        fields = super()._to_store_defaults(target)
        return [
            Store.Attr(
                "mail_email_address",
                lambda one: masks.masked_text(one.mail_email_address)
                if one.mail_message_id._scrm_masked()
                else one.mail_email_address,
            )
            if field == "mail_email_address"
            else field
            for field in fields
        ]
