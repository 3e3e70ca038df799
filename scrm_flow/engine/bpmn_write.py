"""A flow as BPMN 2.0 XML. See ``bpmn.py`` for the form of a definition."""

import json
from collections.abc import Mapping
from typing import Any

from lxml import etree

from . import bpmn_elements as b
from . import bpmn_layout

#: Keys of a definition that BPMN itself has a place for.
_PROCESS_KEYS = {"key", "name", "model", "description", "nodes", "transitions"}
_NODE_KEYS = {"key", "name", "type", "position"}
_EDGE_KEYS = {"key", "name", "source", "target", "condition", "default"}

#: A gateway drawn after a task that people leave by more than one way.
CHOICE = b.Element("", "exclusiveGateway")


def write(definition: Mapping[str, Any]) -> bytes:
    """Write a flow as BPMN 2.0 XML, with its diagram.

    :param definition: a flow as packs describe it; its keys are unique
    :return: UTF-8 XML
    :raise ValueError: a text holds a character that XML cannot carry
    """
    return _Writer(definition).to_xml()


class _Writer:
    def __init__(self, definition):
        self.definition = definition
        self.nodes = definition["nodes"]
        self.edges = definition["transitions"]
        self.elements = {node["key"]: b.element_of(node["type"]) for node in self.nodes}
        self.outgoing = {key: [] for key in self.elements}
        self.incoming = {key: [] for key in self.elements}
        for number, edge in enumerate(self.edges):
            rank = edge.get("rank", 10 * number)
            self.outgoing[edge["source"]].append((rank, number, edge))
            self.incoming[edge["target"]].append(edge)
        for edges in self.outgoing.values():
            edges.sort(key=lambda one: one[:2])
        #: BPMN takes all flows out of a task; here people choose one of them
        self.choosing = {
            key
            for key, edges in self.outgoing.items()
            if len(edges) > 1 and not self.elements[key].is_gateway
        }

    def to_xml(self) -> bytes:
        root = etree.Element(
            _tag("definitions"),
            {
                "id": f"definitions_{self.definition['key']}",
                "targetNamespace": b.OURS,
                "exporter": "SCRM for Odoo",
                "exporterVersion": "1",
            },
            nsmap=b.NAMESPACES,
        )
        self._process(root)
        self._diagram(root)
        return etree.tostring(
            root, encoding="UTF-8", xml_declaration=True, pretty_print=True
        )

    # What happens

    def _process(self, root):
        flow = self.definition
        process = _add(
            root, "process", id=f"process_{flow['key']}", isExecutable="true"
        )
        names = _name(process, flow.get("name"))
        words, texts = _split(flow.get("description"))
        if words:
            _add(process, "documentation").text = words
        rest = {key: flow[key] for key in flow if key not in _PROCESS_KEYS}
        extra = {"name": names, "description": texts, **rest}
        values = {"key": flow["key"]}
        if flow.get("model"):
            values["model"] = flow["model"]
        _extension(process, "flow", values, extra)
        for node in self.nodes:
            self._node(process, node)
        for edge in self.edges:
            self._edge(process, edge)

    def _node(self, process, node):
        key, element = node["key"], self.elements[node["key"]]
        xml = _add(process, element.tag, id=f"node_{key}")
        names = _name(xml, node["name"])
        rest = {word: node[word] for word in node if word not in _NODE_KEYS}
        if b.calls_here(element, rest.get("call")):
            xml.set("calledElement", rest.pop("call")["flow"])
        _extension(
            xml, "node", {"key": key, "type": node["type"]}, {"name": names, **rest}
        )
        for edge in self.incoming[key]:
            _add(xml, "incoming").text = f"transition_{edge['key']}"
        if key in self.choosing:
            _add(xml, "outgoing").text = f"choose_{key}"
            self._choice(process, key)
        else:
            self._leave(xml, element, self.outgoing[key])
        if element.event:
            _add(xml, element.event)

    def _choice(self, process, key):
        gateway = _add(process, CHOICE.tag, id=f"choice_{key}")
        _extension(gateway, "choice", {"of": key}, {})
        _add(gateway, "incoming").text = f"choose_{key}"
        self._leave(gateway, CHOICE, self.outgoing[key])
        _add(
            process,
            "sequenceFlow",
            id=f"choose_{key}",
            sourceRef=f"node_{key}",
            targetRef=f"choice_{key}",
        )

    def _leave(self, xml, element, outgoing):
        for _rank, _number, edge in outgoing:
            _add(xml, "outgoing").text = f"transition_{edge['key']}"
        default = self._default(element, outgoing)
        if default:
            xml.set("default", f"transition_{default['key']}")

    @staticmethod
    def _default(element, outgoing):
        """The transition that BPMN can name as default: there can be one."""
        if element.takes_default:
            return next((e for _r, _n, e in outgoing if e.get("default")), None)
        return None

    def _edge(self, process, edge):
        source = edge["source"]
        element = CHOICE if source in self.choosing else self.elements[source]
        start = f"choice_{source}" if source in self.choosing else f"node_{source}"
        xml = _add(
            process,
            "sequenceFlow",
            id=f"transition_{edge['key']}",
            sourceRef=start,
            targetRef=f"node_{edge['target']}",
        )
        extra = {"name": _name(xml, edge.get("name"))}
        extra |= {word: edge[word] for word in edge if word not in _EDGE_KEYS}
        is_default = edge.get("default")
        if is_default and self._default(element, self.outgoing[source]) is not edge:
            extra["default"] = True
        _extension(xml, "transition", {"key": edge["key"]}, extra)
        condition = edge.get("condition")
        asked = element.is_gateway and source not in self.choosing and not is_default
        if condition or (asked and len(self.outgoing[source]) > 1):
            # a gateway asks each of its ways: one without a condition says "always"
            expression = _add(xml, "conditionExpression", language=b.DOMAIN)
            expression.set(etree.QName(b.SCHEMA, "type"), "tFormalExpression")
            expression.text = condition or "[]"

    # How it looks

    def _diagram(self, root):
        flow = self.definition["key"]
        diagram = _add(root, "BPMNDiagram", b.DIAGRAM, id=f"diagram_{flow}")
        plane = _add(
            diagram,
            "BPMNPlane",
            b.DIAGRAM,
            id=f"plane_{flow}",
            bpmnElement=f"process_{flow}",
        )
        boxes = self._boxes()
        for name, box in boxes.items():
            shape = _add(
                plane, "BPMNShape", b.DIAGRAM, id=f"shape_{name}", bpmnElement=name
            )
            if name.startswith("choice_"):
                shape.set("isMarkerVisible", "true")
            bounds = zip(("x", "y", "width", "height"), box, strict=True)
            _add(shape, "Bounds", b.CANVAS, **{key: _number(n) for key, n in bounds})
        for source in self.outgoing:
            if source in self.choosing:
                pair = (boxes[f"node_{source}"], boxes[f"choice_{source}"])
                self._line(plane, f"choose_{source}", pair)
        for edge in self.edges:
            source = edge["source"]
            start = "choice" if source in self.choosing else "node"
            pair = (boxes[f"{start}_{source}"], boxes[f"node_{edge['target']}"])
            self._line(plane, f"transition_{edge['key']}", pair)

    def _line(self, plane, name, pair):
        line = _add(plane, "BPMNEdge", b.DIAGRAM, id=f"line_{name}", bpmnElement=name)
        for x, y in bpmn_layout.way(*pair):
            _add(line, "waypoint", b.LINES, x=_number(x), y=_number(y))

    def _boxes(self):
        """Element id -> (x, y, width, height); places nobody gave are found."""
        boxes = {}
        places = positions(self.definition)
        for key, element in self.elements.items():
            boxes[f"node_{key}"] = (*places[key], *element.size)
            if key in self.choosing:
                x, y, width, height = boxes[f"node_{key}"]
                across, down = CHOICE.size
                boxes[f"choice_{key}"] = (
                    x + width + 15,
                    y + (height - down) / 2,
                    across,
                    down,
                )
        return boxes


