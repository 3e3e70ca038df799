"""Exported flows run in another BPMN engine as they run in ours.

BPMN knows only joins that wait for all branches: the others are compared by what
their own tests say.
"""

from collections import Counter

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, BpmnValidator
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from odoo.tests import BaseCase, tagged

from odoo.addons.scrm_flow.engine import bpmn, expansion, graph, tokens
from odoo.addons.scrm_flow.engine.bpmn_elements import DOMAIN, MODEL

from .bpmn_flows import flows
from .parallel_graphs import Drawing, nested
from .property_settings import SLOW_MACHINE

BEHAVIOUR = {
    "start": graph.START,
    "user_task": graph.WAIT,
    "service_task": graph.ACT,
    "exclusive_gateway": graph.CHOOSE,
    "parallel_gateway": graph.PARALLEL,
    "end": graph.END,
}
#: Steps people complete before a run that still goes on is compared so far.
STEPS = 15


def compiled(flow):
    """The flow as our engine runs it."""
    return graph.compile_graph(
        [
            {
                "key": node["key"],
                "type": node["type"],
                "behaviour": BEHAVIOUR[node["type"]],
            }
            for node in flow["nodes"]
        ],
        [
            {
                "key": edge["key"],
                "source": edge["source"],
                "target": edge["target"],
                "rank": 10 * number,
                "is_default": edge.get("default", False),
                "condition": edge.get("condition"),
            }
            for number, edge in enumerate(flow["transitions"])
        ],
    )


def ours(flow, truths, picks):
    """Nodes in the order in which our engine visits them.

    :param truths: one set of keys of the transitions that hold, for each step
    :param picks: one number for each step: which way the handler takes
    """
    compiled_flow = compiled(flow)
    step = 0

    def holds(edge):
        return edge.key in truths[step]

    move = tokens.begin(compiled_flow, holds)
    visited = [passage.node for passage in move.passed]
    while move.opened and step < STEPS:
        (token,) = move.opened
        visited.append(token.node)
        edges = compiled_flow.outgoing(token.node)
        edge = edges[picks[step] % len(edges)]
        step += 1
        move = tokens.leave(compiled_flow, token, edge.key, holds)
        visited += [passage.node for passage in move.passed]
    assert not move.stuck, move.stuck
    return visited + [token.node for token in move.opened] + move.ended


def translated(flow):
    """The export with conditions that the other engine can ask.

    A domain becomes a look at a variable; as that engine asks in the order of the
    drawing, each condition says that none before it holds.
    """
    xml = etree.fromstring(bpmn.write(flow))
    name = {"b": MODEL}
    for gateway in xml.iterfind(".//b:exclusiveGateway", name):
        earlier = []
        for reference in gateway.iterfind("b:outgoing", name):
            (way,) = xml.xpath(
                "//b:sequenceFlow[@id=$i]", namespaces=name, i=reference.text
            )
            key = way.get("id").removeprefix("transition_")
            if gateway.get("id").startswith("choice_"):
                expression = etree.SubElement(way, f"{{{MODEL}}}conditionExpression")
                expression.text = f"picked == {key!r}"
            elif gateway.get("default") != way.get("id"):
                expression = way.find("b:conditionExpression", name)
                if expression is None:
                    continue  # the only way out
                assert expression.get("language") == DOMAIN
                true = "True" if expression.text == "[]" else f"{key!r} in truths"
                expression.text = " and ".join([true, *earlier])
                expression.attrib.pop("language")
                earlier.append(f"not ({true})")
    return xml


def theirs(flow, truths, picks):
    """Nodes in the order in which SpiffWorkflow visits them, ours only."""
    parser = BpmnParser(validator=BpmnValidator())
    parser.add_bpmn_xml(etree.ElementTree(translated(flow)))
    (process,) = parser.get_process_ids()
    workflow = BpmnWorkflow(parser.get_spec(process))
    outgoing = compiled(flow).outgoing
    workflow.data["truths"] = truths[0]
    visited, step = [], 0

    def follow():
        """Run what runs by itself; returns the task that waits for a person."""
        while tasks := workflow.get_tasks(state=TaskState.READY):
            assert len(tasks) == 1, "one token"
            (task,) = tasks
            name = task.task_spec.name
            if name.startswith("node_"):
                visited.append(name.removeprefix("node_"))
            if type(task.task_spec).__name__ == "UserTask":
                return task
            task.data["truths"] = truths[step]
            task.run()
            if type(task.task_spec).__name__ == "ServiceTask" and not task.has_state(
                TaskState.COMPLETED
            ):
                task.complete()
        return None

    task = follow()
    while task is not None and step < STEPS:
        edges = outgoing(visited[-1])
        task.data["picked"] = edges[picks[step] % len(edges)].key
        step += 1
        task.run()
        task = follow()
    assert (task is None) == workflow.is_completed()
    return visited


def described(drawing):
    """A random graph in the form of packs."""
    types = {behaviour: kind for kind, behaviour in BEHAVIOUR.items()}
    nodes = [
        {"key": node["key"], "name": "Node", "type": types[node["behaviour"]]}
        for node in drawing.nodes
    ]
    edges = []
    for edge in drawing.edges:
        values = {name: edge[name] for name in ("key", "source", "target")}
        if edge.get("condition"):
            values["condition"] = "[('area', '>', 90)]"
        if edge.get("is_default"):
            values["default"] = True
        edges.append(values)
    model = {"key": "flow", "name": "Flow", "model": "res.partner"}
    return {**model, "nodes": nodes, "transitions": edges}


