"""Decimal arithmetic for money: every amount is exact until it is rounded once.

Amounts are :class:`decimal.Decimal` in units of their currency (yuan, yen,
dinar), never floats.  A currency is described by its rounding step as Odoo
stores it: ``0.01`` for CNY, ``1`` for JPY, ``0.001`` for KWD.
"""

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext

#: Wide enough for 30 integer digits and 18 decimals.
CONTEXT = Context(prec=48, rounding=ROUND_HALF_UP)


class NotANumber(ValueError):
    """The value cannot be read as a finite decimal number."""


def decimal(value):
    """Return ``value`` as an exact finite Decimal.

    :param value: int, str, Decimal or float; a float is taken by its shortest
        written form, so that what the user typed is what is computed
    :raise NotANumber: for anything else, empty text, infinity and NaN

    >>> decimal("0.10") + decimal(0.2)
    Decimal('0.30')
    >>> decimal(3)
    Decimal('3')
    """
    if isinstance(value, bool) or not isinstance(value, int | str | float | Decimal):
        raise NotANumber(str(value))
    try:
        result = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        raise NotANumber(str(value)) from None
    if not result.is_finite():
        raise NotANumber(str(value))
    return result


def round_to(amount, rounding):
    """Round ``amount`` half away from zero to a multiple of ``rounding``.

    :param Decimal amount: any amount
    :param Decimal rounding: the currency's smallest step, above zero

    >>> round_to(Decimal("2.345"), Decimal("0.01"))
    Decimal('2.35')
    >>> round_to(Decimal("-0.5"), Decimal("1"))
    Decimal('-1')
    >>> round_to(Decimal("1.0005"), Decimal("0.001"))
    Decimal('1.001')
    >>> round_to(Decimal("1.23"), Decimal("0.05"))
    Decimal('1.25')
    """
    with localcontext(CONTEXT):
        steps = (amount / rounding).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return (steps * rounding).quantize(rounding)


def text(amount):
    """Write a Decimal plainly: no exponent, no superfluous zeros.

    >>> text(Decimal("1E+3")), text(Decimal("79.80")), text(Decimal("-0.00"))
    ('1000', '79.8', '0')
    """
    written = format(amount, "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written in ("-0", "") else written
