"""Settlement plans: who is paid for what, from when on."""

from odoo.fields import Command

from odoo.addons.scrm_flow.engine import decision
from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section

from . import payout, settlement_formula

_CONDITION = f.obj(
    {
        "dimension": f.STRING,
        "operator": {"enum": list(decision.OPERATORS)},
        "value": f.STRING,
    },
    ["dimension", "operator", "value"],
)
_RULE = {
    "name": f.TEXT,
    "when": {"type": "array", "items": _CONDITION},
    "formula": settlement_formula.SCHEMA,
}
_SHARE = f.obj(
    {
        "node": f.KEY,
        "partner": f.ref("partner"),
        "cost_centre": f.ref("cost_centre"),
        "project_hours": {
            **f.BOOLEAN,
            "description": "the projects of each ticket, by the hours worked for them",
        },
        "weight": f.DECIMAL,
        "times": {
            **f.STRING,
            "description": "dimension that the weight is multiplied by",
        },
    }
)
_COMPONENT = {
    "name": f.TEXT,
    "product": f.ref("product"),
    "payee_node": f.KEY,
    "per": {
        "enum": ["fact", "month", "quarter", "year"],
        "description": "whether each fact or the total of a period is paid",
    },
    "standing": {
        **f.refs("user"),
        "description": "paid for each period even without facts",
    },
    "stores": {
        **f.refs("store"),
        "description": "the share of stores served in a period is of these",
    },
    "shares": {"type": "array", "items": _SHARE},
    "rules": f.keyed_list(_RULE, ["name", "formula"]),
}


