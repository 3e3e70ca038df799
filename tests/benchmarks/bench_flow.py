"""``make bench-flow``: what a flow costs beside the ways Odoo users have today."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import odoo.init  # noqa: E402, F401

from tests.benchmarks import flow_moves, flow_scale, flow_timers, rooms  # noqa: E402
from tests.benchmarks.measure import Door, Report  # noqa: E402
from tests.benchmarks.world import World  # noqa: E402


def main():
    report = Report()
    rooms.prepare_odoo()
    with rooms.copies("ticket", ["base_automation"]) as names:
        world = World(*(Door(rooms.open_registry(name), 1) for name in names))
        for module in (flow_moves, flow_timers, flow_scale):
            module.measure(world, report)
    if report.missed:
        report.say(f"missed: {', '.join(report.missed)}")
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
