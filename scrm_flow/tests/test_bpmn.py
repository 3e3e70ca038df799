"""BPMN files, written and read without a database."""

import doctest
import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import XSD_PATH

from odoo.tests import BaseCase, tagged

from odoo.addons.scrm_flow.engine import (
    bpmn,
    bpmn_elements,
    bpmn_layout,
    bpmn_read,
    bpmn_remarks,
    bpmn_write,
)

from .bpmn_flows import flows
from .property_settings import SLOW_MACHINE

FILES = Path(__file__).parent / "bpmn"

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:scrm="urn:scrm:flow:bpmn:1"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)


def file(*lines):
    """A file whose process starts on line 2, so line 3 is the first of these."""
    text = "\n".join([HEAD, '<process id="p">', *lines, "</process></definitions>"])
    return text.encode()


def found(remarks):
    return [(one.code, one.line, one.detail) for one in remarks]


@tagged("post_install", "-at_install")
class TestBpmn(BaseCase):
    def test_doctests(self):
        for module in (bpmn, bpmn_elements, bpmn_layout, bpmn_read, bpmn_remarks):
            with self.subTest(module=module.__name__):
                result = doctest.testmod(module)
                self.assertGreater(result.attempted, 0)
                self.assertEqual(result.failed, 0)

    # There and back

    @settings(SLOW_MACHINE, max_examples=100)
    @given(flows())
    def test_nothing_is_lost(self, flow):
        reading = bpmn.read(bpmn.write(flow))
        self.assertEqual(reading.faults, [])
        self.assertEqual(reading.definition, flow)
        lines = [line for line, _name in reading.places.values()]
        self.assertEqual(len(lines), len(flow["nodes"]) + len(flow["transitions"]))

    @settings(SLOW_MACHINE, max_examples=100)
    @given(flows())
    def test_what_is_written_is_bpmn(self, flow):
        """The file is valid by the schema of the standard."""
        xml = etree.fromstring(bpmn.write(flow))
        schema = etree.XMLSchema(etree.parse(XSD_PATH))
        self.assertTrue(schema.validate(xml), schema.error_log)

    @settings(SLOW_MACHINE, max_examples=100)
    @given(flows(plain=True), st.sets(st.integers(0, 9)))
    def test_places_are_found(self, flow, placed):
        """Nodes that nobody placed get a place of their own, others keep theirs."""
        for number in placed & set(range(len(flow["nodes"]))):
            flow["nodes"][number]["position"] = [500 * number, -300]
        places = bpmn.positions(flow)
        self.assertEqual(len(set(places.values())), len(flow["nodes"]))
        for node in flow["nodes"]:
            if "position" in node:
                self.assertEqual(list(places[node["key"]]), node["position"])
        for node in bpmn.read(bpmn.write(flow)).definition["nodes"]:
            self.assertEqual(tuple(node["position"]), places[node["key"]])

    def test_layout_goes_from_left_to_right(self):
        keys = ["a", "b", "c", "d"]
        places = bpmn_layout.place(
            dict.fromkeys(keys, (100, 80)),
            [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("d", "a")],
        )
        self.assertLess(places["a"][0], places["b"][0])
        self.assertEqual(places["b"][0], places["c"][0])
        self.assertNotEqual(places["b"][1], places["c"][1])
        self.assertLess(places["c"][0], places["d"][0])

    def test_text_that_xml_cannot_carry(self):
        flow = {
            "key": "x",
            "name": "bell \x07",
            "nodes": [],
            "transitions": [],
        }
        with self.assertRaises(ValueError):
            bpmn.write(flow)

    def test_a_choice_that_was_redrawn_becomes_a_gateway(self):
        """A second way into the drawn choice: it is no longer one task's own."""
        flow = {
            "key": "x",
            "name": "X",
            "model": "res.partner",
            "nodes": [
                {"key": "s", "name": "S", "type": "start", "position": [0, 0]},
                {"key": "a", "name": "A", "type": "user_task", "position": [9, 0]},
                {"key": "b", "name": "B", "type": "user_task", "position": [20, 0]},
                {"key": "e", "name": "E", "type": "end", "position": [30, 0]},
            ],
            "transitions": [
                {"key": "sa", "source": "s", "target": "a"},
                {"key": "ab", "source": "a", "target": "b"},
                {"key": "ae", "source": "a", "target": "e"},
                {"key": "be", "source": "b", "target": "e"},
            ],
        }
        xml = bpmn.write(flow)
        redrawn = xml.replace(
            b'sourceRef="node_b" targetRef="node_e"',
            b'sourceRef="node_b" targetRef="choice_a"',
        )
        self.assertNotEqual(xml, redrawn)
        reading = bpmn.read(redrawn)
        types = {n["key"]: n["type"] for n in reading.definition["nodes"]}
        self.assertEqual(types["choice_a"], "exclusive_gateway")
        ways = {(t["source"], t["target"]) for t in reading.definition["transitions"]}
        self.assertEqual(
            ways,
            {("s", "a"), ("a", "choice_a"), ("b", "choice_a")}
            | {("choice_a", "b"), ("choice_a", "e")},
        )

    # Files of other tools

    def test_file_of_bpmn_io(self):
        """A file without our extensions comes in with what is still to do."""
        reading = bpmn.read((FILES / "bpmn_io.bpmn").read_bytes())
        self.assertEqual(reading.faults, [])
        flow = reading.definition
        self.assertEqual((flow["key"], flow["name"]), ("process_1x9r2vn", "Repair"))
        nodes = {node["key"]: node for node in flow["nodes"]}
        self.assertEqual(
            {key: node["type"] for key, node in nodes.items()},
            {
                "startevent_1": "start",
                "activity_0k3p1aa": "user_task",
                "gateway_0pd77xz": "exclusive_gateway",
                "activity_1quote": "service_task",
                "activity_0visit": "user_task",
                "event_0end": "end",
            },
        )
        self.assertEqual(nodes["activity_0k3p1aa"]["name"], "Look at the request")
        self.assertEqual(nodes["startevent_1"]["name"], "Start")
        self.assertEqual(nodes["activity_0visit"]["position"], [570.0, 200.0])
        ranks = sorted(nodes, key=lambda key: nodes[key]["rank"])
        self.assertEqual(ranks[:2], ["startevent_1", "activity_0k3p1aa"])
        self.assertEqual(ranks[-1], "event_0end")
        edges = {edge["key"]: edge for edge in flow["transitions"]}
        self.assertEqual(edges["flow_large"]["condition"], bpmn_elements.NEVER)
        self.assertTrue(edges["flow_small"]["default"])
        self.assertNotIn("condition", edges["flow_small"])
        self.assertEqual(
            [(one.code, one.element, one.detail) for one in reading.todos],
            [
                ("left_out", "Collaboration_1", "bpmn:collaboration"),
                ("model", "Repair", ""),
                ("left_out", "LaneSet_1", "bpmn:laneSet"),
                ("handler_lane", "Look at the request", "Front desk"),
                ("left_out", "", "camunda:formData"),
                ("service", "Send a quotation", ""),
                ("name", "Activity_0visit", ""),
                ("handler", "Activity_0visit", ""),
                ("condition", "large", "${area > 90}"),
                ("left_out", "Note_1", "bpmn:textAnnotation"),
            ],
        )

    def test_what_other_tools_mean_otherwise(self):
        reading = bpmn.read(
            file(
                '<startEvent id="s"/><task id="t"/><endEvent id="e"/>',
                '<intermediateCatchEvent id="w"><timerEventDefinition>',
                "<timeDuration>PT1H</timeDuration></timerEventDefinition>",
                "</intermediateCatchEvent>",
                '<callActivity id="c" name="C" calledElement="other"/>',
                '<exclusiveGateway id="g"/>',
                '<sequenceFlow id="f1" sourceRef="s" targetRef="t"/>',
                '<sequenceFlow id="f2" sourceRef="t" targetRef="w"/>',
                '<sequenceFlow id="f3" sourceRef="t" targetRef="c"/>',
                '<sequenceFlow id="f4" sourceRef="g" targetRef="c"/>',
                '<sequenceFlow id="f5" sourceRef="g" targetRef="e"/>',
            )
        )
        self.assertEqual(reading.faults, [])
        types = {n["key"]: n["type"] for n in reading.definition["nodes"]}
        self.assertEqual(types["w"], "timer")
        self.assertEqual(types["c"], "call_activity")
        self.assertEqual(
            sorted(found(reading.todos)),
            [
                ("called", 7, "other"),
                ("handler", 3, ""),
                ("model", 2, ""),
                ("name", 3, ""),
                ("no_condition", 12, ""),
                ("no_condition", 13, ""),
                ("one_of_many", 3, ""),
                ("timer", 4, "PT1H"),
            ],
        )

    # Wrong files

    def test_every_fault_with_its_line(self):
        reading = bpmn.read(
            file(
                '<startEvent id="s"><messageEventDefinition/></startEvent>',
                '<subProcess id="sub" name="Pack"/>',
                '<userTask id="t"><multiInstanceLoopCharacteristics/></userTask>',
                '<userTask id="t"/>',
                "<userTask/>",
                '<boundaryEvent id="b" attachedToRef="t"/>',
                '<scrm:node key="x"/>',
                '<sequenceFlow id="f" sourceRef="s" targetRef="nowhere"/>',
                '<sequenceFlow id="g" sourceRef="sub" targetRef="t"/>',
                '<userTask id="u"><extensionElements><scrm:node key="k" type="end">',
                '<scrm:property name="rank">seven</scrm:property>',
                "</scrm:node></extensionElements></userTask>",
                '<userTask id="v"><extensionElements>'
                '<scrm:node key="k" type="user_task"/>',
                "</extensionElements></userTask>",
            )
        )
        self.assertEqual(
            sorted(found(reading.faults), key=lambda one: (one[1], one[0])),
            [
                ("unknown_event", 3, "messageEventDefinition"),
                ("unknown_element", 4, "subProcess"),
                ("unknown_element", 5, "multiInstanceLoopCharacteristics"),
                ("id_twice", 6, "t"),
                ("no_id", 7, ""),
                ("unknown_element", 8, "boundaryEvent"),
                ("unknown_element", 9, "scrm:node"),
                ("no_node", 10, "nowhere"),
                ("wrong_property", 13, "rank"),
                ("key_twice", 15, "k"),
            ],
        )
        for fault in reading.faults:
            self.assertIn(f"line {fault.line}", fault.text)

    def test_positions_that_are_none(self):
        xml = bpmn.write(
            {
                "key": "x",
                "name": "X",
                "nodes": [{"key": "s", "name": "S", "type": "start"}],
                "transitions": [],
            }
        )
        for wrong in (b"nan", b"left", b"1e99"):
            with self.subTest(wrong):
                reading = bpmn.read(xml.replace(b'x="192"', b'x="%s"' % wrong))
                self.assertEqual([f.code for f in reading.faults], ["wrong_place"])

    def test_no_bpmn(self):
        for content, code in (
            (b"", "not_xml"),
            (b"\x00\x01", "not_xml"),
            (b"{}", "not_xml"),
            (b"<a>", "not_xml"),
            (b"<a/>", "not_bpmn"),
            (f"{HEAD}</definitions>".encode(), "no_process"),
            (b" " * (bpmn.SIZE_LIMIT + 1), "too_large"),
        ):
            with self.subTest(content[:40]):
                reading = bpmn.read(content)
                self.assertEqual([one.code for one in reading.faults], [code])

    def test_two_processes(self):
        text = f'{HEAD}\n<process id="a"/>\n<process id="b"/>\n</definitions>'
        self.assertEqual(
            found(bpmn.read(text.encode()).faults), [("many_processes", 3, "a, b")]
        )

    def test_nothing_is_fetched_or_expanded(self):
        """A document type is refused; none of its entities is used."""
        secret = Path(__file__).as_uri()
        laughs = "".join(
            f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(12)
        )
        for declaration, use in (
            (f'<!ENTITY x SYSTEM "{secret}">', "&x;"),
            ('<!ENTITY x SYSTEM "http://127.0.0.1:9/x">', "&x;"),
            (f'<!ENTITY % x SYSTEM "{secret}"> %x;', ""),
            (laughs, "&l11;"),
            ("", ""),
        ):
            body = f"{HEAD}<process id='p' name='{{}}'>{use}</process></definitions>"
            for name in ("", use if "lol" in declaration else ""):
                content = f"<!DOCTYPE definitions [{declaration}]>" + body.format(name)
                with self.subTest(content[:80]):
                    start = time.monotonic()
                    reading = bpmn.read(content.encode())
                    self.assertLess(time.monotonic() - start, 1)
                    self.assertIn(reading.faults[0].code, ("doctype", "not_xml"))
                    self.assertEqual(reading.definition, {})
                    self.assertNotIn("Written and read", str(reading))

    def test_deep_file(self):
        deep = "<task>" * 5000 + "</task>" * 5000
        reading = bpmn.read(file(deep))
        self.assertEqual({one.code for one in reading.faults}, {"not_xml"})

    def test_large_file_in_good_time(self):
        """A flow as large as the limit allows is read in seconds."""
        nodes = [{"key": "n0", "name": "N", "type": "start"}]
        nodes += [
            {"key": f"n{n}", "name": "N", "type": "user_task", "position": [n, n]}
            for n in range(1, 1500)
        ]
        edges = [
            {"key": f"e{n}", "source": f"n{n}", "target": f"n{n + 1}"}
            for n in range(1499)
        ]
        flow = {"key": "x", "name": "X", "nodes": nodes, "transitions": edges}
        start = time.monotonic()
        content = bpmn.write(flow)
        self.assertLess(len(content), bpmn.SIZE_LIMIT)
        reading = bpmn.read(content)
        self.assertEqual(len(reading.definition["nodes"]), 1500)
        self.assertLess(time.monotonic() - start, 10)

    def test_every_remark_has_words(self):
        for code in (*bpmn.FAULTS, *bpmn.TODOS):
            text = bpmn.Remark(code, 3, "Visit", "x").text
            self.assertRegex(text, r"^line 3, “Visit”: [a-zB]")

    def test_mapping_of_an_addon(self):
        element = bpmn_elements.Element("inspection", "manualTask", plain=False)
        bpmn_elements.register(element)
        self.addCleanup(bpmn_elements._elements.pop, "inspection")
        flow = {
            "key": "x",
            "name": "X",
            "model": "res.partner",
            "nodes": [
                {"key": "a", "name": "A", "type": "inspection", "position": [1, 2]}
            ],
            "transitions": [],
        }
        content = bpmn.write(flow)
        self.assertIn(b"<manualTask", content)
        self.assertEqual(bpmn.read(content).definition, flow)
        self.assertEqual(bpmn_write.positions(flow), {"a": (1, 2)})
