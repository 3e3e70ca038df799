"""How nodes of flows approve, and which transition is for which outcome."""

from odoo.fields import Command

from . import fragments as f
from .registry import Extension, register_extension


@register_extension
class NodeApproval(Extension):
    """Who has to agree, and in which order they are asked."""

    section = "flows"
    addon = "scrm_flow"
    kind = "node"
    pointer = ("items", "properties", "nodes", "items")
    properties = {
        "approval": f.described(
            f.obj(
                {
                    "policy": f.described(
                        {"enum": ["one", "all", "count"]},
                        "how many have to approve; `all`",
                    ),
                    "count": f.described(
                        {"type": "integer", "minimum": 1}, "of `count`: how many; 2"
                    ),
                    "order": f.described(
                        {"enum": ["parallel", "serial"]},
                        "asked all at once, or one after the other; `parallel`",
                    ),
                    "requester": f.described(
                        f.BOOLEAN, "also ask who did the task before; false"
                    ),
                }
            ),
            "of an approval; its handlers are the approvers",
        ),
    }

    def vals(self, pack, item):
        approval = item.get("approval", {})
        return {
            "approval_policy": approval.get("policy", "all"),
            "approval_count": approval.get("count", 2),
            "approval_order": approval.get("order", "parallel"),
            "requester_may_approve": approval.get("requester", False),
        }

    def dump(self, pack, record):
        if record.type != "approval":
            return {}
        approval = {
            "policy": record.approval_policy,
            "order": record.approval_order,
            "requester": record.requester_may_approve,
        }
        if record.approval_policy == "count":
            approval["count"] = record.approval_count
        return {"approval": approval}


@register_extension
class NodeHandlersInOrder(Extension):
    """People whom a node names in an order."""

    section = "flows"
    addon = "scrm_flow"
    kind = "node"
    pointer = ("items", "properties", "nodes", "items", "properties", "handler")
    properties = {
        "in_order": f.described(
            f.refs("user"), "the first one leads; an approval asks in this order"
        ),
    }

    def vals(self, pack, item):
        people = item.get("handler", {}).get("in_order")
        return {
            "handler_line_ids": [
                Command.create({"rank": rank, "user_id": user.id})
                for rank, user in enumerate(pack.refs("user", people))
            ]
        }

    def dump(self, pack, record):
        if record.handler_rule != "in_order":
            return {}
        users = record.handler_line_ids.user_id
        return {"handler": {"in_order": [pack.key_of("user", user) for user in users]}}


@register_extension
class TransitionOutcome(Extension):
    """Which outcome of an approval takes a transition."""

    section = "flows"
    addon = "scrm_flow"
    kind = "transition"
    pointer = ("items", "properties", "transitions", "items")
    properties = {
        "outcome": f.described(
            {"enum": ["approved", "rejected"]},
            "of an approval it leaves: the outcome it is for",
        ),
    }

    def vals(self, pack, item):
        return {"outcome": item.get("outcome", False)}

    def dump(self, pack, record):
        return {"outcome": record.outcome}
