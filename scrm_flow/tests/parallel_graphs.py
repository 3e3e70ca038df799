"""Random graphs with parallel gateways, and a walk through all that can happen."""

from collections import deque

from hypothesis import strategies as st

from odoo.addons.scrm_flow.engine.graph import compile_graph

#: More tokens than this at once, or states, are not looked at any further.
MANY_TOKENS = 9
MANY_STATES = 4000


class Drawing:
    """Nodes and edges of a graph, collected while it is drawn at random."""

    def __init__(self):
        self.nodes, self.edges = [], []

    def node(self, behaviour, **values):
        key = f"n{len(self.nodes)}"
        self.nodes.append({"key": key, "behaviour": behaviour, **values})
        return key

    def edge(self, source, target, **values):
        number = len(self.edges)
        values = {"key": f"e{number}", "rank": number, **values}
        self.edges.append({"source": source, "target": target, **values})

    def __repr__(self):
        names = {n["key"]: f"{n['key']}:{n['behaviour']}" for n in self.nodes}
        edges = [f"{names[e['source']]} > {names[e['target']]}" for e in self.edges]
        return ", ".join(edges)

    @classmethod
    def of(cls, graph):
        """The drawing of a compiled graph."""
        drawing = cls()
        for node in graph.nodes.values():
            drawing.nodes.append({"key": node.key, "behaviour": node.behaviour})
        for edge in graph.edges.values():
            values = {"condition": edge.condition, "is_default": edge.is_default}
            values |= {"key": edge.key, "source": edge.source, "target": edge.target}
            drawing.edges.append(values)
        return drawing

    def compiled(self):
        nodes = [{"type": node["behaviour"], **node} for node in self.nodes]
        return compile_graph(nodes, self.edges)


@st.composite
def nested(draw, depth=3, rules=True):
    """A sound :class:`Drawing`: tasks, choices, circles and blocks in each other.

    :param rules: also joins that do not wait for all branches
    """
    drawing = Drawing()

    def sequence(source, depth):
        """Continue from a node (and the values of the edge); the last node."""
        for _number in range(draw(st.integers(1, 2))):
            source = part(source, depth)
        return source

    def choice(source, depth):
        ask, meet = drawing.node("choose"), drawing.node("choose")
        drawing.edge(source, ask)
        for values in ({"is_default": True}, {"condition": "some"}):
            if draw(st.booleans()):
                first = drawing.node("wait")
                drawing.edge(ask, first, **values)
                drawing.edge(sequence(first, depth - 1), meet)
            else:
                drawing.edge(ask, meet, **values)
        return meet

    def circle(source, depth):
        meet = drawing.node("choose")
        drawing.edge(source, meet)
        last = sequence(meet, depth - 1)
        person = drawing.node("wait")  # nothing goes in circles by itself
        ask = drawing.node("choose")
        drawing.edge(last, person)
        drawing.edge(person, ask)
        drawing.edge(ask, meet, condition="again")
        leave = drawing.node(draw(st.sampled_from(["wait", "act"])))
        drawing.edge(ask, leave, is_default=True)
        return leave

    def block(source, depth):
        split, count = drawing.node("parallel"), draw(st.integers(2, 3))
        drawing.edge(source, split)
        needed = draw(st.none() | st.integers(1, count)) if rules else None
        join = drawing.node("parallel", data={"join_count": needed})
        for _branch in range(count):
            if draw(st.integers(0, 4)):
                drawing.edge(sequence(split, depth - 1), join)
            else:
                drawing.edge(split, join)
        return join

    def part(source, depth):
        kinds = ["wait", "act"]
        if depth > 0:
            kinds += [choice, circle, block, block]
        kind = draw(st.sampled_from(kinds))
        if callable(kind):
            return kind(source, depth)
        key = drawing.node(kind)
        drawing.edge(source, key)
        return key

    start = drawing.node("start")
    last = sequence(start, depth)
    drawing.edge(last, drawing.node("end"))
    return drawing


@st.composite
def bent(draw):
    """A sound graph of which some edges lead elsewhere: rarely sound any more."""
    drawing = draw(nested(depth=2))
    keys = [node["key"] for node in drawing.nodes if node["behaviour"] != "start"]
    for edge in draw(st.lists(st.sampled_from(drawing.edges), max_size=2)):
        edge["target"] = draw(st.sampled_from(keys))
    return drawing


