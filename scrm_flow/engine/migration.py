"""Where the work of a running process goes when its flow gets a new version.

A plan maps nodes to nodes of the new version; a node that is not in the plan keeps
its key. For each run the answer is either one move per token, or why it has to
stay: what :func:`answer` accepts never loses or doubles a token, and can always end.

>>> from odoo.addons.scrm_flow.engine.graph import compile_graph
>>> new = compile_graph(
...     [
...         {"key": "start", "type": "start", "behaviour": "start"},
...         {"key": "look", "type": "user_task", "behaviour": "wait"},
...         {"key": "end", "type": "end", "behaviour": "end"},
...     ],
...     [
...         {"key": "begin", "source": "start", "target": "look"},
...         {"key": "done", "source": "look", "target": "end"},
...     ],
... )
>>> triage = Token(7, "triage")
>>> answer(new, [triage], {}).refusals
(Refusal(code='removed', node='triage', target='triage'),)
>>> answer(new, [triage], {"triage": Line("look")}).moves
(Move(token=7, source='triage', target='look', carried=True),)
>>> answer(new, [triage], {"triage": Line("end")}).refusals[0].code
'is_end'
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .blocks import blocks
from .graph import END, START, WAIT, Graph

T = TypeVar("T")

#: Every code of a :class:`Refusal`, with what it says in one sentence.
CODES = {
    "stays": "the plan leaves the work at this node in its version",
    "removed": "the node is not in the new version and the plan does not map it",
    "unknown_target": "the plan leads to a node the new version does not have",
    "is_start": "the plan leads to a start, where work only begins",
    "is_end": "the plan leads to an end, where the work would be lost",
    "not_a_join": "work that waits for other branches can only wait at a join",
    "other_split": "the node is not inside of the same splits in the new version",
    "same_branch": "two branches of one split would be in the same branch",
    "deadlock": "the join would wait for more branches than are under way",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One live step of a run: its ``id``, where it is, and in which state.

    ``state``: ``open``, ``incident``, ``waiting`` at a join, or ``leaving``: it goes on
    by itself before the run migrates, nobody knows yet where to;
    ``scope``: the splits it is inside of, outermost first, as (id of the activation,
    node key).
    """

    id: int
    node: str
    state: str = "open"
    scope: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """What a plan says of one node.

    ``carry``: the same work goes on, with its time and its handler; otherwise it
    begins anew there.
    """

    target: str
    carry: bool = True


