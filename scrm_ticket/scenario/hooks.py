"""What other systems send in scenarios: signed, as their programs would."""

import json
from datetime import datetime, timezone

import requests
from lxml import etree

from odoo.addons.scrm_flow.scenario.errors import Refused
from odoo.addons.scrm_flow.scenario.registry import register_verb
from odoo.addons.scrm_flow.scenario.verbs import MOMENT

from ..doors import envelope, signature

_STRING = {"type": "string"}
#: What a message is about -> the end of the webhook's address.
ADDRESSES = {"ticket": "", "track": "/track", "reply": "/reply", "call": "/call"}
#: Seconds.
TIMEOUT = 60


def moment(play):
    """Seconds since 1970 by the test clock, as text."""
    now = datetime.now(timezone.utc)
    if play.at:
        now = datetime.strptime(play.at, MOMENT).replace(tzinfo=timezone.utc)
    return str(int(now.timestamp()))


@register_verb(
    "webhook",
    "send",
    {
        "hook": {**_STRING, "description": "key of the webhook"},
        "about": {
            "enum": sorted(ADDRESSES),
            "description": "a new `ticket`; where parts are: `track`; the answer to an "
            "SMS: `reply`; a phone `call`",
        },
        "message": {"type": "object"},
    },
    ["hook", "about", "message"],
)
def send(actor, args, play):
    """Send a message signed with the secret of a webhook, by the test clock."""
    secrets = play.admin.search_read(
        "scrm.door.webhook.secret",
        [("webhook_id.key", "=", args["hook"]), ("valid_until", "=", False)],
        ["value"],
    )
    at = moment(play)
    body = json.dumps(args["message"], ensure_ascii=False).encode()
    message_id = f"step-{play.number}"
    answer = requests.post(
        f"{play.access.url}/scrm/hook/{args['hook']}{ADDRESSES[args['about']]}",
        data=body,
        headers={
            "Content-Type": "application/json",
            "X-Odoo-Database": play.access.database,
            "webhook-id": message_id,
            "webhook-timestamp": at,
            "webhook-signature": " ".join(
                signature.sign(secret["value"], message_id, at, body)
                for secret in secrets
            ),
        },
        timeout=TIMEOUT,
    )
    said = answer.json() if answer.content else {}
    if answer.status_code != 200:
        raise Refused(answer.status_code, said.get("error", ""))
    return said


@register_verb(
    "webhook",
    "chat",
    {
        "account": {**_STRING, "description": "key of the chat account"},
        "from": {**_STRING, "description": "what the platform calls the customer"},
        "text": _STRING,
        "group": {**_STRING, "description": "id of the group it is written in"},
    },
    ["account", "from", "text"],
)
def chat(actor, args, play):
    """Send what somebody writes, sealed and signed as the platform does."""
    (account,) = play.admin.search_read(
        "scrm.door.chat",
        [("key", "=", args["account"])],
        ["token", "aes_key", "receiver"],
    )
    at, nonce = moment(play), f"step{play.number}"
    said = {
        "ToUserName": account["receiver"],
        "FromUserName": args["from"],
        "CreateTime": at,
        "MsgType": "text",
        "Content": args["text"],
        "MsgId": nonce,
        **({"ChatId": args["group"]} if args.get("group") else {}),
    }
    text = _xml(said)
    sealed = envelope.seal(account["aes_key"], account["receiver"], text)
    answer = requests.post(
        f"{play.access.url}/scrm/chat/{args['account']}",
        data=_xml({"ToUserName": account["receiver"], "Encrypt": sealed}).encode(),
        params={
            "msg_signature": envelope.signature(account["token"], at, nonce, sealed),
            "timestamp": at,
            "nonce": nonce,
        },
        headers={"Content-Type": "text/xml", "X-Odoo-Database": play.access.database},
        timeout=TIMEOUT,
    )
    if answer.status_code != 200:
        raise Refused(answer.status_code, answer.text)
    return {}


def _xml(values):
    """Elements of a callback, escaped."""
    root = etree.Element("xml")
    for name, text in values.items():
        etree.SubElement(root, name).text = text
    return etree.tostring(root, encoding="unicode")
