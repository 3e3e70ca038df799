"""What one unit costs: the terms of a price, and the order in which they work.

A tier names a base price. On it work, always in this order:

1. coefficients (what people earn and pay where the store is), multiplied;
2. promotions: those that stack are multiplied, the best of the others stands
   alone, and the customer gets the lower price of the two;
3. a discount that somebody granted;
4. the market: the price stays within some percent of a reference price;
5. the margin floor: the price never leaves less than some percent of itself
   above the cost, whatever came before;
6. rounding to the currency, once, and upwards where the floor would be missed.

The terms are all there is to a price: stored with a line they give the same number
again, and neither their order nor that of equal rules matters.

>>> terms = Terms(
...     base=Decimal(399),
...     coefficients=(Step("shanghai", Decimal("1.2")),),
...     promotions=(Promotion("spring", Decimal(10)),),
...     rounding=Decimal("0.01"),
... )
>>> [(step["step"], step["result"]) for step in compute(terms).steps]
[('coefficient', '478.8'), ('promotion', '430.92'), ('unit', '430.92')]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext
from math import prod

from .money import CONTEXT, decimal, round_to, text

HUNDRED = Decimal(100)


class BadTerms(ValueError):
    """Terms that no price can have: what is wrong, and the value."""


@dataclass(frozen=True, slots=True)
class Step:
    """A factor that a rule multiplies the price by."""

    ref: object
    value: Decimal


@dataclass(frozen=True, slots=True)
class Promotion:
    """A discount in percent; one that does not stack stands alone."""

    ref: object
    percent: Decimal
    stacks: bool = True


@dataclass(frozen=True, slots=True)
class Market:
    """A reference price, and how many percent the price may be away from it."""

    reference: Decimal
    limit: Decimal

    @property
    def bounds(self):
        """Lowest and highest price the market allows.

        >>> Market(Decimal(80), Decimal(10)).bounds == (72, 88)
        True
        """
        away = self.reference * self.limit / HUNDRED
        return max(self.reference - away, Decimal(0)), self.reference + away


@dataclass(frozen=True, slots=True)
class Floor:
    """The cost of a unit, and the share of the price that must remain above it."""

    cost: Decimal
    margin: Decimal

    @property
    def price(self):
        """The lowest price with this margin.

        >>> Floor(Decimal(75), Decimal(25)).price
        Decimal('100')
        """
        with localcontext(CONTEXT):
            return self.cost * HUNDRED / (HUNDRED - self.margin)


@dataclass(frozen=True, slots=True)
class Terms:
    """All that a price of one unit is made of, in one currency.

    :param base: what the tier says
    :param discount: percent granted by hand
    :param rounding: the currency's smallest step
    """

    base: Decimal
    coefficients: Sequence[Step] = ()
    promotions: Sequence[Promotion] = ()
    discount: Decimal = Decimal(0)
    market: Market | None = None
    floor: Floor | None = None
    rounding: Decimal = Decimal("0.01")

    def __post_init__(self):
        for name, percent in (
            ("discount", self.discount),
            *(("promotion", promotion.percent) for promotion in self.promotions),
        ):
            if not 0 <= percent <= HUNDRED:
                raise BadTerms(name, percent)
        if any(step.value < 0 for step in self.coefficients):
            raise BadTerms("coefficient")
        if self.market and (self.market.limit < 0 or self.market.reference < 0):
            raise BadTerms("market")
        if self.floor and not self.floor.margin < HUNDRED:
            raise BadTerms("margin", self.floor.margin)
        if not self.rounding > 0:
            raise BadTerms("rounding", self.rounding)

    def dump(self):
        """The terms as JSON; :meth:`load` reads them back.

        >>> terms = Terms(Decimal("7.5"), market=Market(Decimal(9), Decimal(5)))
        >>> Terms.load(terms.dump()) == terms
        True
        """
        return {
            "base": text(self.base),
            "coefficients": [[s.ref, text(s.value)] for s in self.coefficients],
            "promotions": [[p.ref, text(p.percent), p.stacks] for p in self.promotions],
            "discount": text(self.discount),
            "market": self.market
            and [text(self.market.reference), text(self.market.limit)],
            "floor": self.floor and [text(self.floor.cost), text(self.floor.margin)],
            "rounding": text(self.rounding),
        }

    @classmethod
    def load(cls, data):
        """The terms that :meth:`dump` wrote."""
        return cls(
            base=decimal(data["base"]),
            coefficients=tuple(
                Step(ref, decimal(value)) for ref, value in data["coefficients"]
            ),
            promotions=tuple(
                Promotion(ref, decimal(percent), stacks)
                for ref, percent, stacks in data["promotions"]
            ),
            discount=decimal(data["discount"]),
            market=data["market"] and Market(*map(decimal, data["market"])),
            floor=data["floor"] and Floor(*map(decimal, data["floor"])),
            rounding=decimal(data["rounding"]),
        )


@dataclass(frozen=True, slots=True)
class Price:
    """A unit's price, and each step to it with its result as text."""

    unit: Decimal
    steps: Sequence[dict]


