"""Whether one of several conditions always holds, whatever the record says.

It is asked of the conditions by which an exclusive gateway without a default is left.
They are exhaustive when every combination of answers that their fields can give makes
at least one of them true. So few answers need to be tried because of a number only
its order counts: each number it is compared with, and one in each gap between them.
What is not understood is taken to hold neither way, so that "exhaustive" is never
said without reason.

>>> kinds = {"area": NUMBER, "floor": INTEGER, "urgent": (False, True)}
>>> kinds["level"] = (False, "gold", "silver")
>>> exhaustive([[("area", "<", 50)], [("area", ">=", 50)]], kinds)
True
>>> exhaustive([[("area", "<", 50)], [("area", ">", 50)]], kinds)
False
>>> exhaustive([[("floor", "<=", 1)], [("floor", ">=", 2)]], kinds)
True
>>> exhaustive([[("area", "<=", 1)], [("area", ">=", 2)]], kinds)
False
>>> exhaustive([[("level", "=", "gold")], [("level", "not in", ["gold"])]], kinds)
True
>>> exhaustive([[("level", "=", "gold")], [("level", "=", "silver")]], kinds)
False

Several fields at once, and a condition with its opposite:

>>> dear = ["&", ("area", ">", 90), ("urgent", "=", True)]
>>> exhaustive([dear, [("urgent", "=", False)], [("area", "<=", 90)]], kinds)
True
>>> exhaustive([dear, ["!", *dear]], kinds)
True
>>> exhaustive([[("city", "=", "Bonn")], ["!", ("city", "=", "Bonn")]], kinds)
True
>>> exhaustive([[("day", "<", "today")], [("day", ">=", "today")]], kinds)
False
"""

from collections.abc import Iterable, Mapping
from itertools import product
from math import floor, isfinite, prod
from typing import Any

#: Kinds of fields with an order; unset is 0. Others: all values they can have.
NUMBER = "number"
INTEGER = "integer"

#: More combinations than this are not tried.
LIMIT = 10_000

COMPARE = {
    "=": lambda point, others: point in others,
    "!=": lambda point, others: point not in others,
    "in": lambda point, others: point in others,
    "not in": lambda point, others: point not in others,
    "<": lambda point, others: point < others[0],
    "<=": lambda point, others: point <= others[0],
    ">": lambda point, others: point > others[0],
    ">=": lambda point, others: point >= others[0],
}
ORDER = {"<", "<=", ">", ">="}
#: Operators by which a field that is not known is still either so or not so.
OPPOSITE = {"!=": "=", "not in": "in", "not like": "like", "not ilike": "ilike"}
DEFINITE = {*OPPOSITE, *OPPOSITE.values()}


def exhaustive(domains: Iterable[Iterable], kinds: Mapping[str, Any]) -> bool:
    """Does at least one of the domains hold for every record?

    :param domains: each iterates over operators and conditions, as an Odoo domain
    :param kinds: field name -> ``NUMBER``, ``INTEGER``, or a tuple of all the values
        that it can have, with False when it can be unset; other fields are left out
    :return: False also where it is not known
    """
    trees = [_tree(domain) for domain in domains]
    leaves = {leaf for tree in trees for leaf in _leaves(tree)}
    answers = {}
    for variable in {_variable(leaf, kinds) for leaf in leaves} - {None}:
        asked = [leaf for leaf in leaves if _variable(leaf, kinds) == variable]
        answers[variable] = _answers(variable, asked, kinds)
    if prod(len(points) for points in answers.values()) > LIMIT:
        return False
    for chosen in product(*answers.values()):
        world = {leaf: holds for point in chosen for leaf, holds in point.items()}
        if not any(_holds(tree, world) for tree in trees):
            return False
    return True


# What is asked -----------------------------------------------------------------


def _tree(domain):
    """A domain in prefix notation as ("&" | "|", parts...), ("!", part) or a leaf."""
    terms = iter([*domain])

    def read(term):
        if term == "!":
            return ("!", read(next(terms)))
        if term in ("&", "|"):
            return (term, read(next(terms)), read(next(terms)))
        expression, operator, value = term
        if isinstance(expression, int):
            return expression == value  # the way to write True and False
        return Leaf(expression, operator, value)

    return ("&", *(read(term) for term in terms))


