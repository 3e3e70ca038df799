"""Marks in a context that switch a rule off, which nobody can set from outside.

A caller over RPC chooses the context of a method, and what runs with more rights in
that method keeps it. A key that is merely there proves nothing. This value does: it
is no JSON, only code of this server has it.

>>> is_marked({"scrm_flow_moving": INSIDE}, "scrm_flow_moving")
True
>>> is_marked({"scrm_flow_moving": True}, "scrm_flow_moving")
False
>>> import copy
>>> copy.deepcopy(INSIDE) is INSIDE
True
"""

from enum import Enum


class Mark(Enum):
    INSIDE = "inside"


INSIDE = Mark.INSIDE


def is_marked(context, *names):
    """Whether our own code set one of these marks.

    :param context: of an environment
    :param names: keys
    """
    return any(context.get(name) is INSIDE for name in names)
