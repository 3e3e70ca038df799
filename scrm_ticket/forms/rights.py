"""Who may do what with a field of a form at a node of the flow.

Plain Python. A row says for one field: these people have this right here. Rows for
somebody in particular (a role, the handlers of the step, customers) count before the
row for everybody; of several that fit, the widest right counts. Without a row a field
can be edited.

>>> rows = [
...     Row("everybody", None, "hidden"),
...     Row("role", 7, "read"),
...     Row("handlers", None, "required"),
... ]
>>> right(rows, Person(groups={7}))
'read'
>>> right(rows, Person(groups={7}, is_handler=True))
'required'
>>> right(rows, Person(groups={8}))
'hidden'
>>> right([], Person())
'edit'

Where several nodes are open at once, handlers have the widest right of their own ones;
everybody else has the narrowest of all:

>>> narrowest(["edit", "hidden"]), widest(["read", "required"])
('hidden', 'required')
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

#: Rights from the narrowest to the widest.
LEVELS = ("hidden", "read", "edit", "required")


class Row(NamedTuple):
    """A right to one field at one node.

    :param audience: everybody, customers, handlers or role
    :param group_id: of the audience ``role``: who has this role
    :param level: one of :data:`LEVELS`
    """

    audience: str
    group_id: int | None
    level: str


@dataclass(frozen=True)
class Person:
    """Who asks.

    :param groups: ids of the roles that he or she has
    :param is_customer: comes from outside the company
    :param is_handler: handles the step that is open at the node
    """

    groups: Collection = ()
    is_customer: bool = False
    is_handler: bool = False


def _fits(row, person):
    if row.audience == "role":
        return row.group_id in person.groups
    return person.is_customer if row.audience == "customers" else person.is_handler


def right(rows, person):
    """What a person may do with one field at one node.

    :param rows: the node's rows for this field
    :return: one of :data:`LEVELS`
    """
    own = [
        row.level for row in rows if row.audience != "everybody" and _fits(row, person)
    ]
    if own:
        return widest(own)
    return next((row.level for row in rows if row.audience == "everybody"), "edit")


def widest(levels):
    """The widest of some rights."""
    return max(levels, key=LEVELS.index)


def narrowest(levels):
    """The narrowest of some rights."""
    return min(levels, key=LEVELS.index)


def rights(nodes, person, handled=()):
    """What a person may do with the fields of a record at its open nodes.

    :param nodes: node key -> {field key -> rows}
    :param handled: keys of the nodes whose step the person handles
    :return: field key -> right; fields that can be edited are left out
    """
    own = [key for key in nodes if key in handled]
    asked = own or list(nodes)
    choose = widest if own else narrowest
    person = Person(person.groups, person.is_customer, bool(own))
    keys = {key for node in asked for key in nodes[node]}
    found = {
        key: choose([right(nodes[node].get(key, ()), person) for node in asked])
        for key in keys
    }
    return {key: level for key, level in found.items() if level != "edit"}
