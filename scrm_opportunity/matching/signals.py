"""What speaks for a ticket and an opportunity belonging together.

A signal is one function: it looks at both sides and returns the facts it rests on,
or None when it says nothing. Its weight (points out of 100) and its layer stand in
the decorator. The words shown to people are made from the facts by `scrm.match`,
in the reader's language.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

PROFILE = "profile"
INTERACTION = "interaction"
STAGE = "stage"

RECENT_DAYS = 90


@dataclass(frozen=True)
class Subject:
    """A ticket, as far as matching is concerned.

    `entity` and `contact` are partner ids (the commercial entity and the person),
    `phone` is in E.164 form, `email` is normalised, `day` is the matching day.
    """

    entity: int | None = None
    contact: int | None = None
    phone: str | None = None
    email: str | None = None
    day: date | None = None


@dataclass(frozen=True)
class Candidate:
    """An open opportunity; `touched` is the day of its last change of stage."""

    lead: int
    entity: int | None = None
    contact: int | None = None
    phone: str | None = None
    email: str | None = None
    touched: date | None = None
    quoted: bool = False


@dataclass(frozen=True)
class Signal:
    """One registered signal."""

    key: str
    layer: str
    weight: int
    facts: Callable[[Subject, Candidate], dict | None]


SIGNALS: dict[str, Signal] = {}


def signal(layer, weight):
    """Register the decorated function under its own name.

    `layer` is one of profile, interaction, stage; `weight` is in points of 100.
    """

    def register(function):
        key = function.__name__
        SIGNALS[key] = Signal(key, layer, weight, function)
        return function

    return register


@signal(PROFILE, 60)
def same_entity(subject, candidate):
    """The same customer: a company with all its contacts, or one person.

    >>> same_entity(Subject(entity=7), Candidate(lead=1, entity=7))
    {}
    >>> same_entity(Subject(), Candidate(lead=1))
    """
    return {} if subject.entity and subject.entity == candidate.entity else None


@signal(PROFILE, 10)
def same_contact(subject, candidate):
    """The very same person inside that customer."""
    return {} if subject.contact and subject.contact == candidate.contact else None


@signal(PROFILE, 30)
def same_phone(subject, candidate):
    """The same telephone number.

    >>> same_phone(Subject(phone="+862161234567"),
    ...            Candidate(lead=1, phone="+862161234567"))
    {'phone': '+862161234567'}
    """
    if subject.phone and subject.phone == candidate.phone:
        return {"phone": subject.phone}
    return None


@signal(PROFILE, 30)
def same_email(subject, candidate):
    """The same e-mail address."""
    if subject.email and subject.email == candidate.email:
        return {"email": subject.email}
    return None


@signal(INTERACTION, 10)
def recent(subject, candidate):
    """The opportunity moved in the last three months.

    >>> recent(Subject(day=date(2026, 3, 31)),
    ...        Candidate(lead=1, touched=date(2026, 3, 1)))
    {'days': 30}
    >>> recent(Subject(day=date(2026, 3, 31)),
    ...        Candidate(lead=1, touched=date(2025, 3, 1)))
    """
    if not (subject.day and candidate.touched):
        return None
    days = max((subject.day - candidate.touched).days, 0)
    return {"days": days} if days <= RECENT_DAYS else None


@signal(STAGE, 10)
def quoted(subject, candidate):
    """A quotation was already made for the opportunity."""
    return {} if candidate.quoted else None
