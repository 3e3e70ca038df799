"""How work moves: from a place, along edges, through what runs by itself.

A token stands on a node. Moving it takes one edge, then passes every automatic
node on the way until it waits for somebody, ends, or is stuck for a named reason.
The caller gives callbacks and keeps the database out of here:

- ``holds(edge)``: is the condition of the edge (or node) true right now?
- ``act(node, token)``: do what the node is for; None when done, else why it failed.
  Also told of a node that would wait, but whose condition says that nobody need act.
- ``tell(event)``: hears of a :class:`Passage`, a :class:`Split`, a :class:`Waiting`
  or a :class:`Joined` as it happens.

A parallel gateway with several outgoing edges splits a token into one for each, which
remember the :class:`Split` that they come from. Where several edges lead into one,
tokens of the same split wait until as many have come as it needs; then one goes on,
and what is left of that split is dropped. Branches go one after the other, each as
far as it can, so what is dropped on the way has not begun.

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

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .graph import ACT, CHOOSE, END, PARALLEL, WAIT, Edge, Graph, Node

Holds = Callable[[Edge | Node], bool]
Act = Callable[[Node, "Token"], str | None]
Tell = Callable[[Any], None]

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

    ``split``: the innermost split that it is a branch of, None outside of all;
    ``waits``: it stands at a join until enough others come;
    ``step``: the caller's record of this stay, when it has one;
    ``person``: who shall do the work, when it comes back to somebody.
    """

    node: str
    split: "Split | None" = None
    waits: bool = False
    step: Any = None
    person: Any = None

    def go(self, node: str) -> None:
        """Stand on another node: a new stay."""
        self.node = node
        self.step = self.person = None


@dataclass(eq=False, slots=True)
class Split:
    """One activation of a splitting gateway, from there to its join.

    ``outer``: the split that it happened in; ``tokens``: what is under way directly
    inside of it; ``inner``: splits inside of it; ``step``: the caller's record.
    """

    node: str
    outer: "Split | None" = None
    step: Any = None
    tokens: list[Token] = field(default_factory=list)
    inner: list["Split"] = field(default_factory=list)

    def __post_init__(self):
        if self.outer:
            self.outer.inner.append(self)

    def place(self, token: Token) -> Token:
        """Let a token be one of this split's."""
        token.split = self
        self.tokens.append(token)
        return token

    def everything(self) -> list[Token]:
        """All tokens inside, also those of inner splits."""
        return self.tokens + [
            token for split in self.inner for token in split.everything()
        ]

    def chain(self) -> list["Split"]:
        """This split and those around it, from the inside out."""
        return [self, *(self.outer.chain() if self.outer else ())]


