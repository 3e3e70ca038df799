"""Customers in a mini-program: what it asks us, signed by their session."""

import json

import requests

from odoo.addons.scrm_flow.scenario.errors import Refused
from odoo.addons.scrm_flow.scenario.registry import register_verb

from ..doors import request_signature
from .hooks import TIMEOUT, moment
from .platforms import SECRET, platforms

TICKET = "helpdesk.ticket"
_STRING = {"type": "string"}
_ID = {"type": ["string", "integer"]}
_WHO = {
    "program": {**_STRING, "description": "key of the mini-program"},
    "customer": {**_STRING, "description": "OpenID, as WeChat calls the customer"},
    "name": {**_STRING, "description": "of a customer who is new"},
}


class MiniSession:
    """One customer in one mini-program, logged in by a code of ``wx.login``."""

    def __init__(self, play, program, openid, name=None):
        self.play = play
        self.path = f"/scrm/mini/{program}"
        self.keys = None
        said = {"code": platforms(play).new_code(openid), "name": name}
        self.keys = self.ask("/login", said)

    def ask(self, path, message=None):
        """What the program asks, and what it is answered.

        :param message: what is sent; nothing: it is only asked
        :raise Refused: with the words that the customer is shown
        """
        method = "GET" if message is None else "POST"
        body = b"" if message is None else json.dumps(message).encode()
        headers = {"X-Odoo-Database": self.play.access.database}
        path = f"{self.path}{path}"
        if self.keys:
            at = moment(self.play)
            headers |= {
                "X-Scrm-Session": self.keys["session"],
                "X-Scrm-Timestamp": at,
                "X-Scrm-Signature": request_signature.sign(
                    self.keys["secret"], method, path, at, body
                ),
            }
        answer = requests.request(
            method,
            f"{self.play.access.url}{path}",
            data=body or None,
            headers={"Content-Type": "application/json", **headers},
            timeout=TIMEOUT,
        )
        said = answer.json()
        if answer.status_code != 200:
            raise Refused(answer.status_code, said.get("error", ""))
        return said


def _session(play, args):
    """The customer's session; begun when the program is opened first."""
    sessions = play.kept.setdefault("mini", {})
    who = (args["program"], args["customer"])
    if who not in sessions:
        sessions[who] = MiniSession(play, *who, args.get("name"))
    return sessions[who]


@register_verb(
    "backend", "connect_mini_program", {"program": _WHO["program"]}, ["program"]
)
def connect(actor, args, play):
    """Let a mini-program ask the WeChat of the scenario who logs in."""
    program = play.id_of("mini_program", args["program"], "scrm.door.mini")
    vals = {"secret": SECRET, "api_url": platforms(play).url}
    play.admin.call("scrm.door.mini", "write", ids=[program], vals=vals)


@register_verb(
    "mini",
    "submit_ticket",
    {
        **_WHO,
        "template": {**_STRING, "description": "key of the template"},
        "values": {"type": "object", "description": "field key -> value"},
        "description": _STRING,
    },
    ["program", "customer", "template"],
)
def submit(actor, args, play):
    """Choose a form in the mini-program, fill it in and send it."""
    session = _session(play, args)
    chosen = args["template"]
    offered = [one["key"] for one in session.ask("/templates")["templates"]]
    if chosen not in offered:
        raise Refused(404, f"the mini-program offers {', '.join(offered)}")
    form = session.ask(f"/templates/{chosen}")
    said = {
        "template": chosen,
        "values": {**form["values"], **args.get("values", {})},
        "description": args.get("description"),
        "idempotency_key": f"step-{play.number:05}",
    }
    number = session.ask("/tickets", said)["number"]
    rows = play.admin.search_read(TICKET, [("number", "=", number)], ["id"])
    return {"id": rows[0]["id"], "number": number, "form": form}


@register_verb(
    "mini", "open_ticket", {**_WHO, "ticket": _ID}, ["program", "customer", "ticket"]
)
def open_ticket(actor, args, play):
    """Look at a ticket in the mini-program: how far it is, what was said."""
    return _seen(_session(play, args).ask(_ticket_path(play, args)))


@register_verb(
    "mini",
    "reply",
    {**_WHO, "ticket": _ID, "text": _STRING},
    ["program", "customer", "ticket", "text"],
)
def reply(actor, args, play):
    """Say something on a ticket in the mini-program."""
    said = {"text": args["text"], "idempotency_key": f"step-{play.number:05}"}
    session, path = _session(play, args), _ticket_path(play, args)
    session.ask(f"{path}/reply", said)
    return _seen(session.ask(path))


def _ticket_path(play, args):
    (row,) = play.admin.read(TICKET, [int(args["ticket"])], ["number"])
    return f"/tickets/{row['number']}"


def _seen(ticket):
    """What stands on the customer's screen."""
    return {
        **ticket,
        **{
            state: [one["name"] for one in ticket["progress"] if one["state"] == state]
            for state in ("done", "now", "next")
        },
        "said": [one["text"] for one in ticket["messages"]],
    }
