"""Who is on duty when: turns of a rotation, and what a plan leaves open.

Two people, a week each, from Monday 2026-03-02; the second week is Bob's.

>>> from datetime import date
>>> shifts = slots(["Ann", "Bob"], date(2026, 3, 2), date(2026, 3, 15), "UTC")
>>> [(s.who, s.start.isoformat(" "), s.end.isoformat(" ")) for s in shifts]
... # doctest: +NORMALIZE_WHITESPACE
[('Ann', '2026-03-02 00:00:00', '2026-03-09 00:00:00'),
 ('Bob', '2026-03-09 00:00:00', '2026-03-16 00:00:00')]
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """One shift: somebody is on duty from ``start`` until ``end`` (naive UTC)."""

    start: datetime
    end: datetime
    who: Any


def slots(
    people: Sequence[Any],
    first: date,
    last: date,
    timezone: str,
    days: int = 7,
    hours: tuple[float, float] = (0.0, 24.0),
    weekdays: Iterable[int] = range(7),
) -> list[Slot]:
    """The shifts of a rotation.

    Everybody has ``days`` days, then it is the next one's turn. Shifts of a turn that
    follow each other without a pause are one shift.

    :param people: in the order of their turns
    :param first: first day, the first one's turn begins here
    :param last: last day on which a shift begins
    :param timezone: where the hours are read from the clock
    :param days: length of a turn
    :param hours: begin and end in hours of the day; an end that is not after the
        begin lies on the next day
    :param weekdays: days with a shift, Monday is 0

    Nights from 20 to 8, through the change to summer time in Berlin (the night of
    29 March is an hour shorter):

    >>> nights = slots(["Ann"], date(2026, 3, 28), date(2026, 3, 29),
    ...     "Europe/Berlin", hours=(20, 8))
    >>> [str(slot.end - slot.start) for slot in nights]
    ['11:00:00', '12:00:00']

    Office hours on working days; nobody is on duty at the weekend:

    >>> week = slots(["Ann"], date(2026, 3, 2), date(2026, 3, 8), "UTC",
    ...     hours=(9, 17), weekdays=range(5))
    >>> len(week), week[-1].start.isoformat(" ")
    (5, '2026-03-06 09:00:00')
    """
    if not people:
        return []
    zone = ZoneInfo(timezone)
    weekdays = set(weekdays)
    begin, end = hours
    if end <= begin:
        end += 24
    found: list[Slot] = []
    turn = None
    for number in range((last - first).days + 1):
        day = first + DAY * number
        if day.weekday() not in weekdays:
            continue
        who = people[number // days % len(people)]
        slot = Slot(_moment(day, begin, zone), _moment(day, end, zone), who)
        if turn == number // days and found[-1].end >= slot.start:
            found[-1] = Slot(found[-1].start, slot.end, who)
        else:
            found.append(slot)
        turn = number // days
    return found


def _moment(day: date, hours: float, zone: ZoneInfo) -> datetime:
    """An hour of a day on the wall clock of a zone, as naive UTC."""
    minutes = round(hours * 60)
    day += DAY * (minutes // 1440)
    clock = time(minutes % 1440 // 60, minutes % 60)
    local = datetime.combine(day, clock, tzinfo=zone)
    return local.astimezone(UTC).replace(tzinfo=None)


def after(shifts: Iterable[Slot], moment: datetime | None) -> list[Slot]:
    """What is left of these shifts after a moment; all of them without one.

    >>> at = lambda day: datetime(2026, 3, day)
    >>> plan = [Slot(at(2), at(5), "Ann"), Slot(at(5), at(8), "Bob")]
    >>> [(s.start.day, s.end.day, s.who) for s in after(plan, at(6))]
    [(6, 8, 'Bob')]
    """
    if moment is None:
        return list(shifts)
    return [
        Slot(max(slot.start, moment), slot.end, slot.who)
        for slot in shifts
        if slot.end > moment
    ]


def gaps(
    shifts: Iterable[Slot], start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """The times between two moments at which nobody is on duty.

    >>> at = lambda day: datetime(2026, 3, day)
    >>> plan = [Slot(at(2), at(5), "Ann"), Slot(at(4), at(6), "Bob")]
    >>> [(a.day, b.day) for a, b in gaps(plan, at(1), at(8))]
    [(1, 2), (6, 8)]
    """
    found = []
    covered = start
    for slot in sorted(shifts, key=lambda slot: slot.start):
        if slot.start >= end:
            break
        if slot.start > covered:
            found.append((covered, slot.start))
        covered = max(covered, slot.end)
    if covered < end:
        found.append((covered, end))
    return found


def overlaps(shifts: Iterable[Slot]) -> list[tuple[Slot, Slot]]:
    """Pairs of shifts in which two people are on duty at the same time.

    >>> at = lambda day: datetime(2026, 3, day)
    >>> plan = [Slot(at(2), at(5), "Ann"), Slot(at(4), at(6), "Bob"),
    ...         Slot(at(6), at(7), "Cid")]
    >>> [(one.who, other.who) for one, other in overlaps(plan)]
    [('Ann', 'Bob')]
    """
    found: list[tuple[Slot, Slot]] = []
    running: list[Slot] = []
    for slot in sorted(shifts, key=lambda slot: slot.start):
        running = [other for other in running if other.end > slot.start]
        found += [(other, slot) for other in running]
        running.append(slot)
    return found
