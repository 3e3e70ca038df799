"""The tests of flows: asked before a version of the pack is published."""

from odoo import fields

from . import fragments as f
from .registry import Extension, register_extension

#: What a line of a test can do, as in ``scrm.flow.sandbox.play``.
VERBS = [
    "complete",
    "claim",
    "accept",
    "approve",
    "deny",
    "reject",
    "transfer",
    "add_handler",
    "recall",
    "freeze",
    "release",
    "cancel",
    "retry",
    "set",
    "wait",
    "expect",
]

#: Keys of a line that name somebody -> kind of what they name.
PEOPLE = {"as": "user", "user": "user", "role": "role"}


@register_extension
class FlowTests(Extension):
    """Examples that every version of the flow has to handle as expected."""

    section = "flows"
    addon = "scrm_flow"
    kind = "flow"
    pointer = ("items",)
    properties = {
        "tests": f.described(
            f.keyed_list(
                {
                    "name": f.TEXT,
                    "inactive": f.described(f.BOOLEAN, "kept, but not asked"),
                    "at": f.described(f.DATETIME, "when the record starts; now"),
                    "values": f.described(
                        {"type": "object"},
                        "of a made-up record: field name -> value; records by name "
                        "or XML id, custom fields as `field.name`",
                    ),
                    "script": {
                        "type": "array",
                        "items": f.obj(
                            {
                                "do": {"enum": VERBS},
                                "node": f.PATH,
                                "as": f.described(
                                    f.ref("user"), "who acts; the handler"
                                ),
                                "user": f.described(f.ref("user"), "who gets the work"),
                                "role": f.described(
                                    f.ref("role"), "whose member handles the node"
                                ),
                                "transition": f.PATH,
                                "to": f.described(f.PATH, "node to send back to"),
                                "hours": f.described(
                                    {"type": "number", "minimum": 0},
                                    "to wait; up to the next timer",
                                ),
                                "reason": f.STRING,
                                "values": {"type": "object"},
                                "message": f.described(
                                    f.STRING, "what a message contains"
                                ),
                            },
                            ["do"],
                        ),
                    },
                    "path": f.described(
                        {"type": "array", "items": f.PATH},
                        "all nodes in the order in which they are reached",
                    ),
                    "state": {"enum": ["running", "done", "incident"]},
                    "end": f.described(f.KEY, "the end node that is reached"),
                },
                ["name"],
            ),
            "publishing is refused when one of them fails",
        )
    }

    def load(self, pack, item, record):
        present = {case.key: case for case in record.test_ids}
        for number, test in enumerate(item.get("tests", ())):
            with pack.at(f".tests[{number}]"):
                vals = self._case_vals(pack, test, number)
                case = present.get(test["key"])
                if case:
                    pack.write(case, vals)
                else:
                    vals = {"flow_id": record.id, "key": test["key"], **vals}
                    case = pack.create("scrm.flow.test.case", vals)
                pack.sync(case, "line_ids", self._line_rows(pack, test), key="sequence")

    def _case_vals(self, pack, test, number):
        return {
            "name": pack.text(test["name"]),
            "sequence": 10 * number,
            "active": not test.get("inactive", False),
            "start_at": test.get("at", False),
            "expected_path": " → ".join(test.get("path", ())) or False,
            "expected_state": test.get("state", False),
            "expected_end": test.get("end", False),
        }

    def _line_rows(self, pack, test):
        script = []
        for number, action in enumerate(test.get("script", ())):
            with pack.at(f".script[{number}]"):
                ids = {
                    name: pack.ref(kind, action[name]).id
                    for name, kind in PEOPLE.items()
                    if name in action
                }
                script.append({**action, **ids})
        lines = pack.env["scrm.flow.test.line"]
        rows = lines._vals_of_call(test.get("values"), script)
        empty = {
            "node_key": False,
            "target_key": False,
            "transition_key": False,
            "user_id": False,
            "group_id": False,
            "field_name": False,
            "value": False,
            "hours": 0.0,
        }
        return [
            (10 * number, {**empty, **{k: v or empty.get(k) for k, v in row.items()}})
            for number, row in enumerate(rows, start=1)
        ]

    def dump(self, pack, record):
        return {"tests": [self._dump_case(pack, case) for case in record.test_ids]}

    def _dump_case(self, pack, case):
        values, script = case.line_ids._as_call()
        return {
            "key": case.key,
            "name": pack.dump_text(case, "name"),
            "inactive": not case.active,
            "at": fields.Datetime.to_string(case.start_at),
            "values": values,
            "script": [self._dump_action(pack, action) for action in script],
            "path": case._path_keys(),
            "state": case.expected_state,
            "end": case.expected_end,
        }

    def _dump_action(self, pack, action):
        users = pack.env["res.users"]
        keys = {
            name: pack.key_of("user", users.browse(action[name]))
            for name in ("as", "user")
            if name in action
        }
        return {**action, **keys}
