"""Sharing an amount out so that the parts are the whole, to the last digit."""

from .money import CONTEXT, decimal, text


class BadWeights(ValueError):
    """The weights cannot share anything out: none, negative, or all zero."""


def split(amount, weights, rounding):
    """Share ``amount`` out in proportion to ``weights``, by largest remainder.

    Each part is rounded towards zero; the steps that are left go one by one to
    the parts that lost most, of equal ones to the first.

    :param Decimal amount: a multiple of ``rounding``; negative amounts are shared
        like positive ones
    :param weights: list of Decimals, none below zero, not all zero
    :param Decimal rounding: the currency's smallest step
    :return: list of Decimals that add up to ``amount``
    :raise BadWeights: naming what is wrong with the weights

    >>> from decimal import Decimal
    >>> cents = Decimal("0.01")
    >>> [str(part) for part in split(Decimal(100), [Decimal(1)] * 3, cents)]
    ['33.34', '33.33', '33.33']
    >>> [str(part) for part in split(Decimal(-10), [Decimal(1), Decimal(2)], cents)]
    ['-3.33', '-6.67']
    >>> split(Decimal(7), [Decimal(1), Decimal(0), Decimal(1)], Decimal(1))
    [Decimal('4'), Decimal('0'), Decimal('3')]
    """
    if not weights or any(weight < 0 for weight in weights) or not any(weights):
        raise BadWeights
    # whole numbers throughout: equal remainders are equal to the last digit
    scale = max(-min(weight.as_tuple().exponent, 0) for weight in weights)
    parts = [int(weight.scaleb(scale, CONTEXT)) for weight in weights]
    total = sum(parts)
    sign = -1 if amount < 0 else 1
    steps = int(CONTEXT.divide(abs(amount), rounding))
    shares = [divmod(steps * part, total) for part in parts]
    left = steps - sum(whole for whole, _rest in shares)
    order = sorted(range(len(parts)), key=lambda at: (-shares[at][1], at))
    lucky = set(order[:left])
    return [
        CONTEXT.multiply(sign * (whole + (at in lucky)), rounding).quantize(rounding)
        for at, (whole, _rest) in enumerate(shares)
    ]


def moved(parts, amount, paid):
    """What each cost centre still gets or gives back when an amount is corrected.

    :param parts: ``[{"analytic", "amount"}]`` of what is due in all, or None
    :param Decimal amount: what is due in all; what no part says is of centre None
    :param dict paid: centre, None included -> Decimal that was settled
    :return: parts of the difference, None when there never was a centre

    >>> from decimal import Decimal
    >>> due = [{"analytic": 1, "amount": "90"}, {"analytic": 2, "amount": "30"}]
    >>> moved(due, Decimal(120), {None: Decimal(0), 1: Decimal(50), 2: Decimal(50)})
    [{'analytic': 1, 'amount': '40'}, {'analytic': 2, 'amount': '-20'}]
    >>> moved(None, Decimal(0), {None: Decimal(0), 1: Decimal(50)})
    [{'analytic': 1, 'amount': '-50'}]
    >>> moved(None, Decimal(70), {None: Decimal(50)}) is None
    True
    """
    if not parts and set(paid) == {None}:
        return None
    due = {part["analytic"]: decimal(part["amount"]) for part in parts or ()}
    due[None] = amount - sum(due.values())
    return [
        {"analytic": centre, "amount": text(difference)}
        for centre in due | paid
        if (difference := due.get(centre, 0) - paid.get(centre, 0))
    ]
