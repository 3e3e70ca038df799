"""Which rule of a tier gives the base price.

The narrowest scope answers first: variant, product, category, everything. There a
rule with conditions goes before one without, a larger minimum quantity before a
smaller one, a lower rank before a higher one. Rules without conditions keep Odoo's
order. Of rules that are equal in all this the customer gets the lowest price, so
the order they were written in says nothing.

>>> def fixed(ref, price, *conditions, **values):
...     return TierRule(
...         ref, VARIANT, "fixed", 7, conditions=conditions, amount=price, **values
...     )
>>> vip = decision.Condition("level", "=", "vip")
>>> tier = Tier([fixed(1, 100), fixed(2, 90, vip), fixed(3, 85, vip, rank=20)])
>>> sources, lamp = Sources(Decimal(120), Decimal(60)), Product(7, 7, ())
>>> [tier.choose(lamp, 1, {"level": level}, sources).price for level in ("vip", "")]
[90, 100]
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from odoo.addons.scrm_flow.engine import decision

from .formulas import Unpayable
from .matrix import Axis, Matrix
from .money import CONTEXT, round_to
from .trace import Trace

#: Scopes from the narrowest, as Odoo numbers them.
VARIANT, PRODUCT, CATEGORY, ALL = range(4)


class NoBand(ValueError):
    """No cell of a rule's matrix is for this cost."""


@dataclass(frozen=True, slots=True)
class Product:
    """Where rules may find a product: variant, template, categories from its own up."""

    variant: int
    template: int
    categories: Sequence[int]


@dataclass(frozen=True, slots=True)
class Sources:
    """What a base price is made from, in the tier's currency.

    ``other(ref)`` gives the price of the pricelist that a rule is based on.
    """

    list_price: Decimal
    cost: Decimal
    other: Callable[[object], Decimal] | None = None


@dataclass(frozen=True, slots=True)
class TierRule:
    """One rule of a tier.

    :param kind: ``fixed``, ``percentage`` (off the base), ``formula`` or ``matrix``
    :param base: ``list_price``, ``standard_price`` or ``pricelist``
    :param target: id of the variant, template or category it is for
    """

    ref: int
    scope: int
    kind: str
    target: int | None = None
    base: str = "list_price"
    base_ref: object = None
    min_quantity: Decimal = Decimal(0)
    rank: int = 10
    conditions: Sequence[decision.Condition] = ()
    amount: Decimal = Decimal(0)
    percent: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    extra: Decimal = Decimal(0)
    min_margin: Decimal = Decimal(0)
    max_margin: Decimal = Decimal(0)
    matrix: Matrix | None = None
    start: object = None
    end: object = None

    @property
    def order(self):
        """Rules with the same value of this are equal."""
        if self.conditions:
            return (0, -self.min_quantity, self.rank)
        return (1, -self.min_quantity, -(self.target or 0), -self.ref)

    def valid(self, now):
        return not (
            now and ((self.start and now < self.start) or (self.end and now > self.end))
        )

    def price(self, sources: Sources, values: Mapping) -> Decimal:
        """What the rule says a unit costs, not rounded.

        :raise NoBand: a matrix has no cell for the values
        """
        if self.kind == "fixed":
            return self.amount
        base = {
            "list_price": lambda: sources.list_price,
            "standard_price": lambda: sources.cost,
            "pricelist": lambda: sources.other(self.base_ref),
        }[self.base]()
        if self.kind == "matrix":
            try:
                return base * self.matrix.compute(values, Trace())
            except Unpayable as error:
                raise NoBand(self.ref) from error
        price = base - base * self.percent / 100
        if self.kind == "percentage":
            return price
        if self.rounding:
            price = round_to(price, self.rounding)
        price += self.extra
        if self.min_margin:
            price = max(price, base + self.min_margin)
        if self.max_margin:
            price = min(price, base + self.max_margin)
        return price


@dataclass(frozen=True, slots=True)
class Choice:
    """The rule that answered (None: Odoo's sales price), and its price."""

    rule: TierRule | None
    price: Decimal


@dataclass
class Tier:
    """The rules of one pricelist, found by what they are for."""

    rules: Sequence[TierRule]
    _index: dict = field(default_factory=dict, init=False, repr=False)
    reads: frozenset = field(init=False)

    def __post_init__(self):
        for rule in self.rules:
            target = None if rule.scope == ALL else rule.target
            self._index.setdefault((rule.scope, target), []).append(rule)
        for rules in self._index.values():
            rules.sort(key=lambda rule: rule.order)
        self.reads = frozenset(
            condition.dimension for rule in self.rules for condition in rule.conditions
        ) | frozenset(
            key for rule in self.rules if rule.matrix for key in rule.matrix.reads
        )

    def choose(self, product, quantity, values, sources, now=None, matches=None):
        """The rule for a product, and its price.

        :param quantity: in the product's unit; of a return its size counts
        :param values: what the conditions ask
        :param matches: ``matches(conditions, values)``, to remember answers
        :raise NoBand: the rule's matrix has no cell for the values
        """
        matches = matches or decision.matches
        with localcontext(CONTEXT):
            for rules in self._scopes(product):
                best = self._best(rules, abs(quantity), values, now, matches)
                if best:
                    prices = [(rule.price(sources, values), rule.ref) for rule in best]
                    price, ref = min(prices)
                    rule = next(rule for rule in best if rule.ref == ref)
                    return Choice(rule, price)
        return Choice(None, sources.list_price)

    def _scopes(self, product):
        index = self._index
        yield index.get((VARIANT, product.variant), ())
        yield index.get((PRODUCT, product.template), ())
        found = [index.get((CATEGORY, key), ()) for key in product.categories]
        yield sorted(
            (rule for rules in found for rule in rules), key=lambda rule: rule.order
        )
        yield index.get((ALL, None), ())

    @staticmethod
    def _best(rules, quantity, values, now, matches):
        best = []
        for rule in rules:
            if best and rule.order != best[0].order:
                break
            if (
                quantity >= rule.min_quantity
                and rule.valid(now)
                and matches(rule.conditions, values)
            ):
                best.append(rule)
        return best


def bands(row, column, cells):
    """The matrix of a rule: cost bands (and, say, days in stock) -> multiplier.

    :param row: dimension of numbers, such as the cost
    :param column: another one, empty when there is only one
    :param cells: (row heading, column heading, multiplier) each

    >>> table = bands("cost", "", [(", 10", "", "2.5"), ("10,", "", "1.8")])
    >>> [str(table.compute({"cost": cost}, Trace())) for cost in (10, 10.01)]
    ['2.5', '1.8']
    """
    return Matrix.of(Axis(row, True), Axis(column, True), "amount", "", cells)
