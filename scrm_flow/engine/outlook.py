"""What probably follows: an outlook for people, not a promise."""

from collections.abc import Iterable

from .blocks import Blocks
from .graph import END, PARALLEL, WAIT, Edge, Graph
from .tokens import ConditionError, Holds, choices, next_edge


def likely_path(
    graph: Graph,
    node_keys: str | Iterable[str],
    holds: Holds,
    blocks: Blocks | None = None,
) -> list[str]:
    """The nodes that probably follow where tokens stand, up to an end.

    People take the first edge by rank, gateways what holds now; of a split all
    branches are followed, one after the other, then its join. A node is named once,
    and none where a token stands: a way stops at what was named before.

    :param node_keys: where the tokens stand
    :param blocks: the graph's blocks; needed when it has parallel gateways

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
    standing = [node_keys] if isinstance(node_keys, str) else [*node_keys]
    path: list[str] = []
    seen = set(standing)
    # reached, but what else leads there comes first
    joins = [key for key in standing if graph.is_join(key)]
    todo = [
        edge
        for key in standing
        if key not in joins
        for edge in _likely_edges(graph, key, holds)
    ]
    while todo or joins:
        if not todo:
            deepest = max(joins, key=blocks.depth)
            joins.remove(deepest)
            if deepest not in standing:
                path.append(deepest)
            todo = _likely_edges(graph, deepest, holds)
            continue
        key = todo.pop(0).target
        if key in seen:
            continue
        seen.add(key)
        if graph.is_join(key):
            joins.append(key)
            continue
        path.append(key)
        todo = _likely_edges(graph, key, holds) + todo
    return path


def _likely_edges(graph, key, holds) -> list[Edge]:
    """By which edges work probably leaves a node."""
    node = graph.nodes[key]
    outgoing = list(graph.outgoing(key))
    if node.behaviour == PARALLEL:
        return outgoing
    try:
        if node.behaviour == WAIT:
            return (choices(graph, key, holds) or outgoing)[:1]
        edge = next_edge(graph, node, holds) if node.behaviour != END else None
    except ConditionError:
        return []
    return [edge] if edge else []