def compute(terms: Terms) -> Price:
    """Work the terms out.

    >>> floor = Floor(Decimal("33.333"), Decimal(20))
    >>> compute(Terms(Decimal(100), discount=Decimal(70), floor=floor)).unit
    Decimal('41.67')
    """
    with localcontext(CONTEXT):
        return _compute(terms)


def _compute(terms):
    steps = []

    def note(kind, result, **words):
        steps.append({"step": kind, **words, "result": text(result)})

    unit = terms.base
    for step in sorted(terms.coefficients, key=lambda s: (s.value, str(s.ref))):
        unit *= step.value
        note("coefficient", unit, ref=step.ref, value=text(step.value))
    for promotion in _effective(terms.promotions):
        unit *= _left(promotion.percent)
        note("promotion", unit, ref=promotion.ref, value=text(promotion.percent))
    if terms.discount:
        unit *= _left(terms.discount)
        note("discount", unit, value=text(terms.discount))
    if terms.market:
        low, high = terms.market.bounds
        kept = min(max(unit, low), high)
        if kept != unit:
            note(
                "market",
                kept,
                value=text(terms.market.limit),
                reference=text(terms.market.reference),
            )
        unit = kept
    lowest = terms.floor and terms.floor.price
    if lowest is not None and unit < lowest:
        unit = lowest
        note(
            "floor",
            unit,
            value=text(terms.floor.margin),
            cost=text(terms.floor.cost),
        )
    rounded = round_to(unit, terms.rounding)
    if lowest is not None and rounded < lowest:
        rounded = _round_up(lowest, terms.rounding)
    note("unit", rounded)
    return Price(rounded, tuple(steps))


def _left(percent):
    return (HUNDRED - percent) / HUNDRED


def _effective(promotions):
    """The promotions the customer gets.

    >>> a, b = Promotion("a", Decimal(10)), Promotion("b", Decimal(20))
    >>> alone = Promotion("alone", Decimal(25), stacks=False)
    >>> [promotion.ref for promotion in _effective([a, alone, b])]
    ['a', 'b']
    >>> [promotion.ref for promotion in _effective([a, alone])]
    ['alone']
    """
    stack = sorted(
        (promotion for promotion in promotions if promotion.stacks),
        key=lambda promotion: (promotion.percent, str(promotion.ref)),
    )
    alone = sorted(
        (promotion for promotion in promotions if not promotion.stacks),
        key=lambda promotion: (-promotion.percent, str(promotion.ref)),
    )
    together = prod((_left(promotion.percent) for promotion in stack), start=Decimal(1))
    if alone and _left(alone[0].percent) < together:
        return alone[:1]
    return stack


def _round_up(amount, rounding):
    """
    >>> _round_up(Decimal("41.661"), Decimal("0.01"))
    Decimal('41.67')
    """
    steps = (amount / rounding).to_integral_value(rounding=ROUND_CEILING)
    return (steps * rounding).quantize(rounding)


def amount(unit, quantity, cover, rounding):
    """What the customer pays, and what somebody else pays for him.

    :param unit: price of one, rounded
    :param quantity: below zero for a return
    :param cover: percent that a warranty or contract pays
    :return: (charged, covered), both rounded; together the whole amount

    >>> amount(Decimal("19.99"), Decimal(3), Decimal(50), Decimal("0.01"))
    (Decimal('29.98'), Decimal('29.99'))
    >>> amount(Decimal("19.99"), Decimal(-1), Decimal(0), Decimal("0.01"))
    (Decimal('-19.99'), Decimal('0.00'))
    """
    with localcontext(CONTEXT):
        whole = round_to(unit * quantity, rounding)
        covered = round_to(whole * cover / HUNDRED, rounding) + Decimal(0)
        return whole - covered, covered
