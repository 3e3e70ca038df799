"""``make clean``: as after ``git clone``."""

from __future__ import annotations

import shutil

from . import paths, postgres
from .progress import say

_MADE = ("dist", "node_modules", "screenshots")


def run() -> None:
    """Stop PostgreSQL and delete everything the commands made."""
    clusters = postgres.DEMO.home.parent
    for cluster in (postgres.DEMO, postgres.TEST, postgres.CRASH):
        cluster.stop()
    for folder in (clusters, paths.STATE, *(paths.ROOT / name for name in _MADE)):
        if folder.is_dir():
            shutil.rmtree(folder)
    say("clean")
