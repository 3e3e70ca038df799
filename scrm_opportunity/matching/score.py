"""From signals to a decision: link one, suggest some, keep silent on the rest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from .signals import LAYERS, SIGNALS, Candidate, Subject

LINK_AT = 60
SUGGEST_AT = 30
FULL = 100
SHOWN = 10

#: Signals by which a ticket points at one opportunity, closed or not.
REFERENCES = frozenset({"names_quotation", "names_product"})

LINK = "link"
SUGGEST = "suggest"


@dataclass(frozen=True)
class Hit:
    """One signal that spoke: its key, layer, points and the facts behind it."""

    key: str
    layer: str
    points: int
    facts: dict

    def as_dict(self):
        return {
            "key": self.key,
            "layer": self.layer,
            "points": self.points,
            "facts": self.facts,
        }


@dataclass(frozen=True)
class Match:
    """A candidate with its hits and their sum, from 0 to 100 points."""

    candidate: Candidate
    hits: tuple[Hit, ...]

    @property
    def points(self) -> int:
        """The plain sum, by which pairs are ordered even above the top."""
        return sum(hit.points for hit in self.hits)

    @property
    def total(self) -> int:
        return max(0, min(self.points, FULL))

    @property
    def refers(self) -> bool:
        """Whether the ticket's text names something of the opportunity."""
        return any(hit.key in REFERENCES for hit in self.hits)

    @property
    def layers(self) -> dict[str, int]:
        """Points of each layer, the silent ones included."""
        return {
            layer: sum(hit.points for hit in self.hits if hit.layer == layer)
            for layer in LAYERS
        }


def weigh(
    subject: Subject, candidate: Candidate, weights: Mapping[str, float] | None = None
) -> Match:
    """Ask every signal about the pair.

    :param weights: signal key -> points; those left out keep their own

    >>> pair = weigh(Subject(entity=7, phone="+1"), Candidate(3, entity=7, phone="+1"))
    >>> pair.total, [hit.key for hit in pair.hits]
    (90, ['same_entity', 'same_phone'])
    >>> pair.layers
    {'profile': 90, 'interaction': 0, 'stage': 0}
    >>> weigh(Subject(entity=7), Candidate(3, entity=7), {"same_entity": 41}).total
    41
    """
    hits = []
    for known in SIGNALS.values():
        facts = known.facts(subject, candidate)
        if facts is None:
            continue
        weight = (weights or {}).get(known.key, known.weight)
        points = round(weight * facts.get("strength", 1.0))
        hits.append(Hit(known.key, known.layer, points, facts))
    return Match(candidate, tuple(hits))


def decide(
    subject: Subject,
    candidates: Iterable[Candidate],
    weights: Mapping[str, float] | None = None,
    link_at: int = LINK_AT,
    suggest_at: int = SUGGEST_AT,
    shown: int = SHOWN,
) -> list[tuple[str, Match]]:
    """Pairs worth showing, best first: a list of (decision, Match), at most `shown`.

    At most one is linked: the best, when it reaches `link_at` points. The others
    from `suggest_at` points on are suggested, the rest is left out. On equal points
    an open opportunity wins, then the one that moved last, then the younger one.
    One that is closed only counts when the ticket names something of it.

    >>> ticket = Subject(entity=7, phone="+1")
    >>> leads = [Candidate(1, entity=7), Candidate(2, entity=7, phone="+1"),
    ...          Candidate(3, phone="+1"), Candidate(4, entity=8)]
    >>> [(what, pair.candidate.lead, pair.total)
    ...  for what, pair in decide(ticket, leads)]
    [('link', 2, 90), ('suggest', 1, 60), ('suggest', 3, 30)]
    """
    pairs = sorted(
        (weigh(subject, candidate, weights) for candidate in candidates),
        key=lambda pair: (
            pair.points,
            not pair.candidate.closed,
            pair.candidate.touched or date.min,
            pair.candidate.lead,
        ),
        reverse=True,
    )
    decided = []
    for pair in pairs:
        if pair.candidate.closed and not pair.refers:
            continue
        if not decided and pair.total >= link_at:
            decided.append((LINK, pair))
        elif pair.total >= suggest_at:
            decided.append((SUGGEST, pair))
    return decided[:shown]
