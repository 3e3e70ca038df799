"""BPMN 2.0 XML as a flow. See ``bpmn.py`` for what comes out.

The file comes from outside: no entity is resolved, no DTD read, nothing fetched,
and size and depth are limited.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from lxml import etree

from . import bpmn_elements as b
from . import bpmn_layout
from .bpmn_remarks import Reading, Remark

#: Bytes; lxml itself stops at a depth of 256 elements.
SIZE_LIMIT = 2 * 1024 * 1024


def read(content: bytes) -> Reading:
    """Read a BPMN 2.0 file, with all its faults at once.

    :param content: the file's bytes
    :return: the definition, what is wrong with the file, what is still to do
    """
    if len(content) > SIZE_LIMIT:
        return Reading(faults=[Remark("too_large")])
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        found = [
            Remark("not_xml", entry.line, detail=entry.message)
            for entry in parser.error_log
        ]
        return Reading(faults=found or [Remark("not_xml", detail=str(error))])
    if root.getroottree().docinfo.internalDTD is not None:
        return Reading(faults=[Remark("doctype", 1)])
    return _Reader(root).reading


class _Node:
    """A flow node on the way from XML to the definition."""

    def __init__(self, xml, ours):
        self.xml = xml
        self.id = xml.get("id")
        self.is_ours = ours is not None
        self.is_gateway = _local(xml).endswith("Gateway")
        self.values: dict[str, Any] = {}
        self.key = ""
        self.event = None


class _Reader:
    def __init__(self, root):
        self.root = root
        self.reading = Reading()
        self.nodes: dict[str, _Node] = {}
        self.choices: dict[str, etree._Element] = {}
        self.flows: list[etree._Element] = []
        self.ids: set[str] = set()
        self.lanes: dict[str, str] = {}
        #: ids of elements already refused: flows to them are not named again
        self.refused: set[str] = set()
        self._seen: set[str] = set()
        if root.tag != etree.QName(b.MODEL, "definitions"):
            self._fault("not_bpmn", root, _local(root))
            return
        processes = self._root()
        if len(processes) > 1:
            names = ", ".join(_title(process) for process in processes)
            self._fault("many_processes", processes[1], names)
        elif not processes:
            self._fault("no_process", root)
        else:
            self._process(processes[0])
        for remarks in (self.reading.faults, self.reading.todos):
            remarks.sort(key=lambda one: one.line or 0)

    # Remarks

    def _fault(self, code, xml, detail=""):
        self.reading.faults.append(
            Remark(code, xml.sourceline, _title(xml), str(detail))
        )

    def _todo(self, code, xml, detail=""):
        self.reading.todos.append(Remark(code, xml.sourceline, _title(xml), detail))

    def _leave_out(self, xml):
        """Name what is left out, once a kind."""
        label = _label(xml)
        # an association goes with the note it points to
        if label not in self._seen and _local(xml) != "association":
            self._seen.add(label)
            self._todo("left_out", xml, label)

    # The file

    def _root(self):
        processes = []
        for child in self.root:
            if child.tag == etree.QName(b.MODEL, "process"):
                processes.append(child)
            elif _space(child) == b.DIAGRAM or _is(child, "extensionElements"):
                continue
            elif _space(child) == b.MODEL and (
                _local(child) in b.ROOT or _local(child).endswith("EventDefinition")
            ):
                self._leave_out(child)
            else:
                self._fault("unknown_element", child, _label(child))
        return processes

    def _process(self, process):
        flow = self.reading.definition
        ours = self._ours(process, "flow")
        flow["key"] = self._key(ours, process, "process_", set())
        if ours is not None and ours.get("model"):
            flow["model"] = ours.get("model")
        else:
            self._todo("model", process)
        values = self._properties(ours)
        name = _text(process.get("name"), values.pop("name", None))
        flow["name"] = name or flow["key"].replace("_", " ").capitalize()
        words = process.find(etree.QName(b.MODEL, "documentation"))
        description = _text(
            None if words is None else words.text, values.pop("description", None)
        )
        if description:
            flow["description"] = description
        flow.update(values)
        for child in process:
            self._element(child)
        flow["nodes"], flow["transitions"] = [], []
        self._keys()
        self._fold_choices()
        self._positions()
        self._write_nodes()
        self._write_edges()

    def _element(self, xml):
        tag = _local(xml)
        if _space(xml) != b.MODEL:
            self._fault("unknown_element", xml, _label(xml))
        elif tag in ("documentation", "extensionElements"):
            self._foreign_extensions(xml)
        elif tag == "sequenceFlow":
            if self._id(xml):
                self.flows.append(xml)
        elif tag == "laneSet":
            for lane in xml.iter(etree.QName(b.MODEL, "lane")):
                for one in lane.iterchildren(etree.QName(b.MODEL, "flowNodeRef")):
                    self.lanes[(one.text or "").strip()] = _title(lane)
            self._leave_out(xml)
        elif tag in b.DRAWING:
            self._leave_out(xml)
        elif tag in b.tags():
            self._node(xml)
        else:
            self.refused.add(xml.get("id"))
            self._fault("unknown_element", xml, _label(xml))

    def _node(self, xml):
        if not self._id(xml):
            return
        if self._ours(xml, "choice") is not None:
            self.choices[xml.get("id")] = xml
        node = _Node(xml, self._ours(xml, "node"))
        for child in xml:
            tag = _local(child)
            if _space(child) == b.MODEL and tag in ("incoming", "outgoing"):
                continue
            if _is(child, "extensionElements"):
                self._foreign_extensions(child)
            elif _space(child) == b.MODEL and tag.endswith("EventDefinition"):
                node.event = child
            elif _space(child) == b.MODEL and tag in b.DRAWING:
                self._leave_out(child)
            else:
                self._fault("unknown_element", child, _label(child))
        self.nodes[node.id] = node

    def _foreign_extensions(self, extensions):
        for child in extensions.iterchildren(etree.Element):
            if _space(child) != b.OURS:
                self._leave_out(child)

    def _id(self, xml):
        name = xml.get("id")
        if not name:
            self._fault("no_id", xml)
        elif name in self.ids:
            self._fault("id_twice", xml, name)
        else:
            self.ids.add(name)
            return True
        return False

    # Ours

    def _ours(self, xml, name):
        """Our own element inside the extensions of another, or None."""
        path = f"{{{b.MODEL}}}extensionElements/{{{b.OURS}}}{name}"
        return xml.find(path)

    def _properties(self, ours):
        values = {}
        for one in ours if ours is not None else ():
            try:
                if one.tag != etree.QName(b.OURS, "property"):
                    raise ValueError(one.tag)
                values[one.attrib["name"]] = json.loads(one.text or "")
            except (ValueError, KeyError, RecursionError):
                self._fault("wrong_property", one, one.get("name") or _label(one))
        return values

    def _key(self, ours, xml, prefix, taken):
        """The key an element names, else one made of its id."""
        key = ours.get("key") if ours is not None else None
        if key:
            if key in taken:
                self._fault("key_twice", xml, key)
            taken.add(key)
            return key
        key = slug((xml.get("id") or "").removeprefix(prefix))
        number, free = 2, key
        while free in taken:
            number, free = number + 1, f"{key}_{number}"
        taken.add(free)
        return free

    def _keys(self):
        taken = {  # what others made must not take the keys that ours name
            ours.get("key")
            for node in self.nodes.values()
            if (ours := self._ours(node.xml, "node")) is not None
        }
        named = set()
        for node in self.nodes.values():
            ours = self._ours(node.xml, "node")
            is_named = ours is not None and ours.get("key")
            node.key = self._key(ours, node.xml, "node_", named if is_named else taken)

    # Choices are drawn as gateways, but belong to the task before them

    def _fold_choices(self):
        """Take out each choice that still hangs on one task alone."""
        entering = defaultdict(list)
        leaving = defaultdict(list)
        for flow in self.flows:
            entering[flow.get("targetRef")].append(flow)
            leaving[flow.get("sourceRef")].append(flow)
        dropped = set()
        for name in self.choices:
            if len(entering[name]) != 1:
                continue
            task = entering[name][0].get("sourceRef")
            node = self.nodes.get(task)
            if node is None or node.is_gateway or len(leaving[task]) != 1:
                continue
            dropped.add(entering[name][0])
            leaving[task] = leaving.pop(name, [])
            default = self.nodes.pop(name).xml.get("default")
            if default:
                node.xml.set("default", default)
        self.leaving = leaving
        self.source = {flow: task for task, flows in leaving.items() for flow in flows}
        self.flows = [flow for flow in self.flows if flow not in dropped]

    # Out

    def _positions(self):
        for shape in self.root.iter(etree.QName(b.DIAGRAM, "BPMNShape")):
            node = self.nodes.get(shape.get("bpmnElement"))
            if node is None:
                continue
            bounds = shape.find(etree.QName(b.CANVAS, "Bounds"))
            try:
                place = [float(bounds.attrib[axis]) for axis in "xy"]
                if not all(abs(number) < 1e9 for number in place):
                    raise ValueError(place)
            except (AttributeError, KeyError, ValueError):
                self._fault("wrong_place", shape)
                continue
            node.values["position"] = place

    def _write_nodes(self):
        ranks = self._ranks()
        for node in self.nodes.values():
            values = self._properties(self._ours(node.xml, "node"))
            name = _text(_words(node), values.pop("name", None))
            out = {"key": node.key, "name": name, "type": self._type(node)}
            if not node.is_ours:
                out["rank"] = ranks[node.id]
            out |= node.values | values
            called = {"flow": node.xml.get("calledElement")}
            if "call" not in out and b.calls_here(b.element_of(out["type"]), called):
                out["call"] = called
            if not name:
                out["name"] = _default_name(node)
                if not (node.is_gateway or _local(node.xml).endswith("Event")):
                    self._todo("name", node.xml)
            self._still_to_do(node, out)
            place = ("nodes", len(self.reading.definition["nodes"]))
            self.reading.places[place] = (node.xml.sourceline, _title(node.xml))
            self.reading.definition["nodes"].append(out)

    def _type(self, node):
        tag, event = _local(node.xml), node.event
        event_tag = None if event is None else _local(event)
        ours = self._ours(node.xml, "node")
        named = ours.get("type") if ours is not None else None
        if named:
            element = b.element_of(named)
            if (element.tag, element.event) == (tag, event_tag):
                return named
            # another tool may have changed the kind of task: then it counts
        found = b.meaning(tag, event_tag)
        if not found and event is not None:
            self._fault("unknown_event", event, _label(event))
        elif not found:
            code = "wrong_type" if named else "unknown_element"
            self._fault(code, node.xml, named or _label(node.xml))
        return found or ""

    def _still_to_do(self, node, out):
        kind = out["type"]
        if kind in ("user_task", "approval") and not out.get("handler"):
            lane = self.lanes.get(node.id)
            self._todo("handler_lane" if lane else "handler", node.xml, lane or "")
        if kind == "service_task" and not out.get("service"):
            self._todo("service", node.xml)
        if node.is_ours:
            return
        if kind == "timer":
            words = " ".join("".join(node.event.itertext()).split())
            self._todo("timer", node.xml, words)
        if kind == "call_activity":
            self._todo("called", node.xml, node.xml.get("calledElement") or "")
        if not node.is_gateway and len(self.leaving[node.id]) > 1:
            self._todo("one_of_many", node.xml)

    def _ranks(self):
        """Rank of each node: as the flow goes, then from top to bottom."""
        pairs = [(self.source[flow], flow.get("targetRef")) for flow in self.flows]
        known = [pair for pair in pairs if set(pair) <= set(self.nodes)]
        layer = bpmn_layout.layers(self.nodes, known)

        def order(name):
            x, y = self.nodes[name].values.get("position", (0, 0))
            return (layer[name], y, x)

        return {name: 10 * n for n, name in enumerate(sorted(self.nodes, key=order))}

    def _write_edges(self):
        taken = {
            ours.get("key")
            for flow in self.flows
            if (ours := self._ours(flow, "transition")) is not None
        }
        named = set()
        for number, flow in enumerate(self.flows):
            ours = self._ours(flow, "transition")
            is_named = ours is not None and ours.get("key")
            key = self._key(ours, flow, "transition_", named if is_named else taken)
            source, target = self.source[flow], flow.get("targetRef")
            for name in (source, target):
                if name not in self.nodes and name not in self.refused:
                    self._fault("no_node", flow, name or "?")
            if source not in self.nodes or target not in self.nodes:
                continue
            values = self._properties(ours)
            out = {
                "key": key,
                "source": self.nodes[source].key,
                "target": self.nodes[target].key,
            }
            if ours is None:
                out["rank"] = 10 * number
            name = _text(flow.get("name"), values.pop("name", None), ours is not None)
            if name:
                out["name"] = name
            if self.nodes[source].xml.get("default") == flow.get("id"):
                out["default"] = True
            out |= values
            condition = self._condition(flow, self.nodes[source], out)
            if condition:
                out["condition"] = condition
            place = ("transitions", len(self.reading.definition["transitions"]))
            self.reading.places[place] = (flow.sourceline, _title(flow))
            self.reading.definition["transitions"].append(out)

    def _condition(self, flow, source, out):
        for child in flow:
            if _is(child, "conditionExpression"):
                continue
            if _is(child, "extensionElements"):
                self._foreign_extensions(child)
            elif _is(child, "documentation"):
                self._leave_out(child)
            else:
                self._fault("unknown_element", child, _label(child))
        expression = flow.find(etree.QName(b.MODEL, "conditionExpression"))
        words = "" if expression is None else expression.text or ""
        if not words.strip():
            if (
                _local(source.xml) == "exclusiveGateway"
                and len(self.leaving[source.id]) > 1
                and not out.get("default")
            ):
                self._todo("no_condition", flow)
                return b.NEVER
            return None
        if expression.get("language") == b.DOMAIN:
            return None if words == "[]" else words
        self._todo("condition", flow, " ".join(words.split()))
        return b.NEVER


def slug(text: str) -> str:
    """A key made of any text.

    >>> slug("Activity_0x7K"), slug("1st visit"), slug("上门")
    ('activity_0x7k', 'n_1st_visit', 'n')
    """
    key = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return key if key[:1].isalpha() else f"n_{key}".strip("_")


def _words(node):
    name = node.xml.get("name")
    return name if node.is_ours else " ".join((name or "").split())


def _text(words, others, verbatim=True):
    """One text of its English words and its translations."""
    if words and not verbatim:
        words = " ".join(words.split())
    if not words:
        return None
    if isinstance(others, Mapping) and others:
        return {"en_US": words, **others}
    return words


def _default_name(node):
    tag = _local(node.xml)
    if tag == "startEvent":
        return "Start"
    if tag == "endEvent":
        return "End"
    return "Gateway" if node.is_gateway else "Task"


def _space(xml):
    return etree.QName(xml).namespace or ""


def _local(xml):
    return etree.QName(xml).localname


def _is(xml, name):
    return xml.tag == etree.QName(b.MODEL, name)


def _label(xml):
    """The element's tag as written, for messages."""
    return f"{xml.prefix}:{_local(xml)}" if xml.prefix else _local(xml)


def _title(xml):
    """How people recognise an element: by its name, else by its id."""
    name = " ".join((xml.get("name") or "").split())
    return name or xml.get("id") or ""
