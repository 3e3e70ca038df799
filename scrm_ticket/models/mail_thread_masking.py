import ast

from odoo import api, models
from odoo.tools.mail import email_split_tuples, formataddr

from ..forms import masks

#: Name of the group of recipients who read masks, and a header of their mails.
GROUP = "scrm_masked"
HEADER = "X-SCRM-Masked"
#: Odoo's header with the addresses of all customers that a message went to.
OTHERS = "X-Msg-To-Add"


class MailThread(models.AbstractModel):
    """What is sent out about a record with personal data: e-mails and push messages
    to colleagues who are not entitled have it masked, as their screens do."""

    _inherit = "mail.thread"

    def _scrm_reads_masks(self, data):
        """Whether a recipient is a colleague who gets masks on this record.

        :param data: one of the dicts of ``_notify_get_recipients``
        """
        if not data.get("uid") or data.get("ushare") or data.get("type") != "user":
            return False
        if not hasattr(self, "_scrm_masked"):
            return False
        user = self.env["res.users"].browse(data["uid"])
        here = self.with_user(user)
        if not here._scrm_is_masking():
            return False
        known = here._filtered_access("read")
        return not known or bool(known._scrm_masked())

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if hasattr(self, "_scrm_masked"):
            colleague = next(
                (dict(data) for name, _is_in, data in groups if name == "user"), {}
            )
            groups.insert(0, [GROUP, self._scrm_reads_masks, colleague])
        return groups

    def _notify_by_email_render_layout(
        self, message, recipients_group, msg_vals=False, render_values=None
    ):
        body = super()._notify_by_email_render_layout(
            message, recipients_group, msg_vals=msg_vals, render_values=render_values
        )
        if recipients_group.get("notification_group_name") == GROUP:
            body = masks.masked_html(body)
        return body

    def _notify_by_email_get_final_mail_values(
        self, recipient_ids, mail_values, additional_values=None
    ):
        values = super()._notify_by_email_get_final_mail_values(
            recipient_ids, mail_values, additional_values=additional_values
        )
        if not recipient_ids or not hasattr(self, "_scrm_masked"):
            return values
        # sudo: which people mails go to
        people = self.env["res.partner"].sudo().browse(recipient_ids)
        # recipients come in the groups made above: one speaks for all
        user = people[:1].user_ids.filtered(lambda one: not one.share)[:1]
        data = {"uid": user.id, "ushare": False, "type": "user"}
        if user and self._scrm_reads_masks(data):
            headers = values.get("headers") or "{}"
            headers = ast.literal_eval(headers) if isinstance(headers, str) else headers
            headers.pop(OTHERS, None)
            values["headers"] = repr({**headers, HEADER: "1"})
        return values

    def _notify_thread_by_web_push(
        self, message, recipients_data, msg_vals=False, **kwargs
    ):
        masked = [data for data in recipients_data if self._scrm_reads_masks(data)]
        others = [data for data in recipients_data if data not in masked]
        if masked:
            here = self.with_context(scrm_masked_push=True)
            super(MailThread, here)._notify_thread_by_web_push(
                message, masked, msg_vals=msg_vals, **kwargs
            )
        return super()._notify_thread_by_web_push(
            message, others, msg_vals=msg_vals, **kwargs
        )

    def _notify_by_web_push_prepare_payload(
        self, message, msg_vals=False, force_record_name=False
    ):
        payload = super()._notify_by_web_push_prepare_payload(
            message, msg_vals=msg_vals, force_record_name=force_record_name
        )
        if self.env.context.get("scrm_masked_push"):
            options = payload["options"]
            options["body"] = masks.masked_text(options["body"])
            payload["title"] = masks.masked_text(payload["title"])
        return payload

    def _message_get_suggested_recipients_batch(self, *args, no_create=True, **kwargs):
        is_masked = hasattr(self, "_scrm_masked") and bool(self._scrm_masked())
        # who reads no addresses writes to contacts: those without one get one
        found = super()._message_get_suggested_recipients_batch(
            *args, no_create=no_create and not is_masked, **kwargs
        )
        if is_masked:
            for recipient in (one for many in found.values() for one in many):
                for name in ("email", "name"):
                    recipient[name] = masks.masked_text(recipient[name])
        return found


class IrMailServer(models.Model):
    """The envelope of a mail to somebody who is not entitled."""

    _inherit = "ir.mail_server"

    @api.model
    def _build_email__(self, email_from, email_to, subject, body, *args, **kwargs):
        headers = kwargs.get("headers") or {}
        if headers.pop(HEADER, None):
            name = next((one[0] for one in email_split_tuples(email_from or "")), "")
            ours = (
                self.env.context.get("domain_notifications_email")
                or self._get_default_from_address()
                or self.env.company.email
            )
            address = next((one[1] for one in email_split_tuples(ours or "")), "")
            own = next((one[1] for one in email_split_tuples(email_from or "")), "")
            reply_to = kwargs.get("reply_to") or ""
            if address:
                if own and own in reply_to:
                    kwargs["reply_to"] = formataddr((name, address))
                email_from = formataddr((masks.masked_text(name), address))
            subject = masks.masked_text(subject)
        return super()._build_email__(
            email_from, email_to, subject, body, *args, **kwargs
        )
