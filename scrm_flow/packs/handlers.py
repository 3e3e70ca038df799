"""Handlers of nodes in packs: who comes into question, who of them, and when.

An addon with a handler rule of its own adds its key by an ``Extension`` whose pointer
is ``("items", "properties", "nodes", "items", "properties", "handler")``: the key is
the rule's, ``vals`` gives the node's values, ``dump`` answers {"handler": {...}}.
"""

from . import fragments as f
from .registry import Extension, register_extension

#: Keys of rules that are called otherwise in packs.
RULES = {"table": "decision_table"}

#: Rules written as `true`: they need nothing but to be named.
PLAIN = ("manual", "owner")


def _part(words):
    """The schema of dispatchers and of a fallback: one rule."""
    return {
        **f.obj(
            {
                "people": f.refs("user"),
                "role": f.ref("role"),
                "field": f.STRING,
                "owner": {"const": True},
            }
        ),
        "minProperties": 1,
        "maxProperties": 1,
        "description": words,
    }


SCHEMA = {
    **f.obj(
        {
            "people": f.described(f.refs("user"), "they share it; see `choice`"),
            "role": f.described(f.ref("role"), "its members in turn; see `choice`"),
            "field": f.described(
                f.STRING, "path on the record to its handlers: `store_id.manager_id`"
            ),
            "previous": f.described(
                f.PATH, "key of an earlier node: who handled that one"
            ),
            "table": f.described(
                f.ref("decision_table"), "its rules lead to users or roles"
            ),
            "manual": f.described(
                {"const": True},
                "picked by whoever completes the step before, among `people` and"
                " `role`; any colleague without them",
            ),
            "owner": f.described({"const": True}, "the process owner of the flow"),
            "choice": f.described(
                f.KEY,
                "who of them: `pool` (all share it), `turn`, `load` (least open steps),"
                " `dispatch`",
            ),
            "dispatcher": _part("who hands it out, for `dispatch` and `manual`"),
            "availability": f.described(
                {"enum": ["ignore", "leave_only", "working_now"]},
                "who is left out; `ignore`: nobody, whatever their schedule",
            ),
            "load_limit": f.described(
                f.INTEGER, "open steps of this node that one person has in hand; any"
            ),
            "fallback": _part("who shares it when nobody of them is available"),
        }
    ),
    "description": "of a user task or an approval: one rule, and how it is used",
}


def rule_of(pack, handler):
    """The handler rules that this object names: [(JSON key, key of the rule)]."""
    if "manual" in handler:
        return [("manual", "manual")]
    known = dict(pack.env["scrm.flow.handler"]._selection())
    rules = [(key, RULES.get(key, key)) for key in handler]
    return [(key, rule) for key, rule in rules if rule in known]


def check(pack, node, path, report):
    """Say what the schema cannot about the handlers of one node."""
    if "handler" not in node:
        return
    handler = node["handler"]
    if len(rule_of(pack, handler)) != 1:
        report(
            f"{path}.handler",
            pack.user_env._("name exactly one rule by which handlers are found"),
        )
    choices = dict(pack.env["scrm.flow.choice"]._selection())
    choice = handler.get("choice")
    if choice and choice not in choices:
        report(
            f"{path}.handler.choice",
            pack.user_env._("there is no choice “%s”", choice),
        )
    if handler.get("load_limit", 0) < 0:
        report(
            f"{path}.handler.load_limit",
            pack.user_env._("the number of open steps cannot be negative"),
        )


