"""Which batch to quote: the one that leaves most, of equal ones the oldest.

>>> batches = [
...     Batch("P6", Decimal(100), Decimal(60), 10),
...     Batch("P7", Decimal(110), Decimal(80), 200),
...     Batch("P8", Decimal(110), Decimal(70), 200),
... ]
>>> best(batches).ref
'P8'
>>> best(batches[1:]).ref, best([]) is None
('P8', True)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch on the shelf.

    :param price: of one, after all rules, market limit and margin floor
    :param age: days in stock
    """

    ref: object
    price: Decimal
    cost: Decimal
    age: Decimal | int = 0

    @property
    def gain(self):
        return self.price - self.cost


def best(batches: Iterable[Batch]) -> Batch | None:
    """The batch to quote; None when there is none."""
    return max(
        batches,
        key=lambda batch: (batch.gain, batch.age or 0, str(batch.ref)),
        default=None,
    )


def margin(price: Decimal, cost: Decimal) -> Decimal:
    """What of a price is left above the cost, in percent of the price.

    >>> margin(Decimal(100), Decimal(75)), margin(Decimal(0), Decimal(5))
    (Decimal('25'), Decimal('0'))
    """
    return (price - cost) * 100 / price if price else Decimal(0)
