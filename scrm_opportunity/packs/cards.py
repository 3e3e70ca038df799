"""Customer cards and success cases in a pack."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import (
    Extension,
    Kind,
    Section,
    register_extension,
    register_section,
)

KINDS = (
    "profile",
    "records",
    "preference",
    "purchases",
    "renewal",
    "promotions",
    "browsing",
    "success_cases",
)


@register_section
class CardSection(Section):
    """Cards about the customer beside tickets and opportunities."""

    key = "cards"
    addon = "scrm_opportunity"
    after = ("company", "fields", "templates")
    kinds = {"card": Kind("scrm.card", key_field="key")}
    schema = f.listing(
        "card",
        {
            "name": f.TEXT,
            "keywords": f.described(f.TEXT, "one of them is spoken of; none: always"),
            "templates": f.refs("template"),
            "blocks": f.described(
                {
                    "type": "array",
                    "items": f.obj(
                        {
                            "kind": {"enum": list(KINDS)},
                            "name": f.TEXT,
                            "entries": f.described(
                                {"type": "array", "items": f.KEY},
                                "of `profile`: kinds of entries",
                            ),
                            "templates": f.refs("template"),
                            "fields": f.refs("field"),
                            "bought": f.described(
                                f.ref("field"), "of `renewal`: units bought"
                            ),
                            "left": f.described(
                                f.ref("field"), "of `renewal`: units left"
                            ),
                        },
                        ["kind"],
                    ),
                },
                "what is on it",
            ),
        },
        required=["name", "blocks"],
    )

    def load_item(self, pack, item):
        vals = {
            "name": pack.text(item["name"]),
            "keywords": pack.words(item.get("keywords")),
            "template_ids": pack.refs(
                "template", item.get("templates"), ".templates"
            ).ids,
        }
        card = pack.upsert("card", item["key"], "scrm.card", vals)
        blocks = card.block_ids
        for number, row in enumerate(item["blocks"]):
            path = f".blocks[{number}]"
            values = {
                "card_id": card.id,
                "sequence": number,
                "kind": row["kind"],
                "name": pack.text(row.get("name")),
                "entry_kinds": ", ".join(row.get("entries", ())) or False,
                "template_ids": pack.refs(
                    "template", row.get("templates"), f"{path}.templates"
                ).ids,
                "field_ids": pack.refs(
                    "field", row.get("fields"), f"{path}.fields"
                ).ids,
                "bought_field_id": pack.ref(
                    "field", row.get("bought"), f"{path}.bought"
                ).id,
                "left_field_id": pack.ref("field", row.get("left"), f"{path}.left").id,
            }
            if number < len(blocks):
                pack.write(blocks[number], values)
            else:
                pack.create("scrm.card.block", values)
        blocks[len(item["blocks"]) :].unlink()

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "keywords": pack.dump_text(record, "keywords"),
            "templates": pack.keys_of("template", record.template_ids),
            "blocks": [
                {
                    "kind": block.kind,
                    "name": pack.dump_text(block, "name"),
                    "entries": [
                        part.strip()
                        for part in (block.entry_kinds or "").split(",")
                        if part.strip()
                    ],
                    "templates": pack.keys_of("template", block.template_ids),
                    "fields": pack.keys_of("field", block.field_ids),
                    "bought": pack.key_of("field", block.bought_field_id),
                    "left": pack.key_of("field", block.left_field_id),
                }
                for block in record.block_ids
            ],
        }


@register_section
class SuccessCaseSection(Section):
    """Success cases that cards show for similar customers."""

    key = "success_cases"
    addon = "scrm_opportunity"
    after = ("company",)
    kinds = {"success_case": Kind("scrm.success.case", key_field="key")}
    schema = f.listing(
        "success_case",
        {
            "name": f.TEXT,
            "industry": f.described(f.STRING, "name or XML id of an industry"),
            "keywords": f.TEXT,
            "story": f.TEXT,
        },
        required=["name", "story"],
    )

    def load_item(self, pack, item):
        vals = {
            "name": pack.text(item["name"]),
            "industry_id": self._industry(pack, item.get("industry")).id,
            "keywords": pack.words(item.get("keywords")),
            "story": pack.text(item["story"]),
        }
        pack.upsert("success_case", item["key"], "scrm.success.case", vals)

    def _industry(self, pack, name):
        industries = pack.env["res.partner.industry"]
        if not name:
            return industries
        if "." in name:
            found = pack.env.ref(name, raise_if_not_found=False)
            if not found or found._name != industries._name:
                message = pack.user_env._("there is no industry “%s”", name)
                raise pack.error(message, ".industry")
            return found
        found = industries.search([("name", "=", name)], limit=1)
        return found or pack.create("res.partner.industry", {"name": name})

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "industry": record.industry_id.name or None,
            "keywords": pack.dump_text(record, "keywords"),
            "story": pack.dump_text(record, "story"),
        }


@register_extension
class FieldToProfile(Extension):
    """Answers that are kept in the customer's profile."""

    section = "fields"
    addon = "scrm_opportunity"
    kind = "field"
    properties = {
        "to_profile": f.described(
            f.BOOLEAN, "what is entered is kept in the customer's profile; false"
        )
    }

    def vals(self, pack, item):
        return {"to_profile": item.get("to_profile", False)}

    def dump(self, pack, record):
        return {"to_profile": record.to_profile or None}
