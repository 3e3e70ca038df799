"""``make bench-ticket``: what a form of 60 fields costs beside plain helpdesk_mgmt."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import odoo.init  # noqa: E402, F401

from tests.benchmarks import rooms, ticket_doors, ticket_forms  # noqa: E402
from tests.benchmarks.measure import Door, Report  # noqa: E402


def main():
    report = Report()
    rooms.prepare_odoo()
    with rooms.copies("ticket") as (plain, _rules, ours):
        doors = (Door(rooms.open_registry(name), 1) for name in (plain, ours))
        forms = ticket_forms.Forms(*doors)
        ticket_forms.measure(forms, report)
        ticket_doors.measure_page(ours, forms, report)
        ticket_doors.measure_submissions({"plain": plain, "ours": ours}, forms, report)
        ticket_forms.measure_search(forms, report)
    if report.missed:
        report.say(f"missed: {', '.join(report.missed)}")
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