def positions(definition: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Where each node stands; those without a place are put below the others."""
    nodes = definition["nodes"]
    given = {n["key"]: tuple(n["position"]) for n in nodes if n.get("position")}
    if len(given) == len(nodes):
        return given
    found = bpmn_layout.place(
        {node["key"]: b.element_of(node["type"]).size for node in nodes},
        [(edge["source"], edge["target"]) for edge in definition["transitions"]],
    )
    down = max((y for _x, y in given.values()), default=-bpmn_layout.ROW)
    down += bpmn_layout.ROW
    return {key: (x, y + down) for key, (x, y) in found.items()} | given


def _tag(name, namespace=b.MODEL):
    return etree.QName(namespace, name)


def _add(parent, tag, namespace=b.MODEL, /, **attributes):
    return etree.SubElement(parent, _tag(tag, namespace), attributes)


def _split(text):
    """The English words of a text, and its translations."""
    if isinstance(text, Mapping):
        others = {code: words for code, words in text.items() if code != "en_US"}
        return text["en_US"], others
    return text, {}


def _name(xml, text):
    """Write a name; returns its translations."""
    words, others = _split(text)
    if words:
        xml.set("name", words)
    return others


def _extension(xml, name, attributes, values):
    """What BPMN has no word for: attributes, and properties written as JSON."""
    extensions = _add(xml, "extensionElements")
    ours = _add(extensions, name, b.OURS, **attributes)
    for key, value in values.items():
        if value in (None, {}):
            continue
        one = _add(ours, "property", b.OURS, name=key)
        one.text = json.dumps(value, ensure_ascii=False, sort_keys=True)


def _number(number):
    return repr(int(number) if number == int(number) else float(number))
