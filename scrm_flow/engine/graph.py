"""The compiled form of a flow: immutable nodes and edges with quick look-ups.

A graph is built once from plain dictionaries and then shared by every run of a
published version, so nothing in here may be changed after it was built.

>>> graph = compile_graph(
...     [
...         {"key": "start", "type": "start", "behaviour": "start"},
...         {"key": "visit", "type": "user_task", "behaviour": "wait", "rank": 1},
...         {"key": "end", "type": "end", "behaviour": "end", "rank": 2},
...     ],
...     [
...         {"key": "begin", "source": "start", "target": "visit"},
...         {"key": "finish", "source": "visit", "target": "end"},
...     ],
... )
>>> graph.start.key
'start'
>>> [edge.target for edge in graph.outgoing("visit")]
['end']
>>> [edge.source for edge in graph.incoming("visit")]
['start']
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

#: Where a token is created. Left at once by its only edge.
START = "start"
#: A token stays here until somebody completes the step.
WAIT = "wait"
#: Left at once by the first edge whose condition holds, else by the default.
CHOOSE = "choose"
#: Does something, then is left at once by its only edge.
ACT = "act"
#: Joins the tokens of several incoming edges, splits into all outgoing ones.
PARALLEL = "parallel"
#: A token that arrives here is consumed.
END = "end"

BEHAVIOURS = (START, WAIT, CHOOSE, ACT, PARALLEL, END)


@dataclass(frozen=True, slots=True)
class Node:
    """One node; ``data`` carries what its type needs when a token arrives: of a
    join ``join_count``, how many branches must arrive, None or absent for all.

    ``condition`` is a parsed domain: a node that waits is left without anybody
    as soon as it is true; None means never.
    """

    key: str
    type: str
    behaviour: str
    rank: int = 0
    id: int | None = None
    is_private: bool = False
    in_bar: bool = False
    condition: Any = field(default=None, hash=False, compare=False)
    data: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)


@dataclass(frozen=True, slots=True)
class Edge:
    """One transition; ``condition`` is a parsed domain, None means always."""

    key: str
    source: str
    target: str
    rank: int = 0
    id: int | None = None
    is_default: bool = False
    condition: Any = field(default=None, hash=False, compare=False)

    @property
    def is_conditional(self):
        return self.condition is not None


class Graph:
    """All nodes and edges of one version, ordered by rank, then key."""

    __slots__ = (
        "_incoming",
        "_outgoing",
        "edges",
        "is_parallel",
        "nodes",
        "number",
    )

    def __init__(self, nodes: Iterable[Node], edges: Iterable[Edge], number: int = 0):
        ordered_nodes = sorted(nodes, key=lambda node: (node.rank, node.key))
        self.nodes = MappingProxyType({node.key: node for node in ordered_nodes})
        ordered = sorted(edges, key=lambda edge: (edge.rank, edge.key))
        self.edges = MappingProxyType({edge.key: edge for edge in ordered})
        self.number = number
        #: whether more than one token can be under way at a time
        self.is_parallel = any(node.behaviour == PARALLEL for node in ordered_nodes)
        outgoing: dict[str, list[Edge]] = {}
        incoming: dict[str, list[Edge]] = {}
        for edge in self.edges.values():
            outgoing.setdefault(edge.source, []).append(edge)
            incoming.setdefault(edge.target, []).append(edge)
        self._outgoing = {key: tuple(edges) for key, edges in outgoing.items()}
        self._incoming = {key: tuple(edges) for key, edges in incoming.items()}

    @property
    def start(self) -> Node | None:
        """The start node: the first one by rank, None without any."""
        return next((n for n in self.nodes.values() if n.behaviour == START), None)

    def is_split(self, key: str) -> bool:
        """Whether a token that leaves this node becomes several."""
        return self.nodes[key].behaviour == PARALLEL and len(self.outgoing(key)) > 1

    def is_join(self, key: str) -> bool:
        """Whether a token that arrives at this node waits for others."""
        return self.nodes[key].behaviour == PARALLEL and len(self.incoming(key)) > 1

    def needed(self, key: str) -> int:
        """How many branches must arrive at a join before it is left."""
        count = self.nodes[key].data.get("join_count")
        return len(self.incoming(key)) if count is None else count

    def outgoing(self, key: str) -> tuple[Edge, ...]:
        return self._outgoing.get(key, ())

    def incoming(self, key: str) -> tuple[Edge, ...]:
        return self._incoming.get(key, ())


def compile_graph(
    nodes: Iterable[Mapping[str, Any]],
    edges: Iterable[Mapping[str, Any]],
    number: int = 0,
) -> Graph:
    """Build a :class:`Graph` from dictionaries with the attribute names as keys.

    :param nodes: at least ``key``, ``type`` and ``behaviour`` each
    :param edges: at least ``key``, ``source`` and ``target`` each
    :param number: version number, for messages and the log
    :raise TypeError: a dictionary has a key that is no attribute
    :raise ValueError: a key is used twice, or a behaviour is unknown

    >>> compile_graph([{"key": "a", "type": "x", "behaviour": "dance"}], [])
    Traceback (most recent call last):
    ...
    ValueError: node 'a' has the unknown behaviour 'dance'
    >>> compile_graph([{"key": "a", "type": "x", "behaviour": "end"}] * 2, [])
    Traceback (most recent call last):
    ...
    ValueError: the key 'a' is used twice
    """
    built_nodes = [Node(**values) for values in nodes]
    built_edges = [Edge(**values) for values in edges]
    for node in built_nodes:
        if node.behaviour not in BEHAVIOURS:
            raise ValueError(
                f"node {node.key!r} has the unknown behaviour {node.behaviour!r}"
            )
    for items in (built_nodes, built_edges):
        seen = set()
        for item in items:
            if item.key in seen:
                raise ValueError(f"the key {item.key!r} is used twice")
            seen.add(item.key)
    return Graph(built_nodes, built_edges, number)