@register_section
class SettlementSection(Section):
    """Settlement plans with versions by date, components that add up, and rules."""

    key = "settlement"
    addon = "scrm_settlement"
    after = (
        *("templates", "products", "fields", "users", "partners", "cost_centres"),
        *("payout_providers", "stores"),
    )
    kinds = {"plan": Kind("scrm.settlement.plan", key_field="key")}
    schema = f.listing(
        "plan",
        {
            "name": f.TEXT,
            "templates": f.refs("template"),
            "payee_node": f.KEY,
            "basis": {
                "enum": ["ticket_done", "ticket_paid", "stage_done", "compensation"],
                "description": "what makes an amount due",
            },
            "rework": {
                "enum": ["difference", "again", "nothing"],
                "description": "what is paid for a ticket that is done again",
            },
            "currency": f.ref("currency"),
            "instant_payout": {
                **f.obj({"fee": f.DECIMAL, "product": f.ref("product")}, ["product"]),
                "description": "payees may be paid at once; fee in percent",
            },
            **payout.SCHEMA,
            "versions": f.keyed_list(
                {
                    "valid_from": f.DATE,
                    "valid_to": f.DATE,
                    "components": f.keyed_list(
                        _COMPONENT, ["name", "product", "rules"]
                    ),
                },
                ["components"],
                key="valid_from",
            ),
        },
        required=["name", "payee_node", "versions"],
    )

    def check(self, pack, value, report):
        for path, rule in self._rules(value):
            formula = rule["formula"]
            wanted = settlement_formula.needs(
                formula["kind"], formula.get("of", "percent"), formula.get("unit")
            )
            given = formula.keys() - {"kind", "of"}
            for name in sorted(wanted - given):
                report(
                    f"{path}.formula",
                    pack.user_env._("“%s” is missing for this formula", name),
                )
            for name in sorted(given - wanted - settlement_formula.ALWAYS):
                report(
                    f"{path}.formula.{name}",
                    pack.user_env._("“%s” has no meaning for this formula", name),
                )

    def _rules(self, value):
        for number, plan in enumerate(value):
            for place, version in enumerate(plan["versions"]):
                for part, component in enumerate(version["components"]):
                    path = f"$.settlement[{number}].versions[{place}]"
                    for rank, rule in enumerate(component["rules"]):
                        yield f"{path}.components[{part}].rules[{rank}]", rule

    def load_item(self, pack, item):
        vals = {
            "name": pack.text(item["name"]),
            "template_ids": pack.refs(
                "template", item.get("templates"), ".templates"
            ).ids,
            "payee_node_key": item["payee_node"],
            "rework": item.get("rework", "difference"),
            "event": item.get("basis", "ticket_done"),
        }
        instant = item.get("instant_payout") or {}
        product = pack.ref("product", instant.get("product"), ".instant_payout.product")
        vals |= {
            "is_instant_offered": bool(instant),
            "instant_fee_percent": pack.decimal(instant.get("fee")),
            "instant_fee_product_id": product.id if product else False,
        }
        vals |= payout.load(pack, item)
        currency = pack.ref("currency", item.get("currency"), ".currency")
        vals["currency_id"] = (currency or pack.env.company.currency_id).id
        plan = pack.upsert(
            "plan",
            item["key"],
            "scrm.settlement.plan",
            vals,
            create_vals={"company_id": pack.env.company.id},
        )
        present = {version.valid_from: version for version in plan.version_ids}
        for number, version in enumerate(item["versions"]):
            with pack.at(f".versions[{number}]"):
                self._load_version(pack, plan, present, version)

    def _load_version(self, pack, plan, present, item):
        """Versions that the pack does not name stay: they may have been used."""
        model = pack.env["scrm.settlement.plan.version"]
        start = model._fields["valid_from"].to_date(item["valid_from"])
        vals = {"valid_to": item.get("valid_to") or False}
        version = present.get(start)
        if version:
            pack.write(version, vals)
        else:
            version = pack.create(
                model._name, {"plan_id": plan.id, "valid_from": start, **vals}
            )
        rows = []
        for rank, component in enumerate(item["components"]):
            product = pack.ref(
                "product", component["product"], f".components[{rank}].product"
            )
            rows.append(
                (
                    component["key"],
                    {
                        "name": pack.text(component["name"]),
                        "rank": rank,
                        "product_id": product.id,
                        "payee_node_key": component.get("payee_node", False),
                        **self._period_vals(pack, component, rank),
                        "store_ids": pack.refs(
                            "store",
                            component.get("stores"),
                            f".components[{rank}].stores",
                        ).ids,
                    },
                )
            )
        components = pack.sync(version, "component_ids", rows)
        for number, component in enumerate(item["components"]):
            with pack.at(f".components[{number}]"):
                self._load_shares(pack, components[number], component)
                self._load_rules(pack, components[number], component["rules"])

    def _period_vals(self, pack, item, rank):
        per = item.get("per", "fact")
        standing = pack.refs(
            "user", item.get("standing"), f".components[{rank}].standing"
        ).partner_id
        return {
            "scope": "fact" if per == "fact" else "period",
            "period": "month" if per == "fact" else per,
            "standing_payee_ids": standing.ids,
        }

    def _load_rules(self, pack, component, items):
        present = {rule.key: rule for rule in component.rule_ids}
        rows = []
        for rank, rule in enumerate(items):
            vals = {"name": pack.text(rule["name"]), "rank": rank}
            vals |= settlement_formula.load(pack, rule["formula"])
            if rule["key"] in present:
                self._clear_changed(pack, present[rule["key"]], vals)
            rows.append((rule["key"], vals))
        for number, (rule, item) in enumerate(
            zip(pack.sync(component, "rule_ids", rows), items, strict=True)
        ):
            with pack.at(f".rules[{number}]"):
                self._load_conditions(pack, rule, item.get("when", []))

    def _clear_changed(self, pack, record, vals):
        """Rows of a table that are not the same are all written anew."""
        for name, value in vals.items():
            if record._fields[name].type == "one2many" and pack.differs(
                record, {name: value}
            ):
                record[name].unlink()

    def _load_shares(self, pack, component, item):
        rows = []
        for number, share in enumerate(item.get("shares", [])):
            path = f".shares[{number}]"
            centre = pack.ref(
                "cost_centre", share.get("cost_centre"), f"{path}.cost_centre"
            )
            partner = pack.ref("partner", share.get("partner"), f"{path}.partner")
            receiver = "analytic" if centre else "partner" if partner else "node"
            if share.get("project_hours"):
                receiver = "hours"
            rows.append(
                Command.create(
                    {
                        "rank": number,
                        "receiver": receiver,
                        "payee_node_key": share.get("node", False),
                        "partner_id": partner.id if partner else False,
                        "analytic_account_id": centre.id if centre else False,
                        "weight": pack.decimal(share.get("weight", "1")),
                        "dimension": share.get("times", False),
                    }
                )
            )
        vals = {"share_ids": rows}
        if pack.differs(component, vals):
            component.share_ids.unlink()
            pack.write(component, vals)

    def _load_conditions(self, pack, rule, items):
        present = rule.condition_ids.sorted("id")
        for number, item in enumerate(items):
            if number < len(present):
                pack.write(present[number], item)
            else:
                pack.create("scrm.settlement.condition", {**item, "rule_id": rule.id})
        present[len(items) :].unlink()

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "templates": pack.keys_of("template", record.template_ids),
            "payee_node": record.payee_node_key,
            "basis": record.event if record.event != "ticket_done" else None,
            "rework": record.rework if record.rework != "difference" else None,
            "currency": record.currency_id.name,
            "instant_payout": {
                "fee": pack.dump_decimal(record.instant_fee_percent),
                "product": pack.key_of("product", record.instant_fee_product_id),
            }
            if record.is_instant_offered
            else None,
            **payout.dump(pack, record),
            "versions": [
                {
                    "valid_from": version.valid_from.isoformat(),
                    "valid_to": version.valid_to and version.valid_to.isoformat(),
                    "components": [
                        self._dump_component(pack, component)
                        for component in version.component_ids.sorted("rank")
                    ],
                }
                for version in record.version_ids.sorted("valid_from")
            ],
        }

    def _dump_component(self, pack, component):
        return {
            "key": component.key,
            "name": pack.dump_text(component, "name"),
            "product": pack.key_of("product", component.product_id),
            "payee_node": component.payee_node_key or None,
            "per": component.period if component.scope == "period" else None,
            "standing": pack.keys_of("user", component.standing_payee_ids.user_ids)
            or None,
            "stores": pack.keys_of("store", component.store_ids) or None,
            "shares": [self._dump_share(pack, share) for share in component.share_ids]
            or None,
            "rules": [
                {
                    "key": rule.key,
                    "name": pack.dump_text(rule, "name"),
                    "when": [
                        {
                            "dimension": condition.dimension,
                            "operator": condition.operator,
                            "value": condition.value,
                        }
                        for condition in rule.condition_ids.sorted("id")
                    ],
                    "formula": settlement_formula.dump(pack, rule),
                }
                for rule in component.rule_ids.sorted("rank")
            ],
        }

    def _dump_share(self, pack, share):
        return {
            "node": share.payee_node_key if share.receiver == "node" else None,
            "partner": pack.key_of("partner", share.partner_id),
            "cost_centre": pack.key_of("cost_centre", share.analytic_account_id),
            "project_hours": share.receiver == "hours" or None,
            "weight": pack.dump_decimal(share.weight),
            "times": share.dimension or None,
        }
