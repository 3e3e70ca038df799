"""``make bench-price``: prices by tier rules beside Odoo's own plain rules."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import odoo.init  # noqa: E402, F401

from tests.benchmarks import price_lines, rooms  # noqa: E402
from tests.benchmarks.measure import Door, Report  # noqa: E402


def main():
    report = Report()
    rooms.prepare_odoo()
    with rooms.copy_of("settlement") as name:
        price_lines.measure(Door(rooms.open_registry(name), 1), report)
    if report.missed:
        report.say(f"missed: {', '.join(report.missed)}")
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
