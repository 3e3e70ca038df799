"""What Apprise's log tells of a message that it could not send.

Apprise itself says only that it failed. Its services log why, in one form: the status
of an answer, or why there was no connection. What is not understood is not guessed.
"""

import re
from collections.abc import Iterable

from .notices import BUSY

_STATUS = re.compile(r"\berror=(\d{3})\b")
#: No connection came about, so nothing was said.
_UNREACHED = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")


def fate(lines: Iterable[str]) -> tuple[str, int | None]:
    """(what became of a message, status of the answer or None).

    ``refused``: the service does not take it, now or later; ``later``: it took
    nothing, but may; ``unknown``: it may have taken it.

    >>> fate(["Failed to send Slack notification: Unauthorized, error=401."])
    ('refused', 401)
    >>> fate(["Failed to send Slack notification: error=429."])
    ('later', 429)
    >>> fate(["Failed to send Slack notification: error=500."])
    ('unknown', 500)
    >>> fate(["A Connection error occurred", "Socket Exception: (Caused by "
    ...       "NewConnectionError(': Failed to establish a new connection'))"])
    ('later', None)
    >>> fate(["A Connection error occurred", "Socket Exception: Read timed out."])
    ('unknown', None)

    Of several answers the first may have been a yes.

    >>> fate(["Failed: error=404.", "Failed: error=401."])
    ('unknown', None)
    """
    lines = list(lines)
    statuses = {int(found) for line in lines for found in _STATUS.findall(line)}
    if len(statuses) > 1:
        return "unknown", None
    if statuses:
        (status,) = statuses
        if status in BUSY:
            return "later", status
        return ("refused" if 300 <= status < 500 else "unknown"), status
    if any(reason in line for line in lines for reason in _UNREACHED):
        return "later", None
    return "unknown", None
