"""``make bench-settle``: settling beside OCA's commissions and beside plain INSERTs.

``SCRM_BENCH_FACTS=1000000 make bench-settle`` measures the long round with more facts;
it needs some gigabytes of disk.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import odoo.init  # noqa: E402, F401

from scripts import database  # noqa: E402
from tests.benchmarks import (  # noqa: E402
    rooms,
    settle_bills,
    settle_lines,
    settle_peer,
)
from tests.benchmarks.measure import Door, Report  # noqa: E402


def main():
    report = Report()
    rooms.prepare_odoo()
    with rooms.pair_of("settlement") as (plain, ours):
        database.install(rooms.SERVER, plain, [settle_peer.MODULE])
        door = Door(rooms.open_registry(ours), 1)
        plan = settle_lines.prepare(door)
        settle_lines.measure(door, plan, report)
        settle_peer.measure(Door(rooms.open_registry(plain), 1), door, plan, report)
        settle_bills.measure(door, report)
    if report.missed:
        report.say(f"missed: {', '.join(report.missed)}")
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
