"""What the commands print while they work, and how they fail."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Fault(Exception):
    """Something the reader can mend; shown as one line, without a traceback."""


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)


def complain(text: str) -> None:
    """Print one line on standard error at once."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def timed(label: str) -> Iterator[None]:
    """Print ``label ... 12 s`` around a piece of work."""
    print(f"{label} ... ", end="", flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - start:.0f} s", flush=True)
