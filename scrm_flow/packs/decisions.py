"""Decision tables in packs."""

from ..engine import decision
from . import fragments as f
from .registry import Extension, Kind, Section, register_extension, register_section

#: Kind of a result that is the key of a gateway's transition.
KEY = "transition"


@register_section
class DecisionTableSection(Section):
    """Decision tables: the first rule whose conditions all hold gives the result."""

    key = "decision_tables"
    addon = "scrm_flow"
    after = ("roles", "users", "partners", "fields", "stores", "pricelists")
    kinds = {"decision_table": Kind("scrm.decision.table", key_field="key")}
    schema = f.listing(
        "decision_table",
        {
            "name": f.TEXT,
            "model": f.described(f.STRING, "what is asked: `helpdesk.ticket`"),
            "hit_policy": f.described(
                {"enum": ["first", "collect"]},
                "the first rule that matches, or all of them; `first`",
            ),
            "rules": {
                "type": "array",
                "minItems": 1,
                "items": f.obj(
                    {
                        "name": f.TEXT,
                        "default": f.described(
                            f.BOOLEAN, "answers when no other rule does"
                        ),
                        "when": {
                            "type": "array",
                            "items": f.obj(
                                {
                                    "dimension": f.described(
                                        f.STRING,
                                        "what is looked at: `field.<key>`, `store`,"
                                        " `region`, `priority`, ...",
                                    ),
                                    "operator": {"enum": list(decision.OPERATORS)},
                                    "value": f.described(
                                        f.STRING,
                                        "lists and ranges with a comma; `between`"
                                        " excludes its lower and includes its upper"
                                        " limit; an empty end is open: `60, 100`",
                                    ),
                                },
                                ["dimension", "operator", "value"],
                            ),
                        },
                        "result": f.obj(
                            {
                                "kind": f.described(
                                    f.KEY,
                                    "such as `pricelist`; `transition` when gateways"
                                    " ask the table, then in all of its rules",
                                ),
                                "key": f.described(f.STRING, "key of that kind"),
                            },
                            ["kind", "key"],
                        ),
                    },
                    ["name", "result"],
                ),
            },
        },
        required=["name", "model", "rules"],
    )

    def check(self, pack, value, report):
        for number, table in enumerate(value):
            path = f"$.decision_tables[{number}]"
            if table["model"] not in pack.env:
                report(
                    f"{path}.model",
                    pack.user_env._("there is no model “%s”", table["model"]),
                )
            for rank, rule in enumerate(table["rules"]):
                self._check_rule(pack, rule, f"{path}.rules[{rank}]", report)
                if (rule["result"]["kind"] == KEY) != self._answers_with_keys(table):
                    report(
                        f"{path}.rules[{rank}].result.kind",
                        pack.user_env._(
                            "all rules of a table answer with transitions, or none"
                        ),
                    )

    def _check_rule(self, pack, rule, path, report):
        result = rule["result"]
        if result["kind"] != KEY and not pack.knows(result["kind"], result["key"]):
            report(
                f"{path}.result.key",
                pack.user_env._(
                    "there is no %(kind)s “%(key)s”",
                    kind=result["kind"],
                    key=result["key"],
                ),
            )
        for place, condition in enumerate(rule.get("when", ())):
            try:
                decision.check(decision.Condition(**condition), is_number=False)
            except ValueError:
                report(
                    f"{path}.when[{place}].value",
                    pack.user_env._(
                        "“%(value)s” cannot be compared with %(operator)s",
                        value=condition["value"],
                        operator=condition["operator"],
                    ),
                )

    def load_item(self, pack, item):
        table = pack.upsert(
            "decision_table",
            item["key"],
            "scrm.decision.table",
            {
                "name": pack.text(item["name"]),
                "model_id": pack.env["ir.model"]._get_id(item["model"]),
                "hit_policy": item.get("hit_policy", "first"),
                "result_kind": "key" if self._answers_with_keys(item) else "record",
            },
        )
        self._load_rules(pack, table, item["rules"])

    @staticmethod
    def _answers_with_keys(item):
        return item["rules"][0]["result"]["kind"] == KEY

    def _load_rules(self, pack, table, rules):
        present = table.rule_ids.sorted("rank")
        for number, rule in enumerate(rules):
            with pack.at(f".rules[{number}]"):
                vals = {
                    "rank": number,
                    "name": pack.text(rule["name"]),
                    "is_default": rule.get("default", False),
                    **self._result_vals(pack, rule["result"]),
                }
                if number < len(present):
                    record = present[number]
                    pack.write(record, vals)
                else:
                    record = pack.create(
                        "scrm.decision.rule", {**vals, "table_id": table.id}
                    )
                self._load_conditions(pack, record, rule.get("when", []))
        present[len(rules) :].unlink()

    def _result_vals(self, pack, result):
        if result["kind"] == KEY:
            return {
                "result_key": result["key"],
                "result_model": False,
                "result_id": False,
            }
        record = pack.ref(result["kind"], result["key"])
        return {
            "result_key": False,
            "result_model": record._name,
            "result_id": record.id,
        }

    def _load_conditions(self, pack, record, conditions):
        present = record.condition_ids.sorted("id")
        for number, condition in enumerate(conditions):
            if number < len(present):
                pack.write(present[number], condition)
            else:
                pack.create(
                    "scrm.decision.condition", {**condition, "rule_id": record.id}
                )
        present[len(conditions) :].unlink()

    def finish(self, pack, value):
        for number, item in enumerate(value):
            with pack.at(f"[{number}]"):
                pack.find("decision_table", item["key"])._check_its_gateways()

    def dump_item(self, pack, record):
        return {
            "name": pack.dump_text(record, "name"),
            "model": record.model_id.model,
            "hit_policy": None if record.hit_policy == "first" else record.hit_policy,
            "rules": [
                {
                    "name": pack.dump_text(rule, "name"),
                    "default": rule.is_default,
                    "when": [
                        {
                            "dimension": condition.dimension,
                            "operator": condition.operator,
                            "value": condition.value,
                        }
                        for condition in rule.condition_ids.sorted("id")
                    ],
                    "result": self._dump_result(pack, rule),
                }
                for rule in record.rule_ids.sorted("rank")
            ],
        }

    def _dump_result(self, pack, rule):
        if rule.result_kind == "key":
            return {"kind": KEY, "key": rule.result_key}
        result = pack.env[rule.result_model].browse(rule.result_id)
        for kind, key in pack.names(result):
            return {"kind": kind, "key": key}
        return None


@register_extension
class GatewayTable(Extension):
    """The decision table a gateway asks."""

    section = "flows"
    addon = "scrm_flow"
    kind = "node"
    after = ("decision_tables",)
    pointer = ("items", "properties", "nodes", "items")
    properties = {
        "table": f.described(
            f.ref("decision_table"),
            "of a gateway: answers with the key of the transition to take",
        ),
    }

    def vals(self, pack, item):
        table = pack.ref("decision_table", item.get("table"), ".table")
        return {"gateway_table_id": table.id}

    def dump(self, pack, record):
        return {"table": pack.key_of("decision_table", record.gateway_table_id)}
