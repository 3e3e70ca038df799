"""Which flows nodes call, and how long they wait."""

from . import fragments as f
from .registry import Extension, register_extension


@register_extension
class NodeCall(Extension):
    """The flow that a node calls, on the record itself or on other ones."""

    section = "flows"
    addon = "scrm_flow"
    kind = "node"
    pointer = ("items", "properties", "nodes", "items")
    properties = {
        "call": f.described(
            f.obj(
                {
                    "flow": f.described(
                        f.KEY, "key of the called flow, wherever it is in the list"
                    ),
                    "on": f.described(
                        f.STRING,
                        "the field that leads to its records: `task_ids`; left out,"
                        " the called flow is part of this one, on the same record",
                    ),
                    "wait": f.described(
                        {"enum": ["all", "any", "count"]},
                        "until all have ended, or so many reached their ends; `all`",
                    ),
                    "count": f.described(
                        {"type": "integer", "minimum": 1}, "of `count`: how many; 1"
                    ),
                },
                ["flow"],
            ),
            "of a call activity",
        ),
    }

    def vals(self, pack, item):
        call = item.get("call", {})
        return {
            "call_target": "record" if call and "on" not in call else "related",
            "call_flow_key": call.get("flow", False),
            "call_field": call.get("on", False),
            "call_wait": call.get("wait", "all"),
            "call_count": call.get("count", 1),
        }

    def dump(self, pack, record):
        if record.type != "call_activity":
            return {}
        if record.call_target == "record":
            return {"call": {"flow": record.call_flow_key}}
        call = {
            "flow": record.call_flow_key,
            "on": record.call_field,
            "wait": record.call_wait,
        }
        if record.call_wait == "count":
            call["count"] = record.call_count
        return {"call": call}
