"""What reading a BPMN file has to say: faults, and what is still to do.

>>> Remark("unknown_element", 12, "Pack", "subProcess").text
'line 12, “Pack”: the element subProcess is not supported'
"""

from dataclasses import dataclass, field
from typing import Any

#: What makes a file unusable: code -> what is wrong.
FAULTS = {
    "too_large": "the file is larger than 2 MB",
    "not_xml": "this is no well-formed XML: {detail}",
    "doctype": "a document type declaration is not allowed",
    "not_bpmn": "this is no BPMN 2.0 file: it starts with {detail}",
    "no_process": "the file has no process",
    "many_processes": "the file has more than one process: {detail}",
    "unknown_element": "the element {detail} is not supported",
    "unknown_event": "an event with {detail} is not supported",
    "no_id": "the element has no id",
    "id_twice": "the id {detail} is given twice",
    "key_twice": "the key {detail} is given twice",
    "no_node": "the flow leads from or to {detail}, which is no node",
    "wrong_type": "the node type {detail} is not written as this element",
    "wrong_property": "the property {detail} is not written as JSON",
    "wrong_place": "the position in the diagram is no pair of numbers",
}
#: What a person must still look at after the import.
TODOS = {
    "model": "say which records run through the flow",
    "name": "give it a name",
    "handler": "say who handles it",
    "handler_lane": "say who handles it; it is drawn in the lane {detail}",
    "service": "choose the service and its settings",
    "timer": "set how long it waits: {detail}",
    "called": "choose the flow it calls: {detail}",
    "condition": "write the condition anew; until then it never holds: {detail}",
    "no_condition": "write the condition; until then it never holds",
    "one_of_many": "BPMN takes all ways out of it at once, here one is chosen",
    "left_out": "{detail} was left out",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one line: a fault of the file, or what is still to do."""

    code: str
    line: int | None = None
    #: name, else id of the element
    element: str = ""
    detail: str = ""

    @property
    def text(self) -> str:
        """The remark as an English sentence."""
        words = {**FAULTS, **TODOS}[self.code].format(detail=self.detail)
        where = f"line {self.line}" if self.line else ""
        who = f"“{self.element}”" if self.element else ""
        place = ", ".join(part for part in (where, who) if part)
        return f"{place}: {words}" if place else words


@dataclass(slots=True)
class Reading:
    """What a file says. The definition is only whole when there are no faults."""

    definition: dict[str, Any] = field(default_factory=dict)
    faults: list[Remark] = field(default_factory=list)
    todos: list[Remark] = field(default_factory=list)
    #: ("nodes" or "transitions", index) -> (line, name or id)
    places: dict[tuple[str, int], tuple[int, str]] = field(default_factory=dict)
