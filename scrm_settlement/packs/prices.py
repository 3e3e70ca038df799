"""Which templates calculate a price, and how."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import (
    Extension,
    Section,
    register_extension,
    register_section,
)


@register_extension
class TemplatePurchases(Extension):
    """Whether tickets open with what the customer has bought."""

    section = "templates"
    addon = "scrm_settlement"
    kind = "template"
    properties = {
        "purchases_first": f.described(
            f.BOOLEAN, "tickets open with the customer's purchases and deliveries"
        )
    }

    def vals(self, pack, item):
        return {"purchases_first": item.get("purchases_first", False)}

    def dump(self, pack, record):
        return {"purchases_first": record.purchases_first or None}


@register_section
class PriceSection(Section):
    """Price calculation of ticket templates: decision table and priced service."""

    key = "prices"
    addon = "scrm_settlement"
    after = ("templates", "decision_tables", "pricelists", "products")
    schema = {
        "type": "array",
        "x-scrm-unique": "template",
        "items": f.obj(
            {
                "template": f.ref("template"),
                "table": f.ref("decision_table"),
                "product": f.ref("product"),
                "enabled": f.BOOLEAN,
                "parts": f.described(f.BOOLEAN, "price the parts too; `false`"),
            },
            ["template", "table", "product"],
        ),
    }

    def load_item(self, pack, item):
        template = pack.ref("template", item["template"], ".template")
        pack.write(
            template,
            {
                "price_table_id": pack.ref(
                    "decision_table", item["table"], ".table"
                ).id,
                "price_product_id": pack.ref("product", item["product"], ".product").id,
                "price_enabled": item.get("enabled", True),
                "price_parts": item.get("parts", False),
            },
        )

    def dump(self, pack):
        return [
            {
                "template": key,
                "table": pack.key_of("decision_table", record.price_table_id),
                "product": pack.key_of("product", record.price_product_id),
                "enabled": None if record.price_enabled else False,
                **({"parts": True} if record.price_parts else {}),
            }
            for key, record in pack.records("template")
            if record.price_table_id and record.price_product_id
        ]
