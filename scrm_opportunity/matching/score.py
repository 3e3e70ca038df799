"""From signals to a decision: link one, suggest some, keep silent on the rest."""

from dataclasses import dataclass
from datetime import date

from .signals import SIGNALS, Candidate

LINK_AT = 60
SUGGEST_AT = 30
FULL = 100
SHOWN = 10

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
    """A candidate with its hits and their sum, never above 100 points."""

    candidate: Candidate
    hits: tuple[Hit, ...]

    @property
    def total(self):
        return min(sum(hit.points for hit in self.hits), FULL)


def weigh(subject, candidate):
    """Ask every signal about the pair.

    >>> from .signals import Subject
    >>> pair = weigh(Subject(entity=7, phone="+1"), Candidate(3, entity=7, phone="+1"))
    >>> pair.total, [hit.key for hit in pair.hits]
    (90, ['same_entity', 'same_phone'])
    """
    hits = []
    for known in SIGNALS.values():
        facts = known.facts(subject, candidate)
        if facts is not None:
            hits.append(Hit(known.key, known.layer, known.weight, facts))
    return Match(candidate, tuple(hits))


def decide(subject, candidates, link_at=LINK_AT, suggest_at=SUGGEST_AT, shown=SHOWN):
    """Pairs worth showing, best first: a list of (decision, Match), at most `shown`.

    At most one is linked: the best, when it reaches `link_at` points. The others
    from `suggest_at` points on are suggested, the rest is left out. On equal points
    the opportunity that moved last wins, then the younger one.

    >>> from .signals import Subject
    >>> ticket = Subject(entity=7, phone="+1")
    >>> leads = [Candidate(1, entity=7), Candidate(2, entity=7, phone="+1"),
    ...          Candidate(3, phone="+1"), Candidate(4, entity=8)]
    >>> [(what, pair.candidate.lead, pair.total)
    ...  for what, pair in decide(ticket, leads)]
    [('link', 2, 90), ('suggest', 1, 60), ('suggest', 3, 30)]
    """
    pairs = sorted(
        (weigh(subject, candidate) for candidate in candidates),
        key=lambda pair: (
            pair.total,
            pair.candidate.touched or date.min,
            pair.candidate.lead,
        ),
        reverse=True,
    )
    decided = []
    for pair in pairs:
        if not decided and pair.total >= link_at:
            decided.append((LINK, pair))
        elif pair.total >= suggest_at:
            decided.append((SUGGEST, pair))
    return decided[:shown]