@dataclass(frozen=True, slots=True)
class Passage:
    """A token left ``node`` along ``edge`` without waiting; ``step`` is its stay."""

    node: str
    edge: Edge
    step: Any = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A token stays at a join until others of its split come."""

    token: Token


@dataclass(frozen=True, slots=True)
class Joined:
    """``arrived`` tokens became one again; the others of the split were dropped."""

    node: str
    split: Split
    arrived: list[Token]
    dropped: list[Token]


@dataclass(frozen=True, slots=True)
class Stuck:
    """A token that cannot go on from where it stands, because of ``code``.

    ``no_transition``: no condition holds and there is no default;
    ``condition_failed``: a condition cannot be answered, for ``reason``;
    ``action_failed``: the action said ``reason``;
    ``loop``: more than the limit of automatic nodes were passed;
    ``no_split``: it came to a join without having been split.
    """

    token: Token
    code: str
    reason: str = ""


def _nothing_to_do(node: Node, token: Token) -> None:
    return None


def _nobody_hears(event: Any) -> None:
    return None


@dataclass(slots=True)
class Move:
    """One or more tokens on their way until nothing moves by itself any more.

    ``opened``, ``waiting`` and ``stuck`` tell where they are then: at a node that
    waits for somebody, at a join, or in trouble. Every list is in the order in which
    it happened.
    """

    graph: Graph
    holds: Holds
    act: Act = _nothing_to_do
    tell: Tell = _nobody_hears
    limit: int | None = None
    taken: list[Edge] = field(default_factory=list)
    passed: list[Passage] = field(default_factory=list)
    opened: list[Token] = field(default_factory=list)
    waiting: list[Token] = field(default_factory=list)
    stuck: list[Stuck] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    _arriving: list[Token] = field(default_factory=list)

    def begin(self) -> "Move":
        """Create a token on the start node and move it on."""
        return self.enter(Token(self.graph.start.key))

    def leave(self, token: Token, edge_key: str) -> "Move":
        """Move a token that waits for somebody along an edge.

        :raise TransitionError: the edge does not leave the node it stands on
        """
        edge = self.graph.edges.get(edge_key)
        if edge is None or edge.source != token.node:
            raise TransitionError(edge_key)
        self.taken.append(edge)
        token.go(edge.target)
        return self.enter(token)

    def enter(self, token: Token) -> "Move":
        """Let a token arrive where it stands, as at the start or on a retry."""
        self._arriving.append(token)
        limit = len(self.passed) + (LOOP_LIMIT if self.limit is None else self.limit)
        while self._arriving:
            self._arrive(self._arriving.pop(), limit)
        return self

    def drop(self, dropped: Iterable[Token]) -> None:
        """Let tokens be gone, wherever they are."""
        gone = set(dropped)
        for places in (self.opened, self.waiting, self._arriving):
            places[:] = [token for token in places if token not in gone]
        self.stuck[:] = [stuck for stuck in self.stuck if stuck.token not in gone]
        for token in gone:
            if token.split:
                token.split.tokens.remove(token)

    def _arrive(self, token, limit):
        node = self.graph.nodes[token.node]
        if node.behaviour == END:
            self.ended.append(node.key)
            self.drop([token])
            return
        if node.behaviour == WAIT and node.condition is None:
            self.opened.append(token)
            return
        if len(self.passed) >= limit:
            self.stuck.append(Stuck(token, "loop"))
            return
        if node.behaviour == PARALLEL:
            self._parallel(token, node)
            return
        if node.behaviour == ACT and (reason := self.act(node, token)) is not None:
            self.stuck.append(Stuck(token, "action_failed", reason))
            return
        try:
            edge = next_edge(self.graph, node, self.holds)
        except ConditionError as error:
            self.stuck.append(Stuck(token, "condition_failed", str(error)))
            return
        if edge is None and node.behaviour == WAIT:
            self.opened.append(token)
            return
        if edge is None:
            self.stuck.append(Stuck(token, "no_transition"))
            return
        if node.behaviour == WAIT:
            self.act(node, token)
        self._pass(token, edge)

    def _pass(self, token, edge):
        passage = Passage(token.node, edge, token.step)
        self.passed.append(passage)
        self.taken.append(edge)
        self.tell(passage)
        token.go(edge.target)
        self._arriving.append(token)

    def _parallel(self, token, node):
        if self.graph.is_join(node.key):
            token = self._join(token, node)
            if token is None:
                return
        if self.graph.is_split(node.key):
            self._split(token, node)
        elif outgoing := self.graph.outgoing(node.key):
            self._pass(token, outgoing[0])
        else:
            self.stuck.append(Stuck(token, "no_transition"))

    def _join(self, token, node) -> Token | None:
        """The token that goes on, None when others have to come first."""
        split = token.split
        if split is None:
            self.stuck.append(Stuck(token, "no_split"))
            return None
        token.waits = True
        arrived = [t for t in split.tokens if t.waits and t.node == node.key]
        if len(arrived) < self.graph.needed(node.key):
            self.waiting.append(token)
            self.tell(Waiting(token))
            return None
        everything = split.everything()
        self.drop(everything)
        if split.outer:
            split.outer.inner.remove(split)
        dropped = [token for token in everything if token not in arrived]
        self.tell(Joined(node.key, split, arrived, dropped))
        going = Token(node.key)
        return split.outer.place(going) if split.outer else going

    def _split(self, token, node):
        outer = token.split
        split = Split(node.key, outer, token.step)
        self.tell(split)
        if outer:
            outer.tokens.remove(token)
        branches = []
        for edge in self.graph.outgoing(node.key):
            self.passed.append(Passage(node.key, edge, token.step))
            self.taken.append(edge)
            branches.append(split.place(Token(edge.target)))
        self._arriving += reversed(branches)


def begin(graph: Graph, holds: Holds, *callbacks, **values) -> Move:
    """Create a token on the start node and move it on; see :class:`Move`."""
    return Move(graph, holds, *callbacks, **values).begin()


def leave(
    graph: Graph, token: Token, edge_key: str, holds: Holds, *callbacks, **values
) -> Move:
    """Move a token that waits along ``edge_key``; see :meth:`Move.leave`."""
    return Move(graph, holds, *callbacks, **values).leave(token, edge_key)


def enter(graph: Graph, token: Token, holds: Holds, *callbacks, **values) -> Move:
    """Let a token arrive where it stands; see :meth:`Move.enter`."""
    return Move(graph, holds, *callbacks, **values).enter(token)


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
