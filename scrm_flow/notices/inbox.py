from odoo import api, models
from odoo.tools import plaintext2html
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmNoticeChannelKindInbox(models.AbstractModel):
    """Odoo's own notification: in the inbox or by e-mail, as the user prefers."""

    _name = "scrm.notice.channel.kind.inbox"
    _inherit = "scrm.notice.channel.kind"
    _description = "Notification Channel Odoo"

    _label = _lt("Odoo notification")
    _kind_rank = 10

    @api.model
    def _send(self, deliveries):
        for delivery in deliveries:
            record = delivery._record()
            thread = record
            if not hasattr(record, "message_notify"):
                thread = self.env["mail.thread"]
            thread.message_notify(
                partner_ids=delivery.partner_id.ids,
                subject=delivery.subject,
                body=delivery.body_html or plaintext2html(delivery.body or ""),
                model=delivery.res_model,
                res_id=delivery.res_id,
                force_send=False,
            )
