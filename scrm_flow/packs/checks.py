"""What check nodes of flows check, and what follows when it does not hold."""

from odoo.fields import Command

from . import fragments as f
from .registry import Extension, register_extension


@register_extension
class NodeChecks(Extension):
    """Limits and conditions of a node, and who is told and may release."""

    section = "flows"
    addon = "scrm_flow"
    kind = "node"
    pointer = ("items", "properties", "nodes", "items")
    properties = {
        "checks": f.described(
            f.keyed_list(
                {
                    "number": f.described(
                        f.STRING, "the field with the number; custom: `values.key`"
                    ),
                    "at_least": f.DECIMAL,
                    "at_most": f.DECIMAL,
                    "condition": f.described(
                        f.STRING, "instead of a number: a domain that has to hold"
                    ),
                    "otherwise": f.described(
                        {"enum": ["block", "freeze"]},
                        "it cannot be completed, or the record is frozen; `block`",
                    ),
                    "message": f.described(f.TEXT, "what people read then"),
                },
                ["message"],
            ),
            "of a check",
        ),
        "alert": f.described(
            f.obj({"people": f.refs("user"), "role": f.ref("role")}),
            "who is told at once when a check freezes the record",
        ),
        "release_exclusive": f.described(
            f.BOOLEAN, "only the role under `release`, no flow manager; false"
        ),
    }

    def vals(self, pack, item):
        alert = item.get("alert", {})
        return {
            "check_ids": [
                Command.create(self._check(pack, rank, check))
                for rank, check in enumerate(item.get("checks", ()))
            ],
            "alert_user_ids": pack.refs("user", alert.get("people")).ids,
            "alert_group_id": pack.ref("role", alert.get("role")).id,
            "is_release_exclusive": item.get("release_exclusive", False),
        }

    def load(self, pack, item, record):
        """Write the translations of the messages."""
        for check, one in zip(record.check_ids, item.get("checks", ()), strict=True):
            pack.write(check, {"message": pack.text(one["message"])})

    def _check(self, pack, rank, check):
        return {
            "rank": rank,
            "key": check["key"],
            "kind": "domain" if "condition" in check else "limits",
            "field_path": check.get("number", False),
            "lower": check.get("at_least", False),
            "upper": check.get("at_most", False),
            "condition": check.get("condition", "[]"),
            "severity": check.get("otherwise", "block"),
            "message": pack.text(check["message"]),
        }

    def dump(self, pack, record):
        return {
            "checks": [
                {
                    "key": check.key,
                    "message": pack.dump_text(check, "message"),
                    "otherwise": check.severity,
                    **(
                        {"condition": check.condition}
                        if check.kind == "domain"
                        else {
                            "number": check.field_path,
                            "at_least": check.lower,
                            "at_most": check.upper,
                        }
                    ),
                }
                for check in record.check_ids
            ],
            "alert": {
                "people": pack.keys_of("user", record.alert_user_ids),
                "role": pack.key_of("role", record.alert_group_id),
            },
            "release_exclusive": record.is_release_exclusive,
        }