def vals(pack, node):
    """Values of a node from its JSON."""
    handler = node.get("handler", {})
    rules = rule_of(pack, handler)
    rule = rules[0][1] if rules else False
    with pack.at(".handler"):
        values = {
            "handler_rule": rule,
            "handler_user_ids": pack.refs("user", handler.get("people")).ids,
            "handler_group_id": pack.ref("role", handler.get("role")).id,
            "handler_field": handler.get("field", False),
            "handler_node_key": handler.get("previous", False),
            "handler_table_id": pack.ref("decision_table", handler.get("table")).id,
            "handler_choice": handler.get("choice") or _default_choice(pack, rule),
            "handler_availability": handler.get("availability", "ignore"),
            "load_limit": handler.get("load_limit", 0),
        }
        for name in ("dispatcher", "fallback"):
            part = handler.get(name, {})
            with pack.at(f".{name}"):
                values |= {
                    f"{name}_rule": next(iter(part), False),
                    f"{name}_user_ids": pack.refs("user", part.get("people")).ids,
                    f"{name}_group_id": pack.ref("role", part.get("role")).id,
                    f"{name}_field": part.get("field", False),
                }
    return values


def dump(pack, node):
    """The JSON of the handlers of a node; {} without a rule."""
    if not node.handler_rule:
        return {}
    names = {rule: key for key, rule in RULES.items()}
    choice = node.handler_choice
    handler = {
        **_dump_rule(pack, node, "handler", node.handler_rule),
        "choice": None
        if choice == _default_choice(pack, node.handler_rule)
        else choice,
        "availability": None
        if node.handler_availability == "ignore"
        else node.handler_availability,
        "load_limit": node.load_limit or None,
    }
    if node.handler_rule == "manual":
        handler |= _dump_rule(pack, node, "handler", "people")
        handler |= _dump_rule(pack, node, "handler", "role")
    elif node.handler_rule == "previous":
        handler["previous"] = node.handler_node_key
    elif node.handler_rule == "decision_table":
        table = pack.key_of("decision_table", node.handler_table_id)
        handler[names["decision_table"]] = table
    for name in ("dispatcher", "fallback"):
        handler[name] = _dump_rule(pack, node, name, node[f"{name}_rule"])
    return handler


def _dump_rule(pack, node, prefix, rule):
    users = node.with_context(active_test=False)[f"{prefix}_user_ids"]
    if rule in PLAIN:
        return {rule: True}
    if rule == "people":
        return {"people": pack.keys_of("user", users)}
    if rule == "role":
        return {"role": pack.key_of("role", node[f"{prefix}_group_id"])}
    if rule == "field":
        return {"field": node[f"{prefix}_field"]}
    return {}


def _default_choice(pack, rule):
    if not rule:
        return False
    return pack.env["scrm.flow.handler"]._kind(rule)._default_choice


@register_extension
class FlowFallback(Extension):
    """Who answers for a flow, and who takes what finds nobody."""

    section = "flows"
    addon = "scrm_flow"
    kind = "flow"
    properties = {
        "owner": f.described(f.ref("user"), "answers for the flow"),
        "fallback": f.described(
            f.obj({"people": f.refs("user"), "role": f.ref("role")}),
            "who shares a step when neither its node nor the fallback of the node has"
            " anybody",
        ),
    }

    def vals(self, pack, item):
        fallback = item.get("fallback", {})
        return {
            "owner_id": pack.ref("user", item.get("owner"), ".owner").id,
            "fallback_user_ids": pack.refs("user", fallback.get("people")).ids,
            "fallback_group_id": pack.ref("role", fallback.get("role")).id,
        }

    def dump(self, pack, record):
        return {
            "owner": pack.key_of("user", record.owner_id),
            "fallback": {
                "people": pack.keys_of("user", record.fallback_user_ids),
                "role": pack.key_of("role", record.fallback_group_id),
            },
        }


@register_extension
class UserLoad(Extension):
    """How much work flows may give to somebody."""

    section = "users"
    addon = "scrm_flow"
    kind = "user"
    properties = {
        "load_limit": f.described(
            f.INTEGER, "open steps of all flows in hand, at most; any number"
        ),
    }

    def vals(self, pack, item):
        limit = item.get("load_limit")
        return {} if limit is None else {"scrm_load_limit": limit}

    def dump(self, pack, record):
        return {"load_limit": record.scrm_load_limit or None}
