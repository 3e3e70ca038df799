"""Replies that tickets propose."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section

from .tags import tag_names, tags_of


@register_section
class ReplySection(Section):
    """Replies: good answers, for which customers, forms and channels."""

    key = "replies"
    addon = "scrm_ticket"
    after = ("templates", "partners")
    kinds = {"reply": Kind("scrm.reply", key_field="key")}
    schema = f.listing(
        "reply",
        {
            "question": f.TEXT,
            "answer": f.TEXT,
            "keywords": f.described(f.TEXT, "other words for it, parted by commas"),
            "levels": f.described(
                {"type": "array", "items": f.STRING},
                "names of tags of customers it is meant for; all if left out",
            ),
            "templates": f.described(f.refs("template"), "all if left out"),
        },
        required=["question", "answer"],
    )

    def load_item(self, pack, item):
        pack.upsert(
            "reply",
            item["key"],
            "scrm.reply",
            {
                "name": pack.text(item["question"]),
                "text": pack.text(item["answer"]),
                "keywords": pack.words(item.get("keywords")),
                "level_ids": tags_of(pack, item.get("levels", ())).ids,
                "template_ids": pack.refs(
                    "template", item.get("templates"), ".templates"
                ).ids,
            },
        )

    def dump_item(self, pack, record):
        return {
            "question": pack.dump_text(record, "name"),
            "answer": pack.dump_text(record, "text"),
            "keywords": pack.dump_text(record, "keywords") if record.keywords else None,
            "levels": tag_names(record.level_ids) or None,
            "templates": pack.keys_of("template", record.template_ids) or None,
        }
