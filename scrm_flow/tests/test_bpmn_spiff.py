"""Exported flows run in another BPMN engine as they run in ours."""

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, BpmnValidator
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from odoo.tests import BaseCase, tagged

from odoo.addons.scrm_flow.engine import bpmn, graph, tokens
from odoo.addons.scrm_flow.engine.bpmn_elements import DOMAIN, MODEL

from .bpmn_flows import flows
from .property_settings import SLOW_MACHINE

BEHAVIOUR = {
    "start": graph.START,
    "user_task": graph.WAIT,
    "service_task": graph.ACT,
    "exclusive_gateway": graph.CHOOSE,
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
