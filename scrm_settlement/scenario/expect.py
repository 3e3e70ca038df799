"""What scenarios see of prices and settlement."""

from itertools import zip_longest

from odoo.addons.scrm_flow.scenario.registry import Seen, register_expectation

_STRING = {"type": "string"}
_ID = {"type": ["string", "integer"]}
_DECIMAL = {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"}


@register_expectation(
    "price",
    {
        "ticket": _ID,
        "amount": {"type": ["string", "null"]},
        "pricelist": {**_STRING, "x-scrm-ref": "pricelist"},
        "lines": {
            "type": "array",
            "items": _DECIMAL,
            "description": "amounts of its lines: service, parts, added, surcharges",
        },
    },
    ["ticket", "amount"],
)
def price(play, wanted, step):
    """The price of a ticket (null: none), and the pricelist it comes from."""
    lines = play.admin.search_read(
        "scrm.price.line",
        [("ticket_id", "=", int(wanted["ticket"]))],
        ["amount", "pricelist_id", "reason"],
        order="id",
    )
    total = round(sum(line["amount"] for line in lines), 6) if lines else None
    yield Seen("price", wanted["amount"], total)
    if "pricelist" in wanted:
        pricelist = play.id_of("pricelist", wanted["pricelist"])
        seen = list(dict.fromkeys(line["pricelist_id"][0] for line in lines))
        yield Seen("pricelist", [pricelist], seen)
    for wanted_line, line in zip_longest(wanted.get("lines", ()), lines):
        if "lines" in wanted:
            yield Seen("price line", wanted_line, line and line["amount"])


@register_expectation(
    "settled",
    {
        "ticket": _ID,
        "stage": {**_STRING, "description": "key of a node: only what it pays"},
        "plan": {**_STRING, "x-scrm-ref": "plan"},
        "payee": {**_STRING, "x-scrm-ref": "user"},
        "amount": _DECIMAL,
        "count": {"type": "integer"},
    },
    ["ticket", "amount"],
)
def settled(play, wanted, step):
    """What a ticket pays in all, also for its stages, by one plan or all plans."""
    ticket = f"helpdesk.ticket:{int(wanted['ticket'])}"
    if "stage" in wanted:
        domain = [("source_key", "=", f"{ticket}:{wanted['stage']}")]
    else:
        # of a stage or a compensation the key goes on behind the ticket's
        whole = [("source_key", "=", ticket)]
        domain = ["|", *whole, ("source_key", "=like", f"{ticket}:%")]
    if "plan" in wanted:
        domain.append(("plan_id.key", "=", wanted["plan"]))
    if "payee" in wanted:
        user = play.id_of("user", wanted["payee"])
        domain.append(("payee_id.user_ids", "in", [user]))
    rows = play.admin.search_read("scrm.settlement.record", domain, ["amount"])
    total = round(sum(row["amount"] for row in rows), 6)
    yield Seen("settled", wanted["amount"], total)
    if "count" in wanted:
        yield Seen("settlement records", wanted["count"], len(rows))


@register_expectation(
    "period_result",
    {
        "payee": {**_STRING, "x-scrm-ref": "user"},
        "period": {**_STRING, "description": "2026-11, 2026-Q4 or 2026"},
        "plan": {**_STRING, "x-scrm-ref": "plan"},
        "component": _STRING,
        "amount": _DECIMAL,
    },
    ["payee", "period", "amount"],
)
def period_result(play, wanted, step):
    """What a payee gets for a whole period; 0 when there is nothing."""
    user = play.id_of("user", wanted["payee"])
    domain = [
        ("source_key", "=", f"period:{wanted['period']}"),
        ("payee_id.user_ids", "in", [user]),
    ]
    if "plan" in wanted:
        domain.append(("plan_id.key", "=", wanted["plan"]))
    if "component" in wanted:
        domain.append(("component_key", "=", wanted["component"]))
    rows = play.admin.search_read("scrm.settlement.record", domain, ["amount"])
    total = round(sum(row["amount"] for row in rows), 6)
    yield Seen(f"result of {wanted['period']}", wanted["amount"], total)


@register_expectation(
    "statement",
    {
        "id": _ID,
        "state": _STRING,
        "amount": _DECIMAL,
        "records": {"type": "integer"},
        "fee": _DECIMAL,
        "net": _DECIMAL,
        "as": {**_STRING, "x-scrm-ref": "user"},
    },
    ["id"],
)
def statement(play, wanted, step):
    """A statement as a user sees it: state, total, number of records."""
    door = play.json2(wanted["as"]) if "as" in wanted else play.admin
    row = door.read(
        "scrm.settlement.statement",
        [int(wanted["id"])],
        ["state", "amount_total", "record_count", "fee_amount", "net_amount"],
    )[0]
    for name, field in (
        ("state", "state"),
        ("amount", "amount_total"),
        ("records", "record_count"),
        ("fee", "fee_amount"),
        ("net", "net_amount"),
    ):
        if name in wanted:
            yield Seen(f"statement {name}", wanted[name], row[field])
