"""What a form accepts: one rule set for every door.

Plain Python. A form is a list of :class:`FieldRule`; :func:`check` looks at the
values somebody sent and says what they become and what is wrong with them. Words
for people are made elsewhere, from the fault's code.

>>> form = [
...     FieldRule("area", "number", required=True),
...     FieldRule("kind", "choice", options=("wall", "ceiling")),
... ]
>>> check(form, {"area": "88.5", "kind": "wall"})
Checked(values={'area': 88.5, 'kind': 'wall'}, faults=[])
>>> check(form, {"area": "abc", "colour": "red"}).faults
[Fault(key='colour', code='unknown', seen='red'), Fault(key='area', code='number', \
seen='abc')]
>>> check(form, {}).faults
[Fault(key='area', code='required', seen=None)]

A draft may still miss required values, but what it holds must be right:

>>> check(form, {"kind": "floor"}, complete=False).faults
[Fault(key='kind', code='choice', seen='floor')]
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

#: Longest text of a text field, in characters.
TEXT_LIMIT = 5000
#: Numbers beyond this lose digits in a float.
NUMBER_LIMIT = 10**15


@dataclass(frozen=True)
class FieldRule:
    """A field of one form.

    :param key: stable key of the field
    :param type: one of the names in :data:`READERS`
    :param required: whether a complete form must have a value
    :param options: keys of the options, for a choice
    """

    key: str
    type: str
    required: bool = False
    options: tuple = ()


class Fault(NamedTuple):
    """One thing wrong with the values.

    :param key: the field's key, as it was sent
    :param code: unknown, required, text, too_long, number, out_of_range or
        choice
    :param seen: the value that was refused
    """

    key: str
    code: str
    seen: object


class Checked(NamedTuple):
    """The answer of :func:`check`.

    :param values: key -> value as it is stored; an emptied field is False
    :param faults: list of :class:`Fault`, unknown keys first, then in form order
    """

    values: dict
    faults: list


class Refused(Exception):
    """A reader's way to say what is wrong.

    :param code: the fault's code
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def is_empty(value):
    """Whether somebody left this value out. Zero is a value.

    >>> [is_empty(value) for value in (None, False, "", "  ", 0, 0.0, "0")]
    [True, True, True, True, False, False, False]
    """
    if isinstance(value, str):
        return not value.strip()
    return value is None or value is False


def read_text(rule, value):
    """A text of bounded length, without characters a database cannot store.

    >>> read_text(None, "  third floor ")
    'third floor'
    """
    if not isinstance(value, str) or "\x00" in value:
        raise Refused("text")
    value = value.strip()
    if len(value) > TEXT_LIMIT:
        raise Refused("too_long")
    return value


def read_number(rule, value):
    """A finite number, also written as text with a decimal point.

    >>> read_number(None, "60"), read_number(None, -1.5)
    (60.0, -1.5)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Refused("number")
    if isinstance(value, str) and "_" in value:  # float() reads 1_000
        raise Refused("number")
    try:
        number = float(value)
    except (ValueError, OverflowError) as error:
        raise Refused("number") from error
    if math.isnan(number):
        raise Refused("number")
    if abs(number) > NUMBER_LIMIT:
        raise Refused("out_of_range")
    return number


def read_choice(rule, value):
    """The key of one of the field's options."""
    if not isinstance(value, str) or value not in rule.options:
        raise Refused("choice")
    return value


#: Field type -> function(rule, value) that gives the stored value or refuses.
READERS = {"text": read_text, "number": read_number, "choice": read_choice}


def check(form, values, complete=True):
    """Look at the values of a form.

    :param form: list of :class:`FieldRule`
    :param values: key -> value; keys that are left out are not touched
    :param complete: whether required fields must be there
    :return: :class:`Checked`
    :raise TypeError: when the values are not a mapping of texts to values
    """
    if not isinstance(values, Mapping) or not all(
        isinstance(key, str) for key in values
    ):
        raise TypeError("values must map field keys to values")
    known = {rule.key for rule in form}
    faults = [Fault(key, "unknown", values[key]) for key in values if key not in known]
    clean = {}
    for rule in form:
        value = values.get(rule.key)
        if is_empty(value):
            if complete and rule.required:
                faults.append(Fault(rule.key, "required", value))
            elif rule.key in values:
                clean[rule.key] = False
            continue
        try:
            clean[rule.key] = READERS[rule.type](rule, value)
        except Refused as refused:
            faults.append(Fault(rule.key, refused.code, value))
    return Checked(clean, faults)
