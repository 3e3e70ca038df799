"""Decision tables: which rule answers for these values?

A rule is a list of conditions that must all hold; the first rule that does wins.
Numbers are compared as decimals, so 50.1 is 50.1, and a range excludes its lower
and includes its upper limit, so that neighbouring ranges share no value.

>>> bands = [
...     Rule("small", [Condition("area", "between", "0, 50")]),
...     Rule("medium", [Condition("area", "between", "50, 90")]),
...     Rule("large", [Condition("area", ">", "90")]),
... ]
>>> [first(bands, {"area": area}).ref for area in (50, 50.01, 90, 90.5)]
['small', 'medium', 'medium', 'large']
>>> first(bands, {"area": 0}) is None
True
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "in", "between", "contains")
#: What a comparison of texts by their order is written with.
ORDERED = ("<", "<=", ">", ">=", "between")


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; ``value`` is written as text, lists with commas."""

    dimension: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Rule:
    """All ``conditions`` together give ``ref``; no condition always holds.

    A default answers only when no other rule does; it has no conditions.
    """

    ref: Any
    conditions: Sequence[Condition] = ()
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """The rule that answered, what it looked at, and why in a sentence."""

    rule: Any
    inputs: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


def first(rules: Iterable[Rule], values: Mapping[str, Any]) -> Rule | None:
    """The first rule whose conditions all hold, else the default, if there is one."""
    default = None
    for rule in rules:
        if rule.is_default:
            default = default or rule
        elif matches(rule.conditions, values):
            return rule
    return default


def collect(rules: Iterable[Rule], values: Mapping[str, Any]) -> list[Rule]:
    """All rules whose conditions hold, in order; else the default, if there is one.

    >>> rules = [
    ...     Rule("ask", [Condition("text", "contains", "refund, 退款")]),
    ...     Rule("any", []),
    ...     Rule("none", is_default=True),
    ... ]
    >>> [rule.ref for rule in collect(rules, {"text": "我要退款"})]
    ['ask', 'any']
    >>> [rule.ref for rule in collect(rules[:1] + rules[2:], {"text": "hello"})]
    ['none']
    """
    found, default = [], []
    for rule in rules:
        if rule.is_default:
            default = default or [rule]
        elif matches(rule.conditions, values):
            found.append(rule)
    return found or default


def matches(conditions: Iterable[Condition], values: Mapping[str, Any]) -> bool:
    """Do all conditions hold for these values?

    A value that is missing (None, False or an empty text where no yes/no is
    asked for) is different from everything: it satisfies only ``!=``.

    >>> matches([Condition("level", "in", "gold, silver")], {"level": "silver"})
    True
    >>> matches([Condition("level", "!=", "gold")], {})
    True
    >>> matches([Condition("area", "<=", "50")], {"area": None})
    False
    >>> matches([Condition("urgent", "=", "false")], {"urgent": False})
    True

    A keyword is found wherever it stands, in small or capital letters:

    >>> matches([Condition("text", "contains", "refund")], {"text": "Refund, please"})
    True
    """
    return all(
        _holds(condition, values.get(condition.dimension)) for condition in conditions
    )


def limits(value: str) -> tuple[Decimal | None, Decimal | None]:
    """Read the two ends of a range; an empty end is open.

    >>> limits("50, 90")
    (Decimal('50'), Decimal('90'))
    >>> limits(", 50")
    (None, Decimal('50'))

    :raise ValueError: not exactly two numbers, or the lower is not below the upper
    """
    parts = items(value, keep_empty=True)
    if len(parts) != 2:
        raise ValueError(value)
    low, high = (number(part) if part else None for part in parts)
    if low is None and high is None:
        raise ValueError(value)
    if low is not None and high is not None and low >= high:
        raise ValueError(value)
    return low, high


def items(value: str, keep_empty: bool = False) -> list[str]:
    """Split a written list at commas, Chinese ones too.

    >>> items("gold， silver")
    ['gold', 'silver']
    """
    parts = [part.strip() for part in value.replace("，", ",").split(",")]
    return parts if keep_empty else [part for part in parts if part]


def number(value: Any) -> Decimal:
    """The value as an exact decimal.

    :raise ValueError: it is no finite number
    """
    try:
        result = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise ValueError(value) from error
    if not result.is_finite():
        raise ValueError(value)
    return result


def check(condition: Condition, is_number: bool) -> None:
    """Can this condition be evaluated at all?

    :raise ValueError: the operator is unknown or the value does not suit it
    """
    if condition.operator not in OPERATORS:
        raise ValueError(condition.operator)
    if condition.operator == "between":
        limits(condition.value)
    elif condition.operator == "contains":
        if is_number or not items(condition.value):
            raise ValueError(condition.value)
    elif condition.operator == "in":
        parts = items(condition.value)
        if not parts:
            raise ValueError(condition.value)
        if is_number:
            for part in parts:
                number(part)
    elif is_number:
        number(condition.value)


def _holds(condition: Condition, actual: Any) -> bool:
    if isinstance(actual, bool):
        wanted = condition.value.strip().lower()
        if wanted in ("true", "false"):
            actual = "true" if actual else "false"
            return _compare_texts(condition.operator, actual, wanted)
    if actual is None or actual is False or actual == "":
        return condition.operator == "!="
    if isinstance(actual, int | float | Decimal) and not isinstance(actual, bool):
        return _compare_numbers(condition, number(actual))
    return _compare_texts(condition.operator, str(actual), condition.value.strip())


def _compare_numbers(condition: Condition, actual: Decimal) -> bool:
    match condition.operator:
        case "between":
            low, high = limits(condition.value)
            return (low is None or actual > low) and (high is None or actual <= high)
        case "in":
            return any(actual == number(item) for item in items(condition.value))
        case operator:
            return _ordered(operator, actual, number(condition.value))


def _compare_texts(operator: str, actual: str, wanted: str) -> bool:
    match operator:
        case "between":
            low, high = items(wanted, keep_empty=True)
            return (not low or actual > low) and (not high or actual <= high)
        case "in":
            return actual in items(wanted)
        case "contains":
            return any(word.lower() in actual.lower() for word in items(wanted))
        case _:
            return _ordered(operator, actual, wanted)


def _ordered(operator: str, left: Any, right: Any) -> bool:
    match operator:
        case "=":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
    raise ValueError(operator)
