"""What speaks for a ticket and an opportunity belonging together, or against it.

A signal is one function: it looks at both sides and returns the facts it rests on,
or None when it says nothing. Its weight (points out of 100) and its layer stand in
the decorator. A signal that can be more or less true gives a ``strength`` among its
facts, from 0.0 to 1.0: so much of its weight counts. The words shown to people are
made from the facts by `scrm.match`, in the reader's language.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from . import addresses, keys
from .names import company_likeness, person_likeness

PROFILE = "profile"
INTERACTION = "interaction"
STAGE = "stage"
LAYERS = (PROFILE, INTERACTION, STAGE)

RECENT_DAYS = 90
#: From here on two names of companies, or of people, may be the same.
COMPANY_LIKENESS = 0.6
PERSON_LIKENESS = 0.8
#: Below this two names of companies are those of two companies.
OTHER_LIKENESS = 0.5
#: From here on two streets may be the same.
STREET_LIKENESS = 0.75
#: From here on (share of common trigrams) two texts are about the same thing.
TEXT_LIKENESS = 0.6
LIKELY_PERCENT = 50


@dataclass(frozen=True)
class Subject:
    """A ticket, as far as matching is concerned.

    `entity` and `contact` are partner ids (the commercial entity and the person),
    `phone` is in E.164 form, `email` is normalised, `domain` its part behind the @
    unless anybody can have an address there, `company` and `person` are written
    forms of `names`, `codes` what the text names, in capital letters, `products`
    are ids of product variants the ticket is about, `day` is the matching day,
    `topics` are the configured keywords that its text holds,
    `said_phones` are numbers that its text names; `street`, `city` and `postcode`
    are the customer's.
    """

    entity: int | None = None
    contact: int | None = None
    phone: str | None = None
    email: str | None = None
    day: date | None = None
    domain: str | None = None
    company: str | None = None
    person: str | None = None
    codes: frozenset[str] = frozenset()
    products: frozenset[int] = frozenset()
    said_phones: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    street: str | None = None
    city: str | None = None
    postcode: str | None = None

    @property
    def phones(self) -> frozenset[str]:
        """Every number that stands for the customer."""
        return self.said_phones | ({self.phone} if self.phone else set())

    @property
    def lookup_keys(self) -> list[str]:
        """Keys by which the opportunities that come into question are found."""
        return keys.lookup_keys(
            company=self.company,
            person=self.person,
            street=self.street,
            email=self.email,
            domain=self.domain,
            phones=sorted(self.phones),
            entity=self.entity,
        )


class Candidate(NamedTuple):
    """An opportunity; `touched` is the day of its last change of stage.

    `quotations` are the numbers of its quotations, `quoted_codes` and
    `quoted_products` codes and ids of what is on them, `text_likeness` the share of
    common trigrams with the ticket's text, `title` its name, `probability` is in
    percent, `closed`
    is true once it is won or lost, `ordered` when its customer has bought before.
    """

    lead: int
    entity: int | None = None
    contact: int | None = None
    phone: str | None = None
    email: str | None = None
    touched: date | None = None
    domain: str | None = None
    company: str | None = None
    person: str | None = None
    text_likeness: float = 0.0
    probability: float = 0.0
    closed: bool = False
    ordered: bool = False
    street: str | None = None
    city: str | None = None
    postcode: str | None = None
    title: str | None = None
    quotations: frozenset[str] = frozenset()
    quoted_products: frozenset[int] = frozenset()
    quoted_codes: frozenset[str] = frozenset()
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

    `layer` is one of profile, interaction, stage; `weight` is in points of 100,
    negative for what speaks against the pair.
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
    if candidate.phone and candidate.phone in subject.phones:
        return {"phone": candidate.phone}
    return None


@signal(PROFILE, 30)
def same_email(subject, candidate):
    """The same e-mail address."""
    if subject.email and subject.email == candidate.email:
        return {"email": subject.email}
    return None


@signal(PROFILE, 15)
def same_domain(subject, candidate):
    """Another address of the same company's own mail domain.

    >>> same_domain(Subject(domain="moon.example"),
    ...             Candidate(lead=1, domain="moon.example", email="b@moon.example"))
    {'domain': 'moon.example'}
    """
    if same_email(subject, candidate) is not None:
        return None
    if subject.domain and subject.domain == candidate.domain:
        return {"domain": subject.domain}
    return None


@signal(PROFILE, 55)
def similar_company(subject, candidate):
    """A name that may be the same company's; silent where that is known.

    >>> similar_company(Subject(company="晨光科技 上海"),
    ...                 Candidate(lead=1, company="晨光科技 上海"))
    {'name': '晨光科技 上海', 'strength': 1.0}
    """
    if same_entity(subject, candidate) is not None:
        return None
    alike = company_likeness(subject.company or "", candidate.company or "")
    return _strength(candidate.company, alike, COMPANY_LIKENESS)


@signal(PROFILE, -30)
def other_customer(subject, candidate):
    """Both customers are known, and nothing says that they are one entered twice.

    >>> other_customer(Subject(entity=7, company="moon"),
    ...                Candidate(lead=1, entity=8, company="sun"))
    {}
    >>> other_customer(Subject(entity=7, company="moon"),
    ...                Candidate(lead=1, entity=8, company="moon"))
    >>> other_customer(Subject(company="moon"), Candidate(lead=1, company="sun"))
    {}
    """
    by_entity = subject.entity and candidate.entity
    if not (by_entity or (subject.company and candidate.company)):
        return None
    if by_entity and subject.entity == candidate.entity:
        return None
    alike = company_likeness(subject.company or "", candidate.company or "")
    return {} if alike < OTHER_LIKENESS else None


@signal(PROFILE, 45)
def same_address(subject, candidate):
    """The same house in a street of the same name; silent for a known customer.

    >>> same_address(Subject(street="435 S. La Cienega Blv."),
    ...              Candidate(lead=1, street="435 La Cienega Boulevard"))
    {'street': '435 La Cienega Boulevard', 'strength': 1.0}
    """
    if same_entity(subject, candidate) is not None:
        return None
    alike = round(addresses.likeness(subject.street, candidate.street), 2)
    if alike < STREET_LIKENESS:
        return None
    return {"street": candidate.street, "strength": alike}


@signal(PROFILE, 20)
def same_place(subject, candidate):
    """The same postcode; a town of that name is half of it.

    Silent where the whole address is the same, or the customer.

    >>> same_place(Subject(city="Lyon"), Candidate(lead=1, city="LYON"))
    {'place': 'LYON', 'strength': 0.5}
    """
    if same_entity(subject, candidate) is not None:
        return None
    if same_address(subject, candidate) is not None:
        return None
    if _same_postcode(subject, candidate):
        return {"place": candidate.postcode, "strength": 1.0}
    if addresses.same_town(subject.city, candidate.city):
        return {"place": candidate.city, "strength": 0.5}
    return None


@signal(PROFILE, -20)
def other_place(subject, candidate):
    """Both towns are known and differ; silent for a known customer.

    >>> other_place(Subject(city="Lyon"), Candidate(lead=1, city="Brest"))
    {'place': 'Brest'}
    >>> other_place(Subject(city="Lyon"), Candidate(lead=1))
    """
    if same_entity(subject, candidate) is not None:
        return None
    if same_address(subject, candidate) is not None:
        return None
    if not (subject.city and candidate.city) or _same_postcode(subject, candidate):
        return None
    if addresses.same_town(subject.city, candidate.city):
        return None
    return {"place": candidate.city}


def _same_postcode(subject, candidate):
    return bool(subject.postcode) and subject.postcode == candidate.postcode


@signal(PROFILE, 25)
def similar_person(subject, candidate):
    """A contact of the same name; silent where it is known to be the same.

    >>> similar_person(Subject(person="wei zhang"),
    ...                Candidate(lead=1, person="li na"))
    """
    if same_contact(subject, candidate) is not None:
        return None
    alike = person_likeness(subject.person or "", candidate.person or "")
    return _strength(candidate.person, alike, PERSON_LIKENESS)


def _strength(name, alike, least):
    """Half alike is much less than half as good."""
    if alike < least:
        return None
    return {"name": name, "strength": round(alike**2, 2)}


@signal(INTERACTION, 50)
def names_quotation(subject, candidate):
    """The ticket's text names a quotation of the opportunity by its number.

    >>> names_quotation(Subject(codes=frozenset({"S00042"})),
    ...                 Candidate(lead=1, quotations=frozenset({"S00042"})))
    {'quotations': 'S00042'}
    """
    named = subject.codes & candidate.quotations
    return {"quotations": ", ".join(sorted(named))} if named else None


@signal(INTERACTION, 40)
def names_product(subject, candidate):
    """The ticket's text names something that was quoted."""
    named = subject.codes & candidate.quoted_codes
    return {"products": ", ".join(sorted(named))} if named else None


