"""Messages of an application of WeCom to single people, as cards with a link."""

import time
from urllib.parse import parse_qs, urlsplit, urlunsplit

from odoo import api, models, tools
from odoo.tools.translate import LazyTranslate

from .channel_kind import NotDelivered, NotKnown

_lt = LazyTranslate(__name__)

#: Seconds for which a token is used; WeCom's are good for two hours.
TOKEN_SECONDS = 3600
#: WeCom says of the token: no good, or too old.
BAD_TOKEN = (40014, 41001, 42001)


class ScrmNoticeChannelKindWecomApp(models.AbstractModel):
    """An application of WeCom, which writes to the accounts of people.

    Address: ``https://qyapi.weixin.qq.com/cgi-bin?corpid=...&agentid=...``; the secret
    of the channel is the one of the application.
    """

    _name = "scrm.notice.channel.kind.wecom_app"
    _inherit = "scrm.notice.channel.kind.robot"
    _description = "Notification Channel WeCom Application"

    _label = _lt("WeCom message to people")
    _kind_rank = 55
    _is_personal = True
    _busy = (45009, -1, *BAD_TOKEN)
    #: What the address says behind its question mark.
    _values = ("corpid", "agentid")

    @api.model
    def _problem(self, channel):
        problem = super()._problem(channel)
        if problem:
            return problem
        values = parse_qs(urlsplit(channel.url).query)
        if any(name not in values for name in self._values):
            query = "&".join(f"{name}=..." for name in self._values)
            return self.env._("the address must end with ?%s", query)
        return None

    @api.model
    def _unreachable(self, partner, user):
        if not partner.scrm_wecom_account:
            return ["no_wecom", {}]
        return None

    @api.model
    def _robot(self, delivery, url, secret):
        base, values = self._base(url)
        # sudo: the address of the record, which asks who opens it
        record = delivery.sudo()._record()
        card = {
            "title": delivery.subject or delivery.body,
            "description": delivery.body or delivery.subject,
            "url": self.env["scrm.notice.text"]._link(record),
        }
        agent = values["agentid"]
        return {
            "url": f"{base}/message/send",
            "params": {"access_token": self._token(delivery)},
            "json": {
                "touser": delivery.partner_id.scrm_wecom_account,
                "msgtype": "textcard",
                "agentid": int(agent) if agent.isdecimal() else agent,
                "textcard": card,
            },
        }

    @api.model
    def _call(self, delivery):
        try:
            return super()._call(delivery)
        except NotDelivered as problem:
            if problem.problem[1].get("code") in BAD_TOKEN:
                self.env.registry.clear_cache()
            raise

    @api.model
    def _base(self, url):
        """(address without its values, the values)"""
        parts = urlsplit(url)
        values = {name: value[0] for name, value in parse_qs(parts.query).items()}
        return urlunsplit(parts._replace(query="")).rstrip("/"), values

    @api.model
    def _token(self, delivery) -> str:
        """What the calls of an hour are made with.

        :raise NotDelivered: WeCom gives none; no message has gone out
        """
        turn = int(time.time() // TOKEN_SECONDS)
        url, secret = self._secrets(delivery)
        return self._token_of(delivery, delivery.channel_id.id, url, secret, turn)

    @api.model
    @tools.ormcache("channel_id", "url", "secret", "turn")
    def _token_of(self, delivery, channel_id, url, secret, turn) -> str:
        try:
            answer = self._request(delivery, "GET", **self._asking(url, secret))
        except NotKnown as problem:  # asking for a token sends nothing
            key, about = problem.problem
            raise NotDelivered(key, **about) from problem
        if answer.get("errcode", 0) != 0 or not answer.get("access_token"):
            raise NotDelivered(
                "no_token",
                is_final=answer.get("errcode") == 40001,
                code=answer.get("errcode"),
                message=answer.get("errmsg") or "",
            )
        return answer["access_token"]

    @api.model
    def _asking(self, url, secret) -> dict:
        """Arguments of the call that asks for a token: url, params."""
        base, values = self._base(url)
        params = {"corpid": values["corpid"], "corpsecret": secret}
        return {"url": f"{base}/gettoken", "params": params}
