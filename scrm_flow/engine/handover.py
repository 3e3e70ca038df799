"""Who takes over what somebody leaves behind: one rule for everything.

Each thing has proposals, the nearest first: the successor, who the thing's own rule
names, the superiors, who leads it, a pool of people, who keeps the house. The first
proposal with somebody able is taken; a pool shares evenly.

>>> pick([("successor", []), ("leader", [4, 5])], {5}.__contains__, {})
('leader', 5)
>>> taken = {}
>>> [pick([("pool", [7, 8])], bool, taken)[1] for _turn in range(3)]
[7, 8, 7]
>>> pick([("leader", [4])], {5}.__contains__, {})
('nobody', None)
"""

from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

#: Proposals whose people share evenly; of the others the first able one gets all.
SHARED = ("pool",)
NOBODY = "nobody"


@dataclass(slots=True)
class Share:
    """One thing, the person who gets it (may be empty), and by which proposal.

    ``note`` is what the thing's own rule found when it was asked.
    """

    record: Any
    person: Any
    by: str
    note: Any = None


def pick(
    proposals: Iterable[tuple[str, list[int]]],
    is_able: Callable[[int], bool],
    taken: MutableMapping[int, int],
) -> tuple[str, int | None]:
    """Who takes over one thing, and by which proposal.

    :param proposals: (key, ids of people), in order
    :param is_able: whether that person can have it
    :param taken: how much each person has got already; kept up to date
    """
    for key, people in proposals:
        able = [person for person in people if is_able(person)]
        if not able:
            continue
        chosen = able[0]
        if key in SHARED:
            chosen = min(able, key=lambda person: taken.get(person, 0))
        taken[chosen] = taken.get(chosen, 0) + 1
        return key, chosen
    return NOBODY, None
