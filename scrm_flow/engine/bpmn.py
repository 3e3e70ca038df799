"""Flows as BPMN 2.0 XML that Camunda Modeler and bpmn.io open, and back.

A definition is a flow as packs describe it: ``key``, ``name``, ``model``, ``nodes``
and ``transitions`` with keys instead of ids. What BPMN has a word for is written in
BPMN, every other key of the definition as a property of our own namespace; so a
key that a later version or another addon adds travels without being known here.

- ``bpmn_elements``: which element stands for which node type;
- ``bpmn_write``, ``bpmn_read``: the two directions;
- ``bpmn_remarks``: what reading has to say about a file;
- ``bpmn_layout``: where shapes go that nobody has placed.

BPMN takes all ways out of a task at once, our people choose one: such a task is
written with a gateway behind it, which reading takes out again.

>>> definition = {
...     "key": "repair",
...     "name": {"en_US": "Repair", "zh_CN": "维修"},
...     "model": "helpdesk.ticket",
...     "nodes": [
...         {"key": "start", "name": "Start", "type": "start", "position": [0, 22]},
...         {
...             "key": "visit",
...             "name": "Visit",
...             "type": "user_task",
...             "handler": {"role": "engineer"},
...             "position": [100, 0],
...         },
...         {"key": "end", "name": "End", "type": "end", "position": [300, 22]},
...     ],
...     "transitions": [
...         {"key": "begin", "source": "start", "target": "visit"},
...         {"key": "done", "source": "visit", "target": "end", "name": "Done"},
...         {"key": "again", "source": "visit", "target": "visit", "name": "Again"},
...     ],
... }
>>> reading = read(write(definition))
>>> reading.definition == definition, reading.faults, reading.todos
(True, [], [])

Faults name the line, all at once:

>>> xml = write(definition).replace(b"userTask", b"subProcess")
>>> xml = xml.replace(b'targetRef="node_end"', b'targetRef="exit"')
>>> for fault in read(xml).faults:
...     print(fault.text)
line 15, “Visit”: the element subProcess is not supported
line 45, “Done”: the flow leads from or to exit, which is no node
"""

from .bpmn_read import SIZE_LIMIT, read
from .bpmn_remarks import FAULTS, TODOS, Reading, Remark
from .bpmn_write import positions, write

__all__ = [
    "FAULTS",
    "SIZE_LIMIT",
    "TODOS",
    "Reading",
    "Remark",
    "positions",
    "read",
    "write",
]
