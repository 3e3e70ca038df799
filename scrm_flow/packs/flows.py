"""Flows in packs: each import of a changed flow publishes a new version."""

import ast

from odoo.fields import Domain

from ..engine import graph
from . import fragments as f
from . import handlers, joins
from .pack import Verbatim
from .registry import Kind, Section, register_section


@register_section
class FlowSection(Section):
    """Flows: nodes and the transitions between them."""

    key = "flows"
    addon = "scrm_flow"
    after = ("roles", "users", "decision_tables")
    kinds = {"flow": Kind("scrm.flow", key_field="key")}
    schema = f.listing(
        "flow",
        {
            "name": f.TEXT,
            "model": f.described(
                f.STRING, "whose records run through it: `helpdesk.ticket`"
            ),
            "description": f.TEXT,
            "reopen_days": f.described(
                f.INTEGER, "days after the end in which a record may be reopened; 0"
            ),
            "boards_by_post": f.described(
                f.BOOLEAN, "on maps and boards each post sees its own nodes only"
            ),
            "block": f.described(
                f.BOOLEAN, "a building block: flows hold copies of what is inside"
            ),
            "nodes": f.keyed_list(
                {
                    "name": f.TEXT,
                    "type": f.described(
                        f.KEY,
                        "`start`, `user_task`, `approval`, `check`, `timer`,"
                        " `exclusive_gateway`, `service_task`, `call_activity`, `end`",
                    ),
                    "rank": f.described(
                        f.INTEGER, "order in the progress bar; that of the list"
                    ),
                    "private": f.described(f.BOOLEAN, "hidden from customers"),
                    "customer_name": f.described(f.TEXT, "what customers read"),
                    "handler": handlers.SCHEMA,
                    "auto_condition": f.described(
                        f.STRING, "goes on by itself when this domain holds"
                    ),
                    "must_accept": f.described(
                        f.BOOLEAN, "accepted by the handler before it is completed"
                    ),
                    "release": f.described(
                        f.ref("role"), "who may release what was frozen here"
                    ),
                    "service": f.described(
                        f.obj({"kind": f.KEY, "config": {"type": "object"}}, ["kind"]),
                        "of a service task: `set_values`, `parts_reserve`,"
                        " `parts_consume`",
                    ),
                    "position": {
                        "description": "left and top in the designer",
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
                    "source": f.described(f.KEY, "key of a node"),
                    "target": f.described(f.KEY, "key of a node"),
                    "name": f.described(f.TEXT, "text of the handler's button"),
                    "rank": f.INTEGER,
                    "condition": f.described(
                        f.STRING, "Odoo domain on the record, as text"
                    ),
                    "default": f.described(
                        f.BOOLEAN, "taken by a gateway when no condition holds"
                    ),
                },
                ["source", "target"],
            ),
        },
        required=["name", "model", "nodes", "transitions"],
    )

    def check(self, pack, value, report):
        types = {
            kind._kind_key(): kind for kind in pack.env["scrm.flow.node.type"]._kinds()
        }
        services = dict(pack.env["scrm.flow.service"]._selection())
        for number, item in enumerate(value):
            path = f"$.flows[{number}]"
            if item["model"] not in pack.env["scrm.flow"]._flow_models():
                report(
                    f"{path}.model",
                    pack.user_env._(
                        "records of “%(model)s” cannot run through a flow",
                        model=item["model"],
                    ),
                )
            self._check_nodes(pack, item, path, report, types, services)
            self._check_transitions(pack, item, path, report)
            if all(node["type"] in types for node in item["nodes"]):
                self._check_soundness(pack, item, path, report, types)

    def _check_nodes(self, pack, item, path, report, types, services):
        for number, node in enumerate(item["nodes"]):
            place = f"{path}.nodes[{number}]"
            if node["type"] not in types:
                report(
                    f"{place}.type",
                    pack.user_env._("there is no node type “%s”", node["type"]),
                )
            handlers.check(pack, node, place, report)
            kind = node.get("service", {}).get("kind")
            if kind and kind not in services:
                report(
                    f"{place}.service.kind",
                    pack.user_env._("there is no service “%s”", kind),
                )

    def _check_transitions(self, pack, item, path, report):
        for number, transition in enumerate(item["transitions"]):
            try:
                literal = ast.literal_eval(transition.get("condition", "[]"))
                Domain(literal).validate(pack.env[item["model"]])
            except (KeyError, SyntaxError, TypeError, ValueError) as fault:
                report(
                    f"{path}.transitions[{number}].condition",
                    pack.user_env._("is no domain of the record: %s", fault),
                )

    def _domain(self, edge):
        """The condition of a transition, None when it always holds."""
        try:
            domain = Domain(ast.literal_eval(edge.get("condition", "[]")))
        except (SyntaxError, TypeError, ValueError):  # reported already
            return Domain.FALSE
        return None if domain.is_true() else domain

    def _check_soundness(self, pack, item, path, report, types):
        places = {node["key"]: n for n, node in enumerate(item["nodes"])}
        edges = {edge["key"]: n for n, edge in enumerate(item["transitions"])}
        # a decision table answers there: which way it is, is no condition of the ways
        asking = {node["key"] for node in item["nodes"] if node.get("table")}
        compiled = graph.compile_graph(
            [
                {
                    "key": node["key"],
                    "type": node["type"],
                    "behaviour": types[node["type"]]._behaviour,
                    "rank": node.get("rank", 10 * number),
                    "data": {"join_count": joins.needed(node)},
                }
                for number, node in enumerate(item["nodes"])
            ],
            [
                {
                    "key": edge["key"],
                    "source": edge["source"],
                    "target": edge["target"],
                    "is_default": edge.get("default", False),
                    "condition": Domain.FALSE
                    if edge["source"] in asking and not edge.get("default")
                    else self._domain(edge),
                }
                for edge in item["transitions"]
            ],
        )
        version = pack.env["scrm.flow.version"].with_env(pack.user_env)
        messages = version._soundness_messages()
        for fault in version._faults(compiled, item["model"]):
            place = path
            if fault.node:
                place = f"{path}.nodes[{places[fault.node]}]"
            elif fault.edge:
                place = f"{path}.transitions[{edges[fault.edge]}]"
            message = messages[fault.code]
            if fault.detail:
                message = f"{message}: {fault.detail}"
            report(place, message)

    def load(self, pack, value):
        """Called flows are published before those that call them."""
        places = {item["key"]: number for number, item in enumerate(value)}
        loaded = set()

        def load(number):
            if number in loaded:
                return
            loaded.add(number)  # first: flows that call each other end here
            for node in value[number]["nodes"]:
                called = places.get(node.get("call", {}).get("flow"))
                if called is not None:
                    load(called)
            with pack.at(f"[{number}]"):
                self.load_item(pack, value[number])

        for number in range(len(value)):
            load(number)

    def load_item(self, pack, item):
        flow = pack.upsert(
            "flow",
            item["key"],
            "scrm.flow",
            {
                "name": pack.text(item["name"]),
                "description": pack.text(item.get("description")),
                "model_id": pack.env["ir.model"]._get_id(item["model"]),
                "reopen_days": item.get("reopen_days", 0),
                "boards_by_post": item.get("boards_by_post", False),
                "is_block": item.get("block", False),
                **self.extra_vals(pack, "flow", item),
            },
        )
        self.extra_load(pack, "flow", item, flow)
        nodes = self._node_vals(pack, item)
        edges = self._edge_vals(item, pack)
        version = flow.published_version_id
        is_same = version and self._is_same(pack, version, nodes, edges)
        if is_same and not version._outdated_calls():
            pack.counts["unchanged"] += 1
            return
        # an own draft: what people are drafting stays theirs
        version = pack.create("scrm.flow.version", {"flow_id": flow.id})
        version.node_ids.unlink()
        ids = {}
        for number, (key, vals) in enumerate(nodes.items()):
            with pack.at(f".nodes[{number}]"):
                node = pack.create(
                    "scrm.flow.node", {"version_id": version.id, "key": key, **vals}
                )
                self.extra_load(pack, "node", item["nodes"][number], node)
                ids[key] = node.id
        for number, (key, vals) in enumerate(edges.items()):
            with pack.at(f".transitions[{number}]"):
                values = {
                    **vals,
                    "source_id": ids[vals["source_id"]],
                    "target_id": ids[vals["target_id"]],
                }
                pack.create(
                    "scrm.flow.transition",
                    {"version_id": version.id, "key": key, **values},
                )
        version.action_publish()

    def _node_vals(self, pack, item):
        """Node key -> values, in the order of the pack."""
        values = {}
        for number, node in enumerate(item["nodes"]):
            with pack.at(f".nodes[{number}]"):
                service = node.get("service", {})
                position = node.get("position") or [180.0 * number, 80.0]
                values[node["key"]] = {
                    "name": pack.text(node["name"]),
                    "type": node["type"],
                    "rank": node.get("rank", 10 * number),
                    "is_private": node.get("private", False),
                    "customer_name": pack.text(node.get("customer_name")),
                    **handlers.vals(pack, node),
                    "auto_condition": node.get("auto_condition", "[]"),
                    "must_accept": node.get("must_accept", False),
                    "release_group_id": pack.ref("role", node.get("release")).id,
                    "service_kind": service.get("kind", False),
                    "service_config": service.get("config") or False,
                    "pos_x": position[0],
                    "pos_y": position[1],
                    **self.extra_vals(pack, "node", node),
                }
        return values

    def _edge_vals(self, item, pack):
        """Transition key -> values; nodes by key."""
        return {
            edge["key"]: {
                "source_id": edge["source"],
                "target_id": edge["target"],
                "name": pack.text(edge.get("name")),
                "rank": edge.get("rank", 10 * number),
                "condition": edge.get("condition", "[]"),
                "is_default": edge.get("default", False),
                **self.extra_vals(pack, "transition", edge),
            }
            for number, edge in enumerate(item["transitions"])
        }

    def _is_same(self, pack, version, nodes, edges):
        present = {node.key: node for node in version.node_ids}
        moves = {edge.key: edge for edge in version.transition_ids}
        if set(present) != set(nodes) or set(moves) != set(edges):
            return False
        ids = {key: node.id for key, node in present.items()}
        return not any(
            pack.differs(present[key], vals) for key, vals in nodes.items()
        ) and not any(
            pack.differs(
                moves[key],
                {
                    **vals,
                    "source_id": ids[vals["source_id"]],
                    "target_id": ids[vals["target_id"]],
                },
            )
            for key, vals in edges.items()
        )

    def dump(self, pack):
        return [
            {
                "key": key,
                **self.dump_item(pack, flow),
                **self.extra_dump(pack, "flow", flow),
            }
            for key, flow in pack.records("flow")
            if flow.published_version_id
        ]

    def dump_item(self, pack, record):
        version = record.published_version_id
        return {
            "name": pack.dump_text(record, "name"),
            "model": record.model,
            "description": pack.dump_text(record, "description"),
            "reopen_days": record.reopen_days or None,
            "boards_by_post": record.boards_by_post or None,
            "block": record.is_block or None,
            "nodes": [
                self._dump_node(pack, node)
                for node in version.node_ids.sorted(lambda node: (node.rank, node.key))
            ],
            "transitions": [
                self._dump_edge(pack, edge)
                for edge in version.transition_ids.sorted(lambda e: (e.rank, e.key))
            ],
        }

    def _dump_edge(self, pack, edge):
        return {
            "key": edge.key,
            "source": edge.source_id.key,
            "target": edge.target_id.key,
            "name": pack.dump_text(edge, "name"),
            "rank": edge.rank,
            "condition": None if edge.condition == "[]" else edge.condition,
            "default": edge.is_default,
            **self.extra_dump(pack, "transition", edge),
        }

    def _dump_node(self, pack, node):
        extra = self.extra_dump(pack, "node", node)
        # extensions name the rules of their addons inside the handler
        handler = {**handlers.dump(pack, node), **extra.pop("handler", {})}
        service = {}
        if node.service_kind:
            config = Verbatim(node.service_config) if node.service_config else None
            service = {"kind": node.service_kind, "config": config}
        return {
            "key": node.key,
            "name": pack.dump_text(node, "name"),
            "type": node.type,
            "rank": node.rank,
            "private": node.is_private,
            "customer_name": pack.dump_text(node, "customer_name"),
            "handler": handler,
            "auto_condition": None
            if node.auto_condition == "[]"
            else node.auto_condition,
            "must_accept": node.must_accept,
            "release": pack.key_of("role", node.release_group_id),
            "service": service,
            "position": [node.pos_x, node.pos_y],
            **extra,
        }
