"""The steps of a computation and the digest that seals them."""

import hashlib
import json

#: Made once: `json.dumps` with options makes an encoder for every call.
_CANONICAL = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


class Trace:
    """An ordered list of JSON-ready steps.

    :param Decimal rounding: smallest step of the currency, for what has to share
        out before the end; None: only the result is rounded

    >>> trace = Trace()
    >>> trace.add("fixed", result="80")
    >>> trace.steps
    [{'op': 'fixed', 'result': '80'}]
    """

    def __init__(self, rounding=None):
        self.steps = []
        self.rounding = rounding

    def add(self, op, **values):
        """Append one step; ``values`` must be JSON-ready (decimals as text)."""
        self.steps.append({"op": op, **values})


def canonical(payload):
    """Write ``payload`` as JSON in the one form that is hashed.

    >>> canonical({"b": 1, "a": "金额"})
    '{"a":"金额","b":1}'
    """
    return _CANONICAL.encode(payload)


def digest(payload):
    """SHA-256 of the canonical JSON, as 64 hexadecimal digits.

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    >>> digest({"a": 1}) == digest({"a": "1"})
    False
    """
    return hashlib.sha256(canonical(payload).encode()).hexdigest()
