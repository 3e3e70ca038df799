from odoo import api, models
from odoo.tools import plaintext2html
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmNoticeChannelKindEmail(models.AbstractModel):
    """An e-mail, handed to Odoo's mail queue; the queue reports what became of it."""

    _name = "scrm.notice.channel.kind.email"
    _inherit = "scrm.notice.channel.kind"
    _description = "Notification Channel E-Mail"

    _label = _lt("E-mail")
    _kind_rank = 30

    @api.model
    def _unreachable(self, partner, user):
        if not partner.email_normalized:
            return ["no_email", {}]
        return None

    @api.model
    def _send(self, deliveries):
        _author, sender = self.env["mail.thread"]._message_compute_author()
        replies = self._replies(deliveries, sender)
        mails = self.env["mail.mail"].create(
            [
                {
                    "email_from": sender,
                    "reply_to": replies[delivery],
                    "subject": delivery.subject,
                    "body_html": delivery.body_html
                    or plaintext2html(delivery.body or ""),
                    "recipient_ids": [(6, 0, delivery.partner_id.ids)],
                    "model": delivery.res_model,
                    "res_id": delivery.res_id,
                    "message_type": "user_notification",
                    "auto_delete": True,
                }
                for delivery in deliveries
            ]
        )
        for delivery, mail in zip(deliveries, mails, strict=True):
            delivery.write({"state": "queued", "mail_id": mail.id})

    @api.model
    def _replies(self, deliveries, sender):
        """Where answers to these deliveries go, asked for all records together."""
        found = {}
        for name, group in deliveries.grouped("res_model").items():
            records = self.env[name].browse(dict.fromkeys(group.mapped("res_id")))
            addresses = records._notify_get_reply_to(default=sender)
            for delivery in group:
                found[delivery] = addresses[delivery.res_id]
        return found
