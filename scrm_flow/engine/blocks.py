"""Which join belongs to which split, and what is inside their branches.

A split and its join enclose a block with one way in and one way out: each branch
leads from the split into the join by a transition of its own, whatever is decided
on the way. Blocks follow each other, contain each other, or stand in a loop.

>>> from odoo.addons.scrm_flow.engine.graph import compile_graph
>>> graph = compile_graph(
...     [
...         {"key": "start", "type": "start", "behaviour": "start"},
...         {"key": "both", "type": "gateway", "behaviour": "parallel"},
...         {"key": "pay", "type": "user_task", "behaviour": "wait"},
...         {"key": "pack", "type": "user_task", "behaviour": "wait"},
...         {"key": "ready", "type": "gateway", "behaviour": "parallel"},
...         {"key": "end", "type": "end", "behaviour": "end"},
...     ],
...     [
...         {"key": "begin", "source": "start", "target": "both"},
...         {"key": "to_pay", "source": "both", "target": "pay"},
...         {"key": "to_pack", "source": "both", "target": "pack"},
...         {"key": "paid", "source": "pay", "target": "ready"},
...         {"key": "packed", "source": "pack", "target": "ready"},
...         {"key": "finish", "source": "ready", "target": "end"},
...     ],
... )
>>> found = blocks(graph)
>>> block = found.by_split["both"]
>>> block.join, sorted(block.branches["to_pay"]), found.faults
('ready', ['pay'], [])
>>> block.branch_of("pack")
'to_pack'
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .graph import END, Edge, Graph


@dataclass(frozen=True, slots=True)
class Block:
    """A split, its join, and the nodes of each branch by the branch's first edge."""

    split: str
    join: str
    branches: Mapping[str, frozenset[str]]

    @property
    def inside(self) -> frozenset[str]:
        return frozenset().union(*self.branches.values())

    def branch_of(self, key: str) -> str | None:
        """The branch a node is in, None when it is in none."""
        for edge, nodes in self.branches.items():
            if key in nodes:
                return edge
        return None


@dataclass(slots=True)
class Blocks:
    """All blocks by their splits; ``faults`` are (code, node, edge)."""

    by_split: dict[str, Block] = field(default_factory=dict)
    faults: list[tuple[str, str, str | None]] = field(default_factory=list)

    def depth(self, key: str) -> int:
        """How many blocks a node is inside of."""
        return sum(key in block.inside for block in self.by_split.values())


@dataclass(slots=True)
class _Stretch:
    """What follows an edge without leaving the block that it is in."""

    nodes: set[str] = field(default_factory=set)
    #: edges that lead into a join which closes the block
    exits: dict[str, Edge] = field(default_factory=dict)
    reaches_end: bool = False
    #: a block in it is faulty: nobody can say what follows
    is_open: bool = False


def blocks(graph: Graph) -> Blocks:
    """Find the blocks of a graph and what is wrong with them."""
    return _Finder(graph).find()


class _Finder:
    def __init__(self, graph):
        self.graph = graph
        self.found = Blocks()
        self.known = {}
        self.closing = set()

    def find(self):
        start = self.graph.start
        if start and self.graph.is_parallel:
            stretch = self._stretch(self.graph.outgoing(start.key))
            for edge in stretch.exits.values():
                self._fault("join_without_split", edge.target, edge.key)
        return self.found

    def _fault(self, code, node, edge=None):
        if (code, node) not in [fault[:2] for fault in self.found.faults]:
            self.found.faults.append((code, node, edge))

    def _stretch(self, edges) -> _Stretch:
        """Follow edges until the block closes; inner blocks count as one step."""
        stretch = _Stretch()
        seen = set()  # not what is inside of blocks: they may be entered sideways
        passed = set()  # joins whose inner block was stepped over
        todo = list(edges)
        while todo:
            edge = todo.pop()
            if self.graph.is_join(edge.target):
                stretch.exits[edge.key] = edge
                continue
            key = edge.target
            if key in seen:
                continue
            seen.add(key)
            stretch.nodes.add(key)
            if self.graph.nodes[key].behaviour == END:
                stretch.reaches_end = True
            while key and self.graph.is_split(key):
                block = self._close(key)
                if block is None:
                    stretch.is_open = True
                    key = None
                elif block.join in passed:
                    key = None
                else:
                    passed.add(block.join)
                    stretch.nodes |= block.inside | {block.join}
                    key = block.join
            if key:
                todo += self.graph.outgoing(key)
        return stretch

    def _close(self, split) -> Block | None:
        """The block that this split opens, None when it is faulty."""
        if split in self.closing:
            self._fault("split_in_itself", split)
            return None
        if split not in self.known:
            self.closing.add(split)
            self.known[split] = self._check(split)
            self.closing.remove(split)
            if self.known[split]:
                self.found.by_split[split] = self.known[split]
        return self.known[split]

    def _check(self, split):
        stretches = {
            edge.key: self._stretch([edge]) for edge in self.graph.outgoing(split)
        }
        exits = [edge for one in stretches.values() for edge in one.exits.values()]
        joins = {edge.target for edge in exits}
        keys = [edge.key for edge in exits]
        if any(one.reaches_end for one in stretches.values()):
            self._fault("branch_ends", split)
        elif len(joins) > 1:
            self._fault("branches_apart", split)
        elif any(one.is_open or not one.exits for one in stretches.values()):
            return None  # said elsewhere: an inner block, or no way out of a circle
        elif len(set(keys)) < len(keys):
            self._fault("branches_meet", split)
        else:
            (join,) = joins
            if any(len(one.exits) > 1 for one in stretches.values()):
                self._fault("branch_many_ways", join)
            elif set(keys) != {edge.key for edge in self.graph.incoming(join)}:
                self._fault("join_other_ways", join)
            else:
                branches = {key: frozenset(one.nodes) for key, one in stretches.items()}
                return Block(split, join, branches)
        return None
