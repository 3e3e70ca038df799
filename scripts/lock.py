"""One command at a time where two would get in each other's way."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from . import paths
from .progress import say


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Hold the lock ``name`` of this clone; the system frees it at exit."""
    paths.STATE.mkdir(parents=True, exist_ok=True)
    with (paths.STATE / f"{name}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another command of this clone ({name})")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
