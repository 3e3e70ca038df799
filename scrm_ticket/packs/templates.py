"""Ticket templates."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section

#: What a field of a form can hold at first.
DEFAULTS = [
    "constant",
    "today",
    "partner_name",
    "partner_phone",
    "partner_email",
    "partner_address",
    "user_name",
    "newest",
    "record",
]


@register_section
class TemplateSection(Section):
    """Ticket templates: form, flow, team, parts and doors of a business scenario."""

    key = "templates"
    addon = "scrm_ticket"
    after = ("fields", "flows", "stores", "teams", "products")
    kinds = {"template": Kind("scrm.ticket.template", key_field="key")}
    schema = f.listing(
        "template",
        {
            "name": f.TEXT,
            "description": f.TEXT,
            "flow": f.ref("flow"),
            "team": f.ref("team"),
            "store": f.ref("store"),
            "priority": {
                "enum": ["0", "1", "2", "3"],
                "description": "0 low, 1 medium (if left out), 2 high, 3 very high",
            },
            "portal": f.BOOLEAN,
            "complaint": f.described(
                f.BOOLEAN, "whether its tickets are complaints, for the board of stores"
            ),
            "words": f.described(
                f.STRING, "by which messages are recognised, parted by commas"
            ),
            "mini_program": f.described(
                f.BOOLEAN, "customers can fill it in in mini-programs"
            ),
            "website": f.described(
                f.BOOLEAN, "whether anybody can fill it in, without a login"
            ),
            "fields": {
                "type": "array",
                "x-scrm-unique": "field",
                "items": f.obj(
                    {
                        "field": f.ref("field"),
                        "section": f.described(
                            f.TEXT,
                            "heading; fields with the same one in a row are one part",
                        ),
                        "required": f.BOOLEAN,
                        "required_when": f.described(
                            f.STRING,
                            "a domain: `[('scrm_values.kind', '=', 'repair')]`",
                        ),
                        "shown_when": f.described(
                            f.STRING, "a domain; it is always shown if left out"
                        ),
                        "default": f.described(
                            {"enum": DEFAULTS}, "what the field holds at first"
                        ),
                        "value": f.described(
                            f.STRING,
                            "of `constant`: as the API takes it; of `record`: "
                            "`order.date_order`",
                        ),
                    },
                    ["field"],
                ),
            },
            "regional": {
                "type": "array",
                "x-scrm-unique": "regions",
                "items": f.obj(
                    {
                        "regions": f.described(
                            f.STRING, "regions of stores, separated by commas"
                        ),
                        "managers": f.refs("user"),
                        "fields": {
                            "description": "of the form, only in these regions",
                            **f.refs("field"),
                        },
                    },
                    ["regions", "fields"],
                ),
            },
            "parts": {
                "type": "array",
                "x-scrm-unique": "product",
                "items": f.obj(
                    {"product": f.ref("product"), "quantity": f.DECIMAL}, ["product"]
                ),
            },
        },
        required=["name"],
    )

    def load_item(self, pack, item):
        flow = pack.ref("flow", item.get("flow"), ".flow")
        vals = {
            "name": pack.text(item["name"]),
            "description": pack.text(item.get("description")),
            "flow_id": flow.id,
            "team_id": pack.ref("team", item.get("team"), ".team").id,
            "store_id": pack.ref("store", item.get("store"), ".store").id,
            "priority": item.get("priority", "1"),
            "portal_published": item.get("portal", False),
            "public_published": item.get("website", False),
            "mini_published": item.get("mini_program", False),
            "words": item.get("words", False),
            "is_complaint": item.get("complaint", False),
        }
        vals.update(self.extra_vals(pack, "template", item))
        template = pack.upsert("template", item["key"], "scrm.ticket.template", vals)
        rows = self._line_rows(pack, item)
        # conditions ask for other fields of the form: these must be there first
        plain = [
            (key, {name: vals[name] for name in ("required", "sequence")})
            for key, vals in rows
            if key not in template.line_ids.field_id.ids
        ]
        if plain:
            present = [(key, {}) for key in template.line_ids.field_id.ids]
            pack.sync(template, "line_ids", [*present, *plain], key="field_id")
        pack.sync(template, "line_ids", rows, key="field_id")
        self._load_regional(pack, item, template)
        pack.sync(template, "part_ids", self._part_rows(pack, item), key="product_id")
        self.extra_load(pack, "template", item, template)

    def _line_rows(self, pack, item):
        rows = []
        for number, line in enumerate(item.get("fields", ())):
            field = pack.ref("field", line["field"], f".fields[{number}].field")
            vals = {
                "section": pack.text(line.get("section")),
                "required": line.get("required", False) or field.is_base,
                "required_when": line.get("required_when", "[]"),
                "shown_when": line.get("shown_when", "[]"),
                "default_kind": line.get("default", False),
                "default_value": line.get("value", False),
                "sequence": 10 * number,
            }
            rows.append((field.id, vals))
        named = {field_id for field_id, _vals in rows}
        base = pack.env["scrm.form.field"]._scrm_base()
        rows += [(one.id, {"required": True}) for one in base if one.id not in named]
        return rows

    def _load_regional(self, pack, item, template):
        rows = []
        places = {}
        for number, one in enumerate(item.get("regional", ())):
            path = f".regional[{number}]"
            users = pack.refs("user", one.get("managers"), f"{path}.managers")
            rows.append((one["regions"], {"user_ids": users.ids}))
            fields = pack.refs("field", one["fields"], f"{path}.fields")
            places.update(dict.fromkeys(fields.ids, one["regions"]))
        lines = {line.field_id.id: line for line in template.line_ids}
        for field_id in places.keys() - lines.keys():
            key = pack.env["scrm.form.field"].browse(field_id).key
            raise pack.error(
                pack.user_env._("“%s” is not among the fields of the form", key),
                ".regional",
            )
        for field_id, line in lines.items():
            # a variant that goes must not take them along
            if line.variant_id and line.variant_id.regions != places.get(field_id):
                pack.write(line, {"variant_id": False})
        pack.sync(template, "variant_ids", rows, key="regions")
        made = {variant.regions: variant for variant in template.variant_ids}
        for field_id, line in lines.items():
            variant = made.get(places.get(field_id), template.variant_ids.browse())
            if line.variant_id != variant:
                pack.write(line, {"variant_id": variant.id})

    def _dump_condition(self, text):
        return None if (text or "[]") == "[]" else text

    def _part_rows(self, pack, item):
        rows = []
        for number, part in enumerate(item.get("parts", ())):
            path = f".parts[{number}].product"
            product = pack.ref("product", part["product"], path)
            if not product.is_storable:
                raise pack.error(
                    pack.user_env._("“%s” is not kept in stock", product.name), path
                )
            quantity = pack.decimal(part.get("quantity", "1"))
            rows.append((product.id, {"quantity": quantity, "sequence": 10 * number}))
        return rows

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "description": pack.dump_text(record, "description"),
            "flow": pack.key_of("flow", record.flow_id),
            "team": pack.key_of("team", record.team_id),
            "store": pack.key_of("store", record.store_id),
            "priority": None if record.priority == "1" else record.priority,
            "portal": record.portal_published,
            "complaint": record.is_complaint or None,
            "words": record.words or None,
            "website": record.public_published or None,
            "mini_program": record.mini_published or None,
            "fields": [
                {
                    "field": line.field_id.key,
                    "section": pack.dump_text(line, "section"),
                    "required": line.required or None,
                    "required_when": self._dump_condition(line.required_when),
                    "shown_when": self._dump_condition(line.shown_when),
                    "default": line.default_kind or None,
                    "value": line.default_value or None,
                }
                for line in record.line_ids.sorted()
            ],
            "regional": [
                {
                    "regions": variant.regions,
                    "managers": pack.keys_of("user", variant.user_ids),
                    "fields": [line.field_id.key for line in variant.line_ids.sorted()],
                }
                for variant in record.variant_ids
            ],
            "parts": [
                {
                    "product": pack.key_of("product", part.product_id),
                    "quantity": pack.dump_decimal(part.quantity),
                }
                for part in record.part_ids.sorted()
            ],
        }
