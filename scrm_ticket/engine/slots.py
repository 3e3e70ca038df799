"""When somebody has time: working hours less what is booked already.

All moments are of one kind (aware, in one time zone), intervals are (from, until).
"""

from datetime import timedelta


def end_of(start, hours, work):
    """When work begun at a moment is done, inside the working hours of its day.

    :param start: the moment
    :param hours: how long it takes
    :param work: working hours, in order, not overlapping
    :return: the moment, or None when the day is too short

    >>> from datetime import datetime
    >>> day = lambda hour: datetime(2026, 3, 2, hour)
    >>> work = [(day(8), day(12)), (day(13), day(17))]
    >>> str(end_of(day(11), 2, work))  # the break between is none of it
    '2026-03-02 14:00:00'
    >>> end_of(day(16), 2, work) is None
    True
    >>> end_of(day(12), 1, work) is None
    True
    """
    left = timedelta(hours=hours)
    begun = False
    for begin, until in work:
        if until <= start:
            continue
        if begin.date() != start.date():
            break
        if not begun and begin > start:
            break  # nobody works then
        begun = True
        here = max(begin, start)
        if until - here >= left:
            return here + left
        left -= until - here
    return None


def is_free(start, end, busy):
    """Whether nothing is booked between two moments.

    >>> is_free(8, 9, [(9, 10)]), is_free(8, 9, [(8.5, 10)])
    (True, False)
    """
    return not any(begin < end and start < until for begin, until in busy)


def free(work, busy, hours, earliest, minutes=30):
    """Every slot that is free, in order.

    :param work: working hours, in order
    :param busy: what is booked
    :param hours: how long the slot has to be
    :param earliest: no slot before this moment
    :param minutes: slots begin at whole multiples of these in the day
    :return: list of (start, end)

    >>> from datetime import datetime
    >>> day = lambda hour, minute=0: datetime(2026, 3, 2, hour, minute)
    >>> found = free([(day(8), day(12))], [(day(9), day(10))], 1.5, day(7))
    >>> [(start.hour, start.minute) for start, _end in found]
    [(10, 0), (10, 30)]
    """
    step = timedelta(minutes=minutes)
    found = []
    for begin, until in work:
        midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
        start = midnight + -(-(max(begin, earliest) - midnight) // step) * step
        while start < until:
            end = end_of(start, hours, work)
            if end is not None and is_free(start, end, busy):
                found.append((start, end))
            start += step
    return found
