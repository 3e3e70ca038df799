"""The catalogue of form fields."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section


@register_section
class FieldSection(Section):
    """Form fields: the catalogue that templates pick from."""

    key = "fields"
    addon = "scrm_ticket"
    kinds = {"field": Kind("scrm.form.field", key_field="key")}
    schema = f.listing(
        "field",
        {
            "name": f.TEXT,
            "type": {"enum": ["text", "choice", "number"]},
            "help": f.TEXT,
            "options": f.keyed_list({"name": f.TEXT}, ["name"]),
        },
        required=["name", "type"],
    )

    def check(self, pack, value, report):
        for number, item in enumerate(value):
            has_options = bool(item.get("options"))
            if has_options != (item["type"] == "choice"):
                report(
                    f"$.fields[{number}].options",
                    pack.user_env._("options belong to the type “choice”, always"),
                )
            if item["key"].endswith("_html"):
                report(
                    f"$.fields[{number}].key",
                    pack.user_env._("the key of a field must not end with “_html”"),
                )

    def load_item(self, pack, item):
        vals = {
            "name": pack.text(item["name"]),
            "type": item["type"],
            "help": pack.text(item.get("help")),
        }
        options = [
            (option["key"], {"name": pack.text(option["name"]), "sequence": number})
            for number, option in enumerate(item.get("options", ()))
        ]
        field = pack.find("field", item["key"])
        if not field:
            # a choice needs its options from the first moment
            field = pack.create(
                "scrm.form.field",
                {
                    "key": item["key"],
                    **vals,
                    "option_ids": [
                        (0, 0, {"key": key, **option, "name": str(option["name"])})
                        for key, option in options
                    ],
                },
            )
        else:
            pack.write(field, vals)
        pack.sync(field, "option_ids", options)

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "type": record.type,
            "help": pack.dump_text(record, "help"),
            "options": [
                {"key": option.key, "name": pack.dump_text(option, "name")}
                for option in record.option_ids
            ],
        }
