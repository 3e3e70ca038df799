"""How work moves: from a place, along edges, through what runs by itself.

A token stands on a node. Moving it takes one edge, then passes every automatic
node on the way until it waits for somebody, ends, or is stuck for a named reason.
The caller gives two callbacks and keeps the database out of here:

- ``holds(edge)``: is the condition of the edge (or node) true right now?
- ``act(node, token)``: do what the node is for; None when done, else why it failed.
  Also told of a node that would wait, but whose condition says that nobody need act.

>>> from odoo.addons.scrm_flow.engine.graph import compile_graph
>>> graph = compile_graph(
...     [
...         {"key": "start", "type": "start", "behaviour": "start"},
...         {"key": "large", "type": "exclusive_gateway", "behaviour": "choose"},
...         {"key": "team", "type": "user_task", "behaviour": "wait"},
...         {"key": "one", "type": "user_task", "behaviour": "wait"},
...         {"key": "end", "type": "end", "behaviour": "end"},
...     ],
...     [
...         {"key": "begin", "source": "start", "target": "large"},
...         {"key": "yes", "source": "large", "target": "team", "condition": "> 9"},
...         {"key": "no", "source": "large", "target": "one", "is_default": True},
...         {"key": "team_done", "source": "team", "target": "end"},
...         {"key": "one_done", "source": "one", "target": "end"},
...     ],
... )
>>> move = begin(graph, holds=lambda edge: False)
>>> [token.node for token in move.opened], [edge.key for edge in move.taken]
(['one'], ['begin', 'no'])
>>> leave(graph, move.opened[0], "one_done", holds=lambda edge: True).ended
['end']
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .graph import ACT, CHOOSE, END, WAIT, Edge, Graph, Node

Holds = Callable[[Edge | Node], bool]
Act = Callable[[Node, "Token"], str | None]

#: Automatic nodes passed in one move before it is taken for an endless loop.
LOOP_LIMIT = 200


class TransitionError(LookupError):
    """The wanted edge does not leave the node the token stands on."""


class ConditionError(Exception):
    """A condition that cannot be answered; raised by the callback ``holds``."""


@dataclass(eq=False, slots=True)
class Token:
    """One piece of work on its way: the node it stands on, and what belongs to
    this stay of its there. Two tokens on the same node are still two.

    ``step``: the caller's record of this stay, when it has one;
    ``person``: who shall do the work, when it comes back to somebody.
    """

    node: str
    step: Any = None
    person: Any = None

    def go(self, node: str) -> None:
        """Stand on another node: a new stay."""
        self.node = node
        self.step = self.person = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A token left ``node`` along ``edge`` without waiting; ``step`` is its stay."""

    node: str
    edge: Edge
    step: Any = None


@dataclass(frozen=True, slots=True)
class Stuck:
    """A token that cannot go on from where it stands, because of ``code``.

    ``no_transition``: no condition holds and there is no default;
    ``condition_failed``: a condition cannot be answered, for ``reason``;
    ``action_failed``: the action said ``reason``;
    ``loop``: more than the limit of automatic nodes were passed.
    """

    token: Token
    code: str
    reason: str = ""


@dataclass(slots=True)
class Move:
    """What one move did: every list in the order in which it happened."""

    taken: list[Edge] = field(default_factory=list)
    passed: list[Passage] = field(default_factory=list)
    opened: list[Token] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    stuck: list[Stuck] = field(default_factory=list)


def _nothing_to_do(node: Node, token: Token) -> None:
    return None


def begin(
    graph: Graph,
    holds: Holds,
    act: Act = _nothing_to_do,
    limit: int = LOOP_LIMIT,
) -> Move:
    """Create a token on the start node and move it on."""
    return enter(graph, Token(graph.start.key), holds, act, limit)


def leave(
    graph: Graph,
    token: Token,
    edge_key: str,
    holds: Holds,
    act: Act = _nothing_to_do,
    limit: int = LOOP_LIMIT,
) -> Move:
    """Move a token that waits along ``edge_key``.

    :raise TransitionError: the edge does not leave the node it stands on
    """
    edge = graph.edges.get(edge_key)
    if edge is None or edge.source != token.node:
        raise TransitionError(edge_key)
    move = Move(taken=[edge])
    token.go(edge.target)
    return _walk(graph, token, move, holds, act, limit)


