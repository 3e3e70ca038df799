"""Which posts see what of the tickets of a template."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Extension, register_extension


@register_extension
class TemplatePosts(Extension):
    """Messages and recordings that only some roles see."""

    section = "templates"
    addon = "scrm_ticket"
    kind = "template"
    properties = {
        "messages_for": f.described(
            f.refs("role"),
            "of the colleagues only these, and the store's manager, read the messages",
        ),
        "recordings_for": f.described(
            f.refs("role"),
            "of the colleagues only these, and the store's manager, hear recordings",
        ),
    }

    def vals(self, pack, item):
        return {
            field: pack.refs("role", item.get(name), f".{name}").ids
            for name, field in self.names()
        }

    def dump(self, pack, record):
        return {
            name: pack.keys_of("role", record[field]) or None
            for name, field in self.names()
        }

    @staticmethod
    def names():
        return (
            ("messages_for", "message_group_ids"),
            ("recordings_for", "recording_group_ids"),
        )
