"""Group robots. They answer 200 also when they refuse: what counts is their code.

Apprise knows them as well, but takes every 200 for success, encodes DingTalk's
signature twice and does not sign for Feishu: its addresses of robots are served here.
"""

import base64
import hashlib
import hmac
import time

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from .channel_kind import NotDelivered, NotKnown

_lt = LazyTranslate(__name__)


class ScrmNoticeChannelKindRobot(models.AbstractModel):
    """What robots have in common. It has no label: it is no kind itself."""

    _name = "scrm.notice.channel.kind.robot"
    _inherit = "scrm.notice.channel.kind.gateway"
    _description = "Notification Robot"

    _can_mention_all = True
    #: Where the answer says how it went, and the codes that mean: too many, later.
    _code = "errcode"
    _message = "errmsg"
    _busy = ()

    @api.model
    def _call(self, delivery):
        return self._hand(delivery, *self._secrets(delivery))

    @api.model
    def _hand(self, delivery, url, secret, mentioned=None):
        """Call the robot at an address.

        :param mentioned: telephone numbers of people whom DingTalk's shall mention
        :raise NotDelivered: it surely did nothing
        :raise NotKnown: it may have done it
        """
        options = self._robot(delivery, url, secret)
        if mentioned:
            options["json"]["at"] = {"atMobiles": mentioned, "isAtAll": False}
        answer = self._request(delivery, "POST", **options)
        code = answer.get(self._code)
        if code is None:
            raise NotKnown("robot_unreadable")
        if code != 0:
            raise NotDelivered(
                "robot_refused",
                is_final=code not in self._busy,
                code=code,
                message=answer.get(self._message) or "",
            )
        return ""

    @api.model
    def _robot(self, delivery, url, secret) -> dict:
        """Arguments of the call: url, params, json."""
        raise NotImplementedError(self._name)


class ScrmNoticeChannelKindWecomRobot(models.AbstractModel):
    """A group robot of WeCom."""

    _name = "scrm.notice.channel.kind.wecom_robot"
    _inherit = "scrm.notice.channel.kind.robot"
    _description = "Notification Channel WeCom Robot"

    _label = _lt("WeCom group robot")
    _kind_rank = 60
    _busy = (45009, -1)

    @api.model
    def _robot(self, delivery, url, secret):
        text = {"content": self._text(delivery)}
        if delivery.channel_id.mentions_all:
            text["mentioned_list"] = ["@all"]
        return {"url": url, "json": {"msgtype": "text", "text": text}}


class ScrmNoticeChannelKindDingtalkRobot(models.AbstractModel):
    """A group robot of DingTalk, with its signature when the channel has a secret."""

    _name = "scrm.notice.channel.kind.dingtalk_robot"
    _inherit = "scrm.notice.channel.kind.robot"
    _description = "Notification Channel DingTalk Robot"

    _label = _lt("DingTalk group robot")
    _kind_rank = 61
    _busy = (130101, 660026, -1)

    @api.model
    def _robot(self, delivery, url, secret):
        params = {}
        if secret:
            stamp = str(round(time.time() * 1000))
            digest = hmac.new(
                secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256
            ).digest()
            params = {"timestamp": stamp, "sign": base64.b64encode(digest).decode()}
        message = {"msgtype": "text", "text": {"content": self._text(delivery)}}
        if delivery.channel_id.mentions_all:
            message["at"] = {"isAtAll": True}
        return {"url": url, "params": params, "json": message}


class ScrmNoticeChannelKindFeishuRobot(models.AbstractModel):
    """A group robot of Feishu, with its signature when the channel has a secret."""

    _name = "scrm.notice.channel.kind.feishu_robot"
    _inherit = "scrm.notice.channel.kind.robot"
    _description = "Notification Channel Feishu Robot"

    _label = _lt("Feishu group robot")
    _kind_rank = 62
    _code = "code"
    _message = "msg"
    _busy = (9499, 11232)

    @api.model
    def _robot(self, delivery, url, secret):
        text = self._text(delivery)
        if delivery.channel_id.mentions_all:
            text = f'<at user_id="all"></at> {text}'
        message = {"msg_type": "text", "content": {"text": text}}
        if secret:
            stamp = str(int(time.time()))
            digest = hmac.new(
                f"{stamp}\n{secret}".encode(), b"", hashlib.sha256
            ).digest()
            message |= {"timestamp": stamp, "sign": base64.b64encode(digest).decode()}
        return {"url": url, "json": message}
