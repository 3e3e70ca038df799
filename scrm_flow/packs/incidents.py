"""Who is told when something of a flow gets stuck."""

from . import fragments as f
from .registry import Extension, register_extension


@register_extension
class IncidentPeople(Extension):
    section = "flows"
    addon = "scrm_flow"
    kind = "flow"
    pointer = ("items",)
    properties = {
        "tell_incidents": f.described(
            f.refs("user"), "who is told when a record gets stuck in it"
        )
    }

    def vals(self, pack, item):
        users = pack.refs("user", item.get("tell_incidents"))
        return {"incident_user_ids": users.ids}

    def dump(self, pack, record):
        return {"tell_incidents": pack.keys_of("user", record.incident_user_ids)}
