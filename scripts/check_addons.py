"""Install, upgrade, export the texts of and uninstall every addon; read each log.

The installation is the one that made the addon's template database; upgrade
and uninstall happen on a copy of it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from . import database, junit, manifests, odoo_log, paths, postgres, shell
from .progress import Fault, say

SUITE = "check-addons"


def check(addons: list[str]) -> list[junit.Case]:
    """Check ``addons``; writes a report and returns its cases."""
    cases = [case for addon in addons for case in _check_one(addon)]
    junit.write(paths.REPORTS / f"{SUITE}.xml", SUITE, cases)
    return cases


def _check_one(addon: str) -> list[junit.Case]:
    copy = f"scrm_check_{addon}_{os.getpid()}"
    cluster = postgres.TEST
    steps = {
        "install": lambda: database.install_log(database.template(addon)),
        "upgrade": lambda: _upgrade(addon, copy),
        "translations": lambda: _translations(addon, copy),
        "uninstall": lambda: _uninstall(addon, copy),
    }
    cases = []
    for verb, action in steps.items():
        cases.append(_case(f"{addon}::{verb}", action))
        if cases[-1].outcome == "failed" and verb == "install":
            break
    database.drop(cluster, copy)
    return cases


def _case(name: str, action: Callable[[], Path]) -> junit.Case:
    start = time.monotonic()
    try:
        found = odoo_log.problems(action())
    except Fault as fault:
        found = [str(fault)]
    seconds = time.monotonic() - start
    outcome = "failed" if found else "passed"
    say(f"{outcome:>7}  {name}  {seconds:.0f} s")
    for problem in found:
        say(f"    {problem}")
    return junit.Case(f"{SUITE}::{name}", outcome, "\n".join(found), seconds)


def _upgrade(addon: str, copy: str) -> Path:
    database.copy_template(addon, copy)
    return database.install(postgres.TEST, copy, [addon], upgrade=True)


def _translations(addon: str, copy: str) -> Path:
    """The committed ``.pot`` must hold just the texts of the code as it is."""
    if not database.exists(postgres.TEST, copy):
        database.copy_template(addon, copy)
    exported = paths.LOGS / f"{addon}.pot"
    log = database.run_odoo(
        postgres.TEST,
        *("i18n", "export", "-d", copy, "-o", str(exported), addon),
        log=f"export-{copy}",
        fault=f"the texts of {addon} could not be exported",
    )
    committed = paths.ROOT / addon / "i18n" / f"{addon}.pot"
    script = paths.ROOT / "scripts" / "translations.py"
    shell.run_logged(
        [paths.PYTHON, script, "--same", exported, committed],
        f"compare-{addon}",
        fault=f"{committed.name} is stale: ./scripts/odoo i18n export -d DB {addon}",
    )
    return log


def _uninstall(addon: str, copy: str) -> Path:
    if not database.exists(postgres.TEST, copy):
        database.copy_template(addon, copy)
    # Odoo locks this table without waiting and gives up when autovacuum is at it.
    postgres.TEST.sql(
        "ALTER TABLE ir_module_module SET (autovacuum_enabled = false)", copy
    )
    log = database.uninstall(postgres.TEST, copy, [addon])
    left = postgres.TEST.sql(
        "SELECT count(*), min(model || ' ' || name) FROM ir_model_data"
        f" WHERE module = '{addon}'",
        copy,
    )
    state = postgres.TEST.sql(
        f"SELECT state FROM ir_module_module WHERE name = '{addon}'", copy
    )
    if state != "uninstalled" or not left.startswith("0|"):
        raise Fault(f"{addon} is {state}; of its records are left: {left}")
    return log


def run(addons: list[str]) -> int:
    """The command ``check-addons``; returns the exit code."""
    cases = check(addons or manifests.ours())
    failed = sum(case.outcome == "failed" for case in cases)
    say(f"{len(cases) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0
