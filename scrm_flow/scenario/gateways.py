"""Messages of notification rules: who got what by which channel, gateways included.

Addresses of gateways are never part of a pack. A scenario connects its channels to a
gateway of its own: a server on this machine, in the player's process, that takes
everything and keeps it.
"""

import json
import re
from urllib.parse import urlsplit

from .errors import ScenarioError
from .local_server import JsonHandler, serve
from .registry import Seen, register_expectation, register_verb

_STRING = {"type": "string"}
_ID = {"type": ["string", "integer"]}
_CHANNEL = {**_STRING, "description": "key of a notification channel"}
#: What the gateways of WeCom, WeChat, DingTalk, Feishu, Douyin, voice and webhooks say
#: to a message.
TAKEN = {
    "errcode": 0,
    "errmsg": "ok",
    "code": 0,
    "msg": "success",
    "id": "1",
    "data": {"error_code": 0, "msg_id": "1"},
}
#: And to an app that asks for a token first.
TOKEN = {"errcode": 0, "errmsg": "ok", "access_token": "token", "expires_in": 7200}
#: What the address of a channel to single people must say, by its kind.
NAMED = {
    "wecom_app": "corpid=ww1&agentid=1",
    "wecom_chat": "corpid=ww1&agentid=1",
    "wechat": "appid=wx1&template_id=t1",
    "wechat_service": "appid=wx1",
    "douyin_chat": "open_id=us",
}
SECRET = "of-the-scenario"
#: Deliveries that went out, as far as we can tell.
OUT = ("sent", "queued", "uncertain")


class Gateway:
    """``taken`` is [(key of the channel, message)]."""

    def __init__(self):
        self.taken = taken = []

        class Handler(JsonHandler):
            def do_POST(self):
                key = self.path.split("?")[0].split("/")[1]
                taken.append((key, self.said()))
                self.answer(TAKEN)

            def do_GET(self):
                self.answer(TOKEN)

        self.url = serve(Handler)

    def texts(self, channel):
        """What a channel took, as it was sent."""
        return [
            json.dumps(message, ensure_ascii=False)
            for key, message in self.taken
            if key == channel
        ]


def _gateway(play):
    if not hasattr(play, "gateway"):
        play.gateway = Gateway()
    return play.gateway


@register_verb(
    "backend",
    "connect_channels",
    {"channels": {"type": "array", "items": _CHANNEL}},
    ["channels"],
)
def connect_channels(actor, args, play):
    """Let channels outside send to the gateway of the scenario."""
    for key in args["channels"]:
        channel = play.id_of("notice_channel", key, "scrm.notice.channel")
        (kind,) = play.admin.read("scrm.notice.channel", [channel], ["kind"])
        vals = {"url": f"{_gateway(play).url}/{key}"}
        if kind["kind"] in NAMED:
            vals = {"url": f"{vals['url']}?{NAMED[kind['kind']]}", "secret": SECRET}
        play.admin.call("scrm.notice.channel", "write", ids=[channel], vals=vals)


@register_expectation(
    "gateway",
    {"channel": _CHANNEL, "count": {"type": "integer"}, "contains": _STRING},
    ["channel", "count"],
)
def gateway(play, wanted, step):
    """What a connected channel really sent outside: how many, all or with a text."""
    texts = _gateway(play).texts(wanted["channel"])
    what = f"sent by {wanted['channel']}"
    if "contains" in wanted:
        texts = [text for text in texts if wanted["contains"] in text]
        what = f"{what} “{wanted['contains']}”"
    yield Seen(what, wanted["count"], len(texts))


@register_expectation(
    "told",
    {
        "model": {**_STRING, "description": "of the record; `helpdesk.ticket`"},
        "id": _ID,
        "rule": {**_STRING, "description": "key of the notification rule; any"},
        "to": {**_STRING, "x-scrm-ref": "user", "description": "the user told"},
        "customer": {**_STRING, "x-scrm-ref": "partner"},
        "channel": _CHANNEL,
        "contains": {**_STRING, "description": "in subject or text"},
        "state": {**_STRING, "description": "all that went out, if left out"},
        "count": {"type": "integer", "description": "1, if left out"},
    },
    ["id"],
)
def told(play, wanted, step):
    """Messages of notification rules on a record: who got what by which channel."""
    domain = [
        ("res_model", "=", wanted.get("model", "helpdesk.ticket")),
        ("res_id", "=", int(wanted["id"])),
        ("event_id", "!=", False),
        ("state", "in", [wanted["state"]] if "state" in wanted else list(OUT)),
    ]
    what = ["told"]
    if "rule" in wanted:
        what.append(wanted["rule"])
        domain.append(("rule_id.key", "=", wanted["rule"]))
    if "to" in wanted:
        what.append(wanted["to"])
        domain.append(("user_id", "=", play.id_of("user", wanted["to"])))
    if "customer" in wanted:
        what.append(wanted["customer"])
        partner = play.id_of("partner", wanted["customer"])
        domain.append(("partner_id", "=", partner))
    if "channel" in wanted:
        what.append(wanted["channel"])
        domain.append(("channel_id.key", "=", wanted["channel"]))
    rows = play.admin.search_read("scrm.notice.delivery", domain, ["subject", "body"])
    if "contains" in wanted:
        what.append(f"“{wanted['contains']}”")
        rows = [
            row
            for row in rows
            if wanted["contains"] in f"{row['subject'] or ''}\n{row['body'] or ''}"
        ]
    yield Seen(" ".join(what), wanted.get("count", 1), len(rows))


@register_verb(
    "portal",
    "open_told",
    {
        "model": {**_STRING, "description": "of the record; `helpdesk.ticket`"},
        "id": _ID,
        "rule": {**_STRING, "description": "key of the notification rule"},
        "link": {**_STRING, "description": "part of the address"},
        "values": {
            "type": "object",
            "description": "fill in the form of the page with these and send it",
        },
    },
    ["id", "rule", "link"],
)
def open_told(actor, args, play):
    """Open the address in the newest message of a notification rule on a record."""
    domain = [
        ("res_model", "=", args.get("model", "helpdesk.ticket")),
        ("res_id", "=", int(args["id"])),
        ("rule_id.key", "=", args["rule"]),
        ("state", "in", list(OUT)),
    ]
    rows = play.admin.search_read(
        "scrm.notice.delivery", domain, ["body"], order="id desc"
    )
    pattern = re.compile(
        r"https?://[^\s\"'<>]*" + re.escape(args["link"]) + r"[^\s\"'<>]*"
    )
    found = [found for row in rows for found in pattern.findall(row["body"] or "")]
    if not found:
        raise ScenarioError(f"no message of {args['rule']} holds {args['link']}")
    actor.get(urlsplit(found[0]).path)
    if "values" in args:
        actor.submit(actor.form(), args["values"])
    return {"text": actor.text(), "url": actor.address}
