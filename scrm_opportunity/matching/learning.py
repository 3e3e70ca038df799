"""Weights that follow people's answers, and how good the answers say we are.

Points are read as odds: a pair at the link threshold belongs together as likely as
not, every ten points more make it e times likelier. Learning looks for the weights
under which the answers given so far are most likely, but holds on to the weights it
started from: few answers move little, and a signal nobody answered about stays.

>>> start = {"same_entity": 60.0, "same_phone": 30.0}
>>> yes = [Answer({"same_entity": 1.0, "same_phone": 1.0}, True)] * 20
>>> no = [Answer({"same_phone": 1.0}, False)] * 20
>>> learned = learn(start, yes + no)
>>> learned["same_phone"] < 30 < learned["same_entity"]
True
>>> learn(start, []) == start
True
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp

from .score import LINK_AT

#: Points that make a pair e times likelier.
SCALE = 10.0
#: How much each weight holds on to where it started, in answers.
INERTIA = 20.0
#: No weight moves further than this from where it started, in points.
REACH = 30.0
_ROUNDS = 300


@dataclass(frozen=True)
class Answer:
    """What somebody said of a pair: the strengths of its signals, and yes or no."""

    strengths: Mapping[str, float]
    accepted: bool


def _chance(points: float) -> float:
    odds = (points - LINK_AT) / SCALE
    return 1 / (1 + exp(-odds)) if odds > -500 else 0.0


def learn(
    start: Mapping[str, float], answers: Sequence[Answer], inertia: float = INERTIA
) -> dict[str, float]:
    """The weights, in points, after these answers.

    Gradient ascent of the answers' likelihood with a Gaussian prior round ``start``;
    the order of the answers does not matter. A weight never changes its sign and
    never moves further than ``REACH``.

    :param start: signal key -> points of 100
    """
    weights = dict(start)
    if not answers:
        return weights
    counts = {
        key: sum(abs(answer.strengths.get(key, 0.0)) for answer in answers)
        for key in start
    }
    for _round in range(_ROUNDS):
        slope = dict.fromkeys(start, 0.0)
        for answer in answers:
            points = sum(
                weights[key] * strength
                for key, strength in answer.strengths.items()
                if key in weights
            )
            miss = answer.accepted - _chance(points)
            for key, strength in answer.strengths.items():
                if key in slope:
                    slope[key] += miss * strength
        for key, first in start.items():
            pull = inertia * (weights[key] - first) / SCALE**2
            step = SCALE * (slope[key] - pull) / (counts[key] + inertia)
            moved = weights[key] + step
            moved = max(first - REACH, min(first + REACH, moved))
            weights[key] = max(0.0, moved) if first >= 0 else min(0.0, moved)
    return weights


@dataclass(frozen=True)
class Quality:
    """How many of the automatic links were right, and how many pairs were found.

    ``precision`` is the share of links people left or accepted, ``recall`` the share
    of all right pairs that were linked without anybody; None without any answer.
    """

    linked_right: int
    linked_wrong: int
    missed: int

    @property
    def precision(self) -> float | None:
        links = self.linked_right + self.linked_wrong
        return self.linked_right / links if links else None

    @property
    def recall(self) -> float | None:
        right = self.linked_right + self.missed
        return self.linked_right / right if right else None


def quality(answers: Iterable[tuple[int, bool]], link_at: int = LINK_AT) -> Quality:
    """Count what answered pairs, each (points, accepted), say about the threshold.

    >>> found = quality([(80, True), (70, False), (40, True), (35, False)])
    >>> found.precision, found.recall
    (0.5, 0.5)
    """
    pairs = list(answers)
    return Quality(
        sum(points >= link_at and good for points, good in pairs),
        sum(points >= link_at and not good for points, good in pairs),
        sum(points < link_at and good for points, good in pairs),
    )