def enter(
    graph: Graph,
    token: Token,
    holds: Holds,
    act: Act = _nothing_to_do,
    limit: int = LOOP_LIMIT,
) -> Move:
    """Let a token arrive where it stands, as at the start or on a retry."""
    return _walk(graph, token, Move(), holds, act, limit)


def _walk(graph, token, move, holds, act, limit):
    arriving = deque([token])
    while arriving:
        token = arriving.popleft()
        node = graph.nodes[token.node]
        if node.behaviour == END:
            move.ended.append(node.key)
            continue
        if node.behaviour == WAIT and node.condition is None:
            move.opened.append(token)
            continue
        if len(move.passed) >= limit:
            move.stuck.append(Stuck(token, "loop"))
            continue
        if node.behaviour == ACT and (reason := act(node, token)) is not None:
            move.stuck.append(Stuck(token, "action_failed", reason))
            continue
        try:
            edge = next_edge(graph, node, holds)
        except ConditionError as error:
            move.stuck.append(Stuck(token, "condition_failed", str(error)))
            continue
        if edge is None and node.behaviour == WAIT:
            move.opened.append(token)
            continue
        if edge is None:
            move.stuck.append(Stuck(token, "no_transition"))
            continue
        if node.behaviour == WAIT:
            act(node, token)
        move.passed.append(Passage(node.key, edge, token.step))
        move.taken.append(edge)
        token.go(edge.target)
        arriving.append(token)
    return move


def next_edge(graph: Graph, node: Node, holds: Holds) -> Edge | None:
    """The edge by which a node is left without anybody, None when there is none.

    A gateway asks its edges in order of rank and takes the first that holds;
    the default only counts when none does. A node that waits is left by its first
    open edge, once its own condition holds.

    >>> from odoo.addons.scrm_flow.engine.graph import compile_graph
    >>> graph = compile_graph(
    ...     [
    ...         {"key": "a", "type": "x", "behaviour": "wait", "condition": "paid"},
    ...         {"key": "b", "type": "x", "behaviour": "end"},
    ...     ],
    ...     [{"key": "ab", "source": "a", "target": "b"}],
    ... )
    >>> next_edge(graph, graph.nodes["a"], holds=lambda asked: False)
    >>> next_edge(graph, graph.nodes["a"], holds=lambda asked: True).key
    'ab'
    """
    if node.behaviour == WAIT:
        if node.condition is None or not holds(node):
            return None
        return next(iter(choices(graph, node.key, holds)), None)
    outgoing = graph.outgoing(node.key)
    if node.behaviour != CHOOSE:
        return outgoing[0] if outgoing else None
    default = None
    for edge in outgoing:
        if edge.is_default:
            default = default or edge
        elif not edge.is_conditional or holds(edge):
            return edge
    return default


def choices(graph: Graph, node_key: str, holds: Holds) -> list[Edge]:
    """The edges somebody who completes ``node_key`` may choose from now."""
    return [
        edge
        for edge in graph.outgoing(node_key)
        if not edge.is_conditional or holds(edge)
    ]


def likely_path(graph: Graph, node_key: str, holds: Holds) -> list[str]:
    """The nodes that probably follow ``node_key``, without it, up to an end.

    People take the first edge by rank, gateways what holds now. A node is named
    once: at the first repetition the path stops.

    >>> from odoo.addons.scrm_flow.engine.graph import compile_graph
    >>> graph = compile_graph(
    ...     [{"key": k, "type": "user_task", "behaviour": "wait"} for k in "abc"],
    ...     [
    ...         {"key": "ab", "source": "a", "target": "b"},
    ...         {"key": "back", "source": "b", "target": "a", "rank": 2},
    ...         {"key": "bc", "source": "b", "target": "c", "rank": 1},
    ...     ],
    ... )
    >>> likely_path(graph, "a", holds=lambda edge: True)
    ['b', 'c']
    """
    path: list[str] = []
    seen = {node_key}
    node = graph.nodes[node_key]
    while node.behaviour != END:
        try:
            if node.behaviour == WAIT:
                usable = choices(graph, node.key, holds) or graph.outgoing(node.key)
                edge = usable[0] if usable else None
            else:
                edge = next_edge(graph, node, holds)
        except ConditionError:
            break
        if edge is None or edge.target in seen:
            break
        node = graph.nodes[edge.target]
        seen.add(node.key)
        path.append(node.key)
    return path
