"""What other systems send in scenarios: signed, as their programs would."""

import json
from datetime import datetime, timezone

import requests

from odoo.addons.scrm_flow.scenario.errors import Refused
from odoo.addons.scrm_flow.scenario.registry import register_verb
from odoo.addons.scrm_flow.scenario.verbs import MOMENT

from ..doors import signature

_STRING = {"type": "string"}
#: What a message is about -> the end of the webhook's address.
ADDRESSES = {"ticket": "", "track": "/track", "reply": "/reply", "call": "/call"}
#: Seconds.
TIMEOUT = 60


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
    now = datetime.now(timezone.utc)
    if play.at:
        now = datetime.strptime(play.at, MOMENT).replace(tzinfo=timezone.utc)
    at = str(int(now.timestamp()))
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
