"""Answers to private messages on Douyin."""

import json

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.scrm_flow.notices.channel_kind import NotDelivered, NotKnown

_lt = LazyTranslate(__name__)


#: Why an answer does not arrive, by key.
PROBLEMS = {
    "douyin_only": _lt("can only be answered on Douyin"),
    "douyin_nobody": _lt("It is not known whom to answer on Douyin."),
    "douyin_unreadable": _lt("Douyin gave no answer that can be read."),
    "douyin_refused": _lt("Douyin refused: %(code)s %(message)s"),
}


class ScrmNoticeProblem(models.AbstractModel):
    _inherit = "scrm.notice.problem"

    @api.model
    def _texts(self):
        return {**super()._texts(), **PROBLEMS}


class ScrmNoticeChannelKindDouyinChat(models.AbstractModel):
    """An account of Douyin's open platform answers who wrote to it.

    Address: ``https://open.douyin.com?open_id=...`` with the account's own open id; the
    secret of the channel is the access token of the account. Each answer names the
    message that it answers; Douyin takes it for 24 hours.
    """

    _name = "scrm.notice.channel.kind.douyin_chat"
    _inherit = "scrm.notice.channel.kind.wecom_app"
    _description = "Notification Channel Douyin Private Message"

    _label = _lt("Douyin private message")
    _kind_rank = 59
    _values = ("open_id",)

    @api.model
    def _unreachable(self, partner, user):
        return ["douyin_only", {}]

    @api.model
    def _call(self, delivery):
        url, secret = self._secrets(delivery)
        base, values = self._base(url)
        if not delivery.address:
            raise NotDelivered("douyin_nobody", is_final=True)
        asked = json.loads(delivery.address)
        answer = self._request(
            delivery,
            "POST",
            f"{base}/im/send/msg/",
            params={"open_id": values["open_id"]},
            headers={"access-token": secret},
            json={
                "msg_id": asked["message"],
                "conversation_id": asked["conversation"],
                "to_user_id": asked["to"],
                "scene": "im_reply_msg",
                "content": {"msg_type": 1, "text": {"text": self._text(delivery)}},
            },
        )
        data = answer.get("data")
        code = data.get("error_code") if isinstance(data, dict) else None
        if code is None:
            raise NotKnown("douyin_unreadable")
        if code:
            raise NotDelivered(
                "douyin_refused",
                is_final=True,
                code=code,
                message=data.get("description") or "",
            )
        return str(data.get("msg_id") or "")
