"""Colleagues on our page beside chats of WeCom: what it asks, in their session."""

from urllib.parse import urlsplit

import requests

from odoo.addons.scrm_flow.scenario.errors import Refused, ScenarioError
from odoo.addons.scrm_flow.scenario.registry import register_verb

from ..doors import jssdk
from .hooks import TIMEOUT
from .platforms import SECRET, platforms

TICKET = "helpdesk.ticket"
_STRING = {"type": "string"}
_USERS = {"type": "array", "items": {**_STRING, "x-scrm-ref": "user"}}
_APP = {**_STRING, "description": "key of the app"}
_CHAT = {
    "app": _APP,
    "customer": {**_STRING, "description": "the chat with whom WeCom calls so"},
    "group": {**_STRING, "description": "or the group that WeCom calls so"},
}
_MESSAGE = {**_STRING, "description": "part of the message that it is about"}
_TEMPLATE = {**_STRING, "description": "key; left out, the one that is suggested"}


class Page:
    """Our page beside one chat, opened by a colleague in WeCom."""

    def __init__(self, play, person, app, kind, chat):
        self.play = play
        self.app = app
        self.session = requests.Session()
        self._come_in(person)
        self._check_signature()
        self.talk = self.ask("/talk", kind=kind, identity=chat)

    def ask(self, path, **said):
        """What the page asks, and what it is answered.

        :raise Refused: with the words that the page shows
        """
        answer = self.session.post(
            f"{self._address}{path}",
            json={"jsonrpc": "2.0", "method": "call", "params": said, "id": 1},
            timeout=TIMEOUT,
        )
        told = answer.json() if answer.status_code == 200 else {"error": answer.text}
        if "error" in told:
            raise Refused(answer.status_code, str(told["error"]))
        result = told["result"]
        if "refused" in result:
            raise Refused(answer.status_code, result["refused"])
        return result

    @property
    def _address(self):
        return f"{self.play.access.url}/scrm/wecom/{self.app}"

    def _come_in(self, person):
        """By the platform's own login, which leads here with a code."""
        platforms(self.play).person = person
        asked = self._get(self._address, follows=False)
        said = self._get(asked.headers["Location"], follows=False)
        # the server may be known by another name than the one we reach it by
        way = urlsplit(said.headers["Location"])
        entered = self._get(f"{self.play.access.url}{way.path}?{way.query}")
        if entered.status_code != 200:
            raise Refused(entered.status_code, entered.text)

    def _get(self, address, follows=True):
        return self.session.get(address, allow_redirects=follows, timeout=TIMEOUT)

    def _check_signature(self):
        """Without a good signature WeCom tells the page nothing of the chat."""
        said = self.ask("/sdk", url=self._address)
        for name, kind in (("signature", "corp"), ("agent_signature", "agent")):
            ticket = platforms(self.play).ticket(kind)
            wanted = jssdk.signature(
                ticket, said["nonce"], str(said["timestamp"]), self._address
            )
            if said[name] != wanted:
                raise ScenarioError(f"WeCom does not take the page's {name}")

    def message(self, part):
        """The newest message of the chat that says this.

        :raise Refused: the page shows none
        """
        for one in self.talk["messages"]:
            if part in one["text"]:
                return one
        raise Refused(404, f"no message “{part}” beside this chat")


def _open(play, args, step):
    """The page beside the chat, opened anew."""
    person = step.get("as")
    kind = "group" if "group" in args else "contact"
    chat = args.get("group") or args.get("customer")
    page = Page(play, person, args["app"], kind, chat)
    play.kept.setdefault("wecom", {})[person, args["app"], chat] = page
    return page


def _page(play, args):
    """The page beside the chat as the colleague has it open."""
    pages = play.kept.get("wecom", {})
    chat = args.get("group") or args.get("customer")
    page = pages.get((play.step.get("as"), args["app"], chat))
    return page or _open(play, args, play.step)


def _about(page, args):
    """(key of the template, id of the message) that something is about."""
    message = page.message(args["message"]) if "message" in args else {}
    chosen = args.get("template") or message.get("template") or page.talk["suggested"]
    return chosen, message.get("id")


def _made(play, answer):
    """What the page says of a ticket, with the ticket's id."""
    number = answer["ticket"]
    rows = play.admin.search_read(TICKET, [("number", "=", number)], ["id"])
    return {"id": rows[0]["id"], "number": number}


