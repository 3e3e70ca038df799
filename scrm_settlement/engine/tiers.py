"""Formulas of tiers: what is paid depends on the band a value falls into.

A band excludes its lower and includes its upper limit, as in decision tables, so a
value exactly at a limit still belongs to the lower band.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .formulas import BadFormula, Formula, Unpayable, number, rated, units
from .money import decimal, text
from .trace import Trace


class Beyond(Unpayable):
    """The value is above the last tier, and that tier has an upper limit."""

    def __init__(self, dimension, value, limit):
        super().__init__(dimension, value, limit)
        self.dimension, self.value, self.limit = dimension, value, limit


@dataclass(frozen=True)
class Tier:
    """From ``above`` (excluded) to ``up_to`` (included; None: no limit)."""

    above: Decimal
    up_to: Decimal | None
    value: Decimal

    def words(self):
        """The limits for a message.

        >>> Tier(Decimal(100), None, Decimal(1)).words()
        '100 – ∞'
        """
        return f"{text(self.above)} – {'∞' if self.up_to is None else text(self.up_to)}"


def read_tiers(rows):
    """Tiers in order.

    :param rows: (above, up to or None, value) each
    :raise BadFormula: there is none, or one has its limits the wrong way round
    """
    tiers = sorted(
        (
            Tier(decimal(above), None if up_to is None else decimal(up_to), decimal(v))
            for above, up_to, v in rows
        ),
        key=lambda tier: (tier.above, tier.up_to is None, tier.up_to or 0),
    )
    if not tiers:
        raise BadFormula("no tiers")
    for tier in tiers:
        if tier.up_to is not None and tier.up_to <= tier.above:
            raise BadFormula("empty tier", tier=tier.words())
    return tuple(tiers)


def check_chain(tiers):
    """Each tier begins where the one before it ends.

    :raise BadFormula: two overlap, or there is a gap between them

    >>> check_chain(read_tiers([(0, 100, 10), (90, None, 20)]))
    Traceback (most recent call last):
    ...
    odoo.addons.scrm_settlement.engine.formulas.BadFormula: overlap
    """
    for lower, upper in zip(tiers, tiers[1:], strict=False):
        words = {"lower": lower.words(), "upper": upper.words()}
        if lower.up_to is None or upper.above < lower.up_to:
            raise BadFormula("overlap", **words)
        if upper.above > lower.up_to:
            raise BadFormula("gap", **words)


@dataclass(frozen=True)
class Tiered(Formula):
    """Base of what reads one dimension and has tiers."""

    dimension: str
    unit: str
    tiers: Sequence[Tier]

    allowed = ("percent", "per_unit", "amount")

    @property
    def reads(self):
        return (self.dimension,)

    @classmethod
    def build(cls, spec):
        if spec["unit"] not in cls.allowed:
            raise BadFormula("unit")
        tiers = read_tiers(spec["tiers"])
        cls.check(tiers)
        return cls(spec.required_dimension(), spec["unit"], tiers)

    check = staticmethod(check_chain)

    def _read(self, inputs):
        return (units if self.unit == "per_unit" else number)(inputs, self.dimension)

    def _value(self, inputs):
        value = self._read(inputs)
        limit = self.tiers[-1].up_to
        if limit is not None and value > limit:
            raise Beyond(self.dimension, value, limit)
        return value


class Slab(Tiered):
    """Each part of the value is paid at the rate of the tier it lies in.

    Of 3,800 the first 100 are paid at 10 %, the next 200 at 20 %, the rest at 30 %:
    10 + 40 + 1,050.

    >>> tiers = read_tiers([(0, 100, 10), (100, 300, 20), (300, 6000, 30)])
    >>> Slab("sales", "percent", tiers).compute({"sales": 3800}, Trace())
    Decimal('1100.00')
    """

    kind = "slab"
    allowed = ("percent", "per_unit")

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        value = self._value(inputs)
        total = Decimal(0)
        for tier in self.tiers:
            if value <= tier.above:
                break
            top = value if tier.up_to is None else min(value, tier.up_to)
            part = top - tier.above
            paid = rated(self.unit, tier.value, part)
            total += paid
            trace.add(
                "slab",
                tier=tier.words(),
                part=text(part),
                rate=text(tier.value),
                unit=self.unit,
                result=text(paid),
            )
        trace.add(
            "tiers_total",
            dimension=self.dimension,
            value=text(value),
            result=text(total),
        )
        return total


class Retroactive(Tiered):
    """The whole value is paid at the rate of the tier it has reached.

    >>> tiers = read_tiers([(0, 10000, 2), (10000, None, 4)])
    >>> formula = Retroactive("sales", "percent", tiers)
    >>> [str(formula.compute({"sales": s}, Trace())) for s in (7000, 10000, 27000)]
    ['140.00', '200.00', '1080.00']
    """

    kind = "retroactive"

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        value = self._value(inputs)
        for tier in self.tiers:
            if value > tier.above and (tier.up_to is None or value <= tier.up_to):
                result = rated(self.unit, tier.value, value)
                trace.add(
                    "retroactive",
                    dimension=self.dimension,
                    value=text(value),
                    tier=tier.words(),
                    rate=text(tier.value),
                    unit=self.unit,
                    result=text(result),
                )
                return result
        trace.add("no_tier", dimension=self.dimension, value=text(value), result="0")
        return Decimal(0)


def check_triggers(tiers):
    """No two triggers at the same limit.

    :raise BadFormula: two overlap
    """
    for lower, upper in zip(tiers, tiers[1:], strict=False):
        if lower.above == upper.above:
            raise BadFormula("overlap", lower=lower.words(), upper=upper.words())


class Bonus(Tiered):
    """Every trigger that the value exceeds pays, one on top of the other.

    Above 500,000 one percent of all, above 800,000 half a percent more; exactly at
    a limit it is not yet exceeded.

    >>> tiers = read_tiers([(500000, None, 1), (800000, None, "0.5")])
    >>> bonus = Bonus("sales", "percent", tiers)
    >>> [str(bonus.compute({"sales": s}, Trace())) for s in (500000, 800000, 900000)]
    ['0', '8000.00', '13500.000']
    """

    kind = "bonus"

    check = staticmethod(check_triggers)

    @classmethod
    def build(cls, spec):
        rows = [(above, None, value) for above, _up_to, value in spec["tiers"]]
        return super().build(spec.having(tiers=rows))

    def compute(self, inputs: dict, trace: Trace) -> Decimal:
        value = self._read(inputs)
        total = Decimal(0)
        for tier in self.tiers:
            if value <= tier.above:
                break
            paid = rated(self.unit, tier.value, value)
            total += paid
            trace.add(
                "bonus",
                dimension=self.dimension,
                value=text(value),
                limit=text(tier.above),
                rate=text(tier.value),
                unit=self.unit,
                result=text(paid),
            )
        if not total:
            trace.add(
                "no_bonus",
                dimension=self.dimension,
                value=text(value),
                limit=text(self.tiers[0].above),
                result="0",
            )
        return total
