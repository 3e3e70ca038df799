"""Conditions on what a form holds: domains, asked without a database.

Plain Python. A condition is a domain as Odoo's editor writes it; ``scrm_values.kind``
is the form field ``kind``, everything else a field of the ticket.

>>> wall = parse("[('scrm_values.kind', '=', 'wall'), ('priority', 'in', ['2', '3'])]")
>>> matches(wall, {"scrm_values.kind": "wall", "priority": "3"}.get)
True
>>> matches(wall, {"priority": "3"}.get)
False
>>> keys_of(wall)
['kind']
"""

import ast

#: The form's fields, as paths of a domain.
PREFIX = "scrm_values."


class ConditionError(ValueError):
    """A domain that cannot be asked of a form.

    :param detail: the part in question
    """

    def __init__(self, detail):
        super().__init__(detail)
        self.detail = detail


def _like(value, wanted):
    return wanted.casefold() in str(value).casefold()


def _compare(sign):
    def compare(value, wanted):
        if isinstance(value, str) != isinstance(wanted, str):
            return False
        return sign(value, wanted)

    return compare


def _same(value, wanted):
    if isinstance(value, list | tuple):
        return wanted in value
    return value == wanted


#: Operator -> function(value that is there, wanted value).
_OPERATORS = {
    "=": _same,
    "in": lambda value, wanted: any(_same(value, one) for one in wanted),
    "<": _compare(lambda value, wanted: value < wanted),
    "<=": _compare(lambda value, wanted: value <= wanted),
    ">": _compare(lambda value, wanted: value > wanted),
    ">=": _compare(lambda value, wanted: value >= wanted),
    "ilike": lambda value, wanted: _like(value, str(wanted)),
}
#: Operator -> the one whose answer it turns round.
_OPPOSITES = {"!=": "=", "not in": "in", "not ilike": "ilike"}


def parse(text):
    """The condition as a tuple of parts; () says nothing, so it always holds.

    :param text: a domain as text
    :raise ConditionError: naming the part that cannot be asked
    """
    try:
        domain = ast.literal_eval((text or "[]").strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
        raise ConditionError(str(text)[:80]) from error
    if not isinstance(domain, list | tuple):
        raise ConditionError(str(text)[:80])
    parts = tuple(_part(part) for part in domain)
    missing = 0
    for part in reversed(parts):
        if part == "!" and missing:
            continue
        missing += -1 if part in ("&", "|") else 1
        if missing < 1:
            raise ConditionError(str(text)[:80])
    return parts


def _part(part):
    if part in ("&", "|", "!"):
        return part
    if not isinstance(part, list | tuple) or len(part) != 3:
        raise ConditionError(str(part)[:80])
    path, sign, wanted = part
    if sign not in _OPERATORS and sign not in _OPPOSITES or not isinstance(path, str):
        raise ConditionError(str(part)[:80])
    if sign in ("in", "not in"):
        if not isinstance(wanted, list | tuple | set):
            raise ConditionError(str(part)[:80])
        wanted = tuple(wanted)
    return path, sign, wanted


def keys_of(condition):
    """The form fields that a condition asks for, in its order."""
    return [
        path.removeprefix(PREFIX)
        for path in paths_of(condition)
        if path.startswith(PREFIX)
    ]


def paths_of(condition):
    """The paths that a condition asks for, in its order."""
    return [part[0] for part in condition if not isinstance(part, str)]


def matches(condition, get):
    """Whether the condition holds.

    :param condition: answer of :func:`parse`
    :param get: function(path) -> value; None, False or "" where there is none
    """
    stack = []
    for part in reversed(condition):
        if part == "!":
            stack.append(not stack.pop())
        elif part in ("&", "|"):
            first, second = stack.pop(), stack.pop()
            stack.append((first and second) if part == "&" else (first or second))
        else:
            stack.append(_holds(part, get))
    return all(stack)


def _holds(part, get):
    path, sign, wanted = part
    if sign in _OPPOSITES:
        return not _holds((path, _OPPOSITES[sign], wanted), get)
    value = get(path)
    if value in (None, False, "", [], ()):
        # nothing is there: only a question for nothing is answered with yes
        return wanted in (None, False, "") or (
            sign == "in" and any(one in (None, False) for one in wanted)
        )
    return _OPERATORS[sign](value, wanted)
