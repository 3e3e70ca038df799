"""Apps of ours on platforms: mini-programs for customers. Secrets are entered where
the app runs, never carried along."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section


@register_section
class MiniSection(Section):
    """Mini-programs where customers send and follow tickets."""

    key = "mini_programs"
    addon = "scrm_ticket"
    after = ("company", "templates")
    kinds = {"mini_program": Kind("scrm.door.mini", key_field="key")}
    schema = f.listing(
        "mini_program",
        {
            "name": f.TEXT,
            "app_id": f.described(f.STRING, "AppID, as the platform shows it"),
            "session_days": {"type": "integer", "minimum": 1},
        },
        required=["name", "app_id"],
    )

    def load_item(self, pack, item):
        vals = {
            "name": pack.text(item["name"]),
            "app_id": item["app_id"],
            "session_days": item.get("session_days", 30),
        }
        pack.upsert("mini_program", item["key"], "scrm.door.mini", vals)

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "app_id": record.app_id,
            "session_days": record.session_days,
        }
