"""Device models, services, repair plans, and the devices at customers."""

from odoo import fields

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import (
    Extension,
    Kind,
    Section,
    register_extension,
    register_section,
)

_NEEDS = {
    "type": "array",
    "x-scrm-unique": "product",
    "items": f.obj({"product": f.ref("product"), "quantity": f.DECIMAL}, ["product"]),
}


def part_rows(pack, needs, path):
    """Rows of needed parts: (id of the product, values).

    :param needs: list of {"product": key, "quantity": decimal}
    :param path: JSON path of the list
    """
    rows = []
    for number, need in enumerate(needs):
        where = f"{path}[{number}].product"
        product = pack.ref("product", need["product"], where)
        if not product.is_storable:
            raise pack.error(
                pack.user_env._("“%s” is not kept in stock", product.name), where
            )
        quantity = pack.decimal(need.get("quantity", "1"))
        rows.append((product.id, {"quantity": quantity, "sequence": 10 * number}))
    return rows


def dump_parts(pack, parts):
    return [
        {
            "product": pack.key_of("product", part.product_id),
            "quantity": pack.dump_decimal(part.quantity),
        }
        for part in parts.sorted()
    ]


@register_extension
class ProductDevice(Extension):
    """What makes a product a device model, or a service an item of the library."""

    section = "products"
    addon = "scrm_ticket"
    kind = "product"
    after = ("roles",)
    properties = {
        "tracking": f.described(
            {"enum": ["serial", "lot"]}, "each piece, or each batch, has a number"
        ),
        "device": f.obj(
            {
                "class": f.STRING,
                "warranty_months": f.INTEGER,
                "cycle_months": f.described(f.INTEGER, "maintenance by the calendar"),
                "cycle_usage": f.described(f.DECIMAL, "maintenance by usage"),
                "counts": f.described(f.TEXT, "what its readings count: km, hours"),
            }
        ),
        "hours": f.described(f.DECIMAL, "labour hours of a service"),
        "done_by": f.described(f.refs("role"), "who is able to do the service"),
    }

    def vals(self, pack, item):
        device = item.get("device")
        vals = {
            "scrm_is_device": device is not None,
            "scrm_hours": pack.decimal(item.get("hours", "0")),
            "scrm_role_ids": pack.refs("role", item.get("done_by"), ".done_by").ids,
        }
        if "tracking" in item:
            vals["tracking"] = item["tracking"]
        if device is not None:
            vals.update(
                {
                    "scrm_device_class": device.get("class"),
                    "scrm_warranty_months": device.get("warranty_months", 0),
                    "scrm_cycle_months": device.get("cycle_months", 0),
                    "scrm_cycle_usage": pack.decimal(device.get("cycle_usage", "0")),
                    "scrm_usage_unit": pack.text(device.get("counts")),
                }
            )
        return vals

    def dump(self, pack, record):
        device = {
            "class": record.scrm_device_class or None,
            "warranty_months": record.scrm_warranty_months or None,
            "cycle_months": record.scrm_cycle_months or None,
            "cycle_usage": pack.dump_decimal(record.scrm_cycle_usage)
            if record.scrm_cycle_usage
            else None,
            "counts": pack.dump_text(record, "scrm_usage_unit"),
        }
        plain = {key: value for key, value in device.items() if value}
        found = {
            "tracking": None if record.tracking == "none" else record.tracking,
            "hours": pack.dump_decimal(record.scrm_hours)
            if record.scrm_hours
            else None,
            "done_by": pack.keys_of("role", record.scrm_role_ids),
        }
        return {**found, "device": plain} if record.scrm_is_device else found


