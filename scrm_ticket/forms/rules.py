"""What a form accepts: one rule set for every door.

Plain Python. A form is a list of :class:`FieldRule`; :func:`check` looks at the
values somebody sent and says what they become and what is wrong with them. Words
for people are made elsewhere, from the fault's code.

>>> form = [
...     FieldRule("area", "number", required=True),
...     FieldRule("kind", "choice", options=("wall", "ceiling")),
... ]
>>> check(form, {"area": "88.5", "kind": "wall"}).values
{'area': 88.5, 'kind': 'wall'}
>>> [fault[:3] for fault in check(form, {"area": "abc", "colour": "red"}).faults]
[('colour', 'unknown', 'red'), ('area', 'number', 'abc')]
>>> [fault[:2] for fault in check(form, {}).faults]
[('area', 'required')]

Who gets a mask in place of personal data sends it back for "as it is", and cannot
store another one:

>>> phone = [FieldRule("phone", "text", masking="phone", is_masked=True)]
>>> check(phone, {"phone": "138****2047"}, stored={"phone": "13812342047"}).values
{}
>>> check(phone, {"phone": "139****2047"}, stored={"phone": "13812342047"}).faults
[Fault(key='phone', code='masked', seen='139****2047', limit=None)]

A draft may still miss required values, but what it holds must be right:

>>> [fault[:2] for fault in check(form, {"kind": "floor"}, complete=False).faults]
[('kind', 'choice')]

A field that is shown only sometimes is neither demanded nor stored while it is not:

>>> form.append(
...     FieldRule("height", "number", required=True, shown_when=conditions.parse(
...         "[('scrm_values.kind', '=', 'ceiling')]")))
>>> check(form, {"area": 60, "kind": "wall", "height": 3})
Checked(values={'area': 60.0, 'kind': 'wall'}, faults=[], dropped=['height'])
>>> [fault[:2] for fault in check(form, {"area": 60, "kind": "ceiling"}).faults]
[('height', 'required')]
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from . import conditions, formats, masks
from .formula import Formula
from .readers import READERS, Refused, is_empty


@dataclass(frozen=True)
class FieldRule:
    """A field of one form.

    :param key: stable key of the field
    :param type: one of the names in ``readers.READERS``
    :param required: whether a complete form must have a value
    :param options: keys of the options, for a choice
    :param format: one of ``formats.FORMATS``, for a text
    :param mask: how a text must look, see ``formats.fits_mask``
    :param minimum: least number, or first day
    :param maximum: greatest number, or last day
    :param max_length: longest text, in characters
    :param digits: decimals that a number keeps
    :param shown_when: parsed condition; () for always
    :param required_when: parsed condition; () for never
    :param formula: the server fills the field with its result
    :param masking: kind of personal data, one of ``masks.KINDS``
    :param is_masked: whether the person in question gets a mask in its place
    :param right: what the person in question may do: edit, read, hidden, or must
        do: required
    """

    key: str
    type: str
    required: bool = False
    options: tuple = ()
    format: str | None = None
    mask: str | None = None
    minimum: float | str | None = None
    maximum: float | str | None = None
    max_length: int | None = None
    digits: int | None = None
    shown_when: tuple = ()
    required_when: tuple = ()
    formula: Formula | None = None
    masking: str | None = None
    is_masked: bool = False
    right: str = "edit"

    @property
    def is_editable(self):
        """Whether the person in question may fill it in."""
        return self.formula is None and self.right in ("edit", "required")


class Fault(NamedTuple):
    """One thing wrong with the values.

    :param key: the field's key, as it was sent
    :param code: unknown, required, readonly, or what a reader or format says
    :param seen: the value that was refused
    :param limit: the limit that was passed, if it is about one
    """

    key: str
    code: str
    seen: object
    limit: object = None


class Checked(NamedTuple):
    """The answer of :func:`check`.

    :param values: key -> value as it is stored; an emptied field is False
    :param faults: list of :class:`Fault`, unknown keys first, then in form order
    :param dropped: keys of values that were sent for fields not shown
    """

    values: dict
    faults: list
    dropped: list


class Survey(NamedTuple):
    """How a form looks while somebody fills it in.

    :param shown: keys of the fields that are shown
    :param required: keys of those that must have a value
    :param results: key -> result of a formula, False where there is none
    :param values: key -> value as it would be stored; what cannot be read is left out
    """

    shown: set
    required: set
    results: dict
    values: dict


def read(rule, value):
    """One value as it is stored.

    :raise Refused: with the code of what is wrong
    """
    value = READERS[rule.type](rule, value)
    if isinstance(value, str):
        if rule.max_length and len(value) > rule.max_length:
            raise Refused("too_long", rule.max_length)
        if value and not formats.fits(rule.format, value):
            raise Refused(f"format_{rule.format}")
        if value and rule.mask and not formats.fits_mask(rule.mask, value):
            raise Refused("mask", rule.mask)
    if isinstance(value, float) and rule.digits is not None:
        value = round(value, rule.digits)
    if isinstance(value, bool) or not isinstance(value, str | float):
        return value
    if rule.minimum is not None and value < rule.minimum:
        raise Refused("minimum", rule.minimum)
    if rule.maximum is not None and value > rule.maximum:
        raise Refused("maximum", rule.maximum)
    return value


def shown_keys(form, values, outside=None):
    """The keys of the fields that are shown with these values.

    A value counts for others only while its own field is shown.

    :param form: list of :class:`FieldRule`
    :param values: key -> value
    :param outside: function(path) -> value of a field of the ticket
    """
    rules = {rule.key: rule for rule in form}
    known = {}

    def is_shown(key):
        if not rules[key].shown_when:
            return True
        if key not in known:
            known[key] = False  # a field cannot wait for itself
            known[key] = conditions.matches(rules[key].shown_when, get)
        return known[key]

    def get(path):
        key = path.removeprefix(conditions.PREFIX)
        if key == path:
            return outside(path) if outside else None
        return values.get(key) if key in rules and is_shown(key) else None

    return {key for key, rule in rules.items() if not rule.shown_when or is_shown(key)}


def computed(form, values, shown):
    """The results of the form's formulas.

    :param form: list of :class:`FieldRule`
    :param values: key -> value
    :param shown: keys of the fields that are shown
    :return: key -> number, or False where there is none
    """
    known = {key: value for key, value in values.items() if key in shown}
    waiting = [rule for rule in form if rule.formula is not None]
    results = {}
    while waiting:
        keys = {rule.key for rule in waiting}
        ready = [rule for rule in waiting if not rule.formula.names & keys]
        for rule in ready or waiting:
            result = rule.formula.value(known) if rule.key in shown and ready else None
            number = False if result is None else float(result)
            if number is not False and rule.digits is not None:
                number = round(number, rule.digits)
            results[rule.key] = known[rule.key] = number
        waiting = [rule for rule in waiting if rule.key not in results]
    return results


def required_keys(form, values, shown, outside=None):
    """The keys of the fields that must have a value.

    :param form: list of :class:`FieldRule`
    :param values: key -> value
    :param shown: keys of the fields that are shown
    :param outside: function(path) -> value of a field of the ticket
    """

    def get(path):
        key = path.removeprefix(conditions.PREFIX)
        if key == path:
            return outside(path) if outside else None
        return values.get(key) if key in shown else None

    return {
        rule.key
        for rule in form
        if rule.key in shown
        and rule.is_editable
        and (
            rule.required
            or rule.right == "required"
            or (rule.required_when and conditions.matches(rule.required_when, get))
        )
    }


def survey(form, values, stored=None, outside=None):
    """How the form looks with these values, right or wrong.

    :param form: list of :class:`FieldRule`
    :param values: key -> value
    :param stored: key -> value that the record has so far
    :param outside: function(path) -> value of a field of the ticket
    :return: :class:`Survey`
    """
    clean, _faults = _read_all(form, values, stored or {})
    merged = {**(stored or {}), **clean}
    shown = shown_keys(form, merged, outside)
    results = computed(form, merged, shown)
    hidden = {rule.key for rule in form if rule.right == "hidden"}
    return Survey(
        shown - hidden,
        required_keys(form, merged, shown, outside),
        {key: result for key, result in results.items() if key not in hidden},
        clean,
    )


def check(form, values, complete=True, stored=None, outside=None):
    """Look at the values of a form.

    :param form: list of :class:`FieldRule`
    :param values: key -> value; keys that are left out are not touched
    :param complete: whether required fields must be there
    :param stored: key -> value that the record has so far
    :param outside: function(path) -> value of a field of the ticket
    :return: :class:`Checked`
    :raise TypeError: when the values are not a mapping of texts to values
    """
    if not isinstance(values, Mapping) or not all(
        isinstance(key, str) for key in values
    ):
        raise TypeError("values must map field keys to values")
    stored = {
        key: value for key, value in (stored or {}).items() if not is_empty(value)
    }
    visible = {rule.key for rule in form if rule.right != "hidden"}
    faults = [
        Fault(key, "unknown", values[key]) for key in values if key not in visible
    ]
    clean, refused = _read_all(form, values, stored)
    merged = {**stored, **clean}
    shown = shown_keys(form, merged, outside)
    dropped = [key for key in clean if key not in shown and not is_empty(clean[key])]
    for key in dropped:
        del clean[key]
    before = shown_keys(form, stored, outside) if stored else set()
    for rule in form:
        if rule.key in stored and rule.key in before and rule.key not in shown:
            clean[rule.key] = False
    merged = {**stored, **clean}
    results = computed(form, merged, shown)
    clean.update(
        (key, result)
        for key, result in results.items()
        if result != stored.get(key, False)
    )
    needed = required_keys(form, merged, shown, outside) if complete else ()
    for rule in form:
        if rule.key in refused and rule.key in shown:
            faults.append(refused[rule.key])
        elif rule.key in needed and is_empty(merged.get(rule.key)):
            faults.append(Fault(rule.key, "required", values.get(rule.key)))
    return Checked(clean, faults, dropped)


def _read_all(form, values, stored):
    """What was sent, as it is stored, and what cannot be read.

    :return: (key -> value, key -> :class:`Fault`)
    """
    clean, faults = {}, {}
    for rule in form:
        if rule.key not in values or rule.right == "hidden":
            continue
        value = values[rule.key]
        if rule.is_masked and masks.is_mask(value):
            if value != masks.masked(rule.masking, stored.get(rule.key)):
                faults[rule.key] = Fault(rule.key, "masked", value)
            continue
        try:
            value = False if is_empty(value) else read(rule, value)
        except Refused as error:
            if error.code == "readonly" and value == stored.get(rule.key, False):
                continue
            faults[rule.key] = Fault(rule.key, error.code, value, error.limit)
            continue
        value = False if is_empty(value) else value
        if rule.is_editable:
            clean[rule.key] = value
        elif value != stored.get(rule.key, False):
            faults[rule.key] = Fault(rule.key, "readonly", values[rule.key])
    return clean, faults
