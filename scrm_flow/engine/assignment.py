"""Who gets a step, who does not, and why: a choice that can be explained.

Nobody is skipped in silence: every person the rule named appears in the outcome,
chosen, passed over for this turn, or left out with a reason.

>>> ann = Person(1, "Ann", last_turn=7)
>>> bob = Person(2, "Bob", last_turn=5)
>>> eve = Person(3, "Eve", unavailable="inactive")
>>> outcome = in_turn([ann, bob, eve])
>>> outcome.handler.name, [person.name for person in outcome.waiting]
('Bob', ['Ann'])
>>> [(person.name, person.unavailable) for person in outcome.left_out]
[('Eve', 'inactive')]
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

#: Why somebody cannot be chosen; addons that know of more reasons add words.
UNAVAILABLE = ("inactive", "other_company")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a handler rule named.

    ``last_turn`` orders turns: the higher, the later; None for never.
    ``unavailable`` is a reason code, None for somebody who can work.
    """

    id: int
    name: str
    last_turn: int | None = None
    unavailable: str | None = None


@dataclass(slots=True)
class Assignment:
    """The outcome: one ``handler``, all who may complete, and everybody else."""

    rule: str
    handler: Person | None = None
    candidates: list[Person] = field(default_factory=list)
    waiting: list[Person] = field(default_factory=list)
    left_out: list[Person] = field(default_factory=list)

    def as_trace(self) -> dict[str, Any]:
        """The outcome as JSON values, to be kept with the step.

        >>> in_turn([Person(1, "Ann")]).as_trace()["chosen"]
        {'id': 1, 'name': 'Ann'}
        """

        def brief(person):
            return {"id": person.id, "name": person.name}

        return {
            "rule": self.rule,
            "chosen": self.handler and brief(self.handler),
            "shared": [brief(p) for p in self.candidates if p != self.handler],
            "waiting": [brief(p) for p in self.waiting],
            "left_out": [{**brief(p), "why": p.unavailable} for p in self.left_out],
        }


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

    def __init__(self, load):
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


def _split(people: Iterable[Person]) -> tuple[list[Person], list[Person]]:
    able: list[Person] = []
    left_out: list[Person] = []
    for person in people:
        (left_out if person.unavailable else able).append(person)
    return able, left_out


def in_turn(people: Iterable[Person]) -> Assignment:
    """Choose the available person whose last turn is the longest ago.

    Somebody who never had a turn comes first, so a new colleague joins at once
    and somebody who was away gets one step, not all that were missed. Equal turns
    go by the given order.

    >>> in_turn([Person(1, "Ann", 3), Person(2, "New")]).handler.name
    'New'
    >>> in_turn([Person(1, "Ann", unavailable="inactive")]).handler is None
    True
    """
    able, left_out = _split(people)
    chosen = min(
        able,
        key=lambda p: (p.last_turn is not None, p.last_turn or 0),
        default=None,
    )
    return Assignment(
        rule="turn",
        handler=chosen,
        candidates=[chosen] if chosen else [],
        waiting=[person for person in able if person != chosen],
        left_out=left_out,
    )


def together(people: Iterable[Person]) -> Assignment:
    """Give the step to all available people; the first of them leads.

    >>> outcome = together([Person(1, "Ann"), Person(2, "Bob")])
    >>> outcome.handler.name, [person.name for person in outcome.candidates]
    ('Ann', ['Ann', 'Bob'])
    """
    able, left_out = _split(people)
    return Assignment(
        rule="together",
        handler=able[0] if able else None,
        candidates=able,
        left_out=left_out,
    )


def back_to(person: Person) -> Assignment | None:
    """Work that comes back goes to who did it, if that person still can.

    >>> back_to(Person(1, "Ann")).handler.name
    'Ann'
    >>> back_to(Person(1, "Ann", unavailable="inactive"))
    """
    if person.unavailable:
        return None
    return Assignment(rule="back", handler=person, candidates=[person])
