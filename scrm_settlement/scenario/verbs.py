"""What scenarios do in settlement, through the API."""

from odoo.addons.scrm_flow.scenario.errors import ScenarioError
from odoo.addons.scrm_flow.scenario.registry import register_verb

_STRING = {"type": "string"}
_ID = {"type": ["string", "integer"]}
STATEMENT = "scrm.settlement.statement"


@register_verb("json2", "settle", {"plan": {**_STRING, "x-scrm-ref": "plan"}}, ["plan"])
def settle(actor, args, play):
    """Settle what a plan has not settled yet."""
    plan = play.id_of("plan", args["plan"], "scrm.settlement.plan")
    return actor.call("scrm.settlement.plan", "settle", ids=[plan])


@register_verb(
    "json2",
    "prepare_statements",
    {
        "plan": {**_STRING, "x-scrm-ref": "plan"},
        "period": {
            **_STRING,
            "pattern": "^[0-9]{4}-[0-9]{2}$",
            "description": "that of the plan's latest record when left out",
        },
        "payee": {**_STRING, "x-scrm-ref": "user"},
    },
    ["plan"],
)
def prepare_statements(actor, args, play):
    """Prepare the statements of a month, for all payees or one user."""
    arguments = {
        "plan": args["plan"],
        "period": args.get("period") or _latest_period(actor, args["plan"], play),
    }
    if "payee" in args:
        user = play.id_of("user", args["payee"])
        row = play.admin.read("res.users", [user], ["partner_id"])[0]
        arguments["payee"] = row["partner_id"][0]
    ids = actor.call(STATEMENT, "prepare", **arguments)
    return {"ids": ids, "id": ids[0] if ids else None, "count": len(ids)}


def _latest_period(actor, plan, play):
    """The month of the latest record of a plan: what plays today knows no date."""
    latest = actor.call(
        "scrm.settlement.record",
        "search_read",
        domain=[["plan_id", "=", play.id_of("plan", plan, "scrm.settlement.plan")]],
        fields=["basis_date"],
        order="basis_date DESC",
        limit=1,
    )
    if not latest:
        raise ScenarioError(f"the plan {plan} has no record yet: say a period")
    return latest[0]["basis_date"][:7]


@register_verb(
    "json2",
    "choose_payout",
    {"id": _ID, "payout": {"enum": ["monthly", "instant"]}},
    ["id", "payout"],
)
def choose_payout(actor, args, play):
    """Choose when a statement is paid, as its payee does."""
    ids = [int(args["id"])]
    actor.call(STATEMENT, "choose_payout", ids=ids, payout=args["payout"])
    return {"id": ids[0]}


@register_verb(
    "json2",
    "correct_fact",
    {"ticket": _ID, "inputs": {"type": "object"}, "reason": _STRING},
    ["ticket", "inputs", "reason"],
)
def correct_fact(actor, args, play):
    """Correct what was settled for a ticket; the difference is settled."""
    facts = actor.search_read(
        "scrm.settlement.fact",
        [("source_key", "=", f"helpdesk.ticket:{int(args['ticket'])}")],
        ["revision"],
    )
    if not facts:
        raise ScenarioError(f"nothing was settled for ticket {args['ticket']}")
    latest = max(facts, key=lambda fact: fact["revision"])
    actor.call(
        "scrm.settlement.fact",
        "correct",
        ids=[latest["id"]],
        inputs=args["inputs"],
        reason=args["reason"],
    )
    return {"id": latest["id"]}


@register_verb(
    "json2",
    "add_charge",
    {
        "ticket": _ID,
        "product": {**_STRING, "x-scrm-ref": "product"},
        "quantity": {"type": "number"},
    },
    ["ticket", "product"],
)
def add_charge(actor, args, play):
    """Charge something more on a ticket, as who works on it does."""
    product = play.id_of("product", args["product"])
    vals = {
        "ticket_id": int(args["ticket"]),
        "product_id": product,
        "quantity": args.get("quantity", 1),
    }
    ids = actor.call("scrm.price.charge", "create", vals_list=[vals])
    return {"id": ids[0]}


@register_verb(
    "json2",
    "accept_offer",
    {"ticket": _ID, "offer": {**_STRING, "x-scrm-ref": "price_offer"}},
    ["ticket", "offer"],
)
def accept_offer(actor, args, play):
    """Add what is suggested on a ticket: accessories, a package."""
    actor.call(
        "scrm.price.offer",
        "action_add_to_ticket",
        ids=[play.id_of("price_offer", args["offer"], "scrm.price.offer")],
        context={"scrm_ticket": int(args["ticket"])},
    )
    return {"id": int(args["ticket"])}


@register_verb(
    "json2",
    "choose_price",
    {
        "ticket": _ID,
        "tier": {**_STRING, "x-scrm-ref": "pricelist"},
        "discount": {"type": "number", "description": "percent"},
    },
    ["ticket"],
)
def choose_price(actor, args, play):
    """Wish for a tier or a discount on a ticket."""
    vals = {}
    if "tier" in args:
        vals["scrm_tier_id"] = play.id_of("pricelist", args["tier"])
    if "discount" in args:
        vals["scrm_discount"] = args["discount"]
    ids = [int(args["ticket"])]
    actor.call("helpdesk.ticket", "write", ids=ids, vals=vals)
    return {"id": ids[0]}


@register_verb(
    "json2",
    "decide_price",
    {"ticket": _ID, "decision": {"enum": ["approve", "refuse"]}},
    ["ticket", "decision"],
)
def decide_price(actor, args, play):
    """Approve or refuse the tier or discount that waits."""
    ids = [int(args["ticket"])]
    actor.call("helpdesk.ticket", f"action_scrm_price_{args['decision']}", ids=ids)
    return {"id": ids[0]}


@register_verb("json2", "send_quotation", {"ticket": _ID}, ["ticket"])
def send_quotation(actor, args, play):
    """Quote the prices of a ticket and send them to the customer."""
    ids = [int(args["ticket"])]
    actor.call("helpdesk.ticket", "action_scrm_quote_send", ids=ids)
    return {"id": ids[0]}


def _step(method, words):
    def step(actor, args, play):
        actor.call(STATEMENT, method, ids=[int(args["id"])])
        return {"id": int(args["id"])}

    step.__doc__ = words
    return step


for _name, _words in (
    ("confirm", "Confirm a statement: its records are fixed."),
    ("approve", "Approve a statement that somebody else prepared."),
    ("post", "Post the vendor bill of a statement."),
):
    _verb = _step(f"action_{_name}", _words)
    register_verb("json2", f"{_name}_statement", {"id": _ID}, ["id"])(_verb)
