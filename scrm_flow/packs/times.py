"""What nodes of flows know of time."""

from odoo.fields import Command

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
    """How long a timer waits, when a step is due, and what happens then."""

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
        "deadline": f.described(
            f.obj(
                {
                    "hours": f.described(f.DECIMAL, "from its opening"),
                    "reminders": f.described(
                        {"type": "array", "items": f.DECIMAL},
                        "hours from the deadline; negative: before it",
                    ),
                    **COUNT,
                },
                ["hours"],
            ),
            "of a user task",
        ),
        "escalation": {
            "description": "of a user task: what happens when it stays open",
            "type": "array",
            "items": f.obj(
                {
                    "hours": f.DECIMAL,
                    "from": f.described(
                        {"enum": ["deadline", "opening"]}, "`deadline` if left out"
                    ),
                    "do": {"enum": ["notify", "reassign", "priority", "transition"]},
                    "people": f.refs("user"),
                    "role": f.ref("role"),
                    "activity": f.described(
                        f.BOOLEAN, "of `notify`: something to do, not just a message"
                    ),
                    "transition": f.described(f.KEY, "key of the way to take"),
                },
                ["hours", "do"],
            ),
        },
    }

    def vals(self, pack, item):
        wait, deadline = item.get("wait", {}), item.get("deadline", {})
        count = wait or deadline
        return {
            "time_kind": count.get("count", "elapsed"),
            "time_calendar": count.get("calendar", "company"),
            "deadline_hours": pack.decimal(deadline.get("hours")),
            "reminder_hours": ", ".join(deadline.get("reminders", ())) or False,
            "rung_ids": [
                Command.create(self._rung(pack, rank, rung))
                for rank, rung in enumerate(item.get("escalation", ()))
            ],
            "timer_hours": pack.decimal(wait.get("hours")),
            "timer_field": wait.get("field", False),
        }

    def _rung(self, pack, rank, rung):
        with pack.at(f".escalation[{rank}]"):
            return {
                "rank": rank,
                "hours": pack.decimal(rung["hours"]),
                "anchor": rung.get("from", "deadline"),
                "action": rung["do"],
                "user_ids": [Command.set(pack.refs("user", rung.get("people")).ids)],
                "group_id": pack.ref("role", rung.get("role")).id,
                "is_activity": rung.get("activity", False),
                "transition_key": rung.get("transition", False),
            }

    def dump(self, pack, record):
        keys = {}
        count = {}
        if record.time_kind != "elapsed":
            count = {"count": record.time_kind, "calendar": record.time_calendar}
        if record.type == "timer":
            keys["wait"] = {
                "hours": pack.dump_decimal(record.timer_hours),
                "field": record.timer_field,
                **count,
            }
        elif record.deadline_hours:
            keys["deadline"] = {
                "hours": pack.dump_decimal(record.deadline_hours),
                "reminders": [pack.dump_decimal(at) for at in record._reminders()],
                **count,
            }
        keys["escalation"] = [
            {
                "hours": pack.dump_decimal(rung.hours),
                "from": rung.anchor,
                "do": rung.action,
                "people": pack.keys_of("user", rung.user_ids),
                "role": pack.key_of("role", rung.group_id),
                "activity": rung.is_activity,
                "transition": rung.transition_key,
            }
            for rung in record.rung_ids
        ]
        return keys
