"""What handlers may offer customers who complain."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section

#: Names in packs -> fields; amounts are strings in packs.
AMOUNTS = {
    "amount": "amount",
    "factor": "points_factor",
    "points_per_unit": "points_per_unit",
    "point_value": "point_value",
}


@register_section
class CompensationSection(Section):
    """Compensations, settled at once when a handler grants one."""

    key = "compensations"
    addon = "scrm_settlement"
    after = ("company", "products", "templates")
    kinds = {"compensation": Kind("scrm.compensation.option", key_field="key")}
    schema = f.listing(
        "compensation",
        {
            "name": f.TEXT,
            "kind": {"enum": ["coupon", "product", "points"]},
            "amount": f.described(f.DECIMAL, "of a coupon"),
            "product": f.described(
                f.ref("product"), "replaces the goods; worth its sales price"
            ),
            "factor": f.described(
                f.DECIMAL, "of points: `2` grants those of the order once more; 2"
            ),
            "points_per_unit": f.described(
                f.DECIMAL, "points that a unit of the ticket's price earns; 1"
            ),
            "point_value": f.described(
                f.DECIMAL, "what a point costs the company; 0.01"
            ),
            "templates": f.described(f.refs("template"), "all if left out"),
        },
        required=["name", "kind"],
    )

    def load_item(self, pack, item):
        vals = {
            "name": pack.text(item["name"]),
            "kind": item["kind"],
            "product_id": pack.ref("product", item.get("product"), ".product").id,
            "template_ids": pack.refs(
                "template", item.get("templates", []), ".templates"
            ).ids,
            "company_id": pack.env.company.id,
        }
        defaults = pack.env["scrm.compensation.option"].default_get(
            list(AMOUNTS.values())
        )
        for name, field in AMOUNTS.items():
            vals[field] = (
                pack.decimal(item[name]) if name in item else defaults.get(field, 0)
            )
        pack.upsert("compensation", item["key"], "scrm.compensation.option", vals)

    def dump_item(self, pack, record):
        defaults = record.default_get(list(AMOUNTS.values()))
        return {
            "name": pack.dump_text(record, "name"),
            "kind": record.kind,
            **{
                name: pack.dump_decimal(record[field])
                for name, field in AMOUNTS.items()
                if record[field] != defaults.get(field, 0)
            },
            "product": pack.key_of("product", record.product_id),
            "templates": pack.keys_of("template", record.template_ids) or None,
        }
