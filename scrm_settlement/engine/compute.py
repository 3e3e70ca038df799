"""From a fact to an amount: which rule applies and what it pays.

A plan version is compiled once into :class:`Component` and :class:`Rule` objects;
then each fact is a dictionary of frozen inputs.  Nothing here reads a database.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from .formulas import Formula
from .money import round_to, text
from .trace import Trace


@dataclass(frozen=True)
class Rule:
    """One line of a component: when it applies and what it pays.

    ``applies`` gets the inputs and says whether all conditions hold; ``asks``
    names the dimensions the conditions look at.
    """

    key: str
    rank: int
    formula: Formula
    applies: Callable[[Mapping], bool] = lambda inputs: True
    asks: Sequence[str] = ()


@dataclass(frozen=True)
class Component:
    """A part of the payment: the first rule by rank that applies pays it.

    Rules of equal rank are taken in the order of their keys, so the order in
    which they were entered never matters.
    """

    key: str
    rules: Sequence[Rule] = field(default_factory=tuple)

    def ordered(self):
        return sorted(self.rules, key=lambda rule: (rule.rank, rule.key))


@dataclass(frozen=True)
class Result:
    """An amount in the plan's currency and everything that led to it."""

    rule: Rule
    amount: Decimal
    inputs: dict
    steps: list


def compute(component, inputs, rounding):
    """Compute what ``component`` pays for the frozen ``inputs``.

    :param Component component: compiled rules
    :param dict inputs: dimension key -> value
    :param Decimal rounding: rounding step of the plan's currency
    :return: :class:`Result`, or None when no rule applies
    :raise MissingInput: the formula needs a value that the fact does not have
    :raise BadInput: the formula needs a number and the fact has something else

    >>> from .formulas import Percent, Range
    >>> fee = Range(Percent(Decimal(20), "price_total"), Decimal(80), Decimal(150))
    >>> component = Component("fee", [Rule("standard", 10, fee)])
    >>> result = compute(component, {"price_total": 699}, Decimal("0.01"))
    >>> result.amount, [step["op"] for step in result.steps]
    (Decimal('139.80'), ['rule', 'percent', 'range', 'round'])
    >>> compute(Component("empty"), {}, Decimal("0.01")) is None
    True
    """
    seen = {}
    for rule in component.ordered():
        seen.update((key, inputs.get(key)) for key in rule.asks)
        if not rule.applies(inputs):
            continue
        trace = Trace()
        trace.add("rule", rule=rule.key)
        seen.update((key, inputs.get(key)) for key in rule.formula.reads)
        value = rule.formula.compute(inputs, trace)
        amount = round_to(value, rounding)
        trace.add(
            "round", value=text(value), rounding=text(rounding), result=text(amount)
        )
        return Result(rule, amount, seen, trace.steps)
    return None
