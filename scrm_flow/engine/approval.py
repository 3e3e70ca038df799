"""When an approval is decided, and who is asked meanwhile.

An approval has seats, in order; each is undecided, approved or rejected. It is
decided as soon as the votes still missing cannot change the outcome.

>>> seats = [APPROVED, UNDECIDED, UNDECIDED]
>>> outcome(seats, needed(ONE, 0, 3))
'approved'
>>> outcome(seats, needed(ALL, 0, 3)), outcome(seats, needed(COUNT, 2, 3))
(None, None)
>>> outcome([REJECTED, REJECTED, UNDECIDED], needed(COUNT, 2, 3))
'rejected'
>>> asked(seats, PARALLEL), asked(seats, SERIAL)
([1, 2], [1])
"""

from collections.abc import Sequence

#: How many have to approve.
ONE, ALL, COUNT = "one", "all", "count"
#: Whether all are asked at once, or each after the one before.
PARALLEL, SERIAL = "parallel", "serial"

UNDECIDED = ""
APPROVED = "approved"
REJECTED = "rejected"


def needed(policy: str, count: int, seats: int) -> int:
    """How many approvals are asked for.

    :param policy: ``ONE``, ``ALL`` or ``COUNT``
    :param count: of ``COUNT``: how many
    :param seats: how many approvers there are
    """
    return {ONE: 1, ALL: seats, COUNT: count}[policy]


def outcome(seats: Sequence[str], wanted: int) -> str | None:
    """``APPROVED`` or ``REJECTED`` as soon as that is certain, before that None.

    >>> outcome([], 1)
    'rejected'
    """
    if seats.count(APPROVED) >= wanted > 0:
        return APPROVED
    if len(seats) - seats.count(REJECTED) < max(wanted, 1):
        return REJECTED
    return None


def asked(seats: Sequence[str], order: str) -> list[int]:
    """Whose votes are asked for now: positions of undecided seats."""
    waiting = [place for place, vote in enumerate(seats) if vote == UNDECIDED]
    return waiting[:1] if order == SERIAL else waiting
