from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmNoticeChannelKindSms(models.AbstractModel):
    """A text message through Odoo's SMS, whichever provider is installed."""

    _name = "scrm.notice.channel.kind.sms"
    _inherit = "scrm.notice.channel.kind"
    _description = "Notification Channel SMS"

    _label = _lt("SMS")
    _kind_rank = 40

    @api.model
    def _unreachable(self, partner, user):
        if not partner.phone:
            return ["no_phone", {}]
        if not partner._phone_format(number=partner.phone):
            return ["bad_phone", {}]
        return None

    @api.model
    def _send(self, deliveries):
        texts = self.env["sms.sms"].create(
            [
                {
                    "number": delivery.partner_id._phone_format(
                        number=delivery.partner_id.phone
                    ),
                    "partner_id": delivery.partner_id.id,
                    "body": delivery.body or delivery.subject,
                }
                for delivery in deliveries
            ]
        )
        for delivery, text in zip(deliveries, texts, strict=True):
            delivery.write({"state": "queued", "sms_id": text.id})


class SmsSms(models.Model):
    """The provider says whether a notice was taken."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "sms.sms"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("pending", "sent", "error"):
            # sudo: whoever runs the queue; the notices of these texts only
            notices = self.env["scrm.notice.delivery"].sudo()
            notices = notices.search([("sms_id", "in", self.ids)])
            if vals["state"] == "error":
                failure = vals.get("failure_type") or vals["state"]
                notices._note_failed(
                    ["queue", {"model": self._name, "failure": failure}]
                )
            else:
                notices._note_sent()
        return result