@register_verb(
    "backend",
    "connect_wecom",
    {
        "app": _APP,
        "customers": {
            "type": "object",
            "description": "what WeCom calls a customer -> `{name, with}`: which "
            "colleagues have this customer",
        },
        "groups": {
            "type": "object",
            "description": "what WeCom calls a group -> `{name, colleagues, "
            "customers}`",
        },
        "colleagues": {**_USERS, "description": "who is in WeCom, by their keys"},
    },
    ["app", "colleagues"],
)
def connect(actor, args, play):
    """Let an app ask the WeCom of the scenario, which knows these people."""
    wecom = platforms(play)
    for key, said in args.get("customers", {}).items():
        wecom.customers[key] = (said["name"], said["with"])
    for key, said in args.get("groups", {}).items():
        wecom.groups[key] = (said["name"], said["colleagues"], said["customers"])
    for key in args["colleagues"]:
        user = play.id_of("user", key)
        vals = {"scrm_wecom_userid": key}
        play.admin.call("res.users", "write", ids=[user], vals=vals)
    app = play.id_of("wecom_app", args["app"], "scrm.door.wecom")
    vals = {"secret": SECRET, "api_url": wecom.url, "login_url": wecom.login_url}
    play.admin.call("scrm.door.wecom", "write", ids=[app], vals=vals)


@register_verb("wecom", "open_chat", _CHAT, ["app"])
def open_chat(actor, args, play):
    """Open the page beside a chat: who it is, what was said, bought and served."""
    talk = _open(play, args, play.step).talk
    return {
        **talk,
        "messages": [one["text"] for one in talk["messages"]],
        "moments": [one["text"] for one in talk["moments"]],
        "kinds": sorted({one["kind"] for one in talk["moments"]}),
        "devices": [one["text"] for one in talk["devices"]],
    }


@register_verb(
    "wecom",
    "make_ticket",
    {**_CHAT, "template": _TEMPLATE, "message": _MESSAGE},
    ["app"],
)
def make_ticket(actor, args, play):
    """Press once: a ticket of a message, or of nothing but the customer."""
    page = _page(play, args)
    template, message = _about(page, args)
    said = {"signed": page.talk["pass"], "template": template, "message": message}
    return {**_made(play, page.ask("/ticket", **said)), "template": template}


@register_verb("wecom", "open_form", {**_CHAT, "template": _TEMPLATE}, ["app"])
def open_form(actor, args, play):
    """Open a form from the page, with what is known of the customer filled in."""
    page = _page(play, args)
    template, _message = _about(page, args)
    return page.ask("/form", signed=page.talk["pass"], template=template)


@register_verb(
    "wecom",
    "submit_form",
    {
        **_CHAT,
        "template": _TEMPLATE,
        "message": _MESSAGE,
        "values": {"type": "object", "description": "field key -> value"},
    },
    ["app"],
)
def submit_form(actor, args, play):
    """Fill in a form on the page and send it."""
    page = _page(play, args)
    template, message = _about(page, args)
    signed = page.talk["pass"]
    form = page.ask("/form", signed=signed, template=template)
    answer = page.ask(
        "/submit",
        signed=signed,
        template=template,
        message=message,
        values={**form["values"], **args.get("values", {})},
        once=f"step-{play.number:05}",
    )
    return _made(play, answer)


@register_verb(
    "wecom",
    "fill_in",
    {
        **_CHAT,
        "template": _TEMPLATE,
        "message": _MESSAGE,
        "field": {**_STRING, "description": "key of the field that is answered"},
        "value": {},
        "over": {"description": "the answer that was seen and is written over"},
    },
    ["app", "group", "field", "value"],
)
def fill_in(actor, args, play):
    """Open the ticket that a group fills in together, or join it, and answer."""
    page = _page(play, args)
    template, message = _about(page, args)
    signed = page.talk["pass"]
    shown = page.ask("/draft/open", signed=signed, template=template, message=message)
    play.kept.setdefault("drafts", {})[args["app"], args["group"]] = shown["id"]
    return page.ask(
        "/draft/answer",
        signed=signed,
        draft=shown["id"],
        field=args["field"],
        value=args["value"],
        seen=args.get("over"),
    )


@register_verb("wecom", "send_together", _CHAT, ["app", "group"])
def send_together(actor, args, play):
    """Make the ticket of what a group filled in together."""
    page = _page(play, args)
    draft = play.kept.get("drafts", {}).get((args["app"], args["group"]))
    return _made(play, page.ask("/draft/send", signed=page.talk["pass"], draft=draft))
