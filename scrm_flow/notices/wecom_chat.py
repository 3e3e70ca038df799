"""What an application of WeCom writes to who wrote to it, or into a group."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: What stands before the id of a group, where others have the id of a person.
GROUP = "#"


class ScrmNoticeChannelKindWecomChat(models.AbstractModel):
    """Plain texts of an application of WeCom; address and secret as for cards."""

    _name = "scrm.notice.channel.kind.wecom_chat"
    _inherit = "scrm.notice.channel.kind.wecom_app"
    _description = "Notification Channel WeCom Chat"

    _label = _lt("WeCom text to people and groups")
    _kind_rank = 58

    @api.model
    def _robot(self, delivery, url, secret):
        base, values = self._base(url)
        # sudo: the account of the recipient, which senders need not see
        address = delivery.address or delivery.sudo().partner_id.scrm_wecom_account
        text = {"msgtype": "text", "text": {"content": self._text(delivery)}}
        if address.startswith(GROUP):
            path, message = "appchat", {"chatid": address.removeprefix(GROUP), **text}
        else:
            agent = values["agentid"]
            agent = int(agent) if agent.isdecimal() else agent
            path, message = "message", {"touser": address, "agentid": agent, **text}
        return {
            "url": f"{base}/{path}/send",
            "params": {"access_token": self._token(delivery)},
            "json": message,
        }