def our_branches(flow, truths, picks):
    """The open tasks after each step, and how often each node was visited.

    It ends where a split is entered for a second time: of a circle round a split,
    the other engine's join counts branches of the first round once more.

    :return: open tasks, visits, and after how many steps it ended
    """
    graph_ = compiled(flow)
    seen, visited, before, step = [], Counter(), Counter(), 0
    splits = {key for key in graph_.nodes if len(graph_.outgoing(key)) > 1} & {
        key for key, node in graph_.nodes.items() if node.behaviour == graph.PARALLEL
    }

    def act(node, _token):
        visited[node.key] += 1

    move = tokens.Move(graph_, lambda edge: edge.key in truths[step], act)
    move.begin()
    while True:
        rounds = Counter(
            (passage.node, passage.edge.key)
            for passage in move.passed
            if passage.node in splits
        )
        if max(rounds.values(), default=0) > 1:
            return seen, before, step - 1
        seen.append(sorted(token.node for token in move.opened))
        if not move.opened or step == STEPS:
            return seen, visited, step
        before = visited.copy()
        token = sorted(move.opened, key=lambda one: one.node)[
            picks[step] % len(move.opened)
        ]
        move.opened.remove(token)
        visited[token.node] += 1
        step += 1
        (edge,) = graph_.outgoing(token.node)
        move.leave(token, edge.key)
        assert not move.stuck, move.stuck


def their_branches(flow, truths, picks, steps):
    """The same of SpiffWorkflow, for so many steps."""
    parser = BpmnParser(validator=BpmnValidator())
    parser.add_bpmn_xml(etree.ElementTree(translated(flow)))
    (process,) = parser.get_process_ids()
    workflow = BpmnWorkflow(parser.get_spec(process))
    seen, visited, step = [], Counter(), 0

    def run(task):
        task.data["truths"] = truths[step]
        task.run()
        kind = type(task.task_spec).__name__
        if kind == "ServiceTask" and not task.has_state(TaskState.COMPLETED):
            task.complete()
        if kind in ("ServiceTask", "UserTask"):
            visited[task.task_spec.name.removeprefix("node_")] += 1

    while True:
        people = []
        while True:
            ready = workflow.get_tasks(state=TaskState.READY)
            people = [t for t in ready if type(t.task_spec).__name__ == "UserTask"]
            if len(people) == len(ready):
                break
            run(next(task for task in ready if task not in people))
        people.sort(key=lambda task: task.task_spec.name)
        seen.append([task.task_spec.name.removeprefix("node_") for task in people])
        if not people or step == steps:
            assert bool(people) != workflow.is_completed()
            return seen, visited
        task = people[picks[step] % len(people)]
        step += 1
        run(task)


@tagged("post_install", "-at_install")
class TestBpmnSpiff(BaseCase):
    @settings(SLOW_MACHINE, max_examples=200)
    @given(st.data())
    def test_same_way_as_another_engine(self, data):
        """Same decisions: same nodes in the same order, same end.

        Covers: F01
        """
        types = ("user_task", "service_task", "exclusive_gateway")
        flow = data.draw(flows(types=types, size=10, plain=True))
        keys = [edge["key"] for edge in flow["transitions"]]
        truths = data.draw(
            st.lists(
                st.sets(st.sampled_from(keys)), min_size=STEPS + 1, max_size=STEPS + 1
            )
        )
        picks = data.draw(st.lists(st.integers(0, 9), min_size=STEPS, max_size=STEPS))
        self.assertEqual(theirs(flow, truths, picks), ours(flow, truths, picks))

    @settings(SLOW_MACHINE, max_examples=150)
    @given(nested(rules=False), st.data())
    def test_same_branches_as_another_engine(self, drawing, data):
        """Splits and joins in each other, circles in their branches: the same tasks
        are open after each step, and every node is done as often.

        Covers in part: F11
        """
        self.compare_branches(drawing, data)

    @settings(SLOW_MACHINE, max_examples=60)
    @given(nested(depth=1, rules=False), nested(depth=1, rules=False), st.data())
    def test_a_call_as_another_engine(self, caller, called, data):
        """What a call on the record contains goes the way it does in the other engine,
        which gets the expanded graph: the called flow is in no file of its own there.
        """
        graph_ = caller.compiled()
        tasks = [n.key for n in graph_.nodes.values() if n.behaviour == graph.WAIT]
        assume(tasks)
        call = data.draw(st.sampled_from(tasks))
        graph_ = expansion.expand(graph_, call, called.compiled())
        self.compare_branches(Drawing.of(graph_), data)

    def compare_branches(self, drawing, data):
        # of two ways between the same nodes the other engine's join sees one
        ends = [(edge["source"], edge["target"]) for edge in drawing.edges]
        assume(len(ends) == len(set(ends)))
        flow = described(drawing)
        keys = [edge["key"] for edge in flow["transitions"]]
        some = st.sets(st.sampled_from(keys))
        truths = data.draw(st.lists(some, min_size=STEPS + 1, max_size=STEPS + 1))
        picks = data.draw(st.lists(st.integers(0, 9), min_size=STEPS, max_size=STEPS))
        *ours, steps = our_branches(flow, truths, picks)
        self.assertEqual([*their_branches(flow, truths, picks, steps)], ours)
