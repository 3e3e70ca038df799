"""What an official account, or a mini-program, of WeChat writes to who wrote to it."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from .wecom_app import BAD_TOKEN

_lt = LazyTranslate(__name__)

#: Longest title and description of a card with a picture, in characters.
TITLE, DESCRIPTION = 64, 120


class ScrmNoticeChannelKindWechatService(models.AbstractModel):
    """Customer service messages of WeChat: a text, or a card with a picture.

    Address: ``https://api.weixin.qq.com/cgi-bin?appid=...``; the secret of the channel
    is the one of the account. WeChat takes them for 48 hours after the customer wrote,
    and says 45015 later, which is final.
    """

    _name = "scrm.notice.channel.kind.wechat_service"
    _inherit = "scrm.notice.channel.kind.wechat"
    _description = "Notification Channel WeChat Customer Service"

    _label = _lt("WeChat message of customer service")
    _kind_rank = 57
    _values = ("appid",)
    _busy = (45009, 45011, -1, *BAD_TOKEN)

    @api.model
    def _robot(self, delivery, url, secret):
        base, _values = self._base(url)
        # sudo: whom the customer is for the account, which senders need not see
        openid = delivery.address or delivery.sudo().partner_id.scrm_wechat_openid
        return {
            "url": f"{base}/message/custom/send",
            "params": {"access_token": self._token(delivery)},
            "json": {"touser": openid, **self._said(delivery)},
        }

    @api.model
    def _said(self, delivery) -> dict:
        """The message itself, as WeChat wants it."""
        if not delivery.picture_url:
            return {"msgtype": "text", "text": {"content": self._text(delivery)}}
        article = {
            "title": (delivery.subject or delivery.body or "")[:TITLE],
            "description": (delivery.body or "")[:DESCRIPTION],
            "url": delivery.link_url or self._opens(delivery),
            "picurl": delivery.picture_url,
        }
        return {"msgtype": "news", "news": {"articles": [article]}}
