"""Messages of an official account of WeChat to its followers, by its templates."""

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Fields of the template that get subject and text, if the address names none.
SUBJECT, TEXT = "first", "remark"


class ScrmNoticeChannelKindWechat(models.AbstractModel):
    """An official account of WeChat, which writes to people by their openid.

    Address: ``https://api.weixin.qq.com/cgi-bin?appid=...&template_id=...``, with
    ``&subject=thing1&text=thing2`` for a template whose fields have other names than
    ``first`` and ``remark``; the secret of the channel is the one of the account. The
    card opens the first address in the text, or else the record.
    """

    _name = "scrm.notice.channel.kind.wechat"
    _inherit = "scrm.notice.channel.kind.wecom_app"
    _description = "Notification Channel WeChat"

    _label = _lt("WeChat message of an official account")
    _kind_rank = 56
    _values = ("appid", "template_id")

    @api.model
    def _unreachable(self, partner, user):
        if not partner.scrm_wechat_openid:
            return ["no_wechat", {}]
        return None

    @api.model
    def _robot(self, delivery, url, secret):
        base, values = self._base(url)
        words = {
            values.get("subject", SUBJECT): delivery.subject or "",
            values.get("text", TEXT): delivery.body or "",
        }
        return {
            "url": f"{base}/message/template/send",
            "params": {"access_token": self._token(delivery)},
            "json": {
                "touser": delivery.partner_id.scrm_wechat_openid,
                "template_id": values["template_id"],
                "url": self._opens(delivery),
                "data": {name: {"value": text} for name, text in words.items()},
            },
        }

    @api.model
    def _opens(self, delivery) -> str:
        """The address behind the card."""
        for word in (delivery.body or "").split():
            if word.startswith(("https://", "http://")):
                return word
        # sudo: the address of the record, which asks who opens it
        return self.env["scrm.notice.text"]._link(delivery.sudo()._record())

    @api.model
    def _asking(self, url, secret):
        base, values = self._base(url)
        return {
            "url": f"{base}/token",
            "params": {
                "grant_type": "client_credential",
                "appid": values["appid"],
                "secret": secret,
            },
        }


class ResPartner(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.partner"

    scrm_wechat_openid = fields.Char(
        string="WeChat OpenID",
        help="Whom the person is for your official account of WeChat.",
    )
