"""Scenarios in packs: kept as they are written, played from outside."""

from ..scenario import registry as scenario
from . import fragments as f
from .pack import Verbatim
from .registry import Kind, Section, register_section

DOORS = (
    "portal",
    "json2",
    "backend",
    "webhook",
    "mini",
    "wecom",
    "clock",
    "stock",
)


@register_section
class ScenarioSection(Section):
    """Acceptance scenarios: what is done at which door, and what must come of it."""

    key = "scenarios"
    addon = "scrm_flow"
    kinds = {"scenario": Kind("scrm.pack.scenario", key_field="key")}

    @property
    def schema(self):
        """Made anew: addons' verbs and expectations come and go."""
        step = f.obj(
            {
                "name": f.described(f.KEY, "for changes `since` this step"),
                "title": f.described(f.STRING, "what the table prints; the verb"),
                "at": f.described(f.DATETIME, "the test clock is set to it first"),
                "as": f.described(f.ref("user"), "whose session or API key"),
                "door": {"enum": list(DOORS)},
                "do": f.described(f.KEY, "a verb of this door"),
                "with": {"type": "object", "description": "what the verb needs"},
                "save": {
                    "description": "name -> dotted path into the verb's answer;"
                    " later steps write `${name}`",
                    "type": "object",
                    "propertyNames": f.KEY,
                    "additionalProperties": f.STRING,
                },
                "expect": {
                    "description": '`{"that": expectation, ...}`; without any the'
                    " step must not be refused",
                    "type": "array",
                    "items": self._expectation(),
                },
            },
            ["door", "do"],
        )
        step["allOf"] = [
            self._verb(door, name, verb)
            for (door, name), verb in sorted(scenario.verbs.items())
        ]
        return f.listing(
            "scenario",
            {
                "name": f.TEXT,
                "demo": {
                    **f.BOOLEAN,
                    "description": "Played by make run to fill the demonstration.",
                },
                "steps": {"type": "array", "minItems": 1, "items": step},
            },
            required=["name", "steps"],
        )

    @staticmethod
    def _verb(door, name, verb):
        then = {
            "properties": {
                "with": {**f.obj(verb.schema, verb.required)},
            }
        }
        if verb.required:
            then["required"] = ["with"]
        return {
            "description": verb.description,
            "x-scrm-addon": verb.addon,
            "if": {
                "properties": {"door": {"const": door}, "do": {"const": name}},
                "required": ["door", "do"],
            },
            "then": then,
        }

    @staticmethod
    def _expectation():
        cases = []
        for name, entry in sorted(scenario.expectations.items()):
            then = f.obj({"that": {"const": name}, **entry.schema}, entry.required)
            cases.append(
                {
                    "description": entry.description,
                    "x-scrm-addon": entry.addon,
                    "if": {"properties": {"that": {"const": name}}},
                    "then": then,
                }
            )
        return {
            "type": "object",
            "required": ["that"],
            "properties": {"that": {"enum": sorted(scenario.expectations)}},
            "allOf": cases,
        }

    def check(self, pack, value, report):
        for number, item in enumerate(value):
            saved = set()
            for place, step in enumerate(item["steps"]):
                path = f"$.scenarios[{number}].steps[{place}]"
                if (step["door"], step["do"]) not in scenario.verbs:
                    report(
                        f"{path}.do",
                        pack.user_env._(
                            "nobody can “%(do)s” at the door “%(door)s”",
                            do=step["do"],
                            door=step["door"],
                        ),
                    )
                for name, where in used_names(step.get("with", {}), f"{path}.with"):
                    if name not in saved:
                        report(where, self._not_saved(pack, name))
                saved |= set(step.get("save", {}))
                for name, where in used_names(step.get("expect", []), f"{path}.expect"):
                    if name not in saved:
                        report(where, self._not_saved(pack, name))

    @staticmethod
    def _not_saved(pack, name):
        return pack.user_env._("no earlier step saves “%s”", name)

    def load_item(self, pack, item):
        pack.upsert(
            "scenario",
            item["key"],
            "scrm.pack.scenario",
            {
                "name": pack.text(item["name"]),
                "is_demo": item.get("demo", False),
                "steps": item["steps"],
            },
        )

    def dump(self, pack):
        return [
            {
                "key": key,
                "name": pack.dump_text(record, "name"),
                "demo": record.is_demo,
                "steps": Verbatim(record.steps),
            }
            for key, record in pack.records("scenario")
        ]


def used_names(value, path):
    """(name, JSON path) of every ``${name}`` in a JSON value.

    >>> list(used_names({"id": "${ticket}", "a": ["x", "/my/${page}"]}, "$"))
    [('ticket', '$.id'), ('page', '$.a[1]')]
    """
    if isinstance(value, dict):
        for key, part in value.items():
            yield from used_names(part, f"{path}.{key}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from used_names(part, f"{path}[{number}]")
    elif isinstance(value, str):
        for name in scenario.NAME.findall(value):
            yield name, path
