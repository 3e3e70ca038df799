"""Random flows for the BPMN tests, in the form in which packs describe them."""

from hypothesis import strategies as st

#: What XML can carry: any character but controls and half surrogate pairs.
TEXTS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="\n\t\r"
    ).filter(lambda one: one not in "\ufffe\uffff"),
    min_size=1,
    max_size=12,
)
WORDS = TEXTS | st.builds(
    lambda english, chinese: {"en_US": english, "zh_CN": chinese}, TEXTS, TEXTS
)
NUMBERS = st.integers(-5000, 5000) | st.floats(-5000, 5000, allow_nan=False)
VALUES = st.recursive(
    st.booleans() | st.integers() | TEXTS,
    lambda some: st.lists(some, max_size=3)
    | st.dictionaries(st.text("abc", min_size=1), some, min_size=1, max_size=3),
    max_leaves=5,
)
TYPES = (
    "user_task",
    "approval",
    "check",
    "service_task",
    "exclusive_gateway",
    "parallel_gateway",
    "timer",
    "call_activity",
    "of_another_addon",
)
CONDITIONS = ("[('area', '>', 90)]", "[('name', '=', '<&\"上门')]", " [] # always")


@st.composite
def flows(draw, types=TYPES, size=8, plain=False):
    """A flow of which every node is reached and leads to the end.

    :param plain: no texts, properties and positions, only the graph
    """
    count = draw(st.integers(1, size))
    nodes = [{"key": "start", "name": "Start", "type": "start"}]
    for number in range(count):
        kind = draw(st.sampled_from(types))
        # a node, a transition and the flow may well have the same key
        nodes.append({"key": f"x{number}", "name": "Node", "type": kind})
    nodes.append({"key": "end", "name": "End", "type": "end"})
    edges = []

    def connect(source, target, **values):
        edge = {
            "key": f"x{len(edges)}",
            "source": nodes[source]["key"],
            "target": nodes[target]["key"],
        }
        edges.append({**edge, **{k: v for k, v in values.items() if v}})

    for number, node in enumerate(nodes[:-1]):
        chooses = node["type"] == "exclusive_gateway"
        asks = node["type"] in ("user_task", "approval")
        # a way back leads to a person only: nothing goes in circles by itself
        people = [
            n
            for n, other in enumerate(nodes)
            if other["type"] in ("user_task", "approval") or n > number
        ]
        others = draw(st.lists(st.sampled_from(people), unique=True, max_size=3))
        others = [n for n in others if n != number + 1 and n > 0]
        if chooses:
            for target in others:
                connect(number, target, condition=draw(st.sampled_from(CONDITIONS)))
        connect(number, number + 1, default=chooses and bool(others))
        if asks:
            for target in others:
                connect(number, target)
    if not plain:
        _decorate(draw, nodes, edges)
    return {
        "key": "x0",
        "name": "Flow" if plain else draw(WORDS),
        "model": "res.partner",
        **({} if plain else draw(_EXTRA_FLOW)),
        "nodes": nodes,
        "transitions": draw(st.permutations(edges)),
    }


_EXTRA_FLOW = st.fixed_dictionaries({}, optional={"description": WORDS})


def _decorate(draw, nodes, edges):
    """Give nodes and transitions everything that they can carry."""
    everything = {
        "rank": st.integers(-5, 500),
        "private": st.just(True),
        "customer_name": WORDS,
        "handler": st.just({"role": "engineer"})
        | st.just({"people": ["li", "base.x"]}),
        "service": st.fixed_dictionaries({"kind": st.just("set"), "config": VALUES}),
        "stage": TEXTS,
        "from_another_addon": VALUES,
    }
    extra = st.fixed_dictionaries({}, optional=everything)
    for node in nodes:
        node["name"] = draw(WORDS)
        node["position"] = [draw(NUMBERS), draw(NUMBERS)]
        node |= draw(extra)
    extra = st.fixed_dictionaries(
        {}, optional={"name": WORDS, "rank": st.integers(0, 50), "later": VALUES}
    )
    for edge in edges:
        edge |= draw(extra)
