"""Which BPMN element stands for which node type, and the words both sides use.

A node type gets its mapping here, in one place. Addons add theirs::

    from odoo.addons.scrm_flow.engine.bpmn_elements import Element, register

    register(Element("inspection", "userTask"))

A type without a mapping is written as a plain ``task`` that names its type, so no
flow is ever impossible to export.

>>> element_of("exclusive_gateway").tag
'exclusiveGateway'
>>> element_of("something_new").tag
'task'
>>> meaning("userTask"), meaning("manualTask"), meaning("subProcess")
('user_task', 'user_task', None)
"""

import re
from dataclasses import dataclass

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
CANVAS = "http://www.omg.org/spec/DD/20100524/DC"
LINES = "http://www.omg.org/spec/DD/20100524/DI"
SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
#: What BPMN has no word for is said in elements of this namespace.
OURS = "urn:scrm:flow:bpmn:1"
#: Language of conditions: an Odoo domain on the record.
DOMAIN = "urn:scrm:flow:domain"

NAMESPACES = {
    None: MODEL,
    "bpmndi": DIAGRAM,
    "dc": CANVAS,
    "di": LINES,
    "xsi": SCHEMA,
    "scrm": OURS,
}

#: Elements that explain or draw: they do not change the way work takes.
DRAWING = {
    "association",
    "category",
    "dataInputAssociation",
    "dataObject",
    "dataObjectReference",
    "dataOutputAssociation",
    "dataStoreReference",
    "documentation",
    "group",
    "humanPerformer",
    "ioSpecification",
    "performer",
    "potentialOwner",
    "property",
    "resourceRole",
    "script",
    "textAnnotation",
}
#: Elements beside the process that it does not need.
ROOT = {
    "category",
    "collaboration",
    "dataStore",
    "error",
    "escalation",
    "import",
    "itemDefinition",
    "message",
    "resource",
    "signal",
}

_KEY = re.compile(r"[a-z][a-z0-9_]*")

#: A condition that never holds, for one that could not be read.
NEVER = "[(0, '=', 1)]"


@dataclass(frozen=True, slots=True)
class Element:
    """One node type in BPMN.

    :param type: the node type's key
    :param tag: local name of the BPMN element
    :param event: local name of the event definition in it, None without any
    :param plain: an element of this tag that does not name a type means this one
    """

    type: str
    tag: str
    event: str | None = None
    plain: bool = True

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the shape, as BPMN tools draw it."""
        if self.is_gateway:
            return (50, 50)
        return (36, 36) if self.tag.endswith("Event") else (100, 80)

    @property
    def is_gateway(self) -> bool:
        return self.tag.endswith("Gateway")

    @property
    def takes_default(self) -> bool:
        """Whether BPMN lets the element name a default flow."""
        return not self.tag.endswith("Event") and self.tag != "parallelGateway"


_elements: dict[str, Element] = {}

#: Elements of other tools that stand for a type of ours, near enough for a draft.
_SIMILAR = {
    "task": "user_task",
    "manualTask": "user_task",
    "businessRuleTask": "service_task",
    "scriptTask": "service_task",
    "sendTask": "service_task",
}


def register(element: Element) -> Element:
    """Let a node type be written as this BPMN element."""
    _elements[element.type] = element
    return element


def element_of(node_type: str) -> Element:
    """The BPMN element of a node type."""
    return _elements.get(node_type) or Element(node_type, "task", plain=False)


def meaning(tag: str, event: str | None = None) -> str | None:
    """The node type an element means that does not name one; None: unknown."""
    for element in _elements.values():
        if (element.tag, element.event) == (tag, event) and element.plain:
            return element.type
    return None if event else _SIMILAR.get(tag)


def calls_here(element: Element, call) -> bool:
    """Does this node call a flow on its own record, as BPMN means it?

    BPMN calls a process by its key, and so is it written. The called flow is in a
    file of its own, not in the caller's: what its publishing copies into the version
    (``expansion.py``) is left out, as the next publishing makes it anew. Another
    engine binds by itself; to compare with one that has but one file, write the
    expanded graph: a call and the ends inside of it are exclusive gateways there.

    >>> call = element_of("call_activity")
    >>> calls_here(call, {"flow": "testing"})
    True
    >>> calls_here(call, {"flow": "testing", "on": "task_ids"})
    False
    >>> calls_here(call, {"flow": "Process_1"})
    False
    """
    if element.tag != "callActivity" or not isinstance(call, dict):
        return False
    return set(call) == {"flow"} and bool(_KEY.fullmatch(str(call["flow"])))


def tags() -> set[str]:
    """Local names of all elements that can be a node."""
    return {element.tag for element in _elements.values()} | set(_SIMILAR)


for _element in (
    Element("start", "startEvent"),
    Element("end", "endEvent"),
    Element("user_task", "userTask"),
    Element("approval", "userTask", plain=False),
    Element("check", "businessRuleTask", plain=False),
    Element("service_task", "serviceTask"),
    Element("exclusive_gateway", "exclusiveGateway"),
    Element("parallel_gateway", "parallelGateway"),
    Element("timer", "intermediateCatchEvent", event="timerEventDefinition"),
    Element("call_activity", "callActivity"),
):
    register(_element)
