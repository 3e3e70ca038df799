"""``make test``: each addon's own tests, the addons' life cycle, ``tests/``.

``tests/`` runs beside the addons, in a process of its own, as both wait a lot; what
it says is shown when it has ended.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from . import check_addons, database, junit, manifests, odoo_config, paths, postgres
from . import setup as setup_steps
from .progress import Fault, say

_ALLOWED_SKIPS = paths.ROOT / "scripts" / "allowed_skips.txt"
_PURE_FOLDERS = ("engine", "forms", "matching")
_PURE_OUTSIDE_DATABASE = ["-p", "no:odoo"]


def run(rest: list[str]) -> int:
    """The command ``test``; returns the exit code."""
    options = _parse(rest)
    setup_steps.prepare(tests=True)
    start = time.monotonic()
    addons = options.addon or manifests.ours()
    pytest_options = shlex.split(options.pytest_args)
    whole = not (options.addon or pytest_options)
    if whole:
        shutil.rmtree(paths.REPORTS, ignore_errors=True)
    paths.REPORTS.mkdir(parents=True, exist_ok=True)
    cases: list[junit.Case] = []
    with _root_tests() if whole else nullcontext() as beside:
        for addon in addons:
            say(f"\n=== {addon}")
            cases += _attempt(addon, lambda addon=addon: _addon(addon, pytest_options))
        if beside:
            say("\n=== install, upgrade and uninstall of each addon")
            cases += check_addons.check(addons)
            cases += _end_of_root_tests(beside)
    return _summary(cases, time.monotonic() - start)


def _parse(rest: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make test")
    parser.add_argument("--addon", action="append", help="only this addon")
    parser.add_argument("--pytest-args", default="", help="more options for pytest")
    options = parser.parse_args(rest)
    known = manifests.ours()
    for name in options.addon or []:
        if name not in known:
            raise Fault(f"ADDON={name}: not one of {', '.join(known)}")
    return options


def _attempt(name: str, action) -> list[junit.Case]:
    try:
        return action()
    except Fault as fault:
        say(str(fault))
        return [junit.Case(f"{name}::prepare", "failed", str(fault))]


def _addon(addon: str, options: list[str]) -> list[junit.Case]:
    copy = database.copy_template(addon, f"scrm_test_{addon}_{os.getpid()}")
    folder = paths.ROOT / addon
    wanted = [folder / "tests", *(folder / name for name in _PURE_FOLDERS)]
    command = [
        *("--doctest-modules", f"--odoo-database={copy}", "--odoo-http"),
        *(f"--odoo-extra=screenshots={paths.SCREENSHOTS / addon}",),
        *(str(path) for path in wanted if path.is_dir()),
        *options,
    ]
    try:
        return _pytest(addon, command, odoo_config.environment(postgres.TEST))
    finally:
        database.drop_copy(copy)


@contextmanager
def _root_tests() -> Iterator[subprocess.Popen]:
    """Run ``tests/`` meanwhile, its output in a log."""
    env = {key: value for key, value in os.environ.items() if key != "ODOO_RC"}
    log = paths.LOGS / "tests.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        process = subprocess.Popen(
            _command("tests", [*_PURE_OUTSIDE_DATABASE, "tests"]),
            env=env,
            cwd=paths.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait()


def _end_of_root_tests(process: subprocess.Popen) -> list[junit.Case]:
    say("\n=== tests/")
    code = process.wait()
    say((paths.LOGS / "tests.log").read_text().rstrip())
    return _cases("tests", code)


def _pytest(name: str, options: list[str], env: dict[str, str]) -> list[junit.Case]:
    code = subprocess.call(
        _command(name, options), env=env, cwd=paths.ROOT, stdin=subprocess.DEVNULL
    )
    return _cases(name, code)


def _command(name: str, options: list[str]) -> list[str]:
    return [
        *(str(paths.PYTHON), "-m", "pytest", "-q", "-ra", "--tb=short"),
        *(f"--rootdir={paths.ROOT}", "-p", "no:cacheprovider"),
        *(f"--junitxml={_report(name)}", *options),
    ]


def _report(name: str) -> Path:
    return paths.REPORTS / f"{name}.xml"


def _cases(name: str, code: int) -> list[junit.Case]:
    """What the report of one pytest says; its exit code must agree with it."""
    report = _report(name)
    cases = junit.read(report) if report.is_file() else []
    if code == 5:  # nothing collected
        cases.append(junit.Case(f"{name}::collect", "failed", "no test was found"))
    elif code and not any(case.outcome == "failed" for case in cases):
        message = f"pytest ended with exit code {code}"
        cases.append(junit.Case(f"{name}::pytest", "failed", message))
    return cases


def _allowed_skips(path: Path = _ALLOWED_SKIPS) -> set[str]:
    lines = path.read_text().splitlines()
    return {line.strip() for line in lines if line and not line.startswith("#")}


def _summary(cases: list[junit.Case], seconds: float) -> int:
    failed = [case for case in cases if case.outcome == "failed"]
    skipped = [case for case in cases if case.outcome == "skipped"]
    allowed = _allowed_skips()
    unexpected = [case for case in skipped if case.name not in allowed]
    say(f"\n=== summary after {seconds:.0f} s")
    for case in failed:
        first = (case.message.splitlines() or [""])[0]
        say(f"failed: {case.name}  {first[:200]}")
    for case in skipped:
        word = "unexpected skip" if case in unexpected else "allowed skip"
        say(f"{word}: {case.name}  {case.message}")
    passed = len(cases) - len(failed) - len(skipped)
    say(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed or unexpected or not passed else 0
