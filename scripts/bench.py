"""``make bench`` and ``make bench-<room>``: ``tests/benchmarks/bench_<room>.py``.

Each file is a program that prints its figures and exits 1 on a MISS.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from . import odoo_config, paths, postgres
from . import setup as setup_steps
from .progress import Fault, say

_FOLDER = paths.ROOT / "tests" / "benchmarks"


def run(rest: list[str]) -> int:
    """The command ``bench [ROOM]``; returns the exit code."""
    rooms = {path.stem.removeprefix("bench_"): path for path in _files()}
    if rest and rest[0] not in rooms:
        known = ", ".join(rooms) or "none yet"
        raise Fault(f"there is no benchmark {rest[0]!r}; there are: {known}")
    if not rooms:
        say("there are no benchmarks yet: nothing was measured")
        return 0
    setup_steps.prepare(benchmarks=True)
    postgres.TEST.start()
    env = odoo_config.environment(postgres.TEST)
    failed = False
    for room in rest or rooms:
        command = [str(paths.PYTHON), str(rooms[room])]
        failed |= bool(subprocess.call(command, env=env, cwd=paths.ROOT))
    return 1 if failed else 0


def _files() -> list[Path]:
    return sorted(_FOLDER.glob("bench_*.py"))