@st.composite
def tangled(draw):
    """Small graphs with parallel gateways and edges anywhere; few are sound."""
    drawing = Drawing()
    start = drawing.node("start")
    kinds = st.sampled_from(["wait", "act", "choose", "parallel", "parallel"])
    for kind in draw(st.lists(kinds, min_size=2, max_size=5)):
        drawing.node(kind)
    drawing.node("end")
    keys = [node["key"] for node in drawing.nodes[1:]]
    drawing.edge(start, draw(st.sampled_from(keys)))
    for node in drawing.nodes[1:-1]:
        most = {"act": 1, "parallel": 3}.get(node["behaviour"], 2)
        targets = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=most))
        for number, target in enumerate(targets):
            drawing.edge(
                node["key"],
                target,
                is_default=node["behaviour"] == "choose" and not number,
            )
    return drawing


class Explorer:
    """All states a graph can get into, whatever is decided in whatever order.

    A state is a set of tokens (place, scope): the place is a node, or an edge
    into a join where the token waits; the scope names the splits that it is inside
    of. Joins count the different edges by which tokens of one scope came, as BPMN's
    do, and know nothing of blocks.

    :param needs: how many edges each join needs, by key; all when left out
    """

    def __init__(self, graph, needs=None):
        self.graph = graph
        self.needs = needs or {}
        self.visited = set()

    def problem(self):
        """What can go wrong, None when nothing can; "many" when it is too much."""
        first = frozenset([(self.graph.start.key, ())])
        after = {}
        todo = deque([first])
        while todo:
            state = todo.popleft()
            if state in after:
                continue
            if len(after) > MANY_STATES:
                return "many"
            after[state] = set()
            for token in state:
                for following in self._moves(state, token):
                    if isinstance(following, str):
                        return following
                    after[state].add(following)
                    todo.append(following)
        before = {}
        for state, following in after.items():
            for other in following:
                before.setdefault(other, set()).add(state)
        finishing, todo = set(), [frozenset()]
        while todo:
            state = todo.pop()
            if state not in finishing:
                finishing.add(state)
                todo += before.get(state, ())
        if set(after) - finishing:
            return "deadlock"
        if set(self.graph.nodes) - self.visited:
            return "unreachable"
        return None

    def _moves(self, state, token):
        place, scope = token
        if place in self.graph.edges and place not in self.graph.nodes:
            return  # waits at a join
        self.visited.add(place)
        rest = state - {token}
        node = self.graph.nodes[place]
        outgoing = self.graph.outgoing(place)
        if node.behaviour == "end":
            yield "left behind" if rest else rest
        elif node.behaviour == "parallel":
            yield self._spread(rest, place, scope)
        else:
            for edge in outgoing:
                yield self._arrive(rest, edge, scope)

    def _spread(self, rest, key, scope):
        """Take all edges out of a gateway, inside a new scope if they are several."""
        outgoing = self.graph.outgoing(key)
        if not outgoing:
            return "no way out"
        if len(outgoing) > 1:
            used = {s[: len(scope) + 1] for _place, s in rest}
            number = 0
            while (*scope, (key, number)) in used:
                number += 1
            scope = (*scope, (key, number))
        for edge in outgoing:
            rest = self._arrive(rest, edge, scope)
            if isinstance(rest, str):
                return rest
            if self.graph.is_join(edge.target) and (edge.key, scope) not in rest:
                return rest  # an empty branch was all that the join needed
            if len(rest) > MANY_TOKENS or len(scope) > len(self.graph.nodes):
                return "multiplies"
        return rest

    def _arrive(self, rest, edge, scope):
        target = edge.target
        if not self.graph.is_join(target):
            if (target, scope) in rest:
                return "meets itself"
            return rest | {(target, scope)}
        self.visited.add(target)
        if not scope:
            return "never split"
        if (edge.key, scope) in rest:
            return "meets itself"
        rest |= {(edge.key, scope)}
        came = {
            place
            for place, other in rest
            if other == scope
            and place in self.graph.edges
            and self.graph.edges[place].target == target
        }
        if len(came) < self.needs.get(target, len(self.graph.incoming(target))):
            return rest
        inside = {t for t in rest if t[1][: len(scope)] == scope}
        if target not in self.needs and len(inside) > len(came):
            return "left behind"
        return self._spread(rest - inside, target, scope[:-1])
