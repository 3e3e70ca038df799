from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import expansion
from ..engine import graph as flow_graph

#: What a copy inside of a call does not take over.
NO_BLOCK = {"block_key": False, "block_node_key": False, "block_copy": 0}


class ScrmFlowNode(models.Model):
    """A node that calls a flow on the record itself, and the copies it contains."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node"

    call_node_id = fields.Many2one(
        "scrm.flow.node",
        string="Inside of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="The call that this node is part of: a copy of one of the called flow.",
    )
    call_version_id = fields.Many2one(
        "scrm.flow.version",
        string="Called Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The version that was published when this one was.",
    )
    call_exit_key = fields.Char(readonly=True, copy=False)

    @api.depends("call_node_id.name")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for node in self.filtered("call_node_id"):
            call = node.call_node_id
            while call:
                node.display_name = self.env._(
                    "%(call)s: %(node)s", call=call.name, node=node.display_name
                )
                call = call.call_node_id
        return result

    def write(self, vals):
        # what it contained in a draft is the inside of another call now
        if {"key", "type", "call_flow_key", "call_target"} & set(vals):
            vals = {"call_version_id": False, "call_exit_key": False, **vals}
        return super().write(vals)

    def _place(self) -> tuple:
        """Where a node stands in its version: what a call contains, where it is."""
        self.ensure_one()
        return (self.rank, self.id if self.call_node_id else 0)

    def _outermost(self):
        """The drawn call that this node is inside of; itself when in none."""
        node = self
        while node.call_node_id:
            node = node.call_node_id
        return node

    def _is_call_here(self) -> bool:
        """Does it call a flow on the record itself?"""
        return self.type == "call_activity" and self.call_target == "record"

    def _inner_values(self, keys) -> dict:
        """What a copy inside of a call names by other keys; addons extend it.

        :param keys: key of a node of the called flow -> its key in the caller
        """
        self.ensure_one()
        key = (self.handler_node_key or "").strip()
        return {"handler_node_key": keys.get(key, key) or False}


class ScrmFlowTransition(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.transition"

    call_node_id = fields.Many2one(
        "scrm.flow.node",
        string="Inside of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
    )


class ScrmFlowVersion(models.Model):
    """What a version calls on the record itself is bound to it when it is published.

    Then a copy of what is inside of the called flow stands in the version, so that
    a run of it has ordinary steps; ``engine/expansion.py`` says what that looks like.
    People draw and copy versions without the copies: ``node_ids`` and
    ``transition_ids`` leave them out, and a new draft gets its own when published.
    """

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    inner_node_ids = fields.One2many(
        "scrm.flow.node",
        "version_id",
        string="Inside of Calls",
        readonly=True,
        domain=[("call_node_id", "!=", False)],
    )
    inner_transition_ids = fields.One2many(
        "scrm.flow.transition",
        "version_id",
        readonly=True,
        domain=[("call_node_id", "!=", False)],
    )

    def _running_nodes(self):
        """Its nodes as runs meet them: drawn ones, and what calls contain."""
        return self.node_ids | self.inner_node_ids

    def _flows_inside(self) -> set[str]:
        """Keys of the flows of which it contains copies."""
        calls = self._running_nodes().filtered(lambda node: node._is_call_here())
        return set(calls.mapped("call_flow_key"))

    # Binding -----------------------------------------------------------------

    def _complete_draft(self):
        result = super()._complete_draft()
        self._bind_calls(strict=True)
        if not self.inner_node_ids:  # what was asked before is still so
            return result
        faults = self._faults(self._compile(), self.model)
        if faults:  # sound flows in a sound flow are sound: see engine/expansion.py
            nodes = {node.key: node for node in self._running_nodes()}
            messages = self._soundness_messages()
            lines = [
                self._name_fault(nodes.get(fault.node), messages[fault.code])
                for fault in faults
            ]
            raise UserError("\n".join(lines))
        return result

    def _bind_calls(self, strict=False):
        """Let what this draft calls on the record itself stand in it as copies.

        :param strict: refuse calls that cannot be; otherwise they stay as they are
        :raise UserError: naming the node and why
        """
        self.ensure_one()
        self._check_is_draft()
        # sudo: copies of what others have published, which the caller need not see
        version = self.sudo()
        planned = version._forget_calls()
        kind = version.env["scrm.flow.node.type"]._kind("call_activity")
        for call in version.node_ids.filtered(lambda node: node._is_call_here()):
            try:
                called = kind._called_version(call)
            except UserError as error:
                if strict:
                    raise UserError(self._name_fault(call, str(error))) from error
                continue
            version._bind_call(call, called)
        inner = {node.key: node.id for node in version.inner_node_ids}
        for line, key, how in planned:
            line.write({"target_id": inner.get(key, False), "how": how})

    def _forget_calls(self):
        """Take out the copies of an earlier binding.

        :return: [(line of a migration plan, key to which it leads, how)]
        """
        inner = self.inner_node_ids
        lines = self.env["scrm.flow.migration.line"].search(
            [("target_id", "in", inner.ids)]
        )
        planned = [(line, line.target_id.key, line.how) for line in lines]
        inner.unlink()
        # what stood between the calls and the copies went with these
        self.invalidate_recordset(["inner_node_ids", "inner_transition_ids"])
        bound = self.node_ids.filtered("call_exit_key")
        if bound:
            bound.write({"call_version_id": False, "call_exit_key": False})
        return planned

    def _bind_call(self, call, called):
        """Copy what is inside of a published version behind a call."""
        found = expansion.inside(called._frozen_graph(), call.key)
        nodes = called._running_nodes().sorted(lambda n: (*n._place(), n.id))
        start = nodes.filtered(lambda node: node.type == "start")
        copies = {start: call}
        for node in nodes - start:
            exit_key = node.call_exit_key
            copies[node] = node.copy(
                {
                    **NO_BLOCK,
                    **self._inner_place(call, copies.get(node.call_node_id)),
                    "key": found.nodes[node.key],
                    "is_private": node.is_private or call.is_private,
                    "call_version_id": node.call_version_id.id,
                    "call_exit_key": exit_key and found.nodes[exit_key],
                    **node._inner_values(found.nodes),
                }
            )
        for way in called.transition_ids | called.inner_transition_ids:
            source, target = copies[way.source_id], copies[way.target_id]
            around = copies.get(way.call_node_id, call)
            self._copy_way(
                way, source, target, found.edges[way.key], call_node_id=around.id
            )
        if found.merging:
            self._merge_ends(call, found)
        call.write({"call_version_id": called.id, "call_exit_key": found.exit})

    def _inner_place(self, call, inner_call) -> dict:
        return {
            "version_id": self.id,
            "rank": call.rank,
            "call_node_id": (inner_call or call).id,
        }

    def _merge_ends(self, call, found):
        """Let the ends of a called flow that has several lead to one way out."""
        way_out = call.copy(
            {
                **NO_BLOCK,
                **self._inner_place(call, None),
                "key": found.exit,
                "type": "exclusive_gateway",
                "call_flow_key": False,
            }
        )
        ends = {node.key: node for node in self.inner_node_ids}
        for key, way_key in found.merging.items():
            self.env["scrm.flow.transition"].create(
                {
                    "version_id": self.id,
                    "key": way_key,
                    "source_id": ends[key].id,
                    "target_id": way_out.id,
                    "rank": 0,
                    "call_node_id": call.id,
                }
            )

    # The compiled form -------------------------------------------------------

    def _compile(self) -> flow_graph.Graph:
        # sudo: as in _drawn_graph
        version = self.sudo()
        calls = version.node_ids.filtered(lambda node: node._is_call_here())
        if not calls:
            return super()._compile()
        bound = calls.filtered("call_exit_key")
        graph = version._bound_graph(bound) if bound else super()._compile()
        if self.state == "draft":
            kind = version.env["scrm.flow.node.type"]._kind("call_activity")
            for call in calls - bound:
                try:
                    called = kind._called_version(call)
                except UserError:
                    continue  # said when it is published
                graph = expansion.expand(graph, call.key, called._frozen_graph())
        return graph

    def _bound_graph(self, bound) -> flow_graph.Graph:
        """The graph with the copies that stand in the version for bound calls."""
        inner = self.inner_node_ids.filtered(lambda node: node._outermost() in bound)
        ways = self.inner_transition_ids.filtered(
            lambda w: w.source_id in bound | inner
        )
        exits = {
            node.key: node.call_exit_key for node in bound | inner if node.call_exit_key
        }
        # a call, and the ends inside of it, are passed
        passed = set(exits) | {node.key for node in inner if node.type == "end"}
        nodes = [
            flow_graph.Node(**self._compile_node(node))
            for node in self.node_ids | inner
        ]
        nodes = [expansion.passed(n) if n.key in passed else n for n in nodes]
        edges = []
        for way in self.transition_ids | ways:
            values = self._compile_way(way)
            if values["source"] in exits and way.call_node_id != way.source_id:
                values["source"] = exits[values["source"]]
            edges.append(flow_graph.Edge(**values))
        return flow_graph.Graph(nodes, edges, self.number)

    def _compile_labels(self, lang):
        labels = super()._compile_labels(lang)
        # sudo: as there
        version = self.sudo().with_context(lang=lang)
        inner = version.inner_node_ids.sorted(lambda n: expansion.depth(n.key))
        if not inner:
            return labels
        for names, customer in ((labels["nodes"], False), (labels["customer"], True)):
            own = {n: (customer and n.customer_name) or n.name for n in inner}
            used = Counter([*names.values(), *own.values()])
            for node, name in own.items():
                if used[name] > 1:  # say which one is meant
                    call = names[node.call_node_id.key]
                    name = version.env._("%(call)s: %(node)s", call=call, node=name)
                names[node.key] = name
        labels["transitions"] |= {
            way.key: way.name or way._default_name()
            for way in version.inner_transition_ids
        }
        return labels
