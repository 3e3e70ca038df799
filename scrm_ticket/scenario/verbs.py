"""What scenarios do with tickets."""

import re

from odoo.addons.scrm_flow.scenario.errors import Refused, ScenarioError
from odoo.addons.scrm_flow.scenario.registry import register_verb

TICKET = "helpdesk.ticket"
#: Names of a form's inputs, as the portal's controller reads them.
FIELD_PREFIX = "field."
MEGABYTE = 1024 * 1024

_STRING = {"type": "string"}
_ID = {"type": ["string", "integer"]}
_SUBMISSION = {
    "template": {**_STRING, "description": "key of a template, also of a wrong one"},
    "values": {"type": "object", "description": "field key -> value"},
    "subject": _STRING,
    "description": _STRING,
}


@register_verb(
    "portal",
    "submit",
    {
        **_SUBMISSION,
        "file": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name", "megabytes"],
            "properties": {"name": _STRING, "megabytes": {"type": "integer"}},
            "description": "a file of this size to send along",
        },
        "without_token": {
            "type": "boolean",
            "description": "leave out the form's CSRF token, as a forged page would",
        },
    },
    ["template"],
)
def submit_form(actor, args, play):
    """Fill in a template's form on the portal; answers with `id` and `url`."""
    actor.get(f"/my/scrm/new/{args['template']}")
    values = {
        f"{FIELD_PREFIX}{key}": value for key, value in args.get("values", {}).items()
    }
    for name in ("subject", "description"):
        if name in args:
            values[name] = args[name]
    files = None
    if "file" in args:
        content = b"\0" * (args["file"]["megabytes"] * MEGABYTE)
        files = {"attachment": (args["file"]["name"], content)}
    answer = actor.submit(
        actor.form("//form[.//input[@name='submission_key']]"),
        values,
        files=files,
        without_token=args.get("without_token", False),
    )
    found = re.search(r"/my/ticket/(\d+)", answer.url)
    if not found:
        raise Refused(answer.status_code, actor.text())
    return {"id": int(found[1]), "url": answer.url}


def submit(actor, args, play):
    """Create a ticket through the API; answers with `id` and `number`."""
    arguments = dict(args)
    if "partner" in args:
        arguments["partner"] = play.id_of("partner", args["partner"])
    return actor.call(TICKET, "scrm_submit", **arguments)


def complete(actor, args, play):
    """Complete one's open step of a ticket, along a transition."""
    arguments = {}
    if "transition" in args:
        arguments["transition_key"] = args["transition"]
    return actor.call(
        TICKET, "scrm_step_complete", ids=[int(args["ticket"])], **arguments
    )


def cancel(actor, args, play):
    """Cancel the flow of a ticket, with a reason."""
    ids = [int(args["ticket"])]
    return actor.call(TICKET, "scrm_flow_cancel", ids=ids, reason=args["reason"])


def set_values(actor, args, play):
    """Change values of a ticket's form."""
    ids = [int(args["ticket"])]
    actor.call(TICKET, "write", ids=ids, vals={"scrm_values": args["values"]})


for _door in ("json2", "backend"):
    register_verb(
        _door,
        "submit",
        {
            **_SUBMISSION,
            "partner": {**_STRING, "x-scrm-ref": "partner"},
            "store": {**_STRING, "description": "key of a store"},
            "idempotency_key": _STRING,
        },
        ["template"],
    )(submit)
    register_verb(
        _door, "complete_step", {"ticket": _ID, "transition": _STRING}, ["ticket"]
    )(complete)
    register_verb(
        _door, "cancel_ticket", {"ticket": _ID, "reason": _STRING}, ["ticket", "reason"]
    )(cancel)
    register_verb(
        _door,
        "set_values",
        {"ticket": _ID, "values": {"type": "object"}},
        ["ticket", "values"],
    )(set_values)


@register_verb(
    "stock",
    "count",
    {
        "product": {**_STRING, "x-scrm-ref": "product"},
        "location": {**_STRING, "x-scrm-ref": "location"},
        "quantity": {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?$"},
    },
    ["product", "location", "quantity"],
)
def count(actor, args, play):
    """Count a product at a location: what is there is this quantity from now on."""
    product = play.id_of("product", args["product"])
    location = play.id_of("location", args["location"])
    rows = actor.search_read(
        "stock.quant",
        [("product_id", "=", product), ("location_id", "=", location)],
        ["id"],
    )
    vals = {"inventory_quantity": float(args["quantity"])}
    if len(rows) > 1:
        raise ScenarioError(f"{args['product']} has lots at {args['location']}")
    context = {"inventory_mode": True}
    if rows:
        ids = [rows[0]["id"]]
        actor.call("stock.quant", "write", ids=ids, vals=vals, context=context)
    else:
        vals |= {"product_id": product, "location_id": location}
        ids = actor.call("stock.quant", "create", vals_list=[vals], context=context)
    actor.call("stock.quant", "action_apply_inventory", ids=ids, context=context)
