"""What a platform tells of an order, in one form for all of them. Plain Python.

>>> line = Line("AC-1", "Air conditioner", Decimal("2"), Decimal("1999.00"))
>>> Order("S1", "paid", "2026-03-02 08:00:00", Buyer("b1"), (line,)).total
Decimal('3998.00')
>>> plain_phone("138****1234"), plain_phone("13800001234")
('', '13800001234')
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

#: Waiting for its payment, paid (or sent, or done), called off.
STATES = ("waiting", "paid", "cancelled")


class NoOrder(ValueError):
    """What was sent is no order; names what of it is missing or wrong."""


@dataclass(frozen=True)
class Buyer:
    """Who bought, as the platform knows him or her; the id is its own."""

    id: str
    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Line:
    """One product by the code it has with us, at the price that was paid for one."""

    code: str
    name: str
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True)
class Order:
    """``modified`` is UTC, and the later one of two tells what holds."""

    id: str
    state: str
    modified: str
    buyer: Buyer
    lines: tuple
    freight: Decimal = Decimal(0)
    coupon: str = ""
    store: str = ""

    @property
    def total(self):
        return sum((line.quantity * line.price for line in self.lines), self.freight)


def text(said, name, needed=True):
    """A text of what was said, numbers too.

    :raise NoOrder: it is missing, or no text
    """
    value = said.get(name)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        value = str(value)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise NoOrder(name)
    return value.strip()


def number(said, name, divided_by=1, default=None):
    """A number of what was said, at most eight digits before the point.

    :param divided_by: 100 where amounts are cents
    :raise NoOrder: it is missing, or no number
    """
    value = said.get(name, default)
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise NoOrder(name) from error
    if not found.is_finite() or not 0 <= found < 10**10:
        raise NoOrder(name)
    return found / divided_by


def plain_phone(phone):
    """A phone number that says who it is; what a platform hid does not."""
    return "" if "*" in phone or "#" in phone else phone
