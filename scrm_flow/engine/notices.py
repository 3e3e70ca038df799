"""When a notice may go out, when it is tried again, and what it says.

Moments are naive UTC, as everywhere; hours of the day are those of the recipient.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta

import pytz

#: Minutes until the second, third ... attempt; after the last one it is given up.
RETRY_MINUTES = (1, 5, 15, 60, 240)
#: Answers of a gateway after which surely nothing was done, though it may go later.
BUSY = (429, 502, 503)

_PLACEHOLDER = re.compile(r"\{\{\s*([a-z][a-z0-9_.]*)\s*\}\}")
_BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def to_local(moment: datetime, tz: str | None) -> datetime:
    """The clock of a timezone at a moment.

    >>> to_local(datetime(2026, 3, 2, 16), "Asia/Shanghai").isoformat()
    '2026-03-03T00:00:00+08:00'
    """
    return pytz.utc.localize(moment).astimezone(pytz.timezone(tz or "UTC"))


def to_utc(local: datetime, tz: str | None) -> datetime:
    """The moment at which a clock shows a time; of two such moments the later.

    >>> to_utc(datetime(2026, 10, 25, 2, 30), "Europe/Berlin")  # shown twice
    datetime.datetime(2026, 10, 25, 1, 30)
    >>> to_utc(datetime(2026, 3, 29, 2, 30), "Europe/Berlin")  # never shown
    datetime.datetime(2026, 3, 29, 1, 30)
    """
    zone = pytz.timezone(tz or "UTC")
    aware = zone.localize(local, is_dst=False)
    return aware.astimezone(pytz.utc).replace(tzinfo=None)


def _at_hour(day, hour: float) -> datetime:
    """A day at an hour such as 7.5; 24 is the midnight after it."""
    return datetime.combine(day, time()) + timedelta(seconds=round(hour * 3600))


def after_quiet(moment: datetime, tz: str | None, start: float, end: float):
    """The moment itself, or the end of the quiet hours in which it lies.

    At the end itself it is not quiet any more. Equal hours: never quiet.

    >>> night = datetime(2026, 3, 2, 18, 30)  # 02:30 in Shanghai
    >>> after_quiet(night, "Asia/Shanghai", 22, 8)
    datetime.datetime(2026, 3, 3, 0, 0)
    >>> after_quiet(night, "Europe/Berlin", 22, 8) == night  # 19:30 there
    True
    >>> after_quiet(datetime(2026, 3, 2, 12), "UTC", 12, 13.5)
    datetime.datetime(2026, 3, 2, 13, 30)
    """
    local = to_local(moment, tz).replace(tzinfo=None)
    hour = (local - datetime.combine(local, time())).total_seconds() / 3600
    if start == end:
        return moment
    if start < end:
        is_quiet, days = start <= hour < end, 0
    else:
        is_quiet, days = hour >= start or hour < end, int(hour >= start)
    if not is_quiet:
        return moment
    release = to_utc(_at_hour(local.date() + timedelta(days=days), end), tz)
    # where a clock is set back the end may be shown before the moment as well
    return max(release, moment)


def digest_at(moment: datetime, tz: str | None, every: str, hour: float = 18):
    """When the digest is due that tells what happened at a moment.

    What happens when a digest is due is told by the next one.

    :param every: ``hour`` or ``day``
    :param hour: of the day, for a daily one

    >>> digest_at(datetime(2026, 3, 2, 9, 59, 59), "UTC", "hour")
    datetime.datetime(2026, 3, 2, 10, 0)
    >>> digest_at(datetime(2026, 3, 2, 10), "UTC", "hour")
    datetime.datetime(2026, 3, 2, 11, 0)
    >>> digest_at(datetime(2026, 3, 2, 9, 59, 59), "Asia/Shanghai", "day", 18)
    datetime.datetime(2026, 3, 2, 10, 0)
    >>> digest_at(datetime(2026, 3, 2, 10), "Asia/Shanghai", "day", 18)
    datetime.datetime(2026, 3, 3, 10, 0)
    """
    if every == "hour":
        # full hours of the recipient, whose clock may differ by half an hour
        local = to_local(moment, tz)
        past = timedelta(
            minutes=local.minute, seconds=local.second, microseconds=local.microsecond
        )
        return moment - past + timedelta(hours=1)
    today = to_local(moment, tz).date()
    for days in range(3):
        at = to_utc(_at_hour(today + timedelta(days=days), hour), tz)
        if at > moment:
            return at
    raise ValueError(hour)


def retry_at(now: datetime, attempts: int) -> datetime | None:
    """When to try again after so many attempts; None: not any more.

    >>> now = datetime(2026, 3, 2)
    >>> [(retry_at(now, done) - now).seconds // 60 for done in range(1, 6)]
    [1, 5, 15, 60, 240]
    >>> retry_at(now, 6)
    """
    if attempts > len(RETRY_MINUTES):
        return None
    return now + timedelta(minutes=RETRY_MINUTES[max(attempts, 1) - 1])


def free_at(now: datetime, sent: Iterable[datetime], cap: int) -> datetime:
    """When one more message may go out, with at most so many in an hour.

    :param sent: when earlier ones went out
    :param cap: 0 for no limit

    >>> now = datetime(2026, 3, 2, 12)
    >>> sent = [now - timedelta(minutes=m) for m in (61, 50, 10)]
    >>> free_at(now, sent, 3) == now
    True
    >>> free_at(now, sent, 2)
    datetime.datetime(2026, 3, 2, 12, 10)
    """
    hour = timedelta(hours=1)
    recent = sorted(moment for moment in sent if moment > now - hour)
    if not cap or len(recent) < cap:
        return now
    return recent[-cap] + hour


def placeholders(text: str | None) -> set[str]:
    """The names in double braces.

    >>> sorted(placeholders("{{ record }}: {{partner_id.name}}"))
    ['partner_id.name', 'record']
    """
    return set(_PLACEHOLDER.findall(text or ""))


def bad_placeholders(text: str | None) -> list[str]:
    """What stands in double braces and is no name.

    >>> bad_placeholders("{{ record }} {{ 1 + 1 }}")
    ['1 + 1']
    """
    return [
        inner.strip()
        for inner in _BRACES.findall(text or "")
        if not _PLACEHOLDER.fullmatch("{{" + inner + "}}")
    ]


def fill(text: str | None, values: dict[str, str]) -> str:
    """Put values in the place of their names. What is put in is not read again.

    >>> fill("{{ a }} and {{ b }}", {"a": "{{ b }}", "b": "two"})
    '{{ b }} and two'
    """
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], ""), text or "")


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The signature of a webhook: SHA-256 over ``<timestamp>.<body>``.

    >>> sign("key", 1, b"{}")[:15]
    'sha256=1ba6b817'
    """
    text = f"{timestamp}.".encode() + body
    return "sha256=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
