"""Periods, and what the facts of one payee add up to in them."""

import calendar
import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .formulas import BadInput, Unpayable
from .limits import PAID
from .money import NotANumber, decimal, round_to

#: How many facts the payee has in the period.
COUNT = "period.count"
#: How many different stores they are about, and how many percent of those the
#: component names.
STORES = "period.stores"
COVERAGE = "period.coverage"
AVERAGE = "average."
MILLIONTH = Decimal("0.000001")
#: Months in a period of each kind.
MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Mixed(Unpayable):
    """The facts of a period differ in what a condition asks of them."""

    def __init__(self, dimension):
        super().__init__(dimension)
        self.dimension = dimension


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of days; ``code`` names it in keys for ever."""

    first: datetime.date
    last: datetime.date
    code: str

    @property
    def source_key(self):
        return f"period:{self.code}"


def period_of(day, kind):
    """The month, quarter or year a day lies in.

    >>> [period_of(datetime.date(2026, 8, 31), kind).code for kind in MONTHS]
    ['2026-08', '2026-Q3', '2026']
    >>> str(period_of(datetime.date(2028, 2, 1), "month").last)
    '2028-02-29'
    """
    length = MONTHS[kind]
    start = (day.month - 1) // length * length + 1
    end = start + length - 1
    code = {
        "month": f"{day.year}-{start:02d}",
        "quarter": f"{day.year}-Q{start // 3 + 1}",
        "year": f"{day.year}",
    }[kind]
    return Period(
        datetime.date(day.year, start, 1),
        datetime.date(day.year, end, calendar.monthrange(day.year, end)[1]),
        code,
    )


def totals(
    facts: Iterable[Mapping],
    asked: Iterable[str],
    numbers: Iterable[str],
    paid=0,
    stores=(),
):
    """The inputs of a period: what ``asked`` means over all facts.

    A number is the sum of the facts that have it, ``average.<number>`` their
    average, any other dimension the one value they agree on (None: none has one).
    The sum over no facts is 0.

    :param facts: the inputs of each fact
    :param asked: dimension keys
    :param numbers: those keys that are numbers
    :param paid: what single facts have paid the payee in the period
    :param stores: keys of the stores that are to be served; none: any store counts,
        and there is no share
    :raise Mixed: the facts do not agree
    :raise BadInput: something that should be added up is no number

    >>> facts = [{"hours": 1.5, "kind": "shop"}, {"hours": 2}, {"kind": "shop"}]
    >>> asked = ["hours", "average.hours", "kind", "period.count"]
    >>> totals(facts, asked, ["hours"])
    {'hours': 3.5, 'average.hours': 1.75, 'kind': 'shop', 'period.count': 3}
    >>> totals([], ["hours", "kind"], ["hours"])
    {'hours': 0, 'kind': None}
    >>> served = [{"store": "a"}, {"store": "b"}, {"store": "a"}, {"store": "x"}]
    >>> totals(served, [STORES, COVERAGE], [], stores=["a", "b", "c"])
    {'period.stores': 2, 'period.coverage': 66.666667}
    >>> totals([{"kind": "shop"}, {"kind": "web"}], ["kind"], [])
    Traceback (most recent call last):
    ...
    odoo.addons.scrm_settlement.engine.period.Mixed: kind
    """
    facts = list(facts)
    found = {}
    for key in asked:
        if key == COUNT:
            found[key] = len(facts)
        elif key in (STORES, COVERAGE):
            found[key] = _served(facts, stores, in_percent=key == COVERAGE)
        elif key == PAID:
            found[key] = _plain(decimal(paid))
        elif key.startswith(AVERAGE):
            values = _values(facts, key.removeprefix(AVERAGE))
            found[key] = None
            if values:
                found[key] = _plain(round_to(sum(values) / len(values), MILLIONTH))
        elif key in numbers:
            found[key] = _plain(sum(_values(facts, key), Decimal(0)))
        else:
            found[key] = _common(facts, key)
    return found


def _served(facts, stores, in_percent):
    served = {inputs.get("store") for inputs in facts} - {None, False, ""}
    if stores:
        served &= set(stores)
    if not in_percent:
        return len(served)
    if not stores:
        return None
    share = Decimal(len(served)) * 100 / len(set(stores))
    return _plain(round_to(share, MILLIONTH))


def _plain(value):
    """A decimal as JSON keeps it, and as a fact's inputs would hold it."""
    return int(value) if value == value.to_integral_value() else float(value)


def _values(facts, key):
    values = []
    for inputs in facts:
        value = inputs.get(key)
        if value in (None, False, ""):
            continue
        try:
            values.append(decimal(value))
        except NotANumber:
            raise BadInput(key, value) from None
    return values


def _common(facts, key):
    values = {
        str(inputs[key]): inputs[key]
        for inputs in facts
        if inputs.get(key) not in (None, "")
    }
    if len(values) > 1:
        raise Mixed(key)
    return next(iter(values.values()), None)
