"""Products and what lies in the warehouses when the business opens."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section


@register_section
class ProductSection(Section):
    """Products: parts that are kept in stock, and services."""

    key = "products"
    addon = "scrm_ticket"
    after = ("company",)
    kinds = {"product": Kind("product.product")}
    schema = f.listing(
        "product",
        {
            "name": f.TEXT,
            "type": {
                "enum": ["part", "service"],
                "description": "part (kept in stock) if left out",
            },
            "code": f.STRING,
            "price": f.DECIMAL,
            "cost": f.DECIMAL,
        },
        required=["name"],
    )

    def load_item(self, pack, item):
        part = item.get("type", "part") == "part"
        vals = {
            "name": pack.text(item["name"]),
            "type": "consu" if part else "service",
            "is_storable": part,
        }
        if "code" in item:
            vals["default_code"] = item["code"]
        for key, name in (("price", "list_price"), ("cost", "standard_price")):
            if key in item:
                vals[name] = pack.decimal(item[key])
        vals.update(self.extra_vals(pack, "product", item))
        product = pack.upsert("product", item["key"], "product.product", vals)
        self.extra_load(pack, "product", item, product)

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "type": "service" if record.type == "service" else None,
            "code": record.default_code,
            "price": pack.dump_decimal(record.list_price),
            "cost": pack.dump_decimal(record.standard_price)
            if record.standard_price
            else None,
        }


@register_section
class StockSection(Section):
    """Warehouses, and the quantities that lie in them at the beginning.

    A quantity is put on the shelf once, as long as the warehouse has never had any
    of the product: importing again does not bring back what was used.
    """

    key = "stock"
    addon = "scrm_ticket"
    after = ("company", "products")
    kinds = {"warehouse": Kind("stock.warehouse")}
    schema = f.obj(
        {
            "warehouses": f.listing(
                "warehouse",
                {
                    "name": f.STRING,
                    "code": {**f.STRING, "maxLength": 5},
                },
                required=["name", "code"],
            ),
            "quantities": {
                "type": "array",
                "items": f.obj(
                    {
                        "product": f.ref("product"),
                        "warehouse": f.ref("warehouse"),
                        "quantity": f.DECIMAL,
                    },
                    ["product", "warehouse", "quantity"],
                ),
            },
        }
    )

    def load(self, pack, value):
        for number, item in enumerate(value.get("warehouses", ())):
            with pack.at(f".warehouses[{number}]"):
                self._load_warehouse(pack, item)
        for number, item in enumerate(value.get("quantities", ())):
            with pack.at(f".quantities[{number}]"):
                self._load_quantity(pack, item)

    def _load_warehouse(self, pack, item):
        vals = {
            "name": item["name"],
            "code": item["code"],
            "company_id": pack.env.company.id,
        }
        if not pack.find("warehouse", item["key"]):
            # a new company brings a warehouse: it becomes the pack's
            same = pack.env["stock.warehouse"].search(
                [
                    ("company_id", "=", pack.env.company.id),
                    "|",
                    ("code", "=", item["code"]),
                    ("name", "=", item["name"]),
                ],
                limit=1,
            )
            if same:
                pack.bind("warehouse", item["key"], same)
        pack.upsert("warehouse", item["key"], "stock.warehouse", vals)

    def _load_quantity(self, pack, item):
        product = pack.ref("product", item["product"], ".product")
        warehouse = pack.ref("warehouse", item["warehouse"], ".warehouse")
        if not product.is_storable:
            raise pack.error(
                pack.user_env._("“%s” is not kept in stock", product.name), ".product"
            )
        shelf = warehouse.lot_stock_id
        known = pack.env["stock.quant"].search_count(
            [("product_id", "=", product.id), ("location_id", "=", shelf.id)], limit=1
        ) or pack.env["stock.move"].search_count(
            [
                ("product_id", "=", product.id),
                ("location_id", "child_of", shelf.id),
            ],
            limit=1,
        )
        if known:
            pack.counts["unchanged"] += 1
            return
        quant = (
            pack.env["stock.quant"]
            .with_context(inventory_mode=True)
            .create(
                {
                    "product_id": product.id,
                    "location_id": shelf.id,
                    "inventory_quantity": pack.decimal(item["quantity"]),
                }
            )
        )
        quant.action_apply_inventory()
        pack.counts["created"] += 1

    def dump(self, pack):
        warehouses = pack.records("warehouse")
        products = pack.env["product.product"].browse(
            [record.id for _key, record in pack.records("product")]
        )
        quantities = []
        for key, warehouse in warehouses:
            for product, quantity in pack.env["stock.quant"]._read_group(
                [
                    ("product_id", "in", products.ids),
                    ("location_id", "=", warehouse.lot_stock_id.id),
                ],
                ["product_id"],
                ["quantity:sum"],
            ):
                quantities.append(
                    {
                        "product": pack.key_of("product", product),
                        "warehouse": key,
                        "quantity": pack.dump_decimal(quantity),
                    }
                )
        return {
            "warehouses": [
                {"key": key, "name": record.name, "code": record.code}
                for key, record in warehouses
            ],
            "quantities": sorted(
                quantities, key=lambda row: (row["warehouse"], row["product"])
            ),
        }
