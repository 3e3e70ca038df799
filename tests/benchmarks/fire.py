"""A process that fires due timers each time it reads a line; see flow_timers.py.

Answers with: timers fired, seconds, CPU seconds of this process, CPU seconds of its
PostgreSQL backend, seconds it waited for anything else.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import odoo.init  # noqa: E402, F401

from tests.benchmarks import rooms  # noqa: E402
from tests.benchmarks.measure import Door  # noqa: E402


def fire(env):
    """Fire what is due and tell what it cost."""
    backend = env.cr._cnx.get_backend_pid()
    start = time.perf_counter(), time.process_time(), _cpu_seconds(backend)
    fired = env["scrm.flow.timer"]._fire_due()
    end = time.perf_counter(), time.process_time(), _cpu_seconds(backend)
    seconds, python, server = (b - a for a, b in zip(start, end, strict=True))
    return fired, seconds, python, server, seconds - python - server


def _cpu_seconds(pid):
    text = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(text[11]) + int(text[12])) / os.sysconf("SC_CLK_TCK")


def main(database):
    rooms.prepare_odoo()
    door = Door(rooms.open_registry(database), 1)
    print("ready", flush=True)
    for _line in sys.stdin:
        print(*door.get(fire), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
