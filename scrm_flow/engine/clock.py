"""Working time: when are so many hours over, if only some hours count?

Time that counts comes as spans ``(begin, end)``: disjoint, in order, and read only
as far as needed, so a calendar may go on for ever. All moments are of one kind
(here naive UTC); lengths are ``timedelta``.

>>> from datetime import datetime, timedelta
>>> def day(number):
...     return (datetime(2026, 3, number, 9), datetime(2026, 3, number, 17))
>>> week = [day(number) for number in (2, 3, 4, 5, 6)]

Ten hours from Monday at noon are five on Monday and five on Tuesday:

>>> after(datetime(2026, 3, 2, 12), timedelta(hours=10), week)
datetime.datetime(2026, 3, 3, 14, 0)
>>> before(datetime(2026, 3, 3, 14), timedelta(hours=10), reversed(week))
datetime.datetime(2026, 3, 2, 12, 0)
>>> between(datetime(2026, 3, 2, 12), datetime(2026, 3, 3, 14), week)
datetime.timedelta(seconds=36000)
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]


def length(hours: float) -> timedelta:
    """Hours as people write them, to the second.

    >>> length(1.5), length(-0.25)
    (datetime.timedelta(seconds=5400), datetime.timedelta(days=-1, seconds=85500))
    """
    return timedelta(seconds=round(hours * 3600))


def after(start: datetime, wanted: timedelta, spans: Iterable[Span]) -> datetime | None:
    """The first moment at which ``wanted`` of counted time has passed since start.

    The end of a day's work is reached that evening, not the next morning:

    >>> day = (datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 17))
    >>> after(datetime(2026, 3, 2, 16), timedelta(hours=1), [day])
    datetime.datetime(2026, 3, 2, 17, 0)

    :param spans: in order of time, those before ``start`` may be left out
    :return: None when the spans end before that
    """
    left = wanted
    for begin, end in spans:
        begin = max(begin, start)
        if begin >= end:
            continue
        if left <= end - begin:
            return begin + left
        left -= end - begin
    return None


def before(end: datetime, wanted: timedelta, spans: Iterable[Span]) -> datetime | None:
    """The last moment from which ``wanted`` of counted time is left until ``end``.

    :param spans: in reverse order of time, those after ``end`` may be left out
    :return: None when the spans end before that
    """
    left = wanted
    for begin, finish in spans:
        finish = min(finish, end)
        if begin >= finish:
            continue
        if left <= finish - begin:
            return finish - left
        left -= finish - begin
    return None


def between(start: datetime, end: datetime, spans: Iterable[Span]) -> timedelta:
    """How much counted time lies between two moments; none if they are reversed.

    >>> between(datetime(2026, 3, 2), datetime(2026, 3, 1), [])
    datetime.timedelta(0)
    """
    total = timedelta(0)
    for begin, finish in spans:
        if begin >= end:
            break
        total += max(timedelta(0), min(finish, end) - max(begin, start))
    return total


def postpone(
    moment: datetime, pause: timedelta, spans: Iterable[Span]
) -> datetime | None:
    """The moment, later by as much counted time as a pause took.

    A pause in which nothing counted changes nothing, and two pauses are one pause
    of both lengths:

    >>> days = [(datetime(2026, 3, d, 9), datetime(2026, 3, d, 17)) for d in (2, 3)]
    >>> postpone(datetime(2026, 3, 2, 17), timedelta(0), days)
    datetime.datetime(2026, 3, 2, 17, 0)
    >>> postpone(datetime(2026, 3, 2, 16), timedelta(hours=3), days)
    datetime.datetime(2026, 3, 3, 11, 0)

    :param spans: in order of time, those before ``moment`` may be left out
    :return: None when the spans end before that
    """
    return after(moment, pause, spans) if pause else moment
