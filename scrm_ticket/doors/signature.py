"""Signed messages, as Standard Webhooks (standardwebhooks.com) describe them.

Plain Python. A sender signs ``{id}.{timestamp}.{body}`` with HMAC-SHA256 and sends
the result in base64 as ``v1,<signature>``, several of them parted by spaces while a
secret is being replaced.

>>> secret = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
>>> sent = sign(secret, "msg_1", 1767225600, b"{}")
>>> sent
'v1,r+oFAAy59wbab0JYUiB/8EklLRXfGN9YWIrxXdpiAsk='
>>> is_signed([secret], f"v1,AAAA {sent}", "msg_1", 1767225600, b"{}")
True
>>> is_signed([secret], sent, "msg_2", 1767225600, b"{}")
False
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

PREFIX = "whsec_"
VERSION = "v1"
#: Length of a secret, in bytes.
SECRET_BYTES = 32
EPOCH = datetime(1970, 1, 1)
#: Digits of the latest moment that can be meant.
DIGITS = 12


def new_secret():
    """A fresh secret, as it is handed to a sender."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret, message_id, timestamp, body):
    """The signature of a message.

    :param secret: from :func:`new_secret`
    :param timestamp: seconds since 1970
    :param body: bytes
    :return: "v1,<base64>"
    """
    key = base64.b64decode(secret.removeprefix(PREFIX))
    content = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key, content, hashlib.sha256).digest()
    return f"{VERSION},{base64.b64encode(digest).decode()}"


def is_recent(moment, now, tolerance):
    """Whether a message was signed just now.

    :param moment: seconds since 1970 in digits, as a sender wrote them
    :param now: naive datetime, in UTC
    :param tolerance: seconds that it may be before or after now

    >>> now = datetime(2026, 1, 1)
    >>> is_recent("1767225600", now, 300), is_recent("1767225901", now, 300)
    (True, False)
    >>> is_recent("today", now, 300), is_recent("9" * 5000, now, 300)
    (False, False)
    """
    if not (moment.isascii() and moment.isdecimal() and len(moment) <= DIGITS):
        return False
    return abs((now - EPOCH).total_seconds() - int(moment)) <= tolerance


def is_signed(known, sent, message_id, timestamp, body):
    """Whether one of the signatures was made with one of the secrets.

    :param known: secrets that are good now
    :param sent: the header's text
    """
    made = [sign(secret, message_id, timestamp, body).encode() for secret in known]
    return any(
        hmac.compare_digest(one, other)
        for one in made
        for other in sent.encode("ascii", "replace").split()
    )