class Leaf:
    """One condition; two that ask the same are one."""

    __slots__ = ("expression", "operator", "values")

    def __init__(self, expression, operator, value):
        if isinstance(value, list | tuple | set | frozenset):
            # nothing to be equal to is to be unset
            empty = () if operator in ("in", "not in") else (False,)
            value = tuple(value) or empty
        elif operator in ("in", "not in") and not value:
            value = ()
        else:
            value = (value,)
        self.expression = expression
        self.operator = operator
        self.values = tuple(False if one is None else one for one in value)

    def __eq__(self, other):
        return isinstance(other, Leaf) and self._key() == other._key()

    def __hash__(self):
        return hash(self._key())

    def _key(self):
        return (self.expression, self.operator, repr(self.values))


def _leaves(tree):
    if isinstance(tree, Leaf):
        yield tree
    elif isinstance(tree, tuple):
        for part in tree[1:]:
            yield from _leaves(part)


# What can be answered ----------------------------------------------------------


def _variable(leaf, kinds):
    """What decides about a condition: its field, itself, None when not known."""
    kind = kinds.get(leaf.expression)
    if kind is None:
        if leaf.operator not in DEFINITE or any(map(_moves, leaf.values)):
            return None
        if "." in leaf.expression:  # its opposite may mean: no other one is so
            return (leaf.expression, leaf.operator, repr(leaf.values))
        operator = OPPOSITE.get(leaf.operator, leaf.operator)
        return (leaf.expression, operator, repr(leaf.values))
    if leaf.operator not in COMPARE:
        return None
    if kind in (NUMBER, INTEGER):
        suits = all(map(_is_number, leaf.values))
        suits &= leaf.operator not in ORDER or len(leaf.values) == 1
    else:
        suits = leaf.operator not in ORDER
        is_boolean = True in kind
        suits &= all(
            type(value) is bool if is_boolean else value is False or type(value) is str
            for value in leaf.values
        )
    return leaf.expression if suits else None


def _moves(value):
    """Could it be a day or time that is another one at the next look: "today"?"""
    return isinstance(value, str) and value.lower().startswith(
        ("today", "now", "=", "+", "-")
    )


def _is_number(value):
    return value is False or (type(value) in (int, float) and isfinite(value))


def _answers(variable, leaves, kinds):
    """Every different way in which these conditions can be answered together."""
    if isinstance(variable, tuple):
        positive = variable[1]
        return [
            {leaf: (leaf.operator == positive) is so for leaf in leaves}
            for so in (True, False)
        ]
    kind = kinds[variable]
    if kind in (NUMBER, INTEGER):
        marks = sorted({value + 0 for leaf in leaves for value in leaf.values})
        # each mark has an odd place, what is between two of them an even one
        place = {mark: 2 * number + 1 for number, mark in enumerate(marks)}
        points = range(2 * len(marks) + 1)
        if kind == INTEGER:
            points = [point for point in points if _has_integer(point, marks)]
        others = {leaf: [place[value + 0] for value in leaf.values] for leaf in leaves}
    else:
        points = kind
        others = {leaf: leaf.values for leaf in leaves}
    return [
        {leaf: COMPARE[leaf.operator](point, others[leaf]) for leaf in leaves}
        for point in points
    ]


def _has_integer(point, marks):
    index, is_mark = divmod(point, 2)
    if is_mark:
        return marks[index] == floor(marks[index])
    if index in (0, len(marks)):
        return True
    return floor(marks[index - 1]) + 1 < marks[index]


def _holds(tree, world):
    """True, False, or None when it is not known."""
    if isinstance(tree, Leaf):
        return world.get(tree)
    if isinstance(tree, bool):
        return tree
    operator, *parts = tree
    found = [_holds(part, world) for part in parts]
    if operator == "!":
        return None if found[0] is None else not found[0]
    decisive = operator == "|"
    if decisive in found:
        return decisive
    return None if None in found else not decisive
