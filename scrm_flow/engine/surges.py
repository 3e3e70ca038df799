"""When a number is unusual: beside earlier ones, or as a share of all.

Customers come by the hour of the day and the day of the week. So what counts as usual
is the mean of the same hours of the same weekday in the weeks before.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

WEEK = timedelta(days=7)


def windows(now: datetime, hours: float, weeks: int):
    """The last so many hours, and the same hours in the weeks before.

    What lasts longer than a week is compared with times before it: none overlap.

    :return: [(begin, end)], the present one first; an end is no part of it

    >>> for begin, end in windows(datetime(2026, 3, 23, 12), 2, 2):
    ...     print(begin, end)
    2026-03-23 10:00:00 2026-03-23 12:00:00
    2026-03-16 10:00:00 2026-03-16 12:00:00
    2026-03-09 10:00:00 2026-03-09 12:00:00
    >>> [str(end.date()) for _begin, end in windows(datetime(2026, 3, 23), 240, 2)]
    ['2026-03-23', '2026-03-09', '2026-02-23']
    """
    length = timedelta(hours=hours)
    step = WEEK * max(ceil(length / WEEK), 1)
    ends = [now - step * number for number in range(weeks + 1)]
    return [(end - length, end) for end in ends]


def growth(count: int, earlier: Iterable[int]) -> float | None:
    """By how many percent a number is above what is usual; None: nothing is usual.

    >>> growth(23, [20, 20, 20, 20])
    15.0
    >>> growth(5, [0, 0, 0, 0])
    """
    earlier = list(earlier)
    usual = sum(earlier) / len(earlier) if earlier else 0
    return (count - usual) * 100 / usual if usual else None


def is_surge(count: int, earlier: Iterable[int], percent: float, least: int) -> bool:
    """Whether a number grew by so many percent; from nothing any growth is enough.

    :param least: fewer than that never are a surge

    >>> is_surge(23, [20] * 4, 15, 5), is_surge(22, [20] * 4, 15, 5)
    (True, False)
    >>> is_surge(4, [0] * 4, 15, 5), is_surge(5, [0] * 4, 15, 5)
    (False, True)
    """
    if count < max(least, 1):
        return False
    grown = growth(count, earlier)
    return grown is None or grown >= percent


def is_share_over(part: int, whole: int, percent: float, least: int) -> bool:
    """Whether a part is more than so many percent of the whole.

    :param least: with a part smaller than that nothing is said

    >>> is_share_over(6, 100, 5, 3), is_share_over(5, 100, 5, 3)
    (True, False)
    >>> is_share_over(1, 1, 5, 3)
    False
    """
    return bool(whole) and part >= max(least, 1) and part * 100 / whole > percent


def share(part: int, whole: int) -> float | None:
    """A part in percent of a whole; None: there is nothing to be a part of.

    >>> share(3, 60), share(0, 0)
    (5.0, None)
    """
    return part * 100 / whole if whole else None


def is_rise(
    part: int, whole: int, before: tuple[int, int], percent: float, least: int
) -> bool:
    """Whether a share is so many percent above the usual one; from none any is.

    :param before: part and whole of earlier times together; without any whole nothing
        is known, and nothing is said
    :param least: with a part smaller than that nothing is said

    >>> is_rise(3, 6, (1, 6), 200, 3), is_rise(3, 6, (1, 6), 201, 3)
    (True, False)
    >>> is_rise(3, 100, (0, 9), 50, 3), is_rise(3, 100, (0, 0), 50, 3)
    (True, False)
    """
    part_before, whole_before = before
    if not whole or not whole_before or part < max(least, 1):
        return False
    now, usual = part * whole_before, part_before * whole
    return now > usual and (now - usual) * 100 >= percent * usual
