"""The catalogue of form fields."""

from odoo.fields import Command

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import (
    Extension,
    Kind,
    Section,
    register_extension,
    register_section,
)

from ..models.scrm_form_field import OPTION_TYPES, PROPERTY_TYPES, SHOWN_TYPES

#: Name of a kind of records in packs -> its model.
RECORDS = {
    "partner": "res.partner",
    "product": "product.product",
    "device": "stock.lot",
    "store": "scrm.store",
    "ticket": "helpdesk.ticket",
    "user": "res.users",
    "delivery": "stock.picking",
    "order": "sale.order",
    "cost_centre": "account.analytic.account",
}


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
            "type": {"enum": sorted([*PROPERTY_TYPES, *SHOWN_TYPES])},
            "help": f.TEXT,
            "options": f.described(
                f.keyed_list(
                    {
                        "name": f.TEXT,
                        "below": f.described(
                            f.STRING, "of a category: key of the option above it"
                        ),
                    },
                    ["name"],
                ),
                "of the types `choice`, `tags` and `category`",
            ),
            "formula": f.described(
                f.STRING, "of the type `formula`: `area * 12.5 + IF(urgent, 50, 0)`"
            ),
            "decimals": f.described(f.INTEGER, "that a formula keeps; 2"),
            "record": f.described(
                {"enum": list(RECORDS)}, "of the type `record`: what is chosen"
            ),
            "only": f.described(
                f.STRING, "of the types `record` and `stock`: a domain"
            ),
            "for_customers": f.described(
                f.BOOLEAN, "customers may choose among these records; false"
            ),
            "format": {"enum": ["phone", "email", "plate", "cn_id", "cn_business"]},
            "masked": f.described(
                {"enum": ["phone", "email", "id", "address", "name"]},
                "personal data: with asterisks for those not entitled",
            ),
            "searchable": f.described(f.BOOLEAN, "searched often: it has an index"),
            "base": f.described(
                f.BOOLEAN, "every form asks for it, and none can drop it"
            ),
            "mask": f.described(f.STRING, "A a letter, 9 a digit, X either: `AA-9999`"),
            "at_least": f.described(f.STRING, "least number or first day"),
            "at_most": f.described(f.STRING, "greatest number or last day"),
            "tells": f.described(
                {"enum": ["cause", "remedy"]},
                "what later tickets that are alike are told: what it was, what helped",
            ),
            "max_length": f.described(f.INTEGER, "longest text, in characters"),
        },
        required=["name", "type"],
    )

    def check(self, pack, value, report):
        for number, item in enumerate(value):
            has_options = bool(item.get("options"))
            if has_options != (item["type"] in OPTION_TYPES):
                report(
                    f"$.fields[{number}].options",
                    pack.user_env._(
                        "options belong to the types “choice”, “tags” and “category”, "
                        "always"
                    ),
                )
            if ("formula" in item) != (item["type"] == "formula"):
                report(
                    f"$.fields[{number}].formula",
                    pack.user_env._("a formula belongs to the type “formula”, always"),
                )
            if ("record" in item) != (item["type"] == "record"):
                report(
                    f"$.fields[{number}].record",
                    pack.user_env._("it belongs to the type “record”, always"),
                )
            if RECORDS.get(item.get("record"), "res.partner") not in pack.env:
                report(
                    f"$.fields[{number}].record",
                    pack.user_env._(
                        "there are no records “%s” here; the addon that brings them is "
                        "not installed",
                        item["record"],
                    ),
                )
            keys = {option["key"] for option in item.get("options", ())}
            for place, option in enumerate(item.get("options", ())):
                if "below" in option and option["below"] not in keys:
                    report(
                        f"$.fields[{number}].options[{place}].below",
                        pack.user_env._("there is no option “%s”", option["below"]),
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
            "formula": item.get("formula", False),
            "digits": item.get("decimals", 2),
            "record_model": RECORDS.get(item.get("record"), False),
            "record_domain": item.get("only", "[]"),
            "record_public": item.get("for_customers", False),
            "format": item.get("format", False),
            "mask": item.get("mask", False),
            "masking": item.get("masked", False),
            "searchable": item.get("searchable", False),
            "is_base": item.get("base", False),
            "minimum": item.get("at_least", False),
            "maximum": item.get("at_most", False),
            "tells": item.get("tells", False),
            "max_length": item.get("max_length", 0),
        }
        vals.update(self.extra_vals(pack, "field", item))
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
        made = {option.key: option for option in field.option_ids}
        for option in item.get("options", ()):
            parent = made.get(option.get("below"), made[option["key"]].browse())
            if made[option["key"]].parent_id != parent:
                pack.write(made[option["key"]], {"parent_id": parent.id})

    def dump_item(self, pack, record):
        names = {model: name for name, model in RECORDS.items()}
        return {
            "name": pack.dump_text(record, "name"),
            "type": record.type,
            "help": pack.dump_text(record, "help"),
            "options": [
                {
                    "key": option.key,
                    "name": pack.dump_text(option, "name"),
                    "below": option.parent_id.key or None,
                }
                for option in record.option_ids
            ],
            "formula": record.formula if record.type == "formula" else None,
            "decimals": record.digits
            if record.type == "formula" and record.digits != 2
            else None,
            "record": names.get(record.record_model)
            if record.type == "record"
            else None,
            "only": record.record_domain
            if (record.record_domain or "[]") != "[]"
            else None,
            "for_customers": record.record_public or None,
            "format": record.format or None,
            "mask": record.mask or None,
            "masked": record.masking or None,
            "searchable": record.searchable or None,
            "base": record.is_base or None,
            "at_least": record.minimum or None,
            "at_most": record.maximum or None,
            "tells": record.tells or None,
            "max_length": record.max_length or None,
        }


@register_extension
class NodeRights(Extension):
    """Who reads and edits which field of the form while tickets are at a node."""

    section = "flows"
    addon = "scrm_ticket"
    kind = "node"
    after = ("fields", "roles")
    pointer = ("items", "properties", "nodes", "items")
    properties = {
        "rights": {
            "description": "what people may do with fields of the form here",
            "type": "array",
            "items": f.obj(
                {
                    "field": f.ref("field"),
                    "role": f.described(f.ref("role"), "whose right it is"),
                    "who": f.described(
                        {"enum": ["handlers", "customers"]},
                        "instead of a role; without both: everybody else",
                    ),
                    "right": {"enum": ["hidden", "read", "edit", "required"]},
                },
                ["field", "right"],
            ),
        }
    }

    def vals(self, pack, item):
        rows = item.get("rights", ())
        return {
            "form_right_ids": [
                Command.create(self._row(pack, number, row))
                for number, row in enumerate(rows)
            ]
        }

    def _row(self, pack, number, row):
        path = f".rights[{number}]"
        if "role" in row and "who" in row:
            raise pack.error(pack.user_env._("name a role or who, not both"), path)
        role = pack.ref("role", row.get("role"), f"{path}.role")
        return {
            "sequence": number,
            "field_id": pack.ref("field", row["field"], f"{path}.field").id,
            "audience": "role" if role else row.get("who", "everybody"),
            "group_id": role.id,
            "level": row["right"],
        }

    def dump(self, pack, record):
        return {
            "rights": [
                {
                    "field": row.field_id.key,
                    "role": pack.key_of("role", row.group_id),
                    "who": row.audience
                    if row.audience in ("handlers", "customers")
                    else None,
                    "right": row.level,
                }
                for row in record.form_right_ids
            ]
        }
