"""How plan managers change a plan in scenarios, through the API."""

from odoo.addons.scrm_flow.scenario.registry import register_verb

_STRING = {"type": "string"}
_DAY = {**_STRING, "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
VERSION = "scrm.settlement.plan.version"
RULE = "scrm.settlement.rule"


@register_verb(
    "json2",
    "change_plan",
    {
        "plan": {**_STRING, "x-scrm-ref": "plan"},
        "from": {**_DAY, "description": "first day of the new version"},
        "rule": {**_STRING, "description": "key of the rule that changes"},
        "set": {
            "type": "object",
            "description": "what changes on the rule: field -> value",
        },
    },
    ["plan", "from", "rule", "set"],
)
def change_plan(actor, args, play):
    """From a day on settle by other figures: a new version of the standing one."""
    plan = play.id_of("plan", args["plan"], "scrm.settlement.plan")
    standing = actor.search_read(
        VERSION, [("plan_id", "=", plan), ("valid_to", "=", False)], ["valid_from"]
    )
    latest = max(standing, key=lambda version: version["valid_from"])
    action = actor.call(VERSION, "action_new_version", ids=[latest["id"]])
    version = action["res_id"]
    actor.call(VERSION, "write", ids=[version], vals={"valid_from": args["from"]})
    rules = actor.search_read(
        RULE,
        [("component_id.version_id", "=", version), ("key", "=", args["rule"])],
        ["id"],
    )
    ids = [rule["id"] for rule in rules]
    actor.call(RULE, "write", ids=ids, vals=args["set"])
    return {"id": version}
