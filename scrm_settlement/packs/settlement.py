"""Settlement plans: who is paid for what, from when on."""

from odoo.addons.scrm_flow.engine import decision
from odoo.addons.scrm_flow.packs import fragments as f
from odoo.addons.scrm_flow.packs.registry import Kind, Section, register_section

_MEASURED = {"rate": f.DECIMAL, "dimension": f.STRING}
_CONDITION = f.obj(
    {
        "dimension": f.STRING,
        "operator": {"enum": list(decision.OPERATORS)},
        "value": f.STRING,
    },
    ["dimension", "operator", "value"],
)
_FORMULA = f.obj(
    {
        "kind": {"enum": ["fixed", "per_unit", "percent", "range"]},
        "of": {
            "enum": ["fixed", "per_unit", "percent"],
            "description": "for a range: what is computed before the limits apply",
        },
        "amount": f.DECIMAL,
        **_MEASURED,
        "minimum": f.DECIMAL,
        "maximum": f.DECIMAL,
    },
    ["kind"],
)
_RULE = {
    "name": f.TEXT,
    "when": {"type": "array", "items": _CONDITION},
    "formula": _FORMULA,
}
_COMPONENT = {
    "name": f.TEXT,
    "product": f.ref("product"),
    "payee_node": f.KEY,
    "rules": f.keyed_list(_RULE, ["name", "formula"]),
}
#: What each formula needs, and nothing else.
NEEDS = {
    "fixed": {"amount"},
    "per_unit": {"rate", "dimension"},
    "percent": {"rate", "dimension"},
}


@register_section
class SettlementSection(Section):
    """Settlement plans with versions by date, components that add up, and rules."""

    key = "settlement"
    addon = "scrm_settlement"
    after = ("templates", "products", "fields", "users")
    kinds = {"plan": Kind("scrm.settlement.plan", key_field="key")}
    schema = f.listing(
        "plan",
        {
            "name": f.TEXT,
            "templates": f.refs("template"),
            "payee_node": f.KEY,
            "currency": f.ref("currency"),
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
            needs = NEEDS.get(formula["kind"])
            if needs is None:
                needs = NEEDS[formula.get("of", "percent")] | {"minimum", "maximum"}
            given = formula.keys() - {"kind", "of"}
            for name in sorted(needs - given):
                report(
                    f"{path}.formula",
                    pack.user_env._("“%s” is missing for this formula", name),
                )
            for name in sorted(given - needs):
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
        }
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
                    },
                )
            )
        components = pack.sync(version, "component_ids", rows)
        for number, component in enumerate(item["components"]):
            with pack.at(f".components[{number}]"):
                self._load_rules(pack, components[number], component["rules"])

    def _load_rules(self, pack, component, items):
        rows = [
            (
                rule["key"],
                {"name": pack.text(rule["name"]), "rank": rank}
                | self._formula_vals(pack, rule["formula"]),
            )
            for rank, rule in enumerate(items)
        ]
        for number, (rule, item) in enumerate(
            zip(pack.sync(component, "rule_ids", rows), items, strict=True)
        ):
            with pack.at(f".rules[{number}]"):
                self._load_conditions(pack, rule, item.get("when", []))

    def _formula_vals(self, pack, formula):
        vals = {
            name: pack.decimal(formula.get(name))
            for name in ("amount", "rate", "minimum", "maximum")
        }
        return {
            **vals,
            "formula": formula["kind"],
            "inner": formula.get("of", "percent"),
            "dimension": formula.get("dimension", False),
        }

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
            "currency": record.currency_id.name,
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
                    "formula": self._dump_formula(pack, rule),
                }
                for rule in component.rule_ids.sorted("rank")
            ],
        }

    def _dump_formula(self, pack, rule):
        kind = rule.formula
        needs = NEEDS.get(kind) or NEEDS[rule.inner] | {"minimum", "maximum"}
        formula = {"kind": kind}
        if kind == "range":
            formula["of"] = rule.inner
        for name in sorted(needs):
            value = rule[name]
            formula[name] = value if name == "dimension" else pack.dump_decimal(value)
        return formula