@register_section
class ProductPartSection(Section):
    """Parts that fit a device model, and parts that a service takes."""

    key = "product_parts"
    addon = "scrm_ticket"
    after = ("products",)
    schema = {
        "type": "array",
        "x-scrm-unique": "product",
        "items": f.obj(
            {
                "product": f.ref("product"),
                "fits": f.described(
                    f.refs("product"), "spare parts of the device model"
                ),
                "needs": _NEEDS,
            },
            ["product"],
        ),
    }

    def load_item(self, pack, item):
        product = pack.ref("product", item["product"], ".product")
        fits = pack.refs("product", item.get("fits"), ".fits")
        template = product.product_tmpl_id
        pack.write(template, {"scrm_fitting_part_ids": fits.ids})
        rows = part_rows(pack, item.get("needs", ()), ".needs")
        pack.sync(template, "scrm_service_part_ids", rows, key="product_id")

    def dump(self, pack):
        found = []
        for key, record in pack.records("product"):
            fits = pack.keys_of("product", record.scrm_fitting_part_ids)
            needs = dump_parts(pack, record.scrm_service_part_ids)
            if fits or needs:
                found.append({"product": key, "fits": fits, "needs": needs})
        return [{k: v for k, v in item.items() if v} for item in found]


@register_section
class RepairPlanSection(Section):
    """Repair plans: what a fault of a device model takes."""

    key = "repair_plans"
    addon = "scrm_ticket"
    after = ("fields", "products", "roles", "templates")
    kinds = {"repair_plan": Kind("scrm.repair.plan", key_field="key")}
    schema = f.listing(
        "repair_plan",
        {
            "name": f.TEXT,
            "models": f.described(f.refs("product"), "every device if left out"),
            "fault": f.described(
                f.obj(
                    {"field": f.ref("field"), "option": f.STRING}, ["field", "option"]
                ),
                "the answer on the form; maintenance if left out",
            ),
            "templates": f.described(f.refs("template"), "every one if left out"),
            "hours": f.DECIMAL,
            "done_by": f.refs("role"),
            "note": f.TEXT,
            "parts": _NEEDS,
            "sequence": f.INTEGER,
        },
        required=["name"],
    )

    def load_item(self, pack, item):
        models = pack.refs("product", item.get("models"), ".models")
        vals = {
            "name": pack.text(item["name"]),
            "product_tmpl_ids": models.product_tmpl_id.ids,
            "fault_id": self._fault(pack, item.get("fault")).id,
            "template_ids": pack.refs(
                "template", item.get("templates"), ".templates"
            ).ids,
            "hours": pack.decimal(item.get("hours", "0")),
            "role_ids": pack.refs("role", item.get("done_by"), ".done_by").ids,
            "note": pack.text(item.get("note")),
            "sequence": item.get("sequence", 10),
        }
        plan = pack.upsert("repair_plan", item["key"], "scrm.repair.plan", vals)
        rows = part_rows(pack, item.get("parts", ()), ".parts")
        pack.sync(plan, "part_ids", rows, key="product_id")

    def _fault(self, pack, fault):
        options = pack.env["scrm.form.option"]
        if not fault:
            return options
        field = pack.ref("field", fault["field"], ".fault.field")
        option = field.option_ids.filtered(lambda one: one.key == fault["option"])
        if not option:
            raise pack.error(
                pack.user_env._(
                    "the field “%(field)s” has no option “%(option)s”",
                    field=fault["field"],
                    option=fault["option"],
                ),
                ".fault.option",
            )
        return option

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "models": pack.keys_of(
                "product", record.product_tmpl_ids.product_variant_id
            ),
            "fault": {
                "field": pack.key_of("field", record.fault_id.field_id),
                "option": record.fault_id.key,
            }
            if record.fault_id
            else None,
            "templates": pack.keys_of("template", record.template_ids),
            "hours": pack.dump_decimal(record.hours) if record.hours else None,
            "done_by": pack.keys_of("role", record.role_ids),
            "note": pack.dump_text(record, "note"),
            "parts": dump_parts(pack, record.part_ids),
            "sequence": None if record.sequence == 10 else record.sequence,
        }


@register_extension
class TemplateService(Extension):
    """The services that tickets of a template do."""

    section = "templates"
    addon = "scrm_ticket"
    kind = "template"
    properties = {
        "services": f.described(
            f.refs("product"), "what its tickets do, with parts and hours"
        )
    }

    def vals(self, pack, item):
        services = pack.refs("product", item.get("services"), ".services")
        return {"service_ids": services.ids}

    def dump(self, pack, record):
        return {"services": pack.keys_of("product", record.service_ids)}


