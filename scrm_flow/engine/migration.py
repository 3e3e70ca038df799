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

from .graph import END, START, WAIT, Graph

T = TypeVar("T")

#: Every code of a :class:`Refusal`, with what it says in one sentence.
CODES = {
    "stays": "the plan leaves the work at this node in its version",
    "removed": "the node is not in the new version and the plan does not map it",
    "unknown_target": "the plan leads to a node the new version does not have",
    "is_start": "the plan leads to a start, where work only begins",
    "is_end": "the plan leads to an end, where the work would be lost",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One live step of a run: its ``id``, where it is, and in which state."""

    id: int
    node: str
    state: str = "open"


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
    for token in tokens:
        line = plan.get(token.node, Line(token.node))
        if line is None:
            refusals.append(Refusal("stays", token.node, ""))
            continue
        code = _refusal(graph, token, line)
        if code:
            refusals.append(Refusal(code, token.node, line.target))
            continue
        moves.append(
            Move(token.id, token.node, line.target, _is_carried(graph, token, line))
        )
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


def _is_carried(graph: Graph, token: Token, line: Line) -> bool:
    """What waits for somebody can be carried; a machine's node is entered anew.

    A token that got stuck at a machine's node stays stuck there, to be retried.
    """
    if graph.nodes[line.target].behaviour == WAIT:
        return line.carry
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
