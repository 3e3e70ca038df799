"""What a payout order and the payment provider's answer look like.

An order is sent as ``POST <address>/payouts`` and answered, or reported later, by the
same small JSON object. Both directions are signed as Standard Webhooks describe it
(``scrm_ticket/doors/signature.py``), with the number of the order as the message's id:
one number is one payment for ever, however often it is sent.
"""

import json
from typing import NamedTuple

from .trace import canonical

#: What a provider may say about an order.
STATUSES = ("accepted", "paid", "rejected")
#: Longest text that is kept of a provider's words.
LONGEST = 200


class Unreadable(ValueError):
    """The provider's words cannot be understood; nothing follows from them."""


class Answer(NamedTuple):
    """What a provider says about an order."""

    order: str
    status: str
    reference: str
    reason: str


def body(payload: dict) -> bytes:
    """The bytes that are signed and sent; equal for equal orders.

    >>> body({"order": "PAY/00001", "amount": "7920"})
    b'{"amount":"7920","order":"PAY/00001"}'
    """
    return canonical(payload).encode()


def read(content: bytes) -> Answer:
    """What a provider says.

    :raise Unreadable: no JSON object, or not about an order

    >>> read(b'{"order": "PAY/1", "status": "paid", "id": "p7"}')
    Answer(order='PAY/1', status='paid', reference='p7', reason='')
    >>> read(b'{"order": "PAY/1", "status": "maybe"}')
    Traceback (most recent call last):
    ...
    odoo.addons.scrm_settlement.engine.payout.Unreadable: status
    >>> read(b"<html>")
    Traceback (most recent call last):
    ...
    odoo.addons.scrm_settlement.engine.payout.Unreadable: JSON
    """
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):  # broken, or nested for ever
        raise Unreadable("JSON") from None
    if not isinstance(said, dict):
        raise Unreadable("JSON")
    if not isinstance(said.get("order"), str) or not said["order"]:
        raise Unreadable("order")
    if said.get("status") not in STATUSES:
        raise Unreadable("status")
    words = (str(said.get(name) or "")[:LONGEST] for name in ("id", "reason"))
    return Answer(said["order"], said["status"], *words)
