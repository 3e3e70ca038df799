"""What a customer's purchases and visits say: how often, how much, when again.

Plain logic without a database, in days and amounts.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean, median

#: Seconds on one product from which a visit says that somebody is interested.
DWELL_SECONDS = 60


@dataclass(frozen=True)
class Purchases:
    """How somebody buys; `every_days` is None until there are two purchases."""

    count: int
    every_days: int | None
    low: float
    average: float
    high: float
    last: date


def purchases(orders: Sequence[tuple[date, float]]) -> Purchases | None:
    """Frequency and range of the amounts of orders, given as (day, amount).

    >>> purchases([(date(2026, 1, 1), 100.0), (date(2026, 3, 2), 300.0)])
    ... # doctest: +NORMALIZE_WHITESPACE
    Purchases(count=2, every_days=60, low=100.0, average=200.0, high=300.0,
              last=datetime.date(2026, 3, 2))
    >>> purchases([])
    """
    if not orders:
        return None
    days = sorted({day for day, _amount in orders})
    amounts = [amount for _day, amount in orders]
    gaps = [
        (after - before).days for before, after in zip(days, days[1:], strict=False)
    ]
    return Purchases(
        len(orders),
        round(median(gaps)) if gaps else None,
        min(amounts),
        mean(amounts),
        max(amounts),
        days[-1],
    )


def renewal(
    bought: Iterable[date],
    units_bought: float = 0,
    units_left: float | None = None,
    today: date | None = None,
) -> tuple[date, date] | None:
    """When the next purchase is to be expected: (from, until).

    Units that run out say it best: what is left lasts as long as the pace since the
    last purchase lets it. Otherwise the usual gap between purchases does. The period
    begins a sixth of the span, at least a week, before that day.

    >>> renewal([date(2026, 1, 1)], 40, 10, date(2026, 3, 2))  # 30 in 60 days
    (datetime.date(2026, 3, 12), datetime.date(2026, 3, 22))
    >>> renewal([date(2025, 1, 1), date(2025, 7, 2)])  # every 182 days
    (datetime.date(2025, 12, 1), datetime.date(2025, 12, 31))
    >>> renewal([date(2025, 1, 1)])
    """
    days = sorted(set(bought))
    if not days:
        return None
    last = days[-1]
    if units_left is not None and today and units_bought > units_left:
        used, since = units_bought - units_left, max((today - last).days, 1)
        span = since * units_left / used
        end, whole = today + timedelta(days=round(span)), since
    elif len(days) > 1:
        gaps = [(b - a).days for a, b in zip(days, days[1:], strict=False)]
        whole = round(median(gaps))
        end = last + timedelta(days=whole)
    else:
        return None
    return end - timedelta(days=max(round(whole / 6), 7)), end


def interests(
    visits: Iterable[tuple[int, float, int]], bought: Iterable[int] = ()
) -> list[tuple[int, float, int]]:
    """Products looked at for long or put into the cart, and not bought.

    :param visits: (product, seconds, times put into the cart)
    :return: (product, seconds in all, times in all), the strongest first

    >>> interests([(7, 40, 0), (7, 30, 0), (8, 5, 1), (9, 10, 0), (6, 500, 1)], [6])
    [(8, 5, 1), (7, 70, 0)]
    """
    seconds: Counter[int] = Counter()
    carts: Counter[int] = Counter()
    for product, spent, added in visits:
        seconds[product] += spent
        carts[product] += added
    known = set(bought)
    found = [
        (product, seconds[product], carts[product])
        for product in seconds
        if product not in known
        and (carts[product] or seconds[product] >= DWELL_SECONDS)
    ]
    return sorted(found, key=lambda row: (-row[2], -row[1], row[0]))
