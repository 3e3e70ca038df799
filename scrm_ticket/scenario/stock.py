"""What scenarios see of parts and stock."""

from odoo.addons.scrm_flow.scenario.registry import (
    Seen,
    register_expectation,
    register_probe,
)

from .doors import shelf_of

_STRING = {"type": "string"}
_ID = {"type": ["string", "integer"]}
_DECIMAL = {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"}
_PRODUCT = {**_STRING, "x-scrm-ref": "product"}
_WAREHOUSE = {**_STRING, "x-scrm-ref": "warehouse"}


def _figures(rows):
    """(on hand, reserved) of some quants.

    >>> _figures([{"quantity": 5, "reserved_quantity": 1}])
    (5.0, 1.0)
    """
    rows = list(rows)
    return (
        float(sum(row["quantity"] for row in rows)),
        float(sum(row["reserved_quantity"] for row in rows)),
    )


def _quants(play):
    return play.admin.search_read(
        "stock.quant",
        [("location_id.usage", "=", "internal")],
        ["product_id", "location_id", "quantity", "reserved_quantity"],
    )


def _of(rows, product, location):
    return _figures(
        row
        for row in rows
        if row["product_id"][0] == product
        and (location is None or row["location_id"][0] == location)
    )


@register_probe("quants", serves=["quant"])
def quants(play):
    """All quants of internal locations."""
    return _quants(play)


@register_expectation(
    "quant",
    {
        "product": _PRODUCT,
        "warehouse": {**_WAREHOUSE, "description": "all of them if left out"},
        "on_hand": _DECIMAL,
        "reserved": _DECIMAL,
        "change_on_hand": _DECIMAL,
        "change_reserved": _DECIMAL,
        "since": {
            **_STRING,
            "description": "`before` this step (if left out), `start` of the scenario, "
            "or the `name` of an earlier step",
        },
    },
    ["product"],
)
def quant(play, wanted, step):
    """What is in stock and what of it is reserved, and how that has changed."""
    product = play.id_of("product", wanted["product"])
    location = None
    if "warehouse" in wanted:
        location = shelf_of(play, wanted["warehouse"])
    now = _of(_quants(play), product, location)
    then = _of(play.marks[wanted.get("since", "before")]["quants"], product, location)
    for place, name in enumerate(("on_hand", "reserved")):
        words = name.replace("_", " ")
        if name in wanted:
            yield Seen(words, wanted[name], now[place])
        if f"change_{name}" in wanted:
            change = round(now[place] - then[place], 6)
            yield Seen(f"change {words}", wanted[f"change_{name}"], change)


@register_expectation(
    "parts",
    {
        "ticket": _ID,
        "product": _PRODUCT,
        "state": {"enum": ["draft", "waiting", "reserved", "consumed", "released"]},
        "quantity": _DECIMAL,
    },
    ["ticket", "product"],
)
def parts(play, wanted, step):
    """A part of a ticket: how many, and whether they are reserved or consumed."""
    product = play.id_of("product", wanted["product"])
    ticket = int(wanted["ticket"])
    rows = play.admin.search_read(
        "scrm.part.line",
        [("ticket_id", "=", ticket), ("product_id", "=", product)],
        ["state", "quantity"],
    )
    yield Seen("part lines", 1, len(rows))
    for name in ("state", "quantity"):
        if rows and name in wanted:
            yield Seen(f"part {name}", wanted[name], rows[0][name])


@register_expectation(
    "moves",
    {
        "ticket": _ID,
        "count": {"type": "integer"},
        "state": {**_STRING, "description": "state of Odoo's stock moves"},
        "quantity": _DECIMAL,
    },
    ["ticket"],
)
def moves(play, wanted, step):
    """The stock moves of a ticket: how many, in which state, of which quantity."""
    rows = play.admin.search_read(
        "stock.move",
        [("scrm_part_line_id.ticket_id", "=", int(wanted["ticket"]))],
        ["state", "quantity"],
    )
    if "count" in wanted:
        yield Seen("moves", wanted["count"], len(rows))
    if "state" in wanted:
        states = sorted({row["state"] for row in rows})
        yield Seen("state of moves", [wanted["state"]], states)
    if "quantity" in wanted:
        yield Seen("moved", wanted["quantity"], sum(row["quantity"] for row in rows))
