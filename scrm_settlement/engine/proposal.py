"""Tiers that history suggests: limits where the facts divide, rates that were paid."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class ProposedTier:
    """One tier, and the past it comes from.

    :param above: lower limit, not in the tier
    :param up_to: upper limit, in the tier; None: none
    :param rate: percent of the value that is proposed
    :param count: number of past facts in the tier
    :param total: what their values add up to
    :param paid: what was paid for them
    """

    above: Decimal
    up_to: Decimal | None
    rate: Decimal
    count: int
    total: Decimal
    paid: Decimal


def nice(value):
    """A limit as people choose it: two digits that count.

    >>> [str(nice(Decimal(v))) for v in ("399", "1234.5", "0.0567", "0")]
    ['400', '1200', '0.057', '0']
    """
    if not value:
        return Decimal(0)
    step = Decimal(1).scaleb(value.adjusted() - 1)
    rounded = (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step
    return Decimal(format(rounded, "f"))


def propose(
    past: Iterable[tuple[Decimal, Decimal]], number: int, share=HUNDRED
) -> list[ProposedTier]:
    """Divide the past into tiers of about as many facts each.

    :param past: (value, what was paid) of each fact; only values above 0 count
    :param number: of tiers, fewer where the values do not differ enough
    :param share: percent of what was paid that the proposal is to cost
    :return: the tiers, gap-free from 0 on, the last one open; none without a past

    >>> past = [(Decimal(v), Decimal(p)) for v, p in
    ...         ((100, 20), (200, 40), (900, 90), (1100, 110))]
    >>> [(str(tier.above), str(tier.up_to), str(tier.rate), tier.count)
    ...  for tier in propose(past, 2)]
    [('0', '200', '20.00', 2), ('200', 'None', '10.00', 2)]
    >>> [str(tier.rate) for tier in propose(past, 2, Decimal(50))]
    ['10.00', '5.00']
    >>> propose([], 3)
    []
    """
    past = sorted((value, paid) for value, paid in past if value > 0)
    if not past:
        return []
    cuts = []
    for place in range(1, number):
        cut = nice(past[max(len(past) * place // number - 1, 0)][0])
        if cut < past[-1][0] and cut > (cuts[-1] if cuts else 0):
            cuts.append(cut)
    tiers = []
    for above, up_to in zip([Decimal(0), *cuts], [*cuts, None], strict=True):
        inside = [
            (value, paid)
            for value, paid in past
            if value > above and (up_to is None or value <= up_to)
        ]
        total = sum((value for value, _paid in inside), Decimal(0))
        paid = sum((paid for _value, paid in inside), Decimal(0))
        rate = paid * share / total if total else Decimal(0)
        rate = rate.quantize(Decimal("0.01"), ROUND_HALF_UP)
        tiers.append(ProposedTier(above, up_to, rate, len(inside), total, paid))
    return tiers
