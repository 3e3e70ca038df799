"""What stands on the pages of forms while an alert lasts."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Extension, register_extension


@register_extension
class NoticePage(Extension):
    """A notice above forms, as long as a rule counts too much."""

    section = "notices"
    addon = "scrm_ticket"
    kind = "notice"
    after = ("templates",)
    properties = {
        "page_notice": f.described(
            f.TEXT,
            "above forms, of `when`: `surge`, `share` or `rise`, as long as it lasts",
        ),
        "page_templates": f.described(
            f.refs("template"), "on the pages of these; of all"
        ),
    }

    def vals(self, pack, item):
        templates = pack.refs("template", item.get("page_templates"), ".page_templates")
        text = item.get("page_notice")
        return {
            "page_notice": pack.text(text) if text is not None else False,
            "page_template_ids": templates.ids,
        }

    def dump(self, pack, record):
        return {
            "page_notice": pack.dump_text(record, "page_notice")
            if record.page_notice
            else None,
            "page_templates": pack.keys_of("template", record.page_template_ids),
        }
