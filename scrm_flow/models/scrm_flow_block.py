from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import pieces

#: What a copy has of its own, wherever its block is used.
OWN = frozenset(
    {
        "version_id",
        "key",
        "rank",
        "pos_x",
        "pos_y",
        "source_id",
        "target_id",
        "block_key",
        "block_node_key",
        "block_copy",
    }
)


class ScrmFlow(models.Model):
    """A block is a small flow whose inside can stand in other flows as a copy."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow"

    is_block = fields.Boolean(
        string="Block",
        help="What is between its start and its end is a building block for other "
        "flows. They hold copies: a change of the block changes no flow by itself.",
    )


class ScrmFlowNode(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node"

    block_key = fields.Char(
        string="From Block", help="Key of the block that this node is a copy of."
    )
    block_node_key = fields.Char(string="Node of the Block")
    block_copy = fields.Integer(
        string="Copy No.", help="Which copy of the block in this version it is part of."
    )

    def _different(self, other) -> list[str]:
        """Names of the settings in which two nodes differ."""
        mine, theirs = self._copied_values(), other._copied_values()
        return sorted(
            name
            for name in set(mine) | set(theirs)
            if name not in OWN and mine.get(name) != theirs.get(name)
        )

    def _copied_values(self) -> dict:
        """The settings that a copy gets, without whose they are."""
        (values,) = self.copy_data()
        for name, value in values.items():
            field = self._fields[name]
            if field.type == "one2many":
                values[name] = [
                    {k: v for k, v in line[2].items() if k != field.inverse_name}
                    for line in value
                ]
        return values

    def _shown(self, name) -> str:
        """A setting in words."""
        value = self[name]
        if isinstance(value, models.BaseModel):
            return ", ".join(value.mapped("display_name")) or "-"
        field = self._fields[name]
        if field.type == "selection":
            value = dict(field._description_selection(self.env)).get(value)
        return str(value) if value else "-"


class ScrmFlowVersion(models.Model):
    """Saves nodes as a block, and inserts and updates copies of blocks."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    block_text = fields.Text(compute="_compute_block_text", string="Changes of Blocks")

    @api.depends("state", "node_ids.block_key")
    def _compute_block_text(self):
        for version in self:
            lines = []
            if version.state == "draft" and version._origin.id:
                for block, number in version._block_copies():
                    lines += version._block_changes(block, number)
            version.block_text = "\n".join(lines) or False

    # Out: a block from nodes -------------------------------------------------

    def _save_block(self, nodes, name, key):
        """Make a block of some nodes, or the next version of one there is.

        :return: the ``scrm.flow`` of the block, published
        :raise UserError: the nodes have not one way in and one way out
        """
        self.ensure_one()
        piece = pieces.cut(self._drawn_graph(), set(nodes.mapped("key")))
        if piece.problem:
            raise UserError(self._piece_messages()[piece.problem])
        flows = self.env["scrm.flow"].with_context(active_test=False)
        block = flows.search([("key", "=", key)])
        if block and (not block.is_block or block.model_id != self.flow_id.model_id):
            raise UserError(
                self.env._(
                    "“%(flow)s” has the key “%(key)s”.", flow=block.name, key=key
                )
            )
        if not block:
            block = flows.create(
                {
                    "name": name,
                    "key": key,
                    "model_id": self.flow_id.model_id.id,
                    "company_id": self.flow_id.company_id.id,
                    "is_block": True,
                }
            )
        draft = self.create({"flow_id": block.id})
        draft.node_ids.unlink()
        taken = set(nodes.mapped("key"))
        start = draft._block_end("start", self.env._("Start"), taken)
        end = draft._block_end("end", self.env._("End"), taken)
        own = {"block_key": False, "block_node_key": False, "block_copy": 0}
        copies = {
            node: node.copy({**own, "version_id": draft.id, "key": node.key})
            for node in nodes
        }
        by_key = {node.key: node for node in copies.values()}
        self._copy_ways(nodes, draft, copies, end)
        draft._new_way("begin", start, by_key[piece.entry])
        draft.action_publish()
        return block

    def _block_end(self, kind, name, taken):
        key = kind
        while key in taken:
            key += "_"
        return self.env["scrm.flow.node"].create(
            {
                "version_id": self.id,
                "key": key,
                "name": name,
                "type": kind,
                "rank": 0 if kind == "start" else 9999,
            }
        )

    def _copy_ways(self, nodes, draft, copies, way_out):
        """Copy the ways between nodes and out of them.

        :param copies: node -> its copy
        :param way_out: where ways out of the nodes lead there
        """
        for way in self.transition_ids.filtered(lambda way: way.source_id in nodes):
            key = draft._free_key(way.key, "transition_ids")
            target = copies.get(way.target_id, way_out)
            self._copy_way(way, copies[way.source_id], target, key)

    @api.model
    def _copy_way(self, way, source, target, key, **values):
        """Copy a way, between other nodes; ladders of its source go on to take it."""
        values |= {"key": key, "source_id": source.id, "target_id": target.id}
        way.copy({"version_id": source.version_id.id, **values})
        if way.source_id.rung_ids:
            source.rung_ids.filtered(
                lambda rung: rung.transition_key == way.key
            ).transition_key = key

    def _new_way(self, key, source, target):
        return self.env["scrm.flow.transition"].create(
            {
                "version_id": self.id,
                "key": self._free_key(key, "transition_ids"),
                "source_id": source.id,
                "target_id": target.id,
            }
        )

    def _free_key(self, key, name):
        """The key itself, or with a number where the version uses it already."""
        taken = set(self[name].mapped("key"))
        free, number = key, 1
        while free in taken:
            number += 1
            free = f"{key}_{number}"
        return free

    # In: a copy of a block ---------------------------------------------------

    def _insert_block(self, block, way, keys=None, number=None):
        """Let a copy of a block stand on a transition of this draft.

        :param way: ``scrm.flow.transition``, which leads into the copy afterwards
        :param keys: node key of the block -> key here, for those that have one
        :return: the new nodes
        """
        self.ensure_one()
        self._check_is_draft()
        source, inside, entry = self._block_parts(block)
        if block.model_id != self.flow_id.model_id:
            raise UserError(self.env._("“%s” is made for other records.", block.name))
        numbers = self.node_ids.filtered(lambda n: n.block_key == block.key)
        number = number or 1 + max(numbers.mapped("block_copy"), default=0)
        target = way.target_id
        copies = {}
        for position, node in enumerate(inside):
            wanted = (keys or {}).get(node.key, node.key)
            copies[node] = node.copy(
                {
                    "version_id": self.id,
                    "key": self._free_key(wanted, "node_ids"),
                    "rank": way.source_id.rank + 1,
                    "pos_x": way.source_id.pos_x + 180 * (position + 1),
                    "pos_y": way.source_id.pos_y + 120,
                    "block_key": block.key,
                    "block_node_key": node.key,
                    "block_copy": number,
                }
            )
        source._copy_ways(inside, self, copies, target)
        way.target_id = copies[entry]
        return inside.browse().concat(*copies.values())

    def _block_parts(self, block):
        """The published version of a block, its inner nodes, and the first of them."""
        version = block.published_version_id
        if not block.is_block or not version:
            raise UserError(self.env._("“%s” is no published block.", block.name))
        inside = version.node_ids.filtered(lambda n: n.type not in ("start", "end"))
        piece = pieces.cut(version._drawn_graph(), set(inside.mapped("key")))
        if piece.problem:
            raise UserError(self._piece_messages()[piece.problem])
        return version, inside, inside.filtered(lambda n: n.key == piece.entry)

    # Changes of blocks -------------------------------------------------------

    def _block_copies(self):
        """[(block, number)] of every copy in this version whose block is here."""
        found = []
        marks = {(n.block_key, n.block_copy) for n in self.node_ids if n.block_key}
        for key, number in sorted(marks):
            block = self.env["scrm.flow"].search(
                [("key", "=", key), ("is_block", "=", True)]
            )
            if block.published_version_id:
                found.append((block, number))
        return found

    def _block_nodes(self, block, number):
        return self.node_ids.filtered(
            lambda n: n.block_key == block.key and n.block_copy == number
        )

    def _block_changes(self, block, number) -> list[str]:
        """How a copy differs from its block now, as sentences."""
        version, inside, _entry = self._block_parts(block)
        mine = {n.block_node_key: n for n in self._block_nodes(block, number)}
        _ = self.env._
        lines = []
        for node in inside:
            copy = mine.pop(node.key, None)
            if copy is None:
                lines.append(
                    _("%(block)s: “%(node)s” is new", block=block.name, node=node.name)
                )
                continue
            for name in node._different(copy):
                lines.append(
                    _(
                        "%(block)s: “%(node)s”: %(field)s: %(here)s → %(there)s",
                        block=block.name,
                        node=copy.name,
                        field=node._fields[name]._description_string(self.env),
                        here=copy._shown(name),
                        there=node._shown(name),
                    )
                )
        for copy in mine.values():
            lines.append(
                _("%(block)s: “%(node)s” goes", block=block.name, node=copy.name)
            )
        if not lines and self._ways_of(self, self._block_nodes(block, number)) != (
            self._ways_of(version, inside)
        ):
            lines.append(_("%(block)s: other transitions", block=block.name))
        return lines

    @api.model
    def _ways_of(self, version, nodes):
        """The transitions out of nodes of a block or a copy, to be compared."""
        ways = []
        for way in version.transition_ids.filtered(lambda way: way.source_id in nodes):
            source = way.source_id.block_node_key or way.source_id.key
            target = way.target_id in nodes and (
                way.target_id.block_node_key or way.target_id.key
            )
            ways.append((source, target, way.name, way.condition, way.is_default))
        return sorted(ways, key=repr)

    def action_update_blocks(self):
        """Take over what has changed in the blocks that this draft has copies of.

        :raise UserError: the surroundings of a copy leave no place for it
        """
        self.ensure_one()
        self.check_access("write")
        self._check_is_draft()
        for block, number in self._block_copies():
            if self._block_changes(block, number):
                self._update_block(block, number)
        return True

    def _update_block(self, block, number):
        """Put a fresh copy of a block where the old one is; nodes keep their keys."""
        nodes = self._block_nodes(block, number)
        piece = pieces.cut(self._drawn_graph(), set(nodes.mapped("key")))
        if piece.problem:
            raise UserError(
                self.env._(
                    "“%(block)s” cannot be updated: %(problem)s",
                    block=block.name,
                    problem=self._piece_messages()[piece.problem],
                )
            )
        keys = {node.block_node_key: node.key for node in nodes}
        places = {n.block_node_key: (n.rank, n.pos_x, n.pos_y) for n in nodes}
        way_out = self.node_ids.filtered(lambda node: node.key == piece.exit)
        ways = self.transition_ids.filtered(
            lambda way: way.target_id in nodes and way.source_id not in nodes
        )
        ways.target_id = way_out
        nodes.unlink()
        self.invalidate_recordset(["node_ids", "transition_ids"])
        fresh = self._insert_block(block, ways[0], keys, number)
        ways.target_id = ways[0].target_id
        for node in fresh:
            if node.block_node_key in places:
                node.rank, node.pos_x, node.pos_y = places[node.block_node_key]

    @api.model
    def _piece_messages(self) -> dict[str, str]:
        """The problems of ``engine/pieces.py`` for people."""
        _ = self.env._
        return {
            "empty": _("Choose the nodes of the block."),
            "fixed": _("A start or an end belongs to its flow, not into a block."),
            "no_entry": _("No transition leads into the block."),
            "many_entries": _(
                "Transitions lead into several nodes of the block; it needs one entry."
            ),
            "no_exit": _("No transition leads out of the block."),
            "many_exits": _(
                "Transitions lead out of the block to several nodes; it needs one exit."
            ),
            "apart": _("A node cannot be reached inside of the block."),
        }
