"""How many branches a parallel gateway of a flow waits for."""

from . import fragments as f
from .registry import Extension, register_extension


def needed(item) -> int | None:
    """How many branches a node of a pack waits for, None for all."""
    rule = item.get("join", "all")
    return {"all": None, "any": 1}.get(rule, rule)


@register_extension
class NodeJoins(Extension):
    """The rule of a parallel gateway that joins branches."""

    section = "flows"
    addon = "scrm_flow"
    kind = "node"
    pointer = ("items", "properties", "nodes", "items")
    properties = {
        "join": f.described(
            {
                "oneOf": [
                    {"enum": ["all", "any"]},
                    {"type": "integer", "minimum": 1},
                ]
            },
            "of a parallel gateway: how many branches it waits for, the others are "
            "cancelled; `all` if left out",
        ),
    }

    def vals(self, pack, item):
        rule = item.get("join", "all")
        if isinstance(rule, int):
            return {"join_rule": "count", "join_count": rule}
        return {"join_rule": rule, "join_count": 1}

    def dump(self, pack, record):
        if record.type != "parallel_gateway" or record.join_rule == "all":
            return {}
        if record.join_rule == "any":
            return {"join": "any"}
        return {"join": record.join_count}
