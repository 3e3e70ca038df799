"""Apps of ours on platforms: mini-programs for customers, WeCom for us. Secrets are
entered where the app runs, never carried along."""

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


@register_section
class WecomSection(Section):
    """Our app in WeCom: the page beside chats."""

    key = "wecom_apps"
    addon = "scrm_ticket"
    after = ("company", "templates", "chat_accounts")
    kinds = {"wecom_app": Kind("scrm.door.wecom", key_field="key")}
    schema = f.listing(
        "wecom_app",
        {
            "name": f.TEXT,
            "corp_id": f.STRING,
            "agent_id": f.STRING,
            "messages_from": f.described(
                f.ref("chat_account"), "its messages are shown beside the chat"
            ),
        },
        required=["name", "corp_id", "agent_id"],
    )

    def load_item(self, pack, item):
        account = pack.ref("chat_account", item.get("messages_from"), ".messages_from")
        vals = {
            "name": pack.text(item["name"]),
            "corp_id": item["corp_id"],
            "agent_id": item["agent_id"],
            "account_id": account.id,
        }
        pack.upsert("wecom_app", item["key"], "scrm.door.wecom", vals)

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "corp_id": record.corp_id,
            "agent_id": record.agent_id,
            "messages_from": pack.key_of("chat_account", record.account_id),
        }
