"""Who gets a step, who does not, and why: a choice that can be explained.

A handler rule names people, a choice takes one of them, or all. Nobody is skipped
in silence: every person the rule named appears in the outcome, chosen, passed over
this time, or left out with a reason.

>>> ann = Person(1, "Ann", last_turn=7)
>>> bob = Person(2, "Bob", last_turn=5)
>>> eve = Person(3, "Eve", unavailable="inactive")
>>> outcome = in_turn([ann, bob, eve])
>>> outcome.handler.name, [person.name for person in outcome.waiting]
('Bob', ['Ann'])
>>> [(person.name, person.unavailable) for person in outcome.left_out]
[('Eve', 'inactive')]
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a handler rule named.

    ``last_turn`` orders turns: the higher, the later; None for never.
    ``unavailable`` is a reason code, None for somebody who can work.
    ``load`` is the number of open steps in hand, None when nobody counted.
    ``figures`` holds what a choice measured, by name: plain numbers or texts.
    """

    id: int
    name: str
    last_turn: int | None = None
    unavailable: str | None = None
    load: int | None = None
    figures: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def brief(self) -> dict[str, Any]:
        """The person as JSON values, with the figures that were looked at."""
        values = {"id": self.id, "name": self.name}
        if self.load is not None:
            values["load"] = self.load
        if self.figures:
            values["figures"] = dict(self.figures)
        return values


@dataclass(slots=True)
class Assignment:
    """The outcome: one ``handler``, all who may complete, and everybody else.

    ``rule`` and ``choice`` are keys of the registries; ``because`` says in plain
    values what the rule found (which line of a table, which field), ``dispatch`` that
    the handler is to hand the work to one of ``waiting``, and ``instead_of`` is the
    outcome without anybody that made a fallback necessary.
    """

    rule: str
    handler: Person | None = None
    candidates: list[Person] = field(default_factory=list)
    waiting: list[Person] = field(default_factory=list)
    left_out: list[Person] = field(default_factory=list)
    choice: str | None = None
    because: dict[str, Any] = field(default_factory=dict)
    dispatch: bool = False
    instead_of: "Assignment | None" = None

    def as_trace(self) -> dict[str, Any]:
        """The outcome as JSON values, to be kept with the step.

        >>> in_turn([Person(1, "Ann")]).as_trace()["chosen"]
        {'id': 1, 'name': 'Ann'}
        """
        trace = {
            "rule": self.rule,
            "chosen": self.handler and self.handler.brief(),
            "shared": [p.brief() for p in self.candidates if p != self.handler],
            "waiting": [p.brief() for p in self.waiting],
            "left_out": [{**p.brief(), "why": p.unavailable} for p in self.left_out],
        }
        if self.choice:
            trace["choice"] = self.choice
        if self.because:
            trace["because"] = self.because
        if self.dispatch:
            trace["dispatch"] = True
        if self.instead_of:
            trace["instead_of"] = self.instead_of.as_trace()
        return trace


class Turns:
    """Who had a turn when, read once and kept up to date while choosing.

    Several records that start together are given out in turn although none of
    their steps is stored yet.

    >>> turns = Turns(lambda place, ids: {1: 10})
    >>> turns.last("visit", [1, 2])
    {1: 10, 2: None}
    >>> turns.took("visit", 2)
    >>> turns.last("visit", [1, 2])
    {1: 10, 2: 11}
    """

    def __init__(self, load: Callable[[Any, list[int]], Mapping[int, int]]):
        self._load = load
        self._known: dict[Any, dict[int, int | None]] = {}

    def last(self, place: Any, ids: Iterable[int]) -> dict[int, int | None]:
        """The last turn of each of these people at ``place``."""
        ids = list(ids)
        known = self._known.setdefault(place, {})
        missing = [person for person in ids if person not in known]
        if missing:
            loaded = self._load(place, missing)
            known.update((person, loaded.get(person)) for person in missing)
        return {person: known[person] for person in ids}

    def took(self, place: Any, person: int) -> None:
        """Remember that this person has just had the latest turn of all."""
        known = self._known.setdefault(place, {})
        known[person] = 1 + max((turn or 0 for turn in known.values()), default=0)


def split(people: Iterable[Person]) -> tuple[list[Person], list[Person]]:
    """(who can work, who is left out), each in the given order."""
    able: list[Person] = []
    left_out: list[Person] = []
    for person in people:
        (left_out if person.unavailable else able).append(person)
    return able, left_out