@dataclass(frozen=True, slots=True)
class Move:
    """A token goes to ``target``: ``carried`` there, or arriving anew."""

    token: int
    source: str
    target: str
    carried: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a run has to stay: ``code`` of :data:`CODES`, for its token at ``node``."""

    code: str
    node: str
    target: str


@dataclass(frozen=True, slots=True)
class Answer:
    """All moves of one run, or why it stays; never both."""

    moves: tuple[Move, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def answer(
    graph: Graph, tokens: Iterable[Token], plan: Mapping[str, Line | None]
) -> Answer:
    """Say where each token of one run goes.

    :param graph: the new version, sound
    :param tokens: every live step of the run
    :param plan: node key of the old version -> what is to happen to tokens there;
        None: they stay
    """
    moves = []
    refusals = []
    tokens = list(tokens)
    shape = _Shape(graph)
    for token in tokens:
        if token.state == "leaving":
            continue
        line = plan.get(token.node, Line(token.node))
        if line is None:
            refusals.append(Refusal("stays", token.node, ""))
            continue
        code = _refusal(graph, token, line) or shape.refusal(token, line.target, plan)
        if code:
            refusals.append(Refusal(code, token.node, line.target))
            continue
        moves.append(
            Move(token.id, token.node, line.target, _is_carried(graph, token, line))
        )
    if not refusals:
        targets = {move.token: move.target for move in moves}
        refusals = [*shape.splits_refused(tokens, targets, plan)]
    if refusals:
        return Answer(refusals=tuple(refusals))
    return Answer(moves=tuple(moves))


def _refusal(graph: Graph, token: Token, line: Line) -> str | None:
    node = graph.nodes.get(line.target)
    if node is None:
        return "removed" if line.target == token.node else "unknown_target"
    if node.behaviour == START:
        return "is_start"
    if node.behaviour == END:
        return "is_end"
    return None


def _mapped(key: str, plan: Mapping[str, Line | None]) -> str:
    """What a split is called in the new version."""
    line = plan.get(key)
    return line.target if line else key


class _Shape:
    """The splits of the new version, and whether what is under way fits them."""

    def __init__(self, graph: Graph):
        self.graph = graph
        self.blocks = list(blocks(graph).by_split.values())
        # the larger one of two blocks around the same node is around the other too
        self.blocks.sort(key=lambda block: -len(block.inside))

    def around(self, key: str) -> tuple[str, ...]:
        """The splits that work at this node is inside of, outermost first.

        What has come to a join is inside of its split until the others come.
        """
        return tuple(
            block.split
            for block in self.blocks
            if key in block.inside or key == block.join
        )

    def refusal(self, token: Token, target: str, plan) -> str | None:
        """Why a token cannot be at ``target``, seen for itself."""
        if token.state == "waiting" and not self.graph.is_join(target):
            return "not_a_join"
        inside = tuple(_mapped(key, plan) for _id, key in token.scope)
        return None if inside == self.around(target) else "other_split"

    def splits_refused(self, tokens, targets, plan) -> Iterable[Refusal]:
        """Why the branches that are under way do not fit together."""
        places: dict[tuple[int, str], set] = {}
        for token in tokens:
            inner = None
            for activation in reversed(token.scope):
                place = ("token", token.id) if inner is None else ("split", *inner)
                places.setdefault(activation, set()).add(place)
                inner = activation
        for (_activation, key), inside in places.items():
            split = _mapped(key, plan)
            code = self._split_refused(split, inside, targets, plan)
            if code:
                yield Refusal(code, key, split)

    def _split_refused(self, split, inside, targets, plan) -> str | None:
        found = [block for block in self.blocks if block.split == split]
        if not found:  # all of its branches go on before the run migrates
            return None
        (block,) = found
        taken = []
        for kind, ident, *rest in inside:
            if kind == "split":
                taken.append(block.branch_of(_mapped(rest[0], plan)))
            elif ident in targets:
                taken.append(block.branch_of(targets[ident]))
        taken = [branch for branch in taken if branch is not None]
        if len(set(taken)) < len(taken) or len(inside) > len(block.branches):
            return "same_branch"
        return "deadlock" if len(inside) < self.graph.needed(block.join) else None


def _is_carried(graph: Graph, token: Token, line: Line) -> bool:
    """What waits for somebody can be carried; a machine's node is entered anew.

    A token that got stuck at a machine's node stays stuck there, to be retried.
    """
    if graph.nodes[line.target].behaviour == WAIT:
        return line.carry
    if token.state == "waiting":
        return True
    return token.state == "incident" and line.target == token.node


def counterparts(old: Sequence[T], new: Sequence[T], *keys) -> dict[int, int]:
    """Which item of one list is which of another, by position.

    Each is matched once: by the first key where possible, then by the next.

    :return: position in ``new`` -> position in ``old``

    >>> counterparts(["tell Ann", "tell Bob"], ["call Ann", "tell Bob"], str)
    {1: 1}
    >>> counterparts(["tell Ann"], ["call Ann"], str, lambda text: text[-3:])
    {0: 0}
    """
    found: dict[int, int] = {}
    for key in keys:
        for position, item in enumerate(new):
            if position in found:
                continue
            for candidate, other in enumerate(old):
                if candidate not in found.values() and key(other) == key(item):
                    found[position] = candidate
                    break
    return found
