"""``make dist``: wheels of the addons, proved in an environment of their own.

The proof installs the wheels into a new virtual environment, so that what they
say they depend on is resolved by pip, and then into a new database, by an Odoo
that does not see this clone.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from . import (
    database,
    manifests,
    odoo_config,
    odoo_log,
    paths,
    postgres,
    shell,
    stamps,
    venv,
)
from . import setup as setup_steps
from .progress import Fault, say, timed

DIST = paths.ROOT / "dist"
_VENV = paths.STATE / "venv-dist"
_DATABASE = f"scrm_dist_{os.getpid()}"


def run(_rest: list[str]) -> int:
    """The command ``dist``; returns the exit code."""
    setup_steps.prepare(tests=True)
    addons = manifests.ours()
    wheels = _build(addons)
    with timed("[2/3] wheels into a new environment"):
        venv.create(_VENV)
        venv.link_odoo(_VENV)
        pins = paths.REQUIREMENTS / "odoo.txt"
        constraints = ("-c", paths.REQUIREMENTS / "addons.txt")
        venv.pip_install(_VENV, "-r", pins, *constraints, *wheels, log="venv-dist")
    source = database.outside_layer(database.ALL)
    with timed("[3/3] into a new database, without this clone"):
        problems = _load(addons, source)
    shutil.rmtree(_VENV)
    for problem in problems:
        say(problem)
    for wheel in wheels:
        say(f"{wheel.relative_to(paths.ROOT)}  {wheel.stat().st_size // 1024} kB")
    say("the wheels install and load" if not problems else "the wheels have problems")
    return 1 if problems else 0


def _build(addons: list[str]) -> list[Path]:
    shutil.rmtree(DIST, ignore_errors=True)
    draft = paths.STATE / "dist.new"
    shutil.rmtree(draft, ignore_errors=True)
    with timed(f"[1/3] wheels of {', '.join(addons)}"):
        for addon in addons:
            if not (paths.ROOT / addon / "pyproject.toml").is_file():
                raise Fault(f"{addon} has no pyproject.toml")
            shell.run_logged(
                [
                    *(paths.PYTHON, "-m", "pip", "wheel", "-q", "--no-deps"),
                    *("--no-build-isolation", "-w", draft, f"./{addon}"),
                ],
                f"wheel-{addon}",
                fault=f"the wheel of {addon} could not be built",
            )
    draft.rename(DIST)
    return sorted(DIST.glob("*.whl"))


def _load(addons: list[str], source: str) -> list[str]:
    cluster = postgres.TEST
    database.copy(cluster, source, _DATABASE)
    config = paths.STATE / "odoo-dist.conf"
    lines = odoo_config.write(cluster).read_text().splitlines()
    kept = [line for line in lines if not line.startswith("addons_path")]
    stamps.write_file(config, "\n".join(kept) + "\n")
    try:
        log = shell.run_logged(
            [
                *(_VENV / "bin" / "python", paths.ODOO_LAUNCHER),
                *("-d", _DATABASE, "-i", ",".join(addons)),
                *("--stop-after-init", "--no-http"),
            ],
            "dist-load",
            fault="the installed wheels do not load",
            env={**odoo_config.environment(cluster), "ODOO_RC": str(config)},
            cwd=Path("/"),
        )
        names = ", ".join(f"'{addon}'" for addon in addons)
        found = cluster.sql(
            "SELECT count(*) FROM ir_module_module WHERE state = 'installed'"
            f" AND name IN ({names})",
            _DATABASE,
        )
    finally:
        database.drop(cluster, _DATABASE)
    problems = odoo_log.problems(log)
    if int(found) != len(addons):
        problems.append(f"only {found} of {len(addons)} addons were installed")
    return problems