@register_section
class DeviceSection(Section):
    """Devices at customers, by their serial numbers."""

    key = "devices"
    addon = "scrm_ticket"
    after = ("partners", "products", "stores", "templates")
    kinds = {"device": Kind("stock.lot")}
    schema = f.listing(
        "device",
        {
            "serial": f.STRING,
            "product": f.ref("product"),
            "customer": f.ref("partner"),
            "site": f.ref("partner"),
            "place": f.STRING,
            "store": f.ref("store"),
            "supplier": f.ref("partner"),
            "bought": f.DATE,
            "installed": f.DATE,
            "warranty_end": f.described(
                f.DATE, "by the model and the day of the purchase if left out"
            ),
            "maintained": f.described(f.DATE, "last maintenance"),
            "cycle_months": f.described(f.INTEGER, "that of the model if left out"),
            "cycle_usage": f.described(f.DECIMAL, "that of the model if left out"),
            "maintenance": f.described(
                f.ref("template"), "a ticket of this template is opened in time"
            ),
            "days_ahead": f.described(f.INTEGER, "how long before; 7 if left out"),
            "readings": {
                "type": "array",
                "x-scrm-unique": "day",
                "items": f.obj(
                    {"day": f.DATE, "value": f.DECIMAL, "note": f.STRING},
                    ["day", "value"],
                ),
            },
        },
        required=["serial", "product"],
    )

    def load_item(self, pack, item):
        store = pack.ref("store", item.get("store"), ".store")
        template = pack.ref("template", item.get("maintenance"), ".maintenance")
        vals = {
            "name": item["serial"],
            "product_id": pack.ref("product", item["product"], ".product").id,
            "scrm_partner_id": pack.ref(
                "partner", item.get("customer"), ".customer"
            ).id,
            "scrm_site_id": pack.ref("partner", item.get("site"), ".site").id,
            "scrm_place": item.get("place"),
            "scrm_store_id": store.id,
            "scrm_maintenance_template_id": template.id,
            "scrm_maintenance_ahead": item.get("days_ahead", 7),
        }
        if "supplier" in item:
            supplier = pack.ref("partner", item["supplier"], ".supplier")
            vals["scrm_supplier_id"] = supplier.id
        for key, name in (
            ("bought", "scrm_purchase_date"),
            ("installed", "scrm_install_date"),
            ("warranty_end", "scrm_warranty_end"),
            ("maintained", "scrm_last_maintenance"),
            ("cycle_months", "scrm_cycle_months"),
        ):
            if key in item:
                vals[name] = item[key]
        if "cycle_usage" in item:
            vals["scrm_cycle_usage"] = pack.decimal(item["cycle_usage"])
        device = pack.upsert("device", item["key"], "stock.lot", vals)
        rows = [
            (
                fields.Date.to_date(reading["day"]),
                {
                    "value": pack.decimal(reading["value"]),
                    "note": reading.get("note", False),
                },
            )
            for reading in item.get("readings", ())
        ]
        pack.sync(device, "scrm_reading_ids", rows, key="day")

    def dump_item(self, pack, record):
        def day(name):
            return record[name].isoformat() if record[name] else None

        ahead = record.scrm_maintenance_ahead
        return {
            "serial": record.name,
            "product": pack.key_of("product", record.product_id),
            "customer": pack.key_of("partner", record.scrm_partner_id),
            "site": pack.key_of("partner", record.scrm_site_id),
            "place": record.scrm_place or None,
            "store": pack.key_of("store", record.scrm_store_id),
            "supplier": pack.key_of("partner", record.scrm_supplier_id),
            "bought": day("scrm_purchase_date"),
            "installed": day("scrm_install_date"),
            "warranty_end": day("scrm_warranty_end"),
            "maintained": day("scrm_last_maintenance"),
            "cycle_months": record.scrm_cycle_months or None,
            "cycle_usage": pack.dump_decimal(record.scrm_cycle_usage)
            if record.scrm_cycle_usage
            else None,
            "maintenance": pack.key_of("template", record.scrm_maintenance_template_id),
            "days_ahead": None if ahead == 7 else ahead,
            "readings": [
                {
                    "day": reading.day.isoformat(),
                    "value": pack.dump_decimal(reading.value),
                    "note": reading.note or None,
                }
                for reading in record.scrm_reading_ids.sorted("day")
            ],
        }
