"""Pieces of a flow that can stand elsewhere: one way in, one way out.

>>> from odoo.addons.scrm_flow.engine.graph import compile_graph
>>> graph = compile_graph(
...     [{"key": key, "type": "user_task", "behaviour": "wait"} for key in "abcd"],
...     [
...         {"key": "ab", "source": "a", "target": "b"},
...         {"key": "bc", "source": "b", "target": "c"},
...         {"key": "back", "source": "c", "target": "b"},
...         {"key": "cd", "source": "c", "target": "d"},
...     ],
... )
>>> cut(graph, {"b", "c"})
Piece(entry='b', exit='d', problem=None)
>>> cut(graph, {"c"}).problem
'many_exits'
"""

from collections.abc import Set
from dataclasses import dataclass

from .graph import END, START, Graph


@dataclass(frozen=True, slots=True)
class Piece:
    """``entry``: where work comes in; ``exit``: where it goes; or a ``problem``:

    ``empty``: no node is chosen; ``fixed``: a start or an end belongs to its flow;
    ``no_entry``, ``no_exit``: no way leads in, or out; ``many_entries``,
    ``many_exits``: ways lead in to, or out to, several nodes; ``apart``: a node
    cannot be reached inside of the piece.
    """

    entry: str | None = None
    exit: str | None = None
    problem: str | None = None


def cut(graph: Graph, keys: Set[str]) -> Piece:
    """Say how these nodes hang together with the rest of the graph."""
    if not keys:
        return Piece(problem="empty")
    if any(graph.nodes[key].behaviour in (START, END) for key in keys):
        return Piece(problem="fixed")
    edges = graph.edges.values()
    entries = {e.target for e in edges if e.target in keys and e.source not in keys}
    exits = {e.target for e in edges if e.source in keys and e.target not in keys}
    if len(entries) != 1:
        return Piece(problem="many_entries" if entries else "no_entry")
    if len(exits) != 1:
        return Piece(problem="many_exits" if exits else "no_exit")
    (entry,), (way_out,) = entries, exits
    seen, todo = {entry}, [entry]
    while todo:
        for edge in graph.outgoing(todo.pop()):
            if edge.target in keys and edge.target not in seen:
                seen.add(edge.target)
                todo.append(edge.target)
    if seen != set(keys):
        return Piece(problem="apart")
    return Piece(entry, way_out)
