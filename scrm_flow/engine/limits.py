"""Is a number within its limits? Exact, as people write numbers.

>>> within(37.5, "36", "37.5"), within(37.6, "36", "37.5")
(True, False)
>>> within(-4, "", "0"), within(0, "2", "8")
(True, False)

Floats count as what they show, not as what they are in binary:

>>> within(0.3, "", "0.3"), within(1e3, "1000", "1000")
(True, True)
"""

from decimal import Decimal, InvalidOperation


def number(text: str | None) -> Decimal | None:
    """A limit; None when there is none.

    :raise ValueError: it is no number

    >>> number(" 2.50 "), number("")
    (Decimal('2.50'), None)
    >>> number("about 3")
    Traceback (most recent call last):
    ...
    ValueError: about 3
    """
    text = (text or "").strip()
    if not text:
        return None
    try:
        limit = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not limit.is_finite():
        raise ValueError(text)
    return limit


def within(value: float, lower: str | None, upper: str | None) -> bool:
    """Whether a value keeps its limits; both belong to what is allowed."""
    exact = Decimal(str(value))
    low, high = number(lower), number(upper)
    return (low is None or exact >= low) and (high is None or exact <= high)
