"""What a rule pays: one small class per formula.

A formula is built from its parameters (decimals and the keys of the dimensions it
reads) and computes an unrounded amount, writing every step into a trace.
A new formula is a subclass with a ``kind``; nothing else has to know about it.
Tiers are in :mod:`.tiers`, the matrix is in :mod:`.matrix`, what is kept between
limits is in :mod:`.limits`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .money import NotANumber, decimal, text
from .trace import Trace

FORMULAS = {}
HUNDREDTH = Decimal("0.01")


class Unpayable(ValueError):
    """A formula cannot pay this fact; each subclass says why.

    ``rule`` is the key of the rule that applied, None as long as none did.
    """

    rule = None


class MissingInput(Unpayable):
    """A formula reads a dimension that has no value on this fact."""

    def __init__(self, dimension):
        super().__init__(dimension)
        self.dimension = dimension


class BadInput(Unpayable):
    """A formula reads a dimension whose value is not a number."""

    def __init__(self, dimension, value):
        super().__init__(dimension, value)
        self.dimension = dimension
        self.value = value


class NegativeInput(Unpayable):
    """So many hours, pieces or metres cannot be: the value is below zero."""

    def __init__(self, dimension, value):
        super().__init__(dimension, value)
        self.dimension = dimension
        self.value = value


class BadFormula(ValueError):
    """The parameters of a formula contradict each other.

    ``fault`` says how, ``values`` name the parts it is about.
    """

    def __init__(self, fault, **values):
        super().__init__(fault)
        self.fault = fault
        self.values = values


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


def units(inputs, dimension):
    """The value of a dimension that is counted or measured.

    :raise NegativeInput: when it is below zero; besides what :func:`number` raises
    """
    value = number(inputs, dimension)
    if value < 0:
        raise NegativeInput(dimension, value)
    return value


def rated(unit, rate, value):
    """What ``value`` is worth at ``rate``.

    :param str unit: ``percent`` (20 is one fifth), ``per_unit`` (money for each
        unit), ``amount`` (the rate is the money)

    >>> [str(rated(unit, Decimal(20), Decimal(50))) for unit in
    ...  ("percent", "per_unit", "amount")]
    ['10.00', '1000', '20']
    """
    if unit == "percent":
        return rate * value * HUNDREDTH
    return rate * value if unit == "per_unit" else rate


class Spec(dict):
    """The parameters of a formula as a user fills them in; absent ones are empty."""

    EMPTY = {
        "tiers": (),
        "terms": (),
        "cells": (),
        "numbers": (),
        "dimension": "",
        "unit": "percent",
        "inner": "percent",
        "row_dimension": "",
        "column_dimension": "",
    }

    def __missing__(self, key):
        return self.EMPTY.get(key, 0)

    def having(self, **values):
        """The same with some parameters changed."""
        return Spec({**self, **values})

    def required_dimension(self):
        """:raise BadFormula: no dimension is chosen"""
        if not self["dimension"]:
            raise BadFormula("dimension missing")
        return self["dimension"]


class Formula:
    """Base of all formulas; ``reads`` names the dimensions it needs."""

    kind = None
    reads = ()

    def __init_subclass__(cls, **kwargs):  # pylint: disable=missing-return
        super().__init_subclass__(**kwargs)
        if cls.kind:
            FORMULAS[cls.kind] = cls

    @classmethod
    def build(cls, spec):
        """The formula of a :class:`Spec`.

        :raise BadFormula: the parameters contradict each other
        """
        raise NotImplementedError

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

    @classmethod
    def build(cls, spec):
        return cls(decimal(spec["amount"]))

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        trace.add("fixed", result=text(self.amount))
        return self.amount


@dataclass(frozen=True)
class Rated(Formula):
    """Base of what applies one rate to one dimension."""

    rate: Decimal
    dimension: str

    @property
    def reads(self):
        return (self.dimension,)

    @classmethod
    def build(cls, spec):
        return cls(decimal(spec["rate"]), spec.required_dimension())

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        read = units if self.kind == "per_unit" else number
        value = read(inputs, self.dimension)
        result = rated(self.kind, self.rate, value)
        trace.add(
            self.kind,
            rate=text(self.rate),
            dimension=self.dimension,
            value=text(value),
            result=text(result),
        )
        return result


class PerUnit(Rated):
    """An amount for each unit of a measured dimension.

    >>> trace = Trace()
    >>> PerUnit(Decimal("1.5"), "field.area").compute({"field.area": 60}, trace)
    Decimal('90.0')
    >>> trace.steps[0]["op"], trace.steps[0]["result"]
    ('per_unit', '90')
    """

    kind = "per_unit"


class Percent(Rated):
    """A share of an amount; ``rate`` is in percent, 20 means one fifth.

    >>> Percent(Decimal("20"), "price_total").compute({"price_total": 399}, Trace())
    Decimal('79.80')
    """

    kind = "percent"


@dataclass(frozen=True)
class BasePercent(Rated):
    """A base fee and a share of what lies above a threshold.

    >>> fee = BasePercent(Decimal(3), "sales", Decimal(5000), Decimal(200000))
    >>> [str(fee.compute({"sales": s}, Trace())) for s in (0, 200000, 300000)]
    ['5000', '5000', '8000.00']
    """

    kind = "base_percent"
    amount: Decimal
    threshold: Decimal

    @classmethod
    def build(cls, spec):
        return cls(
            decimal(spec["rate"]),
            spec.required_dimension(),
            decimal(spec["amount"]),
            decimal(spec["threshold"]),
        )

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        value = number(inputs, self.dimension)
        result = self.amount
        excess = value - self.threshold
        if excess > 0:
            result += rated("percent", self.rate, excess)
        trace.add(
            "base_percent",
            amount=text(self.amount),
            threshold=text(self.threshold),
            rate=text(self.rate),
            dimension=self.dimension,
            value=text(value),
            excess=text(max(excess, Decimal(0))),
            result=text(result),
        )
        return result


@dataclass(frozen=True)
class Coefficients(Formula):
    """Several measured values, each times its coefficient, added to a base.

    >>> formula = Coefficients(Decimal(10), (("viewers", Decimal("0.01")),
    ...                                      ("sales", Decimal("0.1"))))
    >>> formula.compute({"viewers": 2000, "sales": 300}, Trace())
    Decimal('60.00')
    """

    kind = "coefficient"
    amount: Decimal
    terms: Sequence[tuple[str, Decimal]]

    @property
    def reads(self):
        return tuple(dimension for dimension, _coefficient in self.terms)

    @classmethod
    def build(cls, spec):
        if not spec["terms"]:
            raise BadFormula("no terms")
        keys = [dimension for dimension, _coefficient in spec["terms"]]
        for key in keys:
            if keys.count(key) > 1:
                raise BadFormula("term twice", dimension=key)
        return cls(
            decimal(spec["amount"]),
            tuple((key, decimal(value)) for key, value in spec["terms"]),
        )

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        total = self.amount
        if total:
            trace.add("fixed", result=text(total))
        for dimension, coefficient in self.terms:
            value = number(inputs, dimension)
            part = coefficient * value
            total += part
            trace.add(
                "term",
                dimension=dimension,
                value=text(value),
                coefficient=text(coefficient),
                result=text(part),
            )
        trace.add("sum", result=text(total))
        return total
