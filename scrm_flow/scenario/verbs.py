"""What can be done at the doors, whatever the business."""

from datetime import datetime, timedelta

from .errors import Refused, ScenarioError
from .registry import register_verb

MOMENT = "%Y-%m-%d %H:%M:%S"
_STRING = {"type": "string"}
_RECORD = {"model": _STRING, "id": {"type": ["string", "integer"]}}


@register_verb("portal", "open", {"path": _STRING}, ["path"])
def open_page(actor, args, play):
    """Open a page."""
    actor.get(args["path"])
    return {"text": actor.text(), "url": actor.address}


@register_verb(
    "portal", "post", {"path": _STRING, "values": {"type": "object"}}, ["path"]
)
def post(actor, args, play):
    """Send values to an address without a form, as a foreign page could."""
    answer = actor.post(args["path"], args.get("values", {}))
    return {"text": actor.text(), "url": answer.url}


@register_verb(
    "portal",
    "submit_form",
    {
        "path": _STRING,
        "form": {
            "type": "string",
            "description": "XPath of the form; the page's first that posts if left out",
        },
        "values": {"type": "object"},
    },
    ["path"],
)
def submit_form(actor, args, play):
    """Open a page, fill in its form and send it with its CSRF token."""
    actor.get(args["path"])
    form = actor.form(args["form"]) if "form" in args else actor.form()
    answer = actor.submit(form, args.get("values", {}))
    complaints = actor.alerts()
    if complaints:
        raise Refused(answer.status_code, " ".join(complaints))
    return {"text": actor.text(), "url": answer.url}


@register_verb("clock", "set", {"to": _STRING}, ["to"])
def clock_set(actor, args, play):
    """Set the test clock to a moment (UTC)."""
    play.set_clock(args["to"])


@register_verb("clock", "advance", {"minutes": {"type": "integer"}}, ["minutes"])
def clock_advance(actor, args, play):
    """Let the test clock go forward."""
    if not play.at:
        raise ScenarioError("nothing has set the clock yet: an earlier step needs “at”")
    moment = datetime.strptime(play.at, MOMENT) + timedelta(minutes=args["minutes"])
    play.set_clock(moment.strftime(MOMENT))


def call(actor, args, play):
    """Call a public method of a model."""
    ids = args.get("ids")
    answer = actor.call(
        args["model"],
        args["method"],
        ids=None if ids is None else [int(one) for one in ids],
        **args.get("arguments", {}),
    )
    return answer if isinstance(answer, dict) else {"answer": answer}


def complete(actor, args, play):
    """Complete one's open step of a record, along a transition."""
    return actor.call(
        args["model"],
        "scrm_step_complete",
        ids=[int(args["id"])],
        transition_key=args.get("transition"),
    )


def cancel(actor, args, play):
    """Cancel the flow of a record, with a reason."""
    actor.call(
        args["model"],
        "scrm_flow_cancel",
        ids=[int(args["id"])],
        reason=args["reason"],
    )


for _door in ("json2", "backend"):
    register_verb(
        _door,
        "call",
        {
            "model": _STRING,
            "method": _STRING,
            "ids": {"type": "array"},
            "arguments": {"type": "object"},
        },
        ["model", "method"],
    )(call)
    register_verb(
        _door, "complete", {**_RECORD, "transition": _STRING}, ["model", "id"]
    )(complete)
    register_verb(
        _door, "cancel", {**_RECORD, "reason": _STRING}, ["model", "id", "reason"]
    )(cancel)
