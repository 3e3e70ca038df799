"""When a device will fail again, as its own history tells."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

#: Faults from which on a device has a rhythm: two intervals.
LEAST = 3
#: The latest intervals that count: a device wears faster as it ages.
LATEST = 4
#: Without a fault for so many intervals the rhythm is over: it was repaired for good.
SILENCE = 2


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a device has failed, and when the next time is to be expected."""

    faults: int
    every: int
    expected: date


def rhythm(faults, today):
    """The rhythm of a device's faults, None where there is none.

    Several faults on one day are one.

    :param faults: days, in any order
    :param today: days after it are not known yet

    Every 40 days, then every 30: 36 in the mean of the latest four intervals.

    >>> from datetime import date, timedelta
    >>> first = date(2026, 1, 1)
    >>> days = [first + timedelta(days=n) for n in (0, 40, 80, 110, 144)]
    >>> rhythm(days, date(2026, 6, 1))
    Rhythm(faults=5, every=36, expected=datetime.date(2026, 6, 30))

    Two faults are no rhythm, and neither are three that lie long back.

    >>> rhythm(days[:2], date(2026, 6, 1)) is None
    True
    >>> rhythm(days[:3], date(2026, 3, 31)).expected
    datetime.date(2026, 5, 1)
    >>> rhythm(days[:3], date(2026, 6, 11)) is None
    True
    """
    known = sorted({day for day in faults if day <= today})
    if len(known) < LEAST:
        return None
    intervals = [(late - early).days for early, late in pairwise(known)][-LATEST:]
    every = round(sum(intervals) / len(intervals))
    last = known[-1]
    if (today - last).days > SILENCE * every:
        return None
    return Rhythm(len(known), every, last + timedelta(days=every))


def early(found, planned, ahead, today):
    """The day of a maintenance before its time, None where the planned one is enough.

    :param found: the :class:`Rhythm` of the device, or None
    :param planned: the day on which maintenance is due anyhow, or None
    :param ahead: days before the expected fault
    :param today: a day that is past is no day for maintenance

    >>> from datetime import date
    >>> found = Rhythm(5, 36, date(2026, 6, 30))
    >>> early(found, date(2026, 9, 1), 7, date(2026, 6, 1))
    datetime.date(2026, 6, 23)
    >>> early(found, None, 7, date(2026, 6, 28))
    datetime.date(2026, 6, 28)
    >>> early(found, date(2026, 6, 20), 7, date(2026, 6, 1)) is None
    True
    >>> early(None, None, 7, date(2026, 6, 1)) is None
    True
    """
    if not found:
        return None
    day = max(found.expected - timedelta(days=ahead), today)
    return None if planned and planned <= day else day
