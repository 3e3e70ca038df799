"""What nodes of flows know of time."""

from . import fragments as f
from .registry import Extension, register_extension

COUNT = {
    "count": f.described(
        {"enum": ["elapsed", "working"]}, "all hours, or working hours; `elapsed`"
    ),
    "calendar": f.described(
        {"enum": ["company", "handler"]}, "whose working hours; `company`"
    ),
}


@register_extension
class NodeTimes(Extension):
    """How long a timer waits."""

    section = "flows"
    addon = "scrm_flow"
    kind = "node"
    pointer = ("items", "properties", "nodes", "items")
    properties = {
        "wait": f.described(
            f.obj(
                {
                    "hours": f.described(
                        f.DECIMAL, "from its opening, or from the date"
                    ),
                    "field": f.described(f.STRING, "a date or time of the record"),
                    **COUNT,
                }
            ),
            "of a timer",
        ),
    }

    def vals(self, pack, item):
        wait = item.get("wait", {})
        return {
            "time_kind": wait.get("count", "elapsed"),
            "time_calendar": wait.get("calendar", "company"),
            "timer_hours": float(wait.get("hours", "0")),
            "timer_field": wait.get("field", False),
        }

    def dump(self, pack, record):
        if record.type != "timer":
            return {}
        return {
            "wait": {
                "hours": pack.dump_decimal(record.timer_hours),
                "field": record.timer_field,
                **_dump_count(record),
            }
        }


def _dump_count(node):
    if node.time_kind == "elapsed":
        return {}
    return {"count": node.time_kind, "calendar": node.time_calendar}
