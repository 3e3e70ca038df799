"""Vans, who keeps a warehouse, and below which quantity somebody is warned."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import (
    Extension,
    Kind,
    Section,
    register_extension,
    register_section,
)


@register_section
class KeeperSection(Section):
    """Who keeps a warehouse: is told what tickets need and what runs low."""

    key = "keepers"
    addon = "scrm_ticket"
    after = ("stock", "users")
    schema = {
        "type": "array",
        "x-scrm-unique": "warehouse",
        "items": f.obj(
            {"warehouse": f.ref("warehouse"), "users": f.refs("user")},
            ["warehouse", "users"],
        ),
    }

    def load_item(self, pack, item):
        warehouse = pack.ref("warehouse", item["warehouse"], ".warehouse")
        users = pack.refs("user", item["users"], ".users")
        pack.write(warehouse, {"scrm_keeper_ids": users.ids})

    def dump(self, pack):
        return [
            {"warehouse": key, "users": pack.keys_of("user", record.scrm_keeper_ids)}
            for key, record in pack.records("warehouse")
            if record.scrm_keeper_ids
        ]


@register_section
class VanSection(Section):
    """Vans of technicians: parts are issued to them and taken from them on site."""

    key = "vans"
    addon = "scrm_ticket"
    after = ("stock", "users")
    kinds = {"van": Kind("stock.location")}
    schema = f.listing(
        "van",
        {
            "name": f.STRING,
            "warehouse": f.described(f.ref("warehouse"), "where it belongs"),
            "user": f.ref("user"),
        },
        required=["name", "warehouse", "user"],
    )

    def load_item(self, pack, item):
        warehouse = pack.ref("warehouse", item["warehouse"], ".warehouse")
        vals = {
            "name": item["name"],
            "location_id": warehouse.view_location_id.id,
            "usage": "internal",
            "company_id": warehouse.company_id.id,
            "scrm_van_user_id": pack.ref("user", item["user"], ".user").id,
        }
        pack.upsert("van", item["key"], "stock.location", vals)

    def dump_item(self, pack, record):
        return {
            "name": record.name,
            "warehouse": pack.key_of("warehouse", record.warehouse_id),
            "user": pack.key_of("user", record.scrm_van_user_id),
        }


@register_section
class MinimumSection(Section):
    """The least of a part that should lie in a warehouse, and whether to warn."""

    key = "stock_minimums"
    addon = "scrm_ticket"
    after = ("stock",)
    schema = {
        "type": "array",
        "items": f.obj(
            {
                "product": f.ref("product"),
                "warehouse": f.ref("warehouse"),
                "minimum": f.DECIMAL,
                "maximum": f.described(f.DECIMAL, "filled up to; the minimum"),
                "warn": f.described(f.BOOLEAN, "keepers get an activity when low"),
            },
            ["product", "warehouse", "minimum"],
        ),
    }

    def load_item(self, pack, item):
        product = pack.ref("product", item["product"], ".product")
        warehouse = pack.ref("warehouse", item["warehouse"], ".warehouse")
        points = pack.env["stock.warehouse.orderpoint"]
        vals = {
            "product_min_qty": pack.decimal(item["minimum"]),
            "product_max_qty": pack.decimal(item.get("maximum", item["minimum"])),
            "scrm_warn": item.get("warn", False),
        }
        place = {
            "product_id": product.id,
            "location_id": warehouse.lot_stock_id.id,
        }
        found = points.search([(name, "=", value) for name, value in place.items()])
        if found:
            pack.write(found[0], vals)
        else:
            place.update(warehouse_id=warehouse.id, trigger="manual")
            pack.create("stock.warehouse.orderpoint", {**place, **vals})

    def dump(self, pack):
        products = {record.id: key for key, record in pack.records("product")}
        found = []
        for key, warehouse in pack.records("warehouse"):
            for point in pack.env["stock.warehouse.orderpoint"].search(
                [
                    ("location_id", "=", warehouse.lot_stock_id.id),
                    ("product_id", "in", list(products)),
                    ("product_min_qty", ">", 0),
                ]
            ):
                maximum = point.product_max_qty
                found.append(
                    {
                        "product": products[point.product_id.id],
                        "warehouse": key,
                        "minimum": pack.dump_decimal(point.product_min_qty),
                        **(
                            {"maximum": pack.dump_decimal(maximum)}
                            if maximum != point.product_min_qty
                            else {}
                        ),
                        **({"warn": True} if point.scrm_warn else {}),
                    }
                )
        return sorted(found, key=lambda row: (row["warehouse"], row["product"]))


@register_extension
class TemplateReserve(Extension):
    """Whether new tickets of a template hold their parts at once."""

    section = "templates"
    addon = "scrm_ticket"
    kind = "template"
    properties = {
        "reserve_parts": f.described(
            f.BOOLEAN, "new tickets hold their parts at once; what is missing waits"
        )
    }

    def vals(self, pack, item):
        return {"reserve_parts": item.get("reserve_parts", False)}

    def dump(self, pack, record):
        return {"reserve_parts": record.reserve_parts}


@register_extension
class TemplateAppointment(Extension):
    """Who comes to the customer, and for how long."""

    section = "templates"
    addon = "scrm_ticket"
    kind = "template"
    after = ("roles",)
    properties = {
        "visits": f.described(
            f.obj(
                {
                    "by": f.described(
                        f.ref("role"), "who comes, where no service names a role"
                    ),
                    "hours": f.described(f.DECIMAL, "how long a visit takes; 1"),
                }
            ),
            "appointments with the customer",
        )
    }

    def vals(self, pack, item):
        visits = item.get("visits", {})
        role = pack.ref("role", visits.get("by"), ".visits.by")
        return {
            "appointment_group_id": role.id,
            "appointment_hours": pack.decimal(visits.get("hours", "1")),
        }

    def dump(self, pack, record):
        role = pack.key_of("role", record.appointment_group_id)
        hours = record.appointment_hours
        visits = {
            "by": role,
            "hours": None if hours == 1 else pack.dump_decimal(hours),
        }
        visits = {key: value for key, value in visits.items() if value}
        return {"visits": visits} if visits else {}
