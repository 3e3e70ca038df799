"""What may be added to tickets: accessories, packages, charged services."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section

from . import price_fragments as p


@register_section
class PriceOfferSection(Section):
    """Offers, published from the beginning."""

    key = "price_offers"
    addon = "scrm_settlement"
    after = ("company", "products", "templates", "fields")
    kinds = {"price_offer": Kind("scrm.price.offer", key_field="key")}
    schema = f.listing(
        "price_offer",
        {
            "name": f.TEXT,
            "description": f.TEXT,
            "region": f.described(f.STRING, "only on tickets of stores there"),
            "templates": f.described(
                f.refs("template"), "all that are priced if left out"
            ),
            "contents": {
                "type": "array",
                "minItems": 1,
                "items": f.obj(
                    {"product": f.ref("product"), "quantity": f.DECIMAL}, ["product"]
                ),
            },
            "when": p.CONDITIONS,
        },
        required=["name", "contents"],
    )

    def load_item(self, pack, item):
        vals = {
            "name": pack.text(item["name"]),
            "company_id": pack.env.company.id,
            "region": item.get("region", False),
            "template_ids": pack.refs(
                "template", item.get("templates", []), ".templates"
            ).ids,
            "state": "published",
        }
        if "description" in item:
            vals["description"] = pack.text(item["description"])
        offer = pack.upsert("price_offer", item["key"], "scrm.price.offer", vals)
        rows = []
        for number, content in enumerate(item["contents"]):
            path = f".contents[{number}].product"
            product = pack.ref("product", content["product"], path)
            quantity = pack.decimal(content.get("quantity", "1"))
            rows.append((product.id, {"quantity": quantity}))
        pack.sync(offer, "line_ids", rows, key="product_id")
        p.load_conditions(
            pack,
            item.get("when", []),
            offer.condition_ids.sorted("id"),
            {"offer_id": offer.id},
        )

    def dump(self, pack):
        return [
            item
            for item, state in zip(
                super().dump(pack),
                (record.state for _key, record in pack.records("price_offer")),
                strict=True,
            )
            if state == "published"
        ]

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "description": pack.dump_text(record, "description"),
            "region": record.region or None,
            "templates": pack.keys_of("template", record.template_ids),
            "contents": [
                {
                    "product": pack.key_of("product", line.product_id),
                    **(
                        {"quantity": pack.dump_decimal(line.quantity)}
                        if line.quantity != 1
                        else {}
                    ),
                }
                for line in record.line_ids.sorted("id")
            ],
            "when": p.dump_conditions(record.condition_ids),
        }
