"""``make bench-notify``: what telling people costs beside Odoo's own messages."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import odoo.init  # noqa: E402, F401

from tests.benchmarks import notify_send, rooms  # noqa: E402
from tests.benchmarks.measure import Door, Report  # noqa: E402
from tests.benchmarks.world import World  # noqa: E402


def main():
    report = Report()
    rooms.prepare_odoo()
    with rooms.pair_of("ticket") as names:
        plain, ours = (Door(rooms.open_registry(name), 1) for name in names)
        world = World(plain, None, ours)
        notify_send.measure(world, report)
    if report.missed:
        report.say(f"missed: {', '.join(report.missed)}")
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
