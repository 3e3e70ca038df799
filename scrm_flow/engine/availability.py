"""Is somebody at work at this moment, by the lines of a working schedule?

The lines are those of ``resource.calendar.attendance``: a day of the week, from, to,
and with a schedule of two weeks the week. Times are local ones, so a night shift is
two lines, one until 24:00 and one from 0:00.

>>> from datetime import datetime
>>> night = [Line(0, 22, 24), Line(1, 0, 6)]  # Monday night
>>> works_at(night, datetime(2026, 3, 2, 23, 30))
True
>>> works_at(night, datetime(2026, 3, 3, 5, 59))
True
>>> works_at(night, datetime(2026, 3, 3, 6, 0))
False
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Line:
    """Work on a day of the week (0: Monday) from an hour to another, 24 at most.

    ``week`` is 0 or 1 for schedules of two weeks, None for every week.
    """

    day: int
    start: float
    end: float
    week: int | None = None


def week_of(day: date) -> int:
    """Which of the two weeks a day is in, as ``resource.calendar`` counts them.

    >>> week_of(date(2026, 3, 2)), week_of(date(2026, 3, 8)), week_of(date(2026, 3, 9))
    (0, 0, 1)
    """
    return (day.toordinal() - 1) // 7 % 2


def works_at(lines: Iterable[Line], moment: datetime) -> bool:
    """Does a line cover this local moment? The end of a line is not in it.

    >>> works_at([Line(0, 8, 12, week=1)], datetime(2026, 3, 2, 9))
    False
    >>> works_at([Line(0, 8, 12, week=0)], datetime(2026, 3, 2, 9))
    True
    """
    hour = moment.hour + moment.minute / 60 + moment.second / 3600
    day, week = moment.weekday(), week_of(moment.date())
    return any(
        line.day == day
        and line.start <= hour < line.end
        and (line.week is None or line.week == week)
        for line in lines
    )
