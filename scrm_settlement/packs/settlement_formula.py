"""The formula of a settlement rule: which keys it has, and what they set."""

from odoo.fields import Command

from odoo.addons.scrm_flow.packs import fragments as f

_TIER = f.obj({"above": f.DECIMAL, "up_to": f.DECIMAL, "value": f.DECIMAL}, ["value"])
_TERM = f.obj(
    {"dimension": f.STRING, "coefficient": f.DECIMAL}, ["dimension", "coefficient"]
)
_CELL = f.obj({"row": f.STRING, "column": f.STRING, "value": f.DECIMAL}, ["value"])
SCHEMA = f.obj(
    {
        "kind": {
            "enum": [
                *("fixed", "per_unit", "percent", "base_percent", "slab"),
                *("retroactive", "bonus", "coefficient", "matrix", "range"),
                *("guarantee", "period_cap", "stages"),
            ]
        },
        "of": {
            "enum": ["fixed", "per_unit", "percent"],
            "description": "for a range: what is computed before the limits apply; "
            "for stages: the whole fee",
        },
        "amount": f.DECIMAL,
        "rate": f.DECIMAL,
        "dimension": f.STRING,
        "threshold": f.DECIMAL,
        "minimum": f.DECIMAL,
        "maximum": f.DECIMAL,
        "unit": {
            "enum": ["percent", "per_unit", "amount"],
            "description": "what the values of tiers and cells are",
        },
        "tiers": {
            "type": "array",
            "items": _TIER,
            "minItems": 1,
            "description": "each above its lower, up to and including its upper "
            "limit; without up_to there is none",
        },
        "terms": {"type": "array", "items": _TERM, "minItems": 1},
        "rows": {**f.STRING, "description": "dimension of a matrix's rows"},
        "columns": {**f.STRING, "description": "dimension of its columns"},
        "cells": {
            "type": "array",
            "items": _CELL,
            "minItems": 1,
            "description": "row and column: one value, several with commas, or for "
            "numbers a range; none: any; of stages: the node's key and its weight",
        },
        "times": {
            **f.STRING,
            "description": "dimension in percent that the result is multiplied by",
        },
        "floor": {**f.DECIMAL, "description": "the result is at least this"},
        "cap": {**f.DECIMAL, "description": "the result is at most this"},
    },
    ["kind"],
)
#: What each formula needs, and nothing else; what any formula may have.
NEEDS = {
    "fixed": {"amount"},
    "per_unit": {"rate", "dimension"},
    "percent": {"rate", "dimension"},
    "base_percent": {"amount", "rate", "dimension", "threshold"},
    "slab": {"dimension", "unit", "tiers"},
    "retroactive": {"dimension", "unit", "tiers"},
    "bonus": {"dimension", "unit", "tiers"},
    "coefficient": {"amount", "terms"},
    "matrix": {"rows", "columns", "unit", "cells"},
    "guarantee": {"amount"},
    "period_cap": {"amount"},
}
ALWAYS = {"times", "floor", "cap"}
#: Names in packs and on rules, where they differ.
NAMES = {
    "rows": "row_dimension",
    "columns": "column_dimension",
    "times": "factor_dimension",
}
TABLES = {"tiers": "tier_ids", "terms": "term_ids", "cells": "cell_ids"}
#: Columns of tiers, terms and cells that are numbers.
DECIMALS = {"above", "up_to", "value", "coefficient"}


def needs(kind, of="percent", unit="percent"):
    """The parameters that a formula has to have."""
    if kind == "range":
        return NEEDS[of] | {"minimum", "maximum"}
    if kind == "stages":
        return NEEDS[of] | {"cells"}
    if kind == "matrix" and unit != "amount":
        return NEEDS[kind] | {"dimension"}
    return NEEDS[kind]


def load(pack, formula):
    """Values of the rule."""
    vals = {
        name: pack.decimal(formula.get(name))
        for name in (
            *("amount", "rate", "minimum", "maximum", "threshold"),
            *("floor", "cap"),
        )
    }
    tables = {
        "tier_ids": formula.get("tiers", []),
        "term_ids": formula.get("terms", []),
        "cell_ids": formula.get("cells", []),
    }
    for name, items in tables.items():
        vals[name] = [
            Command.create(
                {
                    key: pack.decimal(value) if key in DECIMALS else value
                    for key, value in item.items()
                }
            )
            for item in items
        ]
    return {
        **vals,
        "formula": formula["kind"],
        "inner": formula.get("of", "percent"),
        "unit": formula.get("unit", "percent"),
        "dimension": formula.get("dimension", False),
        "has_floor": "floor" in formula,
        "has_cap": "cap" in formula,
        **{field: formula.get(name, False) for name, field in NAMES.items()},
    }


def dump(pack, rule):
    """The keys of the formula of a rule: those that it needs, and limits."""
    kind = rule.formula
    formula = {"kind": kind}
    if kind in ("range", "stages"):
        formula["of"] = rule.inner
    for name in sorted(needs(kind, rule.inner, rule.unit)):
        if name in TABLES:
            formula[name] = [_dump_row(pack, row) for row in rule[TABLES[name]]]
            continue
        value = rule[NAMES.get(name, name)]
        is_text = isinstance(value, str)
        formula[name] = value if is_text else pack.dump_decimal(value)
    if rule.factor_dimension:
        formula["times"] = rule.factor_dimension
    for name in ("floor", "cap"):
        if rule[f"has_{name}"]:
            formula[name] = pack.dump_decimal(rule[name])
    return formula


def _dump_row(pack, row):
    dumped = {}
    for name in ("dimension", "row", "column"):
        if name in row._fields and row[name]:
            dumped[name] = row[name]
    for name in sorted(DECIMALS & row._fields.keys()):
        if row[name] or name != "up_to":
            dumped[name] = pack.dump_decimal(row[name])
    return dumped
