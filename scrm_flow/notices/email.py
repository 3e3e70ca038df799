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
            return self.env._("has no e-mail address")
        return None

    @api.model
    def _send(self, deliveries):
        mails = self.env["mail.mail"].create(
            [
                {
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


class MailMail(models.Model):
    """The queue says whether the mail server took a notice."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # sudo: whoever runs the queue; the notices of these mails only
        notices = self.env["scrm.notice.delivery"].sudo()
        notices = notices.search([("mail_id", "in", self.ids)])
        if failure_type:
            notices._note_failed(failure_reason or failure_type)
        else:
            notices._note_sent()
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason, failure_type
        )