@signal(INTERACTION, 10)
def same_product(subject, candidate):
    """The ticket is about something that was quoted; silent where it names it."""
    if names_product(subject, candidate) is not None:
        return None
    shared = subject.products & candidate.quoted_products
    return {"count": len(shared)} if shared else None


@signal(INTERACTION, 10)
def similar_text(subject, candidate):
    """Both texts speak of much the same.

    >>> similar_text(Subject(), Candidate(lead=1, text_likeness=0.8))
    {'strength': 0.8}
    """
    alike = round(candidate.text_likeness, 2)
    return {"strength": min(alike, 1.0)} if alike >= TEXT_LIKENESS else None


@signal(INTERACTION, 12)
def same_topic(subject, candidate):
    """A configured keyword of the ticket's text stands in the opportunity's name.

    >>> same_topic(Subject(topics=frozenset({"产品升级"})),
    ...            Candidate(lead=1, title="冷库产品升级"))
    {'words': '产品升级'}
    """
    title = (candidate.title or "").casefold()
    named = sorted(word for word in subject.topics if word.casefold() in title)
    return {"words": ", ".join(named)} if named else None


@signal(INTERACTION, 5)
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


@signal(STAGE, 5)
def likely(subject, candidate):
    """The opportunity is open and more likely to be won than not."""
    if candidate.closed:
        return None
    percent = round(candidate.probability)
    return {"percent": percent} if percent >= LIKELY_PERCENT else None


@signal(STAGE, 5)
def ordered(subject, candidate):
    """The customer of the opportunity has bought before."""
    return {} if candidate.ordered else None


@signal(STAGE, -25)
def closed(subject, candidate):
    """It was won or lost: new work rather belongs to another one.

    >>> closed(Subject(), Candidate(lead=1, closed=True))
    {}
    """
    return {} if candidate.closed else None
