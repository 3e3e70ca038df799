"""Pricelists: the tiers that decision tables choose."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section

from . import price_fragments as p

#: How a rule says its price -> Odoo's way to compute it.
METHODS = ("price", "discount", "bands")


@register_section
class PricelistSection(Section):
    """Odoo pricelists: fixed prices, rules with conditions, limits and roles."""

    key = "pricelists"
    addon = "scrm_settlement"
    after = ("company", "products", "roles")
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
            "rules": f.described(
                {
                    "type": "array",
                    "items": f.obj(
                        {
                            "product": f.described(
                                f.ref("product"), "every product if left out"
                            ),
                            "price": f.DECIMAL,
                            "discount": f.described(
                                f.DECIMAL, "percent off the sales price"
                            ),
                            "bands": f.described(
                                {
                                    "type": "array",
                                    "minItems": 1,
                                    "items": f.obj(
                                        {
                                            "band": f.described(
                                                f.STRING,
                                                "`50, 90`: above 50, up to 90; any"
                                                " value if left out",
                                            ),
                                            "second": f.STRING,
                                            "factor": f.DECIMAL,
                                        },
                                        ["factor"],
                                    ),
                                },
                                "cost × factor of the band it is in",
                            ),
                            "band_of": f.described(
                                f.STRING, "`product.cost` if left out"
                            ),
                            "second_of": f.described(
                                f.STRING, "such as `product.stock_age`"
                            ),
                            "min_quantity": f.DECIMAL,
                            "rank": f.INTEGER,
                            "from": f.DATETIME,
                            "until": f.DATETIME,
                            "when": p.CONDITIONS,
                        }
                    )
                    | {"oneOf": [{"required": [method]} for method in METHODS]},
                },
                "rules besides the fixed prices: of the narrowest scope those with"
                " conditions answer first, by rank; of equals the lowest price",
            ),
            "margin_floor": f.described(
                f.DECIMAL, "least margin in percent of the price"
            ),
            "market_limit": f.described(
                f.DECIMAL, "percent a price may be away from the market price"
            ),
            "role": f.described(f.ref("role"), "only they choose this tier by hand"),
            "nodes": f.described(
                {"type": "array", "items": f.PATH}, "only there it may be chosen"
            ),
            "discount_limit": f.described(
                f.DECIMAL, "percent that may be granted without the role"
            ),
            "beyond": f.described(
                {"enum": ["refuse", "approval"]}, "`refuse` if left out"
            ),
        },
        required=["name", "prices"],
    )

    def load_item(self, pack, item):
        currency = pack.ref("currency", item.get("currency"), ".currency")
        vals = {
            "name": pack.text(item["name"]),
            "company_id": pack.env.company.id,
            "scrm_margin_limited": "margin_floor" in item,
            "scrm_margin_floor": pack.decimal(item.get("margin_floor", "0")),
            "scrm_market_limited": "market_limit" in item,
            "scrm_market_limit": pack.decimal(item.get("market_limit", "0")),
            "scrm_group_id": pack.ref("role", item.get("role"), ".role").id,
            "scrm_node_keys": ", ".join(item.get("nodes", [])) or False,
            "scrm_discount_limit": pack.decimal(item.get("discount_limit", "0")),
            "scrm_beyond": item.get("beyond", "refuse"),
        }
        if currency and not currency.active:
            currency.active = True
        vals["currency_id"] = (currency or pack.env.company.currency_id).id
        pricelist = pack.upsert("pricelist", item["key"], "product.pricelist", vals)
        self._load_prices(pack, pricelist, item)
        if "rules" in item:
            self._load_rules(pack, pricelist, item["rules"])

    def _load_prices(self, pack, pricelist, item):
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
                            "compute_price": "fixed",
                            **self._scope(product),
                            **vals,
                        },
                    )
                kept |= line
        (self._lines(pricelist) - kept).unlink()

    @staticmethod
    def _scope(product):
        return {
            "applied_on": "0_product_variant" if product else "3_global",
            "product_id": product.id,
            "product_tmpl_id": product.product_tmpl_id.id,
        }

    def _load_rules(self, pack, pricelist, rules):
        present = self._rules(pricelist).sorted("id")
        for number, rule in enumerate(rules):
            with pack.at(f".rules[{number}]"):
                self._load_rule(pack, pricelist, rule, present[number : number + 1])
        present[len(rules) :].unlink()

    def _load_rule(self, pack, pricelist, rule, present):
        product = pack.ref("product", rule.get("product"), ".product")
        vals = {
            "min_quantity": pack.decimal(rule.get("min_quantity", "0")),
            "scrm_rank": rule.get("rank", 10),
            "date_start": rule.get("from", False),
            "date_end": rule.get("until", False),
            **self._scope(product),
        }
        if "price" in rule:
            price = pack.decimal(rule["price"])
            vals |= {"compute_price": "fixed", "fixed_price": price}
        elif "discount" in rule:
            percent = pack.decimal(rule["discount"])
            vals |= {"compute_price": "percentage", "percent_price": percent}
        else:
            vals |= {
                "compute_price": "scrm_matrix",
                "scrm_row_dimension": rule.get("band_of", "product.cost"),
                "scrm_column_dimension": rule.get("second_of", False),
            }
        cells = [
            {
                "row": cell.get("band", False),
                "column": cell.get("second", False),
                "factor": pack.decimal(cell["factor"]),
            }
            for cell in rule.get("bands", ())
        ]
        if len(cells) != len(present.scrm_cell_ids) or not present:
            present.unlink()
            present = pack.create(
                "product.pricelist.item",
                {
                    "pricelist_id": pricelist.id,
                    "scrm_cell_ids": [(0, 0, cell) for cell in cells],
                    **vals,
                },
            )
        else:
            cells_of = present.scrm_cell_ids.sorted("id")
            for record, cell in zip(cells_of, cells, strict=True):
                pack.write(record, cell)
            pack.write(present, vals)
        p.load_conditions(
            pack,
            rule.get("when", []),
            present.scrm_condition_ids.sorted("id"),
            {"item_id": present.id},
        )

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
            "rules": [
                self._dump_rule(pack, rule) for rule in self._rules(record).sorted("id")
            ],
            "margin_floor": pack.dump_decimal(record.scrm_margin_floor)
            if record.scrm_margin_limited
            else None,
            "market_limit": pack.dump_decimal(record.scrm_market_limit)
            if record.scrm_market_limited
            else None,
            "role": pack.key_of("role", record.scrm_group_id),
            "nodes": [
                key.strip() for key in (record.scrm_node_keys or "").split(",") if key
            ],
            "discount_limit": pack.dump_decimal(record.scrm_discount_limit)
            if record.scrm_discount_limit
            else None,
            "beyond": None if record.scrm_beyond == "refuse" else record.scrm_beyond,
        }

    def _dump_rule(self, pack, rule):
        fixed, percent = rule.compute_price == "fixed", rule.compute_price
        found = {
            "product": pack.key_of("product", rule.product_id),
            "price": pack.dump_decimal(rule.fixed_price) if fixed else None,
            "discount": pack.dump_decimal(rule.percent_price)
            if percent == "percentage"
            else None,
            "bands": [
                {
                    "band": cell.row or None,
                    "second": cell.column or None,
                    "factor": pack.dump_decimal(cell.factor),
                }
                for cell in rule.scrm_cell_ids.sorted("id")
            ],
            "band_of": rule.scrm_row_dimension
            if rule.scrm_cell_ids and rule.scrm_row_dimension != "product.cost"
            else None,
            "second_of": rule.scrm_column_dimension or None,
            "min_quantity": pack.dump_decimal(rule.min_quantity)
            if rule.min_quantity
            else None,
            "rank": None if rule.scrm_rank == 10 else rule.scrm_rank,
            "from": p.moment(rule.date_start),
            "until": p.moment(rule.date_end),
            "when": p.dump_conditions(rule.scrm_condition_ids),
        }
        return {key: value for key, value in found.items() if value not in (None, [])}

    @staticmethod
    def _lines(pricelist):
        """The fixed prices a pack speaks of."""
        return pricelist.item_ids.filtered(
            lambda line: line.applied_on == "0_product_variant"
            and line.compute_price == "fixed"
            and not line.scrm_condition_ids
            and not (line.date_start or line.date_end or line.min_quantity)
        )

    def _rules(self, pricelist):
        """The rules a pack speaks of; others of the pricelist stay."""
        return (pricelist.item_ids - self._lines(pricelist)).filtered(
            lambda line: line.applied_on in ("0_product_variant", "3_global")
            and (
                line.compute_price in ("fixed", "scrm_matrix")
                or (line.compute_price == "percentage" and line.base == "list_price")
            )
        )
