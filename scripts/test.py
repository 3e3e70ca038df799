"""``make test``: each addon's own tests, the addons' life cycle, ``tests/``.

The files of ``tests/`` run beside the addons, one after the other, each in a process of
its own, as both wait a lot; who is done with the addons takes files too. What they say
is shown in the end.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from . import (
    check_addons,
    database,
    junit,
    manifests,
    odoo_config,
    paths,
    postgres,
    shell,
)
from . import setup as setup_steps
from .progress import Fault, say

_ALLOWED_SKIPS = paths.ROOT / "scripts" / "allowed_skips.txt"
_PURE_OUTSIDE_DATABASE = ["-p", "no:odoo"]
#: Files of ``tests/`` that take longest: begun first, so that nobody waits for one.
_LONGEST = ("test_crash", "test_pack_repairs", "test_accountant", "test_pack_refused")


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
        database.drop_derived("imported")  # of tests/conftest.py
    paths.REPORTS.mkdir(parents=True, exist_ok=True)
    cases: list[junit.Case] = []
    with _root_tests() if whole else nullcontext() as beside:
        for addon in addons:
            say(f"\n=== {addon}")
            cases += _attempt(addon, lambda addon=addon: _addon(addon, pytest_options))
        if beside:
            say("\n=== install, upgrade and uninstall of each addon")
            cases += check_addons.check(addons)
            say("\n=== tests/, the rest of it")
    if beside:
        cases += beside.cases()
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
    wanted = [folder / "tests", *_with_examples(folder)]
    command = [
        *("--doctest-modules", f"--odoo-database={copy}", "--odoo-http"),
        *(f"--odoo-extra=screenshots={paths.SCREENSHOTS / addon}",),
        *(str(path) for path in wanted),
        *options,
    ]
    try:
        return _pytest(addon, command, odoo_config.environment(postgres.TEST))
    finally:
        database.drop_copy(copy)


def _with_examples(folder: Path) -> list[Path]:
    """Modules whose docstrings show what they do; the examples are tests."""
    return [
        path
        for path in sorted(folder.rglob("*.py"))
        if "tests" not in path.relative_to(folder).parts
        and ">>> " in path.read_text(encoding="utf-8")
    ]


class _RootTests:
    """The files of ``tests/``: each is run once, by whoever comes to it first."""

    def __init__(self) -> None:
        found = sorted(path.stem for path in (paths.ROOT / "tests").glob("test_*.py"))
        first = [name for name in _LONGEST if name in found]
        self._names = [*first, *(name for name in found if name not in first)]
        self._waiting = deque(self._names)
        self._codes: dict[str, int] = {}
        self._running: set[subprocess.Popen] = set()

    def work(self) -> None:
        """Run one file after the other until none waits."""
        while True:
            try:
                name = self._waiting.popleft()
            except IndexError:
                return
            self._codes[name] = self._run(name)

    def _run(self, name: str) -> int:
        env = shell.base_environment()
        env.pop("ODOO_RC", None)
        log = self._log(name)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w") as output:
            process = subprocess.Popen(
                _command(name, [*_PURE_OUTSIDE_DATABASE, f"tests/{name}.py"]),
                env=env,
                cwd=paths.ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            self._running.add(process)
            try:
                return process.wait()
            finally:
                self._running.discard(process)

    def _log(self, name: str) -> Path:
        return paths.LOGS / f"{name}.log"

    def end(self) -> None:
        """Begin no other file, and end those that run."""
        self._waiting.clear()
        for process in list(self._running):
            process.terminate()

    def cases(self) -> list[junit.Case]:
        """Show what each file said; returns what the reports say."""
        found = []
        for name in sorted(self._names):
            say(f"\n=== tests/{name}.py")
            code = self._codes.get(name)
            if code is None:
                found.append(junit.Case(f"{name}::pytest", "failed", "was not run"))
                continue
            say(self._log(name).read_text().rstrip())
            found += _cases(name, code)
        return found


@contextmanager
def _root_tests() -> Iterator[_RootTests]:
    """Let somebody else run files of ``tests/`` meanwhile."""
    tests = _RootTests()
    other = threading.Thread(target=tests.work, name="tests")
    other.start()
    try:
        yield tests
        tests.work()
        other.join()
    finally:
        tests.end()
        other.join()


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
