import json
import time

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from ..engine import notices
from .channel_kind import NotDelivered

_lt = LazyTranslate(__name__)


class ScrmNoticeChannelKindWebhook(models.AbstractModel):
    """A signed call to another system, which drops what it already has.

    Headers: ``X-SCRM-Timestamp`` (seconds since 1970), ``X-SCRM-Signature`` (see
    ``engine/notices.py``, ``sign``) and ``Idempotency-Key``. An answer to a customer
    says in ``to`` whom and what it answers, as the other system calls them.
    """

    _name = "scrm.notice.channel.kind.webhook"
    _inherit = "scrm.notice.channel.kind.gateway"
    _description = "Notification Channel Webhook"

    _label = _lt("Signed webhook")
    _kind_rank = 80
    _is_idempotent = True

    @api.model
    def _payload(self, delivery) -> dict:
        said = delivery._message_text() if delivery.message_id else delivery.body
        to = {"to": self._addressee(delivery)} if delivery.address else {}
        return {
            **to,
            "key": self._key(delivery),
            "rule": delivery.rule_id.key,
            "event": delivery.event_id.name,
            "at": fields.Datetime.to_string(delivery.event_id.at or delivery.due_at),
            "model": delivery.res_model,
            "id": delivery.res_id,
            "record": delivery.res_name,
            "subject": delivery.subject,
            "text": said,
        }

    @api.model
    def _addressee(self, delivery):
        """Whom a delivery is for: a text, or what a platform needs to answer."""
        try:
            return json.loads(delivery.address)
        except ValueError:
            return delivery.address

    @api.model
    def _call(self, delivery):
        url, secret = self._secrets(delivery)
        body = json.dumps(self._payload(delivery), ensure_ascii=False).encode()
        timestamp = int(time.time())  # the receiver compares it with its own clock
        answer = self._request(
            delivery,
            "POST",
            url,
            data=body,
            headers={
                "Content-Type": "application/json",
                "Idempotency-Key": self._key(delivery),
                "X-SCRM-Timestamp": str(timestamp),
                "X-SCRM-Signature": notices.sign(secret, timestamp, body),
            },
        )
        if answer.get("error"):  # 200 is no yes
            raise NotDelivered("refused", answer=str(answer["error"])[:200])
        return str(answer.get("id") or "")


class ScrmNoticeChannelKindVoice(models.AbstractModel):
    """A phone call that reads the text out, by a provider with a signed API."""

    _name = "scrm.notice.channel.kind.voice"
    _inherit = "scrm.notice.channel.kind.webhook"
    _description = "Notification Channel Voice"

    _label = _lt("Phone call")
    _kind_rank = 50
    _is_personal = True

    @api.model
    def _unreachable(self, partner, user):
        return self.env["scrm.notice.channel.kind.sms"]._unreachable(partner, user)

    @api.model
    def _payload(self, delivery):
        partner = delivery.partner_id
        return {
            "key": self._key(delivery),
            "to": partner._phone_format(number=partner.phone),
            "text": self._text(delivery),
            "language": partner.lang or "en_US",
        }


class ScrmNoticeChannelKindSmsGateway(models.AbstractModel):
    """A text message by one's own provider, with the signed API of phone calls."""

    _name = "scrm.notice.channel.kind.sms_gateway"
    _inherit = "scrm.notice.channel.kind.voice"
    _description = "Notification Channel SMS Gateway"

    _label = _lt("SMS by a signed gateway")
    _kind_rank = 45

    @api.model
    def _text(self, delivery):
        return delivery.body or delivery.subject or ""
