"""``make lint``: every linter at its pinned version, and the house's rules."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import house_rules, machine, paths, shell, stamps, venv
from .lock import exclusive
from .progress import Fault, say, timed

VENV = paths.STATE / "venv-lint"
_PINS = paths.REQUIREMENTS / "lint.txt"
_NODE_PINS = [paths.ROOT / "package.json", paths.ROOT / "package-lock.json"]
_NODE = paths.ROOT / "node_modules"
_NPM = machine.Need("npm (prettier, eslint)", "npm", lambda: bool(shutil.which("npm")))
# LazyTranslate, right where there is no env, is taken for `_` by that message;
# the house's rules refuse `from odoo import _` instead.
_PYLINT_OPTIONS = ["--rcfile=.pylintrc", "--disable=prefer-env-translation"]
_PRETTIER_KINDS = "js,mjs,xml,css,scss,json,yml,yaml"


@dataclass(frozen=True)
class Check:
    """One linter: what it is called and how it is called."""

    name: str
    command: list[str]


def run(rest: list[str]) -> int:
    """The command ``lint [--fix]``; returns the exit code."""
    machine.require_python()
    _prepare()
    if "--fix" in rest:
        for check in _fixes():
            _passes(check)
    failed = [check.name for check in _checks() if not _passes(check)]
    if complaints := house_rules.complaints():
        say("\n".join(complaints))
        failed.append("house rules")
    say(f"failed: {', '.join(failed)}" if failed else "all linters pass")
    return 1 if failed else 0


def _prepare() -> None:
    with exclusive("lint"):
        value = stamps.digest(sys.version, _PINS)
        if not stamps.is_current("venv-lint", value) or not VENV.is_dir():
            with timed("[1/2] linters for Python"):
                machine.require(machine.RUN_NEEDS)
                venv.create(VENV)
                venv.pip_install(VENV, "-r", _PINS, log="venv-lint")
                stamps.write("venv-lint", value)
        value = stamps.digest(*_NODE_PINS)
        if not stamps.is_current("node", value) or not _NODE.is_dir():
            with timed("[2/2] linters for JavaScript and XML"):
                machine.require((_NPM,))
                shell.run_logged(
                    ["npm", "ci", "--no-progress"],
                    "npm",
                    fault="npm could not install the linters: is there a network?",
                )
                stamps.write("node", value)


def _tool(name: str) -> str:
    return str(VENV / "bin" / name)


def _node_tool(name: str) -> str:
    return str(_NODE / ".bin" / name)


def _prettier(option: str) -> Check:
    patterns = [f"**/*.{{{_PRETTIER_KINDS}}}", f".*.{{{_PRETTIER_KINDS}}}"]
    options = ["--log-level=warn", "--no-error-on-unmatched-pattern"]
    command = [_node_tool("prettier"), option, *options, *patterns]
    return Check(f"prettier {option}", command)


def _fixes() -> list[Check]:
    return [
        Check("oca-checks-po --fix", [_tool("oca-checks-po"), "--fix", *_catalogues()]),
        Check("ruff check --fix", [_tool("ruff"), "check", "-q", "--fix"]),
        Check("ruff format", [_tool("ruff"), "format", "-q"]),
        _prettier("--write"),
    ]


def _checks() -> list[Check]:
    addons = [path.name for path in paths.addon_folders()]
    checks = [
        Check("ruff check", [_tool("ruff"), "check", "-q"]),
        Check("ruff format --check", [_tool("ruff"), "format", "-q", "--check"]),
        Check("pylint-odoo", [_tool("pylint"), *_PYLINT_OPTIONS, *addons]),
        Check("oca-checks-odoo-module", [_tool("oca-checks-odoo-module"), *addons]),
        _prettier("--check"),
        Check("eslint", [_node_tool("eslint"), "--max-warnings=0", "."]),
        Check("translations", [_tool("python"), "scripts/translations.py", *addons]),
    ]
    if catalogues := _catalogues():
        checks.append(Check("oca-checks-po", [_tool("oca-checks-po"), *catalogues]))
    return checks


def _catalogues() -> list[str]:
    return [
        path.relative_to(paths.ROOT).as_posix()
        for addon in paths.addon_folders()
        for path in sorted(addon.glob("i18n*/*.po*"))
    ]


def _passes(check: Check) -> bool:
    say(f"--- {check.name}")
    # the linters call each other by name
    env = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    try:
        done = subprocess.run(
            check.command,
            cwd=paths.ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise Fault(f"{Path(check.command[0]).name} is missing: {error}") from error
    if done.returncode:
        say(done.stdout.rstrip())
    return done.returncode == 0
