"""Why clocks may stand still, and when those of a node do."""

from . import fragments as f
from .registry import Extension, Kind, Section, register_extension, register_section

HOLDERS = ["us", "customer", "supplier", "parts"]


@register_section
class PauseReasonSection(Section):
    """Pause reasons: why the clock of a step may stand still."""

    key = "pause_reasons"
    addon = "scrm_flow"
    kinds = {"pause_reason": Kind("scrm.flow.pause.reason", key_field="key")}
    schema = f.listing(
        "pause_reason",
        {
            "name": f.TEXT,
            "holder": f.described(
                {"enum": HOLDERS}, "whose time it is meanwhile; `customer`"
            ),
            "keeps_deadline": f.described(
                f.BOOLEAN, "deadlines do not move on by as much as the pause takes"
            ),
            "inactive": f.described(f.BOOLEAN, "kept, but not offered any more"),
        },
        required=["name"],
    )

    def load_item(self, pack, item):
        pack.upsert(
            "pause_reason",
            item["key"],
            "scrm.flow.pause.reason",
            {
                "name": pack.text(item["name"]),
                "holder": item.get("holder", "customer"),
                "stops_deadline": not item.get("keeps_deadline", False),
                "active": not item.get("inactive", False),
            },
        )

    def dump(self, pack):
        """Those made or changed here: every database has what comes with the addon."""
        reasons = pack.env["scrm.flow.pause.reason"].search([])
        names = reasons.get_external_id()
        untouched = {
            reason.key
            for reason in reasons
            if names[reason.id].startswith("scrm_flow.")
            and reason.write_date == reason.create_date
        }
        return [item for item in super().dump(pack) if item["key"] not in untouched]

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "holder": record.holder,
            "keeps_deadline": not record.stops_deadline,
            "inactive": not record.active,
        }


@register_extension
class NodeClock(Extension):
    """Whose time a node takes, and when its clock stands still."""

    section = "flows"
    addon = "scrm_flow"
    kind = "node"
    after = ("pause_reasons",)
    pointer = ("items", "properties", "nodes", "items")
    properties = {
        "clock": f.described(
            f.obj(
                {
                    "holder": f.described(
                        {"enum": HOLDERS}, "whose time it is while it is open; `us`"
                    ),
                    "by_hand": f.described(
                        f.refs("pause_reason"), "for what its handlers may pause"
                    ),
                    "condition": f.described(
                        f.STRING, "paused as long as this domain holds"
                    ),
                    "reason": f.described(
                        f.ref("pause_reason"), "what it is paused for then"
                    ),
                }
            ),
            "whose time it takes, and when its clock stands still",
        ),
    }

    def vals(self, pack, item):
        clock = item.get("clock", {})
        by_hand = pack.refs("pause_reason", clock.get("by_hand"))
        return {
            "clock_holder": clock.get("holder", "us"),
            "hand_pause_ids": by_hand.ids,
            "pause_condition": clock.get("condition", "[]"),
            "pause_reason_id": pack.ref("pause_reason", clock.get("reason")).id,
        }

    def dump(self, pack, record):
        condition = record.pause_condition
        holder = record.clock_holder
        return {
            "clock": {
                "holder": None if holder == "us" else holder,
                "by_hand": pack.keys_of("pause_reason", record.hand_pause_ids),
                "condition": None if condition == "[]" else condition,
                "reason": pack.key_of("pause_reason", record.pause_reason_id),
            }
        }
