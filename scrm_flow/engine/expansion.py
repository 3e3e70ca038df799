"""A flow called on the same record: its inside stands in the caller.

A call becomes a place to pass through. Behind it comes what is between the start and
the ends of the called flow, under keys that begin with the call's; where the called
flow ends, the call's own way goes on. So there is one run with ordinary steps, and a
caller of sound flows that is sound itself stays sound.

>>> from odoo.addons.scrm_flow.engine.graph import compile_graph
>>> def flow(*nodes):
...     keys = [key for key, _behaviour in nodes]
...     return compile_graph(
...         [{"key": k, "type": k, "behaviour": behaviour} for k, behaviour in nodes],
...         [
...             {"key": f"{a}_{b}", "source": a, "target": b}
...             for a, b in zip(keys, keys[1:])
...         ],
...     )
>>> order = flow(("start", "start"), ("test", "wait"), ("end", "end"))
>>> testing = flow(("begin", "start"), ("weigh", "wait"), ("done", "end"))
>>> graph = expand(order, "test", testing)
>>> for edge in graph.edges.values():
...     print(f"{edge.key}: {edge.source} > {edge.target}")
start_test: start > test
test.begin_weigh: test > test.weigh
test.weigh_done: test.weigh > test.done
test_end: test.done > end
>>> [key for key, node in graph.nodes.items() if node.behaviour == "choose"]
['test', 'test.done']
>>> depth("test.weigh"), depth("test")
(1, 0)
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace

from .graph import CHOOSE, END, Edge, Graph, Node

#: Calls in calls in calls: so deep, and no deeper.
DEPTH_LIMIT = 5
#: Between the key of a call and that of a node or transition inside of it.
SEPARATOR = "."
#: What the ends of a called flow lead to when they are several.
EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Inside:
    """What a call contains, as keys of the called flow -> keys in the caller.

    ``nodes``: its start is the call itself; ``edges``: those between them;
    ``exit``: key here of the node from which the call's own way leaves;
    ``merging``: with several ends, key here of each end -> key of its way to the exit.
    """

    nodes: Mapping[str, str]
    edges: Mapping[str, str]
    exit: str
    merging: Mapping[str, str] = field(default_factory=dict)


def inside(called: Graph, call: str) -> Inside:
    """What stands in the caller for a node that calls a sound flow.

    :param called: the flow, with what its own calls contain
    :param call: key of the node that calls it
    """
    prefix = f"{call}{SEPARATOR}"
    nodes = {key: f"{prefix}{key}" for key in called.nodes}
    nodes[called.start.key] = call
    edges = {key: f"{prefix}{key}" for key in called.edges}
    ends = [nodes[key] for key, n in called.nodes.items() if n.behaviour == END]
    if len(ends) == 1:
        return Inside(nodes, edges, ends[0])
    way_out = _free(f"{prefix}{EXIT}", nodes.values())
    merging = {end: _free(f"{end}_{EXIT}", edges.values()) for end in ends}
    return Inside(nodes, edges, way_out, merging)


def _free(key: str, taken: Container[str]) -> str:
    while key in taken:
        key += "_"
    return key


def expand(graph: Graph, call: str, called: Graph) -> Graph:
    """The caller with the inside of the flow that one of its nodes calls.

    Nodes inside stand where the call does and are as private as it is.

    :param call: key of a node of ``graph`` that is left by one edge
    :param called: the sound graph of the called flow
    """
    found, caller = inside(called, call), graph.nodes[call]

    def stands(node: Node) -> Node:
        is_private = node.is_private or caller.is_private
        node = replace(node, rank=caller.rank, is_private=is_private, id=None)
        node = replace(node, key=found.nodes[node.key])
        return passed(node) if node.behaviour == END else node

    nodes = [
        passed(node) if node.key == call else node for node in graph.nodes.values()
    ]
    nodes += [stands(node) for node in called.nodes.values() if node != called.start]
    edges = [
        replace(edge, source=found.exit) if edge.source == call else edge
        for edge in graph.edges.values()
    ]
    edges += [
        replace(
            edge,
            key=found.edges[edge.key],
            source=found.nodes[edge.source],
            target=found.nodes[edge.target],
            id=None,
        )
        for edge in called.edges.values()
    ]
    if found.merging:
        values = {"rank": caller.rank, "is_private": caller.is_private}
        nodes.append(Node(found.exit, "exclusive_gateway", CHOOSE, **values))
        edges += [Edge(key, end, found.exit) for end, key in found.merging.items()]
    return Graph(nodes, edges, graph.number)


def passed(node: Node) -> Node:
    """A call, or an end inside of one: nobody stops there."""
    return replace(node, behaviour=CHOOSE, in_bar=False, condition=None)


def depth(key: str) -> int:
    """How many calls a node or transition is inside of."""
    return key.count(SEPARATOR)