# What people are ordered by; the first in order is chosen. Choices combine these.

Key = Callable[[Person], Any]


def by_turn(person: Person) -> tuple:
    """Whose turn is the longest ago; somebody who never had one comes first.

    So a new colleague joins at once, and somebody who was away gets one step, not
    all that were missed.
    """
    return (person.last_turn is not None, person.last_turn or 0)


def by_load(person: Person) -> int:
    """Who has the fewest open steps in hand."""
    return person.load or 0


def by_figure(name: str, most: bool = False) -> Key:
    """Who has the smallest figure of this name, or the largest; none comes last.

    >>> near = Person(1, "Near", figures={"km": 3})
    >>> lost = Person(2, "Lost")
    >>> sorted([lost, near], key=by_figure("km"))[0].name
    'Near'
    """

    def key(person):
        value = person.figures.get(name)
        if value is None:
            return (True, 0)
        return (False, -value if most else value)

    return key


def best(people: Iterable[Person], *keys: Key) -> Assignment:
    """Choose the available person who comes first by these keys.

    The first key decides, the next one among equals; what is still equal goes by
    the given order.

    >>> people = [Person(1, "Ann", 1, load=2), Person(2, "Bob", 9, load=1)]
    >>> best(people, by_turn).handler.name, best(people, by_load).handler.name
    ('Ann', 'Bob')
    """
    able, left_out = split(people)
    ordered = sorted(able, key=lambda person: tuple(key(person) for key in keys))
    if not ordered:
        return Assignment(rule="", left_out=left_out)
    chosen, *waiting = ordered
    return Assignment(
        rule="",
        handler=chosen,
        candidates=[chosen],
        waiting=waiting,
        left_out=left_out,
    )


def in_turn(people: Iterable[Person]) -> Assignment:
    """Choose the available person whose last turn is the longest ago.

    >>> in_turn([Person(1, "Ann", 3), Person(2, "New")]).handler.name
    'New'
    >>> in_turn([Person(1, "Ann", unavailable="inactive")]).handler is None
    True
    """
    return best(people, by_turn)


def least_load(people: Iterable[Person]) -> Assignment:
    """Choose who has the fewest open steps; among equals whose turn it is.

    >>> two = [Person(1, "Ann", 5, load=1), Person(2, "Bob", 4, load=1)]
    >>> least_load([*two, Person(3, "Cid", 1, load=2)]).handler.name
    'Bob'
    """
    return best(people, by_load, by_turn)


def together(people: Iterable[Person]) -> Assignment:
    """Give the step to all available people; the first of them leads.

    >>> outcome = together([Person(1, "Ann"), Person(2, "Bob")])
    >>> outcome.handler.name, [person.name for person in outcome.candidates]
    ('Ann', ['Ann', 'Bob'])
    """
    able, left_out = split(people)
    return Assignment(
        rule="",
        handler=able[0] if able else None,
        candidates=able,
        left_out=left_out,
    )


def dispatched(people: Iterable[Person], dispatchers: Iterable[Person]) -> Assignment:
    """Let the dispatchers hold the step until one hands it to one of the people.

    Who cannot work now stays in sight of the dispatcher, with the reason.

    >>> boss, ann = Person(9, "Boss"), Person(1, "Ann")
    >>> outcome = dispatched([ann], [boss])
    >>> outcome.handler.name, outcome.dispatch, outcome.waiting[0].name
    ('Boss', True, 'Ann')
    """
    able, left_out = split(people)
    holders, absent = split(dispatchers)
    return Assignment(
        rule="",
        handler=holders[0] if holders else None,
        candidates=holders,
        waiting=able,
        left_out=left_out + absent,
        dispatch=bool(holders),
    )


def limited(person: Person, limit: int | None) -> Person:
    """The person, left out when so many open steps are in hand already.

    >>> limited(Person(1, "Ann", load=3), 3).unavailable
    'load_limit'
    >>> limited(Person(1, "Ann", load=2), 3).unavailable
    >>> limited(Person(1, "Ann", load=99), None).unavailable
    """
    if person.unavailable or not limit or (person.load or 0) < limit:
        return person
    return replace(person, unavailable="load_limit")


def back_to(person: Person) -> Assignment | None:
    """Work that comes back goes to who did it, if that person still can.

    >>> back_to(Person(1, "Ann")).handler.name
    'Ann'
    >>> back_to(Person(1, "Ann", unavailable="inactive"))
    """
    if person.unavailable:
        return None
    return Assignment(rule="back", handler=person, candidates=[person])
