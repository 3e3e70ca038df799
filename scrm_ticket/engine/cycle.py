"""When a device is due again: by the calendar, or by what it has been used.

The same arithmetic tells when a customer runs out of what he bought: 900 g at
22.5 g a day last 40 days.
"""

from datetime import date, timedelta


def per_day(readings):
    """Usage a day between the first and the last reading, None when unknown.

    A counter that was replaced starts anew: what was counted before it fell stays
    out.

    :param readings: (day, figure of the counter), in any order

    >>> from datetime import date
    >>> per_day([(date(2026, 1, 1), 1000), (date(2026, 1, 11), 1500)])
    50.0
    >>> per_day([(date(2026, 1, 1), 900), (date(2026, 1, 5), 0),
    ...          (date(2026, 1, 15), 100)])
    10.0
    >>> per_day([(date(2026, 1, 1), 1000)]) is None
    True
    """
    ordered = sorted(readings)
    for place in range(len(ordered) - 1, 0, -1):
        if ordered[place][1] < ordered[place - 1][1]:
            ordered = ordered[place:]
            break
    if not ordered:
        return None
    days = (ordered[-1][0] - ordered[0][0]).days
    used = ordered[-1][1] - ordered[0][1]
    return used / days if days and used > 0 else None


def lasts(quantity, daily):
    """Whole days that a quantity lasts, None when nothing is used.

    >>> lasts(900, 22.5)
    40
    >>> lasts(100, 33)
    3
    >>> lasts(100, 0) is None
    True
    """
    if not daily or daily <= 0:
        return None
    return max(int(quantity / daily + 1e-9), 0)


def used_a_day(bought):
    """Use a day as purchases tell it: what was bought is used up by the next one.

    :param bought: (day, quantity), in any order
    :return: None when there are not two days

    >>> from datetime import date
    >>> used_a_day([(date(2026, 2, 1), 3), (date(2026, 3, 1), 4)]) == 3 / 28
    True
    >>> used_a_day([(date(2026, 2, 1), 3)]) is None
    True
    """
    total, readings = 0.0, []
    for day, quantity in sorted(bought):
        readings.append((day, total))
        total += quantity
    return per_day(readings)


def runs_out(bought, daily):
    """The day on which all that was bought is used up, None when nobody knows.

    What is left of one purchase is used up before the next.

    :param bought: (day, quantity), in any order
    :param daily: use a day

    >>> from datetime import date
    >>> runs_out([(date(2026, 3, 1), 1800)], 60)
    datetime.date(2026, 3, 31)
    >>> runs_out([(date(2026, 3, 1), 1800), (date(2026, 3, 6), 900)], 60)
    datetime.date(2026, 4, 15)
    >>> runs_out([(date(2026, 3, 1), 60), (date(2026, 3, 6), 900)], 60)
    datetime.date(2026, 3, 21)
    >>> runs_out([(date(2026, 3, 1), 100), (date(2026, 3, 2), 100)], 80)
    datetime.date(2026, 3, 3)
    >>> runs_out([(date(2026, 3, 1), 1800)], 0) is runs_out([], 60) is None
    True
    """
    if not bought or not daily or daily <= 0:
        return None
    until = 0.0
    for day, quantity in sorted(bought):
        until = max(until, day.toordinal()) + quantity / daily
    return date.fromordinal(int(until + 1e-6))


def next_due(base, months_later, allowance, last, daily):
    """The day on which the next maintenance is due, None without a cycle.

    Whatever comes first counts: the months are over, or the usage is reached.

    :param base: day of the last maintenance, or of the installation
    :param months_later: that day as many months later as the cycle has, or None
    :param allowance: usage between two maintenances, 0 for none
    :param last: (day, usage since ``base``) of the last reading, or None
    :param daily: usage a day, or None

    >>> from datetime import date
    >>> next_due(date(2026, 1, 1), date(2026, 7, 1), 0, None, None)
    datetime.date(2026, 7, 1)

    5,000 km, of which 2,000 are driven, at 50 km a day: 60 days after the reading.

    >>> next_due(date(2026, 1, 1), date(2026, 7, 1), 5000,
    ...          (date(2026, 2, 10), 2000), 50.0)
    datetime.date(2026, 4, 11)

    More than allowed is driven already: due since the reading.

    >>> next_due(date(2026, 1, 1), None, 5000, (date(2026, 2, 10), 6000), 50.0)
    datetime.date(2026, 2, 10)
    """
    days = [months_later] if base and months_later else []
    if allowance and last:
        day, used = last
        left = max(allowance - used, 0)
        if not left:
            days.append(day)
        elif (rest := lasts(left, daily)) is not None:
            days.append(day + timedelta(days=rest))
    return min(days) if days else None
