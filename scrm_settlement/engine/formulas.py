"""What a rule pays: one small class per formula.

A formula is built from its parameters (decimals and the key of the dimension it
reads) and computes an unrounded amount, writing every step into a trace.
A new formula is a subclass with a ``kind``; nothing else has to know about it.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from .money import CONTEXT, NotANumber, decimal, text
from .trace import Trace

FORMULAS = {}


class MissingInput(ValueError):
    """A formula reads a dimension that has no value on this fact."""

    def __init__(self, dimension):
        super().__init__(dimension)
        self.dimension = dimension


class BadInput(ValueError):
    """A formula reads a dimension whose value is not a number."""

    def __init__(self, dimension, value):
        super().__init__(dimension, value)
        self.dimension = dimension
        self.value = value


class BadFormula(ValueError):
    """The parameters of a formula contradict each other; the message says how."""


def number(inputs, dimension):
    """The value of ``dimension`` as a Decimal.

    :raise MissingInput: when it has no value
    :raise BadInput: when it is not a number
    """
    value = inputs.get(dimension)
    if value is None or value is False or value == "":
        raise MissingInput(dimension)
    try:
        return decimal(value)
    except NotANumber:
        raise BadInput(dimension, value) from None


class Formula:
    """Base of all formulas; ``reads`` names the dimensions it needs."""

    kind = None
    reads = ()

    def __init_subclass__(cls, **kwargs):  # pylint: disable=missing-return
        super().__init_subclass__(**kwargs)
        if cls.kind:
            FORMULAS[cls.kind] = cls

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        """Return the unrounded amount for ``inputs``, tracing each step."""
        raise NotImplementedError


@dataclass(frozen=True)
class Fixed(Formula):
    """The same amount each time.

    >>> Fixed(Decimal("80")).compute({}, Trace())
    Decimal('80')
    """

    kind = "fixed"
    amount: Decimal

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        trace.add("fixed", result=text(self.amount))
        return self.amount


@dataclass(frozen=True)
class PerUnit(Formula):
    """An amount for each unit of a measured dimension.

    >>> trace = Trace()
    >>> PerUnit(Decimal("1.5"), "field.area").compute({"field.area": 60}, trace)
    Decimal('90.0')
    >>> trace.steps[0]["op"], trace.steps[0]["result"]
    ('per_unit', '90')
    """

    kind = "per_unit"
    rate: Decimal
    dimension: str

    @property
    def reads(self):
        return (self.dimension,)

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        value = number(inputs, self.dimension)
        result = CONTEXT.multiply(self.rate, value)
        trace.add(
            "per_unit",
            rate=text(self.rate),
            dimension=self.dimension,
            value=text(value),
            result=text(result),
        )
        return result


@dataclass(frozen=True)
class Percent(Formula):
    """A share of an amount; ``rate`` is in percent, 20 means one fifth.

    >>> Percent(Decimal("20"), "price_total").compute({"price_total": 399}, Trace())
    Decimal('79.80')
    """

    kind = "percent"
    rate: Decimal
    dimension: str

    @property
    def reads(self):
        return (self.dimension,)

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        value = number(inputs, self.dimension)
        result = CONTEXT.multiply(CONTEXT.multiply(self.rate, value), Decimal("0.01"))
        trace.add(
            "percent",
            rate=text(self.rate),
            dimension=self.dimension,
            value=text(value),
            result=text(result),
        )
        return result


@dataclass(frozen=True)
class Range(Formula):
    """Another formula kept between a minimum and a maximum (both reachable).

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


def build(kind, *, amount, rate, dimension, minimum, maximum, inner="percent"):
    """Build the formula ``kind`` from the columns of a rule.

    :param str kind: fixed, per_unit, percent or range
    :param amount: money for ``fixed``
    :param rate: money per unit for ``per_unit``, percent for ``percent``
    :param str dimension: key of the measured dimension
    :param minimum: lower limit in money, for ``range``
    :param maximum: upper limit in money, for ``range``
    :param str inner: the formula inside a ``range``
    :raise BadFormula: naming what is missing or contradictory

    >>> build("fixed", amount="12.5", rate=0, dimension="", minimum=0, maximum=0)
    Fixed(amount=Decimal('12.5'))
    """
    if kind == "fixed":
        return Fixed(decimal(amount))
    if kind in ("per_unit", "percent"):
        if not dimension:
            raise BadFormula("dimension missing")
        return FORMULAS[kind](decimal(rate), dimension)
    if kind == "range" and inner != "range":
        base = build(
            inner,
            amount=amount,
            rate=rate,
            dimension=dimension,
            minimum=minimum,
            maximum=maximum,
        )
        return Range(base, decimal(minimum), decimal(maximum))
    raise BadFormula("unknown formula")
