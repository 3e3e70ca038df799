"""What scenarios see in the books."""

from itertools import zip_longest

from odoo.addons.scrm_flow.scenario.registry import Seen, register_expectation

_STRING = {"type": "string"}
_ID = {"type": ["string", "integer"]}
_DECIMAL = {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"}
_ITEM = {
    "type": "object",
    "properties": {"account": _STRING, "debit": _DECIMAL, "credit": _DECIMAL},
    "required": ["account"],
    "additionalProperties": False,
}
#: Odoo's types of the accounts that costs and income are entered on.
INCOME = ("income", "income_other")
EXPENSES = ("expense", "expense_direct_cost", "expense_depreciation")


@register_expectation(
    "bill",
    {
        "statement": _ID,
        "type": {
            "enum": ["in_invoice", "in_refund", "out_invoice", "out_refund", "entry"],
            "description": "vendor bill (when left out) or refund, customer invoice or "
            "credit note, payroll entry",
        },
        "state": _STRING,
        "amount": {
            **_DECIMAL,
            "description": "as on the statement: of a refund below zero",
        },
        "items": {
            "type": "array",
            "items": _ITEM,
            "description": "exactly these journal items: code of the account and what "
            "is entered on it",
        },
    },
    ["statement"],
)
def bill(play, wanted, step):
    """What a statement became in the books: posted, balanced, of this amount."""
    moves = play.admin.search_read(
        "account.move",
        [("scrm_statement_id", "=", int(wanted["statement"]))],
        ["state", "move_type"],
    )
    yield Seen("bills", 1, len(moves))
    if len(moves) != 1:
        return
    move = moves[0]
    yield Seen("kind of entry", wanted.get("type", "in_invoice"), move["move_type"])
    yield Seen("bill", wanted.get("state", "posted"), move["state"])
    lines = play.admin.search_read(
        "account.move.line",
        [("move_id", "=", move["id"])],
        ["debit", "credit", "account_type", "display_type", "account_id"],
    )
    debit = round(sum(line["debit"] for line in lines), 6)
    yield Seen("debit = credit", debit, round(sum(x["credit"] for x in lines), 6))
    if "items" in wanted:
        yield from _items(play, wanted["items"], lines)
    if "amount" not in wanted:
        return
    is_sale = move["move_type"].startswith("out_")
    for what, types in (
        ("bill amount", {}),
        ("income", INCOME) if is_sale else ("expense", EXPENSES),
    ):
        total = sum(
            line["debit"] - line["credit"]
            for line in lines
            if line["display_type"] == "product"
            and (not types or line["account_type"] in types)
        )
        yield Seen(what, wanted["amount"], round(-total if is_sale else total, 6))
    owed = sum(
        line["credit"] - line["debit"]
        for line in lines
        if line["display_type"] == "payment_term"
    )
    who = "owed by the payee" if is_sale else "owed to the payee"
    yield Seen(who, wanted["amount"], round(-owed if is_sale else owed, 6))


def _items(play, wanted, lines):
    """The journal items, in whatever order they were entered."""
    accounts = play.admin.read(
        "account.account", sorted({line["account_id"][0] for line in lines}), ["code"]
    )
    codes = {account["id"]: account["code"] for account in accounts}
    seen = sorted(
        (codes[line["account_id"][0]], line["debit"], line["credit"]) for line in lines
    )
    due = sorted(
        (item["account"], float(item.get("debit", 0)), float(item.get("credit", 0)))
        for item in wanted
    )
    for item, line in zip_longest(due, seen):
        yield Seen("journal item", item and list(item), line and list(line))
