"""What publishing asks of a flow: it can be entered, followed and finished.

A graph is sound when a token that starts can always reach an end, whatever the
conditions say, and leaves no other behind: every split has its join and every join
its split, well nested (see ``blocks.py``). As this asks that each branch arrives by
a transition of its own, joins mean the same here and in BPMN. Each violation is a
:class:`Fault` that names the node, so that a designer can mark it and a message can
list it.

>>> from odoo.addons.scrm_flow.engine.graph import compile_graph
>>> graph = compile_graph(
...     [
...         {"key": "start", "type": "start", "behaviour": "start"},
...         {"key": "visit", "type": "user_task", "behaviour": "wait"},
...         {"key": "attic", "type": "user_task", "behaviour": "wait"},
...         {"key": "end", "type": "end", "behaviour": "end"},
...     ],
...     [
...         {"key": "begin", "source": "start", "target": "visit"},
...         {"key": "leave", "source": "attic", "target": "end"},
...     ],
... )
>>> for fault in faults(graph):
...     print(fault.code, fault.node)
unreachable attic
unreachable end
no_way_to_end start
no_outgoing visit
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .blocks import blocks
from .exhaustive import exhaustive
from .graph import ACT, CHOOSE, END, PARALLEL, START, Edge, Graph

#: Every code :func:`faults` can give, with what is wrong in one sentence.
CODES = {
    "no_start": "the flow has no start node",
    "many_starts": "the flow has more than one start node",
    "no_end": "the flow has no end node",
    "unknown_node": "a transition comes from or leads to a node that does not exist",
    "start_incoming": "a transition leads into the start node",
    "end_outgoing": "a transition leaves an end node",
    "unreachable": "the node cannot be reached from the start",
    "no_outgoing": "no transition leaves the node",
    "no_way_to_end": "no path leads from the node to an end",
    "many_outgoing": "more than one transition leaves a node that cannot choose",
    "condition_ignored": "a transition that is always taken has a condition",
    "gateway_no_default": "the gateway has neither a default nor conditions of which "
    "one always holds, so work could get stuck",
    "gateway_many_defaults": "the gateway has more than one default",
    "gateway_never_taken": "a transition is never taken, because one before it needs "
    "no condition to hold",
    "join_without_split": "work reaches the join without having been split",
    "join_other_ways": "ways lead into the join that do not come from its split",
    "join_count": "the join waits for fewer than one branch or more than there are",
    "branch_ends": "a branch of the split reaches an end instead of a join",
    "branches_apart": "the branches of the split lead to different joins",
    "branches_meet": "branches of the split meet before they reach the join",
    "branch_many_ways": "more than one way leads from the same branch into the join; "
    "let them meet in an exclusive gateway first",
    "split_in_itself": "a branch leads back into its own split",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason not to publish: ``code`` of :data:`CODES` at ``node``."""

    code: str
    node: str | None = None
    edge: str | None = None
    detail: str = ""


def faults(graph: Graph, kinds: Mapping[str, Any] | None = None) -> list[Fault]:
    """List every fault of the graph, the flow's own first, then node by node.

    :param kinds: what the fields can answer that conditions ask for, as
        ``exhaustive.py`` takes it; without, no condition is looked into
    :return: an empty list for a sound graph
    """
    found = [*_structure(graph)]
    if any(fault.code == "unknown_node" for fault in found):
        return found
    start = graph.start
    reached = (
        _closure([start.key], graph.outgoing, lambda edge: edge.target)
        if start
        else set(graph.nodes)
    )
    ends = [node.key for node in graph.nodes.values() if node.behaviour == END]
    finishing = _closure(ends, graph.incoming, lambda edge: edge.source)
    for node in graph.nodes.values():
        outgoing = graph.outgoing(node.key)
        if node.key not in reached:
            found.append(Fault("unreachable", node.key))
        if node.behaviour == END:
            if outgoing:
                found.append(Fault("end_outgoing", node.key, outgoing[0].key))
        elif not outgoing:
            found.append(Fault("no_outgoing", node.key))
        elif ends and node.key not in finishing:
            found.append(Fault("no_way_to_end", node.key))
        if node.behaviour == START and graph.incoming(node.key):
            edge = graph.incoming(node.key)[0]
            found.append(Fault("start_incoming", node.key, edge.key))
        if node.behaviour in (START, ACT):
            found += _single_way(node.key, outgoing)
        elif node.behaviour == CHOOSE:
            found += _gateway(node.key, outgoing, kinds)
        elif node.behaviour == PARALLEL:
            found += _unconditional(node.key, outgoing)
            ways = len(graph.incoming(node.key))
            if graph.is_join(node.key) and not 1 <= graph.needed(node.key) <= ways:
                found.append(Fault("join_count", node.key))
    found += [Fault(*fault) for fault in blocks(graph).faults]
    return found


def _structure(graph: Graph) -> Iterable[Fault]:
    starts = [n.key for n in graph.nodes.values() if n.behaviour == START]
    if not starts:
        yield Fault("no_start")
    for key in starts[1:]:
        yield Fault("many_starts", key)
    if not any(n.behaviour == END for n in graph.nodes.values()):
        yield Fault("no_end")
    for edge in graph.edges.values():
        for key in (edge.source, edge.target):
            if key not in graph.nodes:
                yield Fault("unknown_node", edge=edge.key, detail=key)


def _single_way(key: str, outgoing: tuple[Edge, ...]) -> Iterable[Fault]:
    """Start and service nodes are left by one edge, without asking anything."""
    if len(outgoing) > 1:
        yield Fault("many_outgoing", key, outgoing[1].key)
    yield from _unconditional(key, outgoing)


def _unconditional(key: str, outgoing: tuple[Edge, ...]) -> Iterable[Fault]:
    for edge in outgoing:
        if edge.is_conditional:
            yield Fault("condition_ignored", key, edge.key)


def _gateway(
    key: str, outgoing: tuple[Edge, ...], kinds: Mapping[str, Any] | None
) -> Iterable[Fault]:
    """A choice must always have an answer; a default needs no condition."""
    defaults = [edge for edge in outgoing if edge.is_default]
    if len(defaults) > 1:
        yield Fault("gateway_many_defaults", key, defaults[1].key)
    for edge in defaults:
        if edge.is_conditional:
            yield Fault("condition_ignored", key, edge.key)
    asked = [edge for edge in outgoing if not edge.is_default]
    always = [edge for edge in asked if not edge.is_conditional]
    if always:
        after = [*asked[asked.index(always[0]) + 1 :], *defaults]
        if after:
            yield Fault("gateway_never_taken", key, after[0].key)
        return
    if not outgoing or defaults:
        return
    conditions = [edge.condition for edge in outgoing]
    if kinds is None or not exhaustive(conditions, kinds):
        yield Fault("gateway_no_default", key)


def _closure(
    keys: Iterable[str],
    edges: Callable[[str], tuple[Edge, ...]],
    other: Callable[[Edge], str],
) -> set[str]:
    """All nodes connected with ``keys`` in one direction, ``keys`` included."""
    seen = set(keys)
    todo = list(seen)
    while todo:
        for edge in edges(todo.pop()):
            key = other(edge)
            if key not in seen:
                seen.add(key)
                todo.append(key)
    return seen
