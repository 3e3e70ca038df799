"""Stores: where tickets are served."""

from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import (
    Extension,
    Kind,
    Section,
    register_extension,
    register_section,
)


@register_section
class StoreSection(Section):
    """Stores: service points with address, warehouse, region, class and staff."""

    key = "stores"
    addon = "scrm_ticket"
    after = ("company", "partners", "rosters", "stock", "users")
    kinds = {"store": Kind("scrm.store", key_field="key")}
    schema = f.listing(
        "store",
        {
            "name": f.TEXT,
            "partner": f.ref("partner"),
            "warehouse": f.ref("warehouse"),
            "region": f.STRING,
            "class": f.STRING,
            "manager": f.ref("user"),
            "users": f.refs("user"),
            "rosters": {
                "description": "who works here when",
                **f.refs("roster"),
            },
            "step_limit": f.described(
                f.INTEGER,
                "open steps on tickets its people have in hand, at most; any number",
            ),
        },
        required=["name"],
    )

    def load_item(self, pack, item):
        vals = {
            "name": pack.text(item["name"]),
            "company_id": pack.env.company.id,
            "partner_id": pack.ref("partner", item.get("partner"), ".partner").id,
            "warehouse_id": pack.ref(
                "warehouse", item.get("warehouse"), ".warehouse"
            ).id,
            "region": item.get("region", False),
            "store_class": item.get("class", False),
            "manager_id": pack.ref("user", item.get("manager"), ".manager").id,
            "user_ids": pack.refs("user", item.get("users"), ".users").ids,
            "roster_ids": pack.refs("roster", item.get("rosters"), ".rosters").ids,
            "step_limit": item.get("step_limit", 0),
        }
        vals.update(self.extra_vals(pack, "store", item))
        store = pack.upsert("store", item["key"], "scrm.store", vals)
        self.extra_load(pack, "store", item, store)

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "partner": pack.key_of("partner", record.partner_id),
            "warehouse": pack.key_of("warehouse", record.warehouse_id),
            "region": record.region,
            "class": record.store_class,
            "manager": pack.key_of("user", record.manager_id),
            "users": pack.keys_of("user", record.user_ids),
            "rosters": pack.keys_of("roster", record.roster_ids),
            "step_limit": record.step_limit or None,
        }


@register_extension
class NodeHandlerStore(Extension):
    """Handlers by the nearest store."""

    section = "flows"
    addon = "scrm_ticket"
    kind = "node"
    pointer = ("items", "properties", "nodes", "items", "properties", "handler")
    properties = {
        "nearest_store": f.described(
            {"const": True}, "staff of the store that is nearest to the `location`"
        ),
        "able": f.described(
            {"const": True}, "who is able to do the services and repair plans"
        ),
        "appointment": f.described(
            {"const": True}, "the technician of the appointment"
        ),
    }

    def dump(self, pack, record):
        if record.handler_rule not in self.properties:
            return {}
        return {"handler": {record.handler_rule: True}}
