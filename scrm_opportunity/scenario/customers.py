"""What a scenario does and sees around customers and their opportunities."""

from odoo.addons.scrm_flow.scenario.registry import (
    Seen,
    register_expectation,
    register_verb,
)

_STRING = {"type": "string"}
_ID = {"type": ["string", "integer"]}
_TEXTS = {"type": "array", "items": _STRING}
_LEAD = {**_STRING, "x-scrm-ref": "opportunity"}


@register_verb("json2", "find_opportunity", {"opportunity": _LEAD}, ["opportunity"])
def find_opportunity(actor, args, play):
    """Look up an opportunity of the pack; gives its ``id``."""
    return {"id": play.id_of("opportunity", args["opportunity"])}


@register_verb(
    "json2",
    "follow_up",
    {
        "opportunity": _LEAD,
        "flow": {**_STRING, "x-scrm-ref": "flow"},
    },
    ["opportunity", "flow"],
)
def follow_up(actor, args, play):
    """Choose the flow by which an opportunity is followed up, which starts it."""
    lead = play.id_of("opportunity", args["opportunity"])
    flow = play.id_of("flow", args["flow"], "scrm.flow")
    actor.call("crm.lead", "write", ids=[lead], vals={"scrm_flow_id": flow})


@register_verb(
    "json2",
    "sell",
    {
        "customer": {**_STRING, "x-scrm-ref": "partner"},
        "product": {**_STRING, "x-scrm-ref": "product"},
        "price": _STRING,
        "on": {**_STRING, "description": "day and time of the order, UTC"},
        "opportunity": _LEAD,
        "only_quote": {"type": "boolean"},
    },
    ["customer", "product"],
)
def sell(actor, args, play):
    """Make a quotation of one product and confirm it; gives ``id`` and ``name``."""
    line = {"product_id": play.id_of("product", args["product"]), "tax_ids": []}
    if "price" in args:
        line["price_unit"] = float(args["price"])
    vals = {
        "partner_id": play.id_of("partner", args["customer"]),
        "order_line": [[0, 0, line]],
    }
    if "opportunity" in args:
        vals["opportunity_id"] = play.id_of("opportunity", args["opportunity"])
    if "on" in args:
        vals["date_order"] = args["on"]
    ids = actor.call("sale.order", "create", vals_list=[vals])
    if not args.get("only_quote"):
        actor.call("sale.order", "action_confirm", ids=ids)
        if "on" in args:
            actor.call("sale.order", "write", ids=ids, vals={"date_order": args["on"]})
    name = actor.search_read("sale.order", [("id", "=", ids[0])], ["name"])[0]["name"]
    return {"id": ids[0], "name": name}


@register_expectation(
    "shows",
    {
        "model": _STRING,
        "id": _ID,
        "field": _STRING,
        "as": {**_STRING, "x-scrm-ref": "user"},
        "contains": _TEXTS,
        "lacks": _TEXTS,
    },
    ["model", "id", "field"],
)
def shows(play, wanted, step):
    """What a field of a record shows to a user: a card, the story line."""
    door = play.json2(wanted["as"]) if "as" in wanted else play.admin
    name = wanted["field"]
    row = door.read(wanted["model"], [int(wanted["id"])], [name])[0]
    text = str(row[name] or "")
    for part in wanted.get("contains", ()):
        yield Seen(name, part, "shown" if part in text else "missing", ok=part in text)
    for part in wanted.get("lacks", ()):
        ok = part not in text
        yield Seen(name, f"no {part}", "not shown" if ok else "shown", ok=ok)
