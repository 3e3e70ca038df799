"""What a decision table leaves open, and where its rules contradict each other.

The values of each dimension fall into finitely many cells: inside a cell every
condition of the table gives the same answer. Numbers fall into points and the
intervals between them, choices and yes/no into their values, texts into those that
are named, those that contain a keyword, and all others. So looking at the cells is
looking at all values there are. What is found are boxes: a set of cells for each
dimension that matters, any value for the others.

>>> from odoo.addons.scrm_flow.engine.decision import Condition, Rule
>>> bands = [
...     Rule("small", [Condition("area", "between", "0, 50")]),
...     Rule("large", [Condition("area", ">", "60"), Condition("urgent", "=", "true")]),
...     Rule("special", [Condition("area", ">=", "50"), Condition("area", "<", "70")]),
... ]
>>> known = {"area": Dimension("number"), "urgent": Dimension("boolean")}
>>> found = analyse(bands, known)
>>> for gap in found.gaps:
...     print({key: [str(cell) for cell in cells] for key, cells in gap.items()})
{'area': ['none', '<= 0']}
{'area': ['>= 70'], 'urgent': ['false']}
>>> [(one.ref, other.ref) for one, other, _box in found.overlaps]
[('small', 'special'), ('large', 'special')]
>>> found.hidden, found.is_complete
([], True)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Any

from .decision import ORDERED, Condition, Rule, items, limits, matches, number

#: Combinations that are looked at before a table is taken to be too large.
WORK_LIMIT = 50_000
#: Keywords of one dimension whose combinations are looked at.
KEYWORD_LIMIT = 10
#: Gaps and overlaps that are listed.
SHOWN = 20

#: Cells that are not a range of numbers.
NONE, VALUE, OTHER, TEXT, RANGE = "none", "value", "other", "text", "range"


@dataclass(frozen=True, slots=True)
class Dimension:
    """What is known of the values of a dimension.

    :param type: ``number``, ``boolean``, ``choice``, ``text`` or ``date``
    :param choices: all values it can have besides none, if they are known
    """

    type: str
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """Values that no condition of the table tells from each other.

    ``none``: no value; ``value``: this one (``low``); ``other``: all that are not
    named; ``text``: those with these keywords (``low``) and no other; ``range``:
    from ``low`` to ``high``, None meaning without end, with or without its ends.
    """

    kind: str
    low: Any = None
    high: Any = None
    with_low: bool = False
    with_high: bool = False

    def __str__(self):
        if self.kind == VALUE:
            return str(self.low)
        if self.kind == TEXT:
            return " + ".join(self.low)
        if self.kind != RANGE:
            return self.kind
        if self.low is not None and self.low == self.high:
            return f"= {self.low}"
        parts = []
        if self.low is not None:
            parts.append(f"{'>=' if self.with_low else '>'} {self.low}")
        if self.high is not None:
            parts.append(f"{'<=' if self.with_high else '<'} {self.high}")
        return " ".join(parts) or "any"


#: A set of cells for each dimension that matters.
Box = dict[str, list[Cell]]


@dataclass(slots=True)
class Analysis:
    """What was found; ``is_complete`` is false when there was too much to look at.

    :param gaps: boxes for which no rule answers
    :param overlaps: (rule, later rule, box for which both hold)
    :param hidden: rules that never answer, as earlier ones always do
    """

    gaps: list[Box] = field(default_factory=list)
    overlaps: list[tuple[Rule, Rule, Box]] = field(default_factory=list)
    hidden: list[Rule] = field(default_factory=list)
    is_complete: bool = True


class _TooLarge(Exception):
    """There are more combinations than can be looked at."""


def analyse(
    rules: Iterable[Rule],
    dimensions: Mapping[str, Dimension],
    limit: int = WORK_LIMIT,
) -> Analysis:
    """Look for gaps, overlaps and rules that never answer.

    A default leaves no gap, and overlaps with nothing.

    :param dimensions: what is known of each dimension that the rules ask
    :param limit: how many combinations are looked at
    """
    rules = list(rules)
    asking = [rule for rule in rules if not rule.is_default]
    found = Analysis()
    try:
        space = _Space(asking, dimensions, limit)
        found.overlaps = list(space.overlaps())
        found.hidden = [
            rule for place, rule in enumerate(asking) if space.is_hidden(place)
        ]
        if len(asking) == len(rules):
            found.gaps = _merged(space.gaps())
    except _TooLarge:
        found.is_complete = False
    return found


class _Space:
    """The cells of all dimensions, each with the rules that hold there as bits."""

    def __init__(self, rules, dimensions, limit):
        self.rules = rules
        self.left = limit
        self.axes = []
        asked: dict[str, list[Condition]] = {}
        for rule in rules:
            for condition in rule.conditions:
                asked.setdefault(condition.dimension, []).append(condition)
        for key, conditions in asked.items():
            groups: dict[int, list[Cell]] = {}
            for cell, sample in _cells(dimensions[key], conditions):
                mask = self._mask(key, sample)
                groups.setdefault(mask, []).append(cell)
            axis = [(mask, _joined(cells)) for mask, cells in groups.items()]
            self.axes.append((key, axis))
        self.all = (1 << len(rules)) - 1
        #: rules that no axis from here on can rule out
        self.settled = []
        for place in range(len(self.axes) + 1):
            settled = self.all
            for _key, axis in self.axes[place:]:
                for mask, _cells_of in axis:
                    settled &= mask
            self.settled.append(settled)

    def _mask(self, key, sample):
        self._work(len(self.rules))
        mask = 0
        for place, rule in enumerate(self.rules):
            asked = [c for c in rule.conditions if c.dimension == key]
            if matches(asked, {key: sample}):
                mask |= 1 << place
        return mask

    def _work(self, amount=1):
        self.left -= amount
        if self.left < 0:
            raise _TooLarge

    def gaps(self, alive=None, place=0):
        """Boxes in which none of the ``alive`` rules holds, as tuples of cells."""
        alive = self.all if alive is None else alive
        self._work()
        if not alive:
            yield {}
            return
        if alive & self.settled[place]:
            return
        key, axis = self.axes[place]
        for mask, cells in axis:
            for box in self.gaps(alive & mask, place + 1):
                yield {key: cells, **box}

    def is_hidden(self, place):
        """Whether an earlier rule holds wherever this one does."""
        return not self._answers(place, (1 << place) - 1, 0)

    def _answers(self, place, earlier, axis_place):
        self._work()
        if not earlier & self.all:
            return self._holds_from(place, axis_place)
        if axis_place == len(self.axes) or earlier & self.settled[axis_place]:
            return False
        return any(
            self._answers(place, earlier & mask, axis_place + 1)
            for mask, _cells_of in self.axes[axis_place][1]
            if mask >> place & 1
        )

    def _holds_from(self, place, axis_place):
        return all(
            any(mask >> place & 1 for mask, _cells_of in axis)
            for _key, axis in self.axes[axis_place:]
        )

    def overlaps(self):
        """Pairs of rules that hold together somewhere; not those that always hold."""
        asking = [place for place, rule in enumerate(self.rules) if rule.conditions]
        for one, other in combinations(asking, 2):
            self._work(len(self.axes))
            both = 1 << one | 1 << other
            box = {}
            for key, axis in self.axes:
                common = [cells for mask, cells in axis if mask & both == both]
                if not common:
                    break
                if len(common) < len(axis):
                    box[key] = _joined([cell for cells in common for cell in cells])
            else:
                yield self.rules[one], self.rules[other], box


def _merged(boxes: Iterable[Box]) -> list[Box]:
    """Join boxes that differ in one dimension only, and drop what does not matter."""
    boxes = list(boxes)
    merged = True
    while merged:
        merged = False
        for one, other in combinations(range(len(boxes)), 2):
            joined = _join_boxes(boxes[one], boxes[other])
            if joined is not None:
                boxes[one] = joined
                del boxes[other]
                merged = True
                break
    return boxes


def _join_boxes(one: Box, other: Box) -> Box | None:
    if one.keys() != other.keys():
        return None
    different = [key for key in one if one[key] != other[key]]
    if len(different) != 1:
        return None
    (key,) = different
    return {**one, key: _joined(one[key] + other[key])}


# Cells ---------------------------------------------------------------------------


def _cells(dimension: Dimension, conditions: Sequence[Condition]):
    """(cell, a value in it) for all values of a dimension."""
    if dimension.type == "boolean":
        return [
            (Cell(VALUE, "true"), True),
            (Cell(VALUE, "false"), False),
        ]
    cells = [(Cell(NONE), None)]
    if dimension.type == "number":
        return cells + _number_cells(conditions)
    ordered = [c for c in conditions if c.operator in ORDERED]
    if ordered:
        if len(ordered) < len(conditions) and any(
            c.operator == "contains" for c in conditions
        ):
            raise _TooLarge
        return cells + _ordered_cells(conditions)
    return cells + _text_cells(dimension, conditions)


def _number_cells(conditions):
    points = set()
    for condition in conditions:
        if condition.operator == "between":
            points |= {limit for limit in limits(condition.value) if limit is not None}
        elif condition.operator == "in":
            points |= {number(item) for item in items(condition.value)}
        else:
            points.add(number(condition.value))
    points = sorted(points)
    return _line(
        points,
        before=lambda high: high - 1,
        between=lambda low, high: (low + high) / 2,
        after=lambda low: low + 1,
    )


def _ordered_cells(conditions):
    """Texts and dates compared by their order."""
    points = set()
    for condition in conditions:
        if condition.operator in ("between", "in"):
            points |= set(items(condition.value))
        else:
            points.add(condition.value.strip())
    points = sorted(points - {""})
    return _line(
        points,
        before=lambda high: "\x00" if high > "\x00" else None,
        between=lambda low, high: low + "\x00" if low + "\x00" < high else None,
        after=lambda low: low + "\x00",
    )


def _line(points, before, between, after):
    """Points and what lies between them, from one end to the other."""
    if not points:
        return [(Cell(RANGE), after(Decimal(0)))]
    cells = [(Cell(RANGE, None, points[0]), before(points[0]))]
    for place, point in enumerate(points):
        cells.append((Cell(RANGE, point, point, True, True), point))
        if place + 1 < len(points):
            high = points[place + 1]
            cells.append((Cell(RANGE, point, high), between(point, high)))
    cells.append((Cell(RANGE, points[-1], None), after(points[-1])))
    return [(cell, sample) for cell, sample in cells if sample is not None]


def _text_cells(dimension, conditions):
    named = dict.fromkeys(dimension.choices or ())
    keywords = {}
    for condition in conditions:
        if condition.operator == "contains":
            keywords |= {word.lower(): None for word in items(condition.value)}
        elif condition.operator == "in":
            named |= dict.fromkeys(items(condition.value))
        else:
            named[condition.value.strip()] = None
    if dimension.choices is not None:
        named = dict.fromkeys(dimension.choices)
    cells = [(Cell(VALUE, value), value) for value in named if value]
    if dimension.choices is not None:
        return cells
    if len(keywords) > KEYWORD_LIMIT:
        raise _TooLarge
    for count in range(len(keywords) + 1):
        for words in combinations(keywords, count):
            sample = "\x01".join(words) if words else "\x01"
            while sample in named:
                sample += "\x01"
            cell = Cell(TEXT, words) if words else Cell(OTHER)
            cells.append((cell, sample))
    return cells


def _joined(cells: Sequence[Cell]) -> list[Cell]:
    """Neighbouring ranges as one range."""
    ranges = [cell for cell in cells if cell.kind == RANGE]
    others = [cell for cell in cells if cell.kind != RANGE]
    ranges.sort(key=lambda c: (c.low is not None, c.low or 0, not c.with_low))
    joined: list[Cell] = []
    for cell in ranges:
        last = joined[-1] if joined else None
        if (
            last
            and last.high is not None
            and last.high == cell.low
            and (last.with_high or cell.with_low)
        ):
            joined[-1] = Cell(RANGE, last.low, cell.high, last.with_low, cell.with_high)
        else:
            joined.append(cell)
    return others + joined
