"""``make bench-match``: how good the links of tickets and opportunities are, how fast.

Sets come from wheels (see `match_data`) and from a generator with a fixed seed. Bounds
are on wrong links among the automatic ones; the rest is said in lines with ``#``.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import odoo.init  # noqa: E402, F401
from odoo import api  # noqa: E402

from tests.benchmarks import match_data, rooms  # noqa: E402
from tests.benchmarks.measure import Report  # noqa: E402

#: Wrong ones among the automatic links, at most.
WRONG = 0.05
#: How many open opportunities there are, one after the other.
SIZES = (100_000, 1_000_000)


def _sets():
    restaurants = match_data.fodors_zagats()
    yield match_data.chinese()
    yield restaurants
    yield match_data.without_phone(restaurants)
    for number in (1, 2, 3, 4):
        yield match_data.febrl(number)


def _quality(registry, report):
    from tests.benchmarks.match_quality import Figures, Trial

    for pairs in _sets():
        with registry.cursor() as cr:
            trial = Trial(api.Environment(cr, 1, {}), pairs)
            wanted = trial.tested(trial.truth)

            def figures(found, trial=trial, wanted=wanted):
                return Figures.of(trial.tested(found), wanted)

            links, above = trial.decided()
            given, linked = figures(above), figures(links)
            weights, answers = trial.learned()
            learned_links, learned_above = trial.decided(weights)
            report.say(f"{pairs.name}: {len(wanted)} true pairs in the test half")
            report.say(f"  among the candidates: {figures(trial.reachable())}")
            report.say(f"  automatic links, given weights: {linked}")
            report.say(f"  all at the threshold, given weights: {given}")
            report.say(
                f"  after {answers} answers, links: {figures(learned_links)}; "
                f"all: {figures(learned_above)}"
            )
            peers = {
                "exact phone": trial.same_phone(),
                "exact name": trial.same("company", "person"),
                "Odoo's duplicate rule": trial.odoo_duplicates(),
            }
            best = 0.0
            for label, found in peers.items():
                peer = figures(found)
                best = max(best, peer.f1)
                report.say(f"  {label}: {peer}")
            wrong = 1 - linked.precision
            report.figure(f"match_wrong_{pairs.name}", wrong, WRONG, 0)
            ratio = best / max(given.f1, 0.001)
            report.figure(f"match_f1_peers_{pairs.name}", ratio, 1.0, 0)
            cr.rollback()


def _speed(registry, report):
    from tests.benchmarks import match_scale
    from tests.benchmarks.measure import Door

    before = 0
    for size in SIZES:
        match_scale.fill(Door(registry, 1), before + 1, size)
        before = size
        match_scale.measure(registry, report, size)


def main():
    report = Report()
    rooms.prepare_odoo()
    with rooms.copy_of("opportunity") as name:
        registry = rooms.open_registry(name)
        _quality(registry, report)
        _speed(registry, report)
    if report.missed:
        report.say(f"missed: {', '.join(report.missed)}")
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
