"""What scenarios see of tickets."""

from odoo.addons.scrm_flow.scenario.doors import words
from odoo.addons.scrm_flow.scenario.registry import Seen, register_expectation

TICKET = "helpdesk.ticket"
_STRING = {"type": "string"}
_ID = {"type": ["string", "integer"]}
_USER = {**_STRING, "x-scrm-ref": "user"}
_TEXTS = {"type": "array", "items": _STRING}
_STATES = ("done", "now", "next")


@register_expectation(
    "ticket",
    {
        "ticket": _ID,
        "as": {**_USER, "description": "who looks; the administrator if left out"},
        "node": {"type": ["string", "null"], "description": "null: on no node"},
        "state": {"enum": ["running", "done", "cancelled", "incident"]},
        "stage": {**_STRING, "description": "its name as this user reads it"},
        "handlers": {"type": "array", "items": _USER},
        "values": {"type": "object", "description": "field key -> value"},
        "door": _STRING,
        "store": {**_STRING, "description": "key of a store"},
    },
    ["ticket"],
)
def ticket(play, wanted, step):
    """A ticket as a user sees it: node, flow, stage, handlers, form values."""
    door = play.json2(wanted["as"]) if "as" in wanted else play.admin
    row = door.read(
        TICKET,
        [int(wanted["ticket"])],
        [
            "scrm_node_key",
            "scrm_run_state",
            "stage_id",
            "scrm_handler_ids",
            "scrm_values",
            "scrm_door",
            "store_id",
        ],
    )[0]
    if "node" in wanted:
        yield Seen("node", wanted["node"], row["scrm_node_key"] or None)
    if "state" in wanted:
        yield Seen("flow", wanted["state"], row["scrm_run_state"])
    if "stage" in wanted:
        yield Seen("stage", wanted["stage"], row["stage_id"] and row["stage_id"][1])
    if "handlers" in wanted:
        seen = sorted(play.key_of_user(user) for user in row["scrm_handler_ids"])
        yield Seen("handlers", sorted(wanted["handlers"]), seen)
    if "values" in wanted:
        values = {part["name"]: part.get("value") for part in row["scrm_values"]}
        for key, value in wanted["values"].items():
            yield Seen(f"field {key}", value, values.get(key))
    if "door" in wanted:
        yield Seen("entry", wanted["door"], row["scrm_door"])
    if "store" in wanted:
        store = play.id_of("store", wanted["store"], "scrm.store")
        yield Seen("store", store, row["store_id"] and row["store_id"][0])


@register_expectation(
    "progress",
    {
        "ticket": _ID,
        "as": {**_USER, "description": "whose page; the step's user if left out"},
        "done": _TEXTS,
        "now": _TEXTS,
        "next": _TEXTS,
    },
    ["ticket"],
)
def progress(play, wanted, step):
    """The progress on the customer's page of a ticket: names in their language."""
    door = play.portal(wanted.get("as", step.get("as")))
    page = door.get(f"/my/ticket/{int(wanted['ticket'])}")
    for state in _STATES:
        if state in wanted:
            items = page.xpath(
                "//*[contains(concat(' ', @class, ' '), $name)]"
                "//*[contains(@class, 'o_scrm_progress_name')]",
                name=f" o_scrm_progress_{state} ",
            )
            yield Seen(f"progress {state}", wanted[state], [words(i) for i in items])
