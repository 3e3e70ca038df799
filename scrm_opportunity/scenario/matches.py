"""What a scenario can see and answer about tickets and opportunities."""

from odoo.addons.scrm_flow.scenario.errors import ScenarioError
from odoo.addons.scrm_flow.scenario.registry import (
    Seen,
    register_expectation,
    register_verb,
)

_STRING = {"type": "string"}
_ID = {"type": ["string", "integer"]}
_LEAD = {**_STRING, "x-scrm-ref": "opportunity"}
_STATE = {"enum": ["suggested", "linked", "rejected"]}


@register_expectation(
    "linked",
    {
        "ticket": _ID,
        "opportunity": _LEAD,
        "state": _STATE,
        "as": {**_STRING, "x-scrm-ref": "user"},
        "count": {"type": "integer"},
    },
    ["ticket"],
)
def linked(play, wanted, step):
    """The opportunity linked with a ticket, as both sides show it to a user.

    ``opportunity`` is linked unless ``state`` says otherwise; ``count`` is how many
    opportunities in that state the user sees.
    """
    door = play.json2(wanted["as"]) if "as" in wanted else play.admin
    ticket, state = int(wanted["ticket"]), wanted.get("state", "linked")
    rows = door.search_read(
        "scrm.match",
        [("ticket_id", "=", ticket), ("state", "=", state)],
        ["lead_id", "reason"],
    )
    if "count" in wanted:
        yield Seen(f"opportunities {state}", wanted["count"], len(rows))
    if "opportunity" not in wanted:
        return
    lead = play.id_of("opportunity", wanted["opportunity"])
    found = {row["lead_id"][0]: row for row in rows}
    names = ", ".join(row["lead_id"][1] for row in rows) or "none"
    yield Seen(f"opportunity {state}", wanted["opportunity"], names, ok=lead in found)
    if lead not in found:
        return
    reason = found[lead]["reason"]
    yield Seen("reason", "given", reason, ok=bool(reason))
    if state == "linked":
        shown = door.read("crm.lead", [lead], ["ticket_ids"])[0]["ticket_ids"]
        seen = "shown" if ticket in shown else f"shows {shown}"
        yield Seen("opportunity's tickets", "shown", seen)


def _answer(actor, args, play, method):
    ticket = int(args["ticket"])
    lead = play.id_of("opportunity", args["opportunity"])
    domain = [("ticket_id", "=", ticket), ("lead_id", "=", lead)]
    found = actor.search_read("scrm.match", domain, ["id"])
    if not found:
        raise ScenarioError(
            f"{args['opportunity']} is not on the list of ticket {ticket}"
        )
    actor.call("scrm.match", method, ids=[found[0]["id"]])
    return {"id": found[0]["id"]}


@register_verb(
    "json2",
    "accept_opportunity",
    {"ticket": _ID, "opportunity": _LEAD},
    ["ticket", "opportunity"],
)
def accept_opportunity(actor, args, play):
    """Accept an opportunity on a ticket's list."""
    return _answer(actor, args, play, "action_accept")


@register_verb(
    "json2",
    "reject_opportunity",
    {"ticket": _ID, "opportunity": _LEAD},
    ["ticket", "opportunity"],
)
def reject_opportunity(actor, args, play):
    """Reject an opportunity on a ticket's list."""
    return _answer(actor, args, play, "action_reject")
