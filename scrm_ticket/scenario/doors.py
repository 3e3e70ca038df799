"""What scenarios do with tickets and stock."""

import re

from odoo.addons.scrm_flow.scenario.errors import Refused, ScenarioError
from odoo.addons.scrm_flow.scenario.registry import register_verb

_STRING = {"type": "string"}
_ID = {"type": ["string", "integer"]}
_PRODUCT = {**_STRING, "x-scrm-ref": "product"}
_WAREHOUSE = {**_STRING, "x-scrm-ref": "warehouse"}
_TICKET_PAGE = re.compile(r"/my/ticket/([0-9]+)")
_MEGABYTE = 1024 * 1024


@register_verb(
    "portal",
    "submit_ticket",
    {
        "template": {**_STRING, "description": "key of the template"},
        "values": {"type": "object", "description": "field key -> what is typed"},
        "description": _STRING,
        "upload_mb": {"type": "integer", "description": "attach a file of this size"},
        "without_token": {"type": "boolean", "description": "as a forged page would"},
    },
    ["template"],
)
def submit_on_portal(actor, args, play):
    """Choose a template on the portal, fill in its form and send it."""
    actor.get("/my/scrm/new")
    path = f"/my/scrm/new/{args['template']}"
    actor.get(path)
    typed = {f"field.{key}": str(text) for key, text in args.get("values", {}).items()}
    if "description" in args:
        typed["description"] = args["description"]
    files = None
    if "upload_mb" in args:
        files = {"attachment": ("upload.bin", b"x" * (args["upload_mb"] * _MEGABYTE))}
    try:
        answer = actor.submit(
            actor.form("//form[contains(@class, 'o_scrm_form')]"),
            typed,
            files=files,
            without_token=args.get("without_token", False),
        )
    except Refused as refusal:
        # what the page complains about says more than all its words
        raise Refused(
            refusal.status, " ".join(actor.alerts()) or refusal.text
        ) from refusal
    found = _TICKET_PAGE.search(answer.url)
    if not found:
        raise ScenarioError(f"no ticket page after the form, but {answer.url}")
    ticket = int(found[1])
    number = play.admin.read("helpdesk.ticket", [ticket], ["number"])[0]["number"]
    return {"id": ticket, "number": number, "text": actor.text()}


@register_verb("portal", "open_ticket", {"ticket": _ID}, ["ticket"])
def open_on_portal(actor, args, play):
    """Open the page of a ticket."""
    actor.get(f"/my/ticket/{int(args['ticket'])}")
    return {"text": actor.text(), "url": actor.address}


def submit(actor, args, play):
    """Create a ticket through the API, once per idempotency key."""
    arguments = {
        key: args[key]
        for key in ("template", "values", "subject", "description", "store")
        if key in args
    }
    if "key" in args:
        arguments["idempotency_key"] = args["key"]
    if "customer" in args:
        arguments["partner"] = play.id_of("partner", args["customer"])
    return actor.call("helpdesk.ticket", "scrm_submit", **arguments)


def write_values(actor, args, play):
    """Change values of a ticket's form."""
    ticket = int(args["ticket"])
    actor.call(
        "helpdesk.ticket", "write", ids=[ticket], vals={"scrm_values": args["values"]}
    )
    return {"id": ticket}


def use_part(actor, args, play):
    """Say how much of a part was really used."""
    line = _part_line(actor, args, play)
    vals = {"quantity_used": float(args["quantity"])}
    actor.call("scrm.part.line", "write", ids=[line], vals=vals)
    return {"id": line}


def add_part(actor, args, play):
    """Add a part to a ticket."""
    product = play.id_of("product", args["product"])
    vals = {
        "ticket_id": int(args["ticket"]),
        "product_id": product,
        "quantity": float(args.get("quantity", "1")),
    }
    created = actor.call("scrm.part.line", "create", vals_list=[vals])
    return {"id": created[0]}


def _part_line(actor, args, play):
    product = play.id_of("product", args["product"])
    found = actor.search_read(
        "scrm.part.line",
        [("ticket_id", "=", int(args["ticket"])), ("product_id", "=", product)],
        ["id"],
    )
    if not found:
        raise ScenarioError(f"ticket {args['ticket']} has no part {args['product']}")
    return found[0]["id"]


_SUBMIT = {
    "template": {**_STRING, "description": "key of the template"},
    "values": {"type": "object", "description": "field key -> value"},
    "key": {**_STRING, "description": "idempotency key"},
    "subject": _STRING,
    "description": _STRING,
    "store": {**_STRING, "description": "key of the store"},
    "customer": {**_STRING, "x-scrm-ref": "partner"},
}
_PART = {"ticket": _ID, "product": _PRODUCT, "quantity": _STRING}
for _door in ("json2", "backend"):
    register_verb(_door, "submit_ticket", _SUBMIT, ["template"])(submit)
    register_verb(
        _door,
        "write_values",
        {"ticket": _ID, "values": {"type": "object"}},
        ["ticket", "values"],
    )(write_values)
    register_verb(_door, "use_part", _PART, ["ticket", "product", "quantity"])(use_part)
    register_verb(_door, "add_part", _PART, ["ticket", "product"])(add_part)


@register_verb(
    "stock",
    "count",
    {"product": _PRODUCT, "warehouse": _WAREHOUSE, "quantity": _STRING},
    ["product", "warehouse", "quantity"],
)
def count(actor, args, play):
    """Take stock: from now on this quantity of a product lies in the warehouse."""
    shelf = shelf_of(play, args["warehouse"])
    product = play.id_of("product", args["product"])
    context = {"inventory_mode": True}
    quants = actor.call(
        "stock.quant",
        "create",
        context=context,
        vals_list=[
            {
                "product_id": product,
                "location_id": shelf,
                "inventory_quantity": float(args["quantity"]),
            }
        ],
    )
    actor.call("stock.quant", "action_apply_inventory", ids=quants, context=context)
    return {"id": quants[0]}


def shelf_of(play, warehouse):
    """Id of the location where a warehouse keeps its stock."""
    warehouse_id = play.id_of("warehouse", warehouse)
    row = play.admin.read("stock.warehouse", [warehouse_id], ["lot_stock_id"])[0]
    return row["lot_stock_id"][0]
