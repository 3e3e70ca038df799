"""Flows in packs: each import of a changed flow publishes a new version."""

from odoo.exceptions import UserError

from ..engine import soundness
from . import fragments as f
from .registry import Kind, Section, register_section


@register_section
class FlowSection(Section):
    """Flows: nodes and the transitions between them."""

    key = "flows"
    addon = "scrm_flow"
    after = ("roles", "users")
    kinds = {"flow": Kind("scrm.flow", key_field="key")}
    schema = f.listing(
        "flow",
        {
            "name": f.TEXT,
            "model": f.STRING,
            "description": f.TEXT,
            "nodes": f.keyed_list(
                {
                    "name": f.TEXT,
                    "type": f.KEY,
                    "rank": f.INTEGER,
                    "private": f.BOOLEAN,
                    "customer_name": f.TEXT,
                    "handler": {
                        **f.obj({"people": f.refs("user"), "role": f.ref("role")}),
                        "minProperties": 1,
                        "maxProperties": 1,
                    },
                    "service": f.obj(
                        {"kind": f.KEY, "config": {"type": "object"}}, ["kind"]
                    ),
                    "position": {
                        "type": "array",
                        "items": {"type": "number"},
                        "minItems": 2,
                        "maxItems": 2,
                    },
                },
                ["name", "type"],
            ),
            "transitions": f.keyed_list(
                {
                    "source": f.KEY,
                    "target": f.KEY,
                    "name": f.TEXT,
                    "rank": f.INTEGER,
                    "condition": f.STRING,
                    "default": f.BOOLEAN,
                },
                ["source", "target"],
            ),
        },
        required=["name", "model", "nodes", "transitions"],
    )
