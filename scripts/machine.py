"""What the machine itself must bring: a few Debian packages."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from . import shell
from .paths import is_root
from .progress import Fault, say


def _has_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(
        ["fc-list", ":lang=zh-cn", "family"], capture_output=True, check=False
    )
    return bool(listed.stdout.strip())


def chromium() -> str | None:
    """The path of a Chromium or Chrome, or None."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return None


@dataclass(frozen=True)
class Need:
    """One thing the machine must have, and the package that brings it."""

    what: str
    package: str
    present: Callable[[], bool]


RUN_NEEDS = (
    Need(
        "Python's venv module",
        "python3-venv",
        lambda: _has_module("venv") and _has_module("ensurepip"),
    ),
)
TEST_NEEDS = (
    Need("Chromium (browser tests, pictures)", "chromium", lambda: bool(chromium())),
    Need("a Chinese font (pictures)", "fonts-noto-cjk", _has_chinese_font),
)


def require_python() -> None:
    """Refuse a Python that Odoo 19 does not run on."""
    if sys.version_info < (3, 10):  # noqa: UP036 -- this is where it is checked
        version = ".".join(map(str, sys.version_info[:2]))
        raise Fault(
            f"Python {version} is too old: Odoo 19 needs 3.10 or newer"
            " (choose one with `make PYTHON=/path/to/python3 ...`)"
        )


def require(needs: tuple[Need, ...]) -> None:
    """Install as root what is missing; for a normal user say what it is."""
    missing = [need for need in needs if not need.present()]
    if not missing:
        return
    packages = [need.package for need in missing]
    if not is_root() or not shutil.which("apt-get"):
        lines = [f"missing: {need.what}" for need in missing]
        lines.append("needs root once: apt-get install " + " ".join(packages))
        raise Fault("\n".join(lines))
    say(f"      apt-get install {' '.join(packages)}")
    fault = "apt-get could not install " + " ".join(packages)
    env = shell.base_environment(DEBIAN_FRONTEND="noninteractive")
    shell.run_logged(["apt-get", "-q", "update"], "apt-update", fault=fault, env=env)
    shell.run_logged(
        ["apt-get", "-q", "-y", "install", "--no-install-recommends", *packages],
        "apt-install",
        fault=fault,
        env=env,
    )
    still = [need.what for need in missing if not need.present()]
    if still:
        raise Fault(f"still missing after apt-get install: {', '.join(still)}")
