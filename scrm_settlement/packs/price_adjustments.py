"""What changes the prices of tiers, and what they are compared with."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import (
    Extension,
    Kind,
    Section,
    register_extension,
    register_section,
)

from . import price_fragments as p


@register_section
class PriceAdjustmentSection(Section):
    """Coefficients, promotions, surcharges, and warranties that pay."""

    key = "price_adjustments"
    addon = "scrm_settlement"
    after = ("company", "products", "pricelists", "fields")
    kinds = {"price_adjustment": Kind("scrm.price.adjustment", key_field="key")}
    schema = f.listing(
        "price_adjustment",
        {
            "name": f.TEXT,
            "kind": {"enum": ["coefficient", "promotion", "surcharge", "cover"]},
            "factor": f.described(f.DECIMAL, "of a coefficient"),
            "percent": f.described(
                f.DECIMAL,
                "off by a promotion, paid by a cover, of the service as a surcharge",
            ),
            "alone": f.described(
                f.BOOLEAN, "the promotion does not add to others; `false`"
            ),
            "product": f.described(f.ref("product"), "a surcharge is charged as"),
            "amount": f.described(
                f.DECIMAL,
                "of a surcharge; without amount and percent the product's price in"
                " the tier",
            ),
            "quantity": f.described(
                f.STRING, "dimension that says how many, such as `field.lamps`; one"
            ),
            "tiers": f.described(f.refs("pricelist"), "every tier if left out"),
            "from": f.DATETIME,
            "until": f.DATETIME,
            "when": p.CONDITIONS,
        },
        required=["name", "kind"],
    )

    def load_item(self, pack, item):
        surcharge = item["kind"] == "surcharge"
        method = next((key for key in ("amount", "percent") if key in item), "tier")
        vals = {
            "name": pack.text(item["name"]),
            "company_id": pack.env.company.id,
            "kind": item["kind"],
            "factor": pack.decimal(item.get("factor", "1")),
            "percent": pack.decimal(item.get("percent", "0")),
            "stacks": not item.get("alone", False),
            "method": method if surcharge else "amount",
            "amount": pack.decimal(item.get("amount", "0")),
            "product_id": pack.ref("product", item.get("product"), ".product").id,
            "quantity_dimension": item.get("quantity", False),
            "pricelist_ids": pack.refs(
                "pricelist", item.get("tiers", []), ".tiers"
            ).ids,
            "date_start": item.get("from", False),
            "date_end": item.get("until", False),
        }
        adjustment = pack.upsert(
            "price_adjustment", item["key"], "scrm.price.adjustment", vals
        )
        p.load_conditions(
            pack,
            item.get("when", []),
            adjustment.condition_ids.sorted("id"),
            {"adjustment_id": adjustment.id},
        )

    def dump_item(self, pack, record):
        surcharge = record.kind == "surcharge"
        by = record.method if surcharge else None
        return {
            "name": pack.dump_text(record, "name"),
            "kind": record.kind,
            "factor": pack.dump_decimal(record.factor)
            if record.kind == "coefficient"
            else None,
            "percent": pack.dump_decimal(record.percent)
            if record.kind in ("promotion", "cover") or by == "percent"
            else None,
            "alone": not record.stacks,
            "product": pack.key_of("product", record.product_id),
            "amount": pack.dump_decimal(record.amount) if by == "amount" else None,
            "quantity": record.quantity_dimension or None,
            "tiers": pack.keys_of("pricelist", record.pricelist_ids),
            "from": p.moment(record.date_start),
            "until": p.moment(record.date_end),
            "when": p.dump_conditions(record.condition_ids),
        }


@register_extension
class PartnerTier(Extension):
    """Level and contract of a customer, tier of a supplier."""

    section = "partners"
    addon = "scrm_settlement"
    kind = "partner"
    properties = {
        "level": f.described(f.STRING, "of a customer, for price tables"),
        "contract": f.described(f.STRING, "kind of his service contract"),
        "supplier_tier": f.described(f.STRING, "such as `silver`"),
    }

    def vals(self, pack, item):
        return {
            "scrm_level": item.get("level", False),
            "scrm_contract": item.get("contract", False),
            "scrm_supplier_tier": item.get("supplier_tier", False),
        }

    def dump(self, pack, record):
        return {
            "level": record.scrm_level or None,
            "contract": record.scrm_contract or None,
            "supplier_tier": record.scrm_supplier_tier or None,
        }


@register_extension
class ProductPriceKind(Extension):
    """Whether a product is labour, material or transport."""

    section = "products"
    addon = "scrm_settlement"
    kind = "product"
    properties = {"price_unit": {"enum": ["labour", "material", "transport"]}}

    def vals(self, pack, item):
        return {"scrm_price_kind": item.get("price_unit", False)}

    def dump(self, pack, record):
        return {"price_unit": record.scrm_price_kind or None}


@register_section
class MarketPriceSection(Section):
    """What goods cost elsewhere, from a day on."""

    key = "market_prices"
    addon = "scrm_settlement"
    after = ("company", "products")
    schema = {
        "type": "array",
        "items": f.obj(
            {
                "product": f.ref("product"),
                "from": f.DATE,
                "price": f.DECIMAL,
                "source": f.STRING,
            },
            ["product", "from", "price"],
        ),
    }

    def load_item(self, pack, item):
        product = pack.ref("product", item["product"], ".product")
        company = pack.env.company
        vals = {
            "price": pack.decimal(item["price"]),
            "source": item.get("source", False),
        }
        present = pack.env["scrm.market.price"].search(
            [
                ("product_id", "=", product.id),
                ("date", "=", item["from"]),
                ("company_id", "=", company.id),
            ],
            limit=1,
        )
        if present:
            pack.write(present, vals)
        else:
            pack.create(
                "scrm.market.price",
                {
                    **vals,
                    "product_id": product.id,
                    "date": item["from"],
                    "company_id": company.id,
                },
            )

    def dump(self, pack):
        products = {record.id: key for key, record in pack.records("product")}
        return [
            {
                "product": products[price.product_id.id],
                "from": price.date.isoformat(),
                "price": pack.dump_decimal(price.price),
                **({"source": price.source} if price.source else {}),
            }
            for price in pack.env["scrm.market.price"].search(
                [
                    ("product_id", "in", list(products)),
                    ("company_id", "=", pack.env.company.id),
                ],
                order="date, id",
            )
        ]


@register_section
class SupplierPriceSection(Section):
    """Purchase prices, also those agreed for a supplier's tier."""

    key = "supplier_prices"
    addon = "scrm_settlement"
    after = ("company", "products", "partners")
    schema = {
        "type": "array",
        "items": f.obj(
            {
                "product": f.ref("product"),
                "supplier": f.ref("partner"),
                "tier": f.described(f.STRING, "while the supplier has it; always"),
                "price": f.DECIMAL,
            },
            ["product", "supplier", "price"],
        ),
    }

    def load_item(self, pack, item):
        product = pack.ref("product", item["product"], ".product")
        identity = {
            "product_id": product.id,
            "partner_id": pack.ref("partner", item["supplier"], ".supplier").id,
            "scrm_supplier_tier": item.get("tier", False),
            "company_id": pack.env.company.id,
        }
        vals = {"price": pack.decimal(item["price"])}
        present = pack.env["product.supplierinfo"].search(
            [(name, "=", value) for name, value in identity.items()], limit=1
        )
        if present:
            pack.write(present, vals)
        else:
            vals["product_tmpl_id"] = product.product_tmpl_id.id
            pack.create("product.supplierinfo", {**vals, **identity})

    def dump(self, pack):
        products = {record.id: key for key, record in pack.records("product")}
        partners = {record.id: key for key, record in pack.records("partner")}
        return [
            {
                "product": products[price.product_id.id],
                "supplier": partners[price.partner_id.id],
                **(
                    {"tier": price.scrm_supplier_tier}
                    if price.scrm_supplier_tier
                    else {}
                ),
                "price": pack.dump_decimal(price.price),
            }
            for price in pack.env["product.supplierinfo"].search(
                [
                    ("product_id", "in", list(products)),
                    ("partner_id", "in", list(partners)),
                    ("company_id", "=", pack.env.company.id),
                ],
                order="id",
            )
        ]
