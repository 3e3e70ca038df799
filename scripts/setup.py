"""The steps that prepare the clone; each is skipped when its inputs are old.

Interrupted at any point, the next call goes on where this one stopped: a
step's stamp is written last, and a folder takes its name when it is whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import machine, odoo_source, paths, postgres, stamps, venv
from .lock import exclusive
from .progress import timed


@dataclass(frozen=True)
class Step:
    """One piece of set-up."""

    label: str
    is_done: Callable[[], bool]
    run: Callable[[], None]


def _present(needs: tuple[machine.Need, ...]) -> Callable[[], bool]:
    return lambda: all(need.present() for need in needs)


RUN_STEPS = (
    Step(
        "Debian packages this machine lacks",
        _present(machine.RUN_NEEDS),
        lambda: machine.require(machine.RUN_NEEDS),
    ),
    Step("Odoo 19", odoo_source.is_done, odoo_source.install),
    Step(
        "Python packages",
        lambda: venv.is_done(venv.RUN_FILES),
        lambda: venv.install(venv.RUN_FILES),
    ),
    Step("PostgreSQL", lambda: _answers(postgres.DEMO), postgres.DEMO.start),
)
TEST_STEPS = (
    Step(
        "browser and fonts",
        _present(machine.TEST_NEEDS),
        lambda: machine.require(machine.TEST_NEEDS),
    ),
    Step(
        "Python packages for tests",
        lambda: venv.is_done(venv.TEST_FILES),
        lambda: venv.install(venv.TEST_FILES),
    ),
    Step("PostgreSQL for tests", lambda: _answers(postgres.TEST), postgres.TEST.start),
)
BENCH_STEPS = (
    *TEST_STEPS,
    Step(
        "Python packages for benchmarks",
        lambda: venv.is_done(venv.BENCH_FILES),
        lambda: venv.install(venv.BENCH_FILES),
    ),
)


def _answers(cluster: postgres.Cluster) -> bool:
    # one's own server is asked by Cluster.start, at every command
    return postgres.is_own() or (paths.PYTHON.exists() and cluster.is_running())


def prepare(*, tests: bool = False, benchmarks: bool = False) -> None:
    """Do what is not done yet.

    :param tests: also what only tests, pictures and wheels need
    :param benchmarks: also what only benchmarks need
    """
    machine.require_python()
    further = BENCH_STEPS if benchmarks else TEST_STEPS if tests else ()
    steps = RUN_STEPS + further
    if all(step.is_done() for step in steps):
        return
    with exclusive("setup"):
        for number, step in enumerate(steps, 1):
            if not step.is_done():
                with timed(f"[{number}/{len(steps)}] {step.label}"):
                    step.run()
        if further:
            stamps.write_file(paths.READY, "make setup finished\n")
