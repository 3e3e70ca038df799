"""Pricelists: the tiers that decision tables choose."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section


@register_section
class PricelistSection(Section):
    """Odoo pricelists with fixed prices of services."""

    key = "pricelists"
    addon = "scrm_settlement"
    after = ("company", "products")
    kinds = {"pricelist": Kind("product.pricelist")}
    schema = f.listing(
        "pricelist",
        {
            "name": f.TEXT,
            "currency": f.ref("currency"),
            "prices": {
                "type": "array",
                "items": f.obj(
                    {"product": f.ref("product"), "price": f.DECIMAL},
                    ["product", "price"],
                ),
            },
        },
        required=["name", "prices"],
    )

    def load_item(self, pack, item):
        currency = pack.ref("currency", item.get("currency"), ".currency")
        vals = {"name": pack.text(item["name"]), "company_id": pack.env.company.id}
        if currency and not currency.active:
            currency.active = True
        vals["currency_id"] = (currency or pack.env.company.currency_id).id
        pricelist = pack.upsert("pricelist", item["key"], "product.pricelist", vals)
        present = {line.product_id: line for line in self._lines(pricelist)}
        kept = pack.env["product.pricelist.item"]
        for number, price in enumerate(item["prices"]):
            with pack.at(f".prices[{number}]"):
                product = pack.ref("product", price["product"], ".product")
                vals = {"fixed_price": pack.decimal(price["price"])}
                line = present.get(product)
                if line:
                    pack.write(line, vals)
                else:
                    line = pack.create(
                        "product.pricelist.item",
                        {
                            "pricelist_id": pricelist.id,
                            "applied_on": "0_product_variant",
                            "product_id": product.id,
                            "product_tmpl_id": product.product_tmpl_id.id,
                            "compute_price": "fixed",
                            **vals,
                        },
                    )
                kept |= line
        (self._lines(pricelist) - kept).unlink()

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "currency": record.currency_id.name,
            "prices": [
                {
                    "product": pack.key_of("product", line.product_id),
                    "price": pack.dump_decimal(line.fixed_price),
                }
                for line in self._lines(record).sorted("id")
            ],
        }

    @staticmethod
    def _lines(pricelist):
        """The lines a pack speaks of; other rules of the pricelist stay."""
        return pricelist.item_ids.filtered(
            lambda line: line.applied_on == "0_product_variant"
            and line.compute_price == "fixed"
        )
