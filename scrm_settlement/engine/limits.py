"""Formulas kept between limits, and limits on what a whole period paid."""

from dataclasses import dataclass, field
from decimal import Decimal

from . import matrix, stages, tiers  # noqa: F401  they register themselves
from .formulas import FORMULAS, BadFormula, Formula, Spec, number
from .money import decimal, text
from .trace import Trace

#: What a payee has been paid in the period by the components of single facts.
PAID = "period.paid"


@dataclass(frozen=True)
class Range(Formula):
    """Another formula kept between a minimum and a maximum (both reachable).

    >>> from .formulas import Percent
    >>> fee = Range(Percent(Decimal(20), "price_total"), Decimal(80), Decimal(150))
    >>> [str(fee.compute({"price_total": p}, Trace())) for p in (399, 699, 999)]
    ['80', '139.80', '150']
    """

    kind = "range"
    inner: Formula
    minimum: Decimal
    maximum: Decimal
    reads: tuple = field(init=False)

    def __post_init__(self):
        if self.minimum > self.maximum:
            raise BadFormula("minimum above maximum")
        object.__setattr__(self, "reads", self.inner.reads)

    @classmethod
    def build(cls, spec):
        if spec["inner"] not in ("fixed", "per_unit", "percent"):
            raise BadFormula("unknown formula")
        return cls(
            FORMULAS[spec["inner"]].build(spec),
            decimal(spec["minimum"]),
            decimal(spec["maximum"]),
        )

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        value = self.inner.compute(inputs, trace)
        result = min(max(value, self.minimum), self.maximum)
        trace.add(
            "range",
            minimum=text(self.minimum),
            maximum=text(self.maximum),
            value=text(value),
            result=text(result),
        )
        return result


@dataclass(frozen=True)
class Limited(Formula):
    """Another formula with a floor, a cap or both; None leaves a side open.

    >>> from .formulas import PerUnit
    >>> fee = Limited(PerUnit(Decimal(10), "hours"), None, Decimal(100))
    >>> [str(fee.compute({"hours": hours}, Trace())) for hours in (3, 30)]
    ['30', '100']
    """

    inner: Formula
    floor: Decimal | None
    cap: Decimal | None
    reads: tuple = field(init=False)

    def __post_init__(self):
        if None not in (self.floor, self.cap) and self.floor > self.cap:
            raise BadFormula("floor above cap")
        object.__setattr__(self, "reads", self.inner.reads)

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        value = self.inner.compute(inputs, trace)
        if self.floor is not None and value < self.floor:
            trace.add("floor", value=text(value), result=text(self.floor))
            return self.floor
        if self.cap is not None and value > self.cap:
            trace.add("cap", value=text(value), result=text(self.cap))
            return self.cap
        return value


@dataclass(frozen=True)
class Scaled(Formula):
    """Another formula times a measured value in percent: 110 pays a tenth more.

    >>> from .formulas import Fixed
    >>> Scaled(Fixed(Decimal(50)), "score").compute({"score": 110}, Trace())
    Decimal('55.00')
    """

    inner: Formula
    dimension: str
    reads: tuple = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "reads", (*self.inner.reads, self.dimension))

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        value = self.inner.compute(inputs, trace)
        percent = number(inputs, self.dimension)
        result = value * percent * Decimal("0.01")
        trace.add(
            "scale",
            value=text(value),
            dimension=self.dimension,
            percent=text(percent),
            result=text(result),
        )
        return result


@dataclass(frozen=True)
class _OfPeriod(Formula):
    """How far the period's pay is from an amount, on one side of it."""

    amount: Decimal
    reads = (PAID,)

    @classmethod
    def build(cls, spec):
        return cls(decimal(spec["amount"]))

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        paid = number(inputs, PAID)
        result = self._side(self.amount - paid, Decimal(0))
        trace.add(
            self.kind, amount=text(self.amount), paid=text(paid), result=text(result)
        )
        return result


@dataclass(frozen=True)
class Guarantee(_OfPeriod):
    """What is missing to a sum guaranteed for the period.

    >>> top_up = Guarantee(Decimal(3000))
    >>> [str(top_up.compute({PAID: paid}, Trace())) for paid in (2800, 3000, 3100)]
    ['200', '0', '0']
    """

    kind = "guarantee"
    _side = staticmethod(max)


@dataclass(frozen=True)
class PeriodCap(_OfPeriod):
    """Takes back what the period paid above a limit; never positive.

    >>> cap = PeriodCap(Decimal(3000))
    >>> [str(cap.compute({PAID: paid}, Trace())) for paid in (2800, 3000, 3100)]
    ['0', '0', '-100']
    """

    kind = "period_cap"
    _side = staticmethod(min)


def build(kind, **parameters):
    """Build the formula ``kind`` from what a user filled in.

    Besides the parameters of the formula itself: ``factor`` (dimension in percent
    the result is multiplied by), ``floor`` and ``cap`` (None: not ticked).

    :raise BadFormula: naming what is missing or contradictory

    >>> build("fixed", amount="12.5")
    Fixed(amount=Decimal('12.5'))
    >>> build("fixed", amount=5, floor=8).compute({}, Trace())
    Decimal('8')
    """
    spec = Spec(parameters)
    if kind not in FORMULAS:
        raise BadFormula("unknown formula")
    formula = FORMULAS[kind].build(spec)
    if spec.get("factor"):
        formula = Scaled(formula, spec["factor"])
    floor, cap = (
        None if spec.get(name) is None else decimal(spec[name])
        for name in ("floor", "cap")
    )
    if floor is None and cap is None:
        return formula
    return Limited(formula, floor, cap)
