"""From a fact to an amount: which rule applies and what it pays.

A plan version is compiled once into :class:`Component` and :class:`Rule` objects;
then each fact is a dictionary of frozen inputs.  Nothing here reads a database.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from .formulas import Formula, Unpayable
from .money import CONTEXT, round_to, text
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

    def __post_init__(self):
        ordered = sorted(self.rules, key=lambda rule: (rule.rank, rule.key))
        object.__setattr__(self, "rules", tuple(ordered))

    @property
    def asks(self):
        """All dimensions that its conditions and formulas look at, each once."""
        keys = (key for rule in self.rules for key in (*rule.asks, *rule.formula.reads))
        return tuple(dict.fromkeys(keys))


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
    :raise Unpayable: the rule that applies cannot pay these inputs: a value is
        missing, no number, negative, beyond the last tier, in no cell; it names
        the rule

    >>> from .formulas import Percent
    >>> from .limits import Range
    >>> fee = Range(Percent(Decimal(20), "price_total"), Decimal(80), Decimal(150))
    >>> component = Component("fee", [Rule("standard", 10, fee)])
    >>> result = compute(component, {"price_total": 699}, Decimal("0.01"))
    >>> result.amount, [step["op"] for step in result.steps]
    (Decimal('139.80'), ['rule', 'percent', 'range', 'round'])
    >>> compute(Component("empty"), {}, Decimal("0.01")) is None
    True
    """
    seen = {}
    for rule in component.rules:
        seen.update((key, inputs.get(key)) for key in rule.asks)
        if not rule.applies(inputs):
            continue
        trace = Trace(rounding)
        trace.add("rule", rule=rule.key)
        seen.update((key, inputs.get(key)) for key in rule.formula.reads)
        try:
            with localcontext(CONTEXT):
                value = rule.formula.compute(inputs, trace)
        except Unpayable as fault:
            fault.rule = rule.key
            raise
        amount = round_to(value, rounding)
        trace.add(
            "round", value=text(value), rounding=text(rounding), result=text(amount)
        )
        return Result(rule, amount, seen, trace.steps)
    return None


def correct(result, paid, rounding):
    """Turn what is due into what is still to pay.

    The interim payment was 140; the final result is 1,080, so 940 are to pay.

    :param Result result: what is due in all
    :param Decimal paid: what earlier revisions have paid
    :return: the same result with the difference as its amount

    >>> from .formulas import Fixed
    >>> component = Component("fee", [Rule("all", 1, Fixed(Decimal(1080)))])
    >>> due = compute(component, {}, Decimal("0.01"))
    >>> str(correct(due, Decimal(140), Decimal("0.01")).amount)
    '940.00'
    """
    amount = round_to(result.amount - paid, rounding)
    step = {
        "op": "difference",
        "due": text(result.amount),
        "paid": text(paid),
        "result": text(amount),
    }
    return Result(result.rule, amount, result.inputs, [*result.steps, step])
