"""Pieces that the price sections share."""

from odoo.addons.scrm_flow.engine import decision
from odoo.addons.scrm_flow.packs import fragments as f

CONDITIONS = {
    "type": "array",
    "items": f.obj(
        {
            "dimension": f.described(
                f.STRING,
                "of the ticket: `customer_level`, `region`, `field.<key>`, ...; of the "
                "goods: `product.cost`, `product.stock_age`, `product.idle_days`, "
                "`product.on_hand`, `product.batch`, `product.code`, "
                "`product.category`, `product.market`, `quantity`",
            ),
            "operator": {"enum": list(decision.OPERATORS)},
            "value": f.STRING,
        },
        ["dimension", "operator", "value"],
    ),
}


def load_conditions(pack, conditions, present, owner):
    """Make the conditions of a rule what the pack says.

    :param present: ``scrm.price.condition`` the rule has
    :param owner: values that tie a new one to its rule
    """
    for number, condition in enumerate(conditions):
        with pack.at(f".when[{number}]"):
            if number < len(present):
                pack.write(present[number], condition)
            else:
                pack.create("scrm.price.condition", {**condition, **owner})
    present[len(conditions) :].unlink()


def dump_conditions(conditions):
    return [
        {
            "dimension": condition.dimension,
            "operator": condition.operator,
            "value": condition.value,
        }
        for condition in conditions.sorted("id")
    ]


def moment(value):
    """A moment as packs write it; None when there is none."""
    return value.strftime("%Y-%m-%d %H:%M:%S") if value else None
