from odoo import api, models
from odoo.tools import plaintext2html
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmNoticeChannelKindActivity(models.AbstractModel):
    """Something to do on the record, for people who work here."""

    _name = "scrm.notice.channel.kind.activity"
    _inherit = "scrm.notice.channel.kind"
    _description = "Notification Channel Activity"

    _label = _lt("Activity")
    _kind_rank = 20

    @api.model
    def _unreachable(self, partner, user):
        if not user or not user._is_internal():
            return ["no_login", {}]
        return None

    @api.model
    def _send(self, deliveries):
        for delivery in deliveries:
            record = delivery._record()
            if not hasattr(record, "activity_schedule"):
                self.env["scrm.notice.channel.kind.inbox"]._send(delivery)
                continue
            kind = "mail.mail_activity_data_todo"
            if delivery.is_urgent:  # shows the whole record in red
                kind = "scrm_flow.mail_activity_alert"
            record.activity_schedule(
                kind,
                user_id=delivery.user_id.id,
                summary=delivery.subject,
                note=delivery.body_html or plaintext2html(delivery.body or ""),
            )
