"""The Python environment of Odoo and the tests."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from . import odoo_source, paths, shell, stamps

RUN_FILES = ("odoo.txt", "addons.txt")
TEST_FILES = ("test.txt",)
BENCH_FILES = ("bench.txt",)
_METADATA = """\
Metadata-Version: 2.1
Name: odoo
Version: 19.0
Summary: marks the Odoo of this environment for pip
"""


def _interpreter() -> str:
    """The Python outside any virtual environment, also when called inside ours."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def create(folder: Path) -> None:
    """Make a new, empty virtual environment."""
    shutil.rmtree(folder, ignore_errors=True)
    shell.run_logged(
        [_interpreter(), "-m", "venv", folder],
        "venv",
        fault="the virtual environment could not be made",
    )


def link_odoo(folder: Path) -> None:
    """Let the environment import Odoo, and pip know that it is there."""
    site = next(folder.glob("lib/python3*/site-packages"))
    (site / "scrm_odoo.pth").write_text(f"{odoo_source.packages_folder()}\n")
    info = site / "odoo-19.0.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(_METADATA)
    (info / "INSTALLER").write_text("scripts\n")
    (info / "RECORD").write_text("")


def pip_install(folder: Path, *arguments: str | Path, log: str) -> None:
    """Install with the machine's own pip configuration."""
    shell.run_logged(
        [
            *(folder / "bin" / "python", "-m", "pip", "install", "-q"),
            *("--disable-pip-version-check", "--no-input", *arguments),
        ],
        log,
        fault="Python packages could not be installed: is there a network?"
        " Call again to continue",
    )


def _files(names: tuple[str, ...]) -> list[Path]:
    return [paths.REQUIREMENTS / name for name in names]


def _base_value() -> str:
    return stamps.digest(sys.version, _interpreter())


def _value(names: tuple[str, ...]) -> str:
    odoo = str(odoo_source.packages_folder())
    return stamps.digest(_base_value(), odoo, *_files(names))


def is_done(names: tuple[str, ...]) -> bool:
    """Whether the requirement files ``names`` are installed as they are now."""
    stamp = "venv-" + names[0]
    return stamps.is_current(stamp, _value(names)) and paths.PYTHON.exists()


def install(names: tuple[str, ...]) -> None:
    """Install the requirement files ``names`` into the clone's environment."""
    if not (stamps.is_current("venv", _base_value()) and paths.PYTHON.exists()):
        for stamp in (
            "venv",
            *(f"venv-{files[0]}" for files in (RUN_FILES, TEST_FILES, BENCH_FILES)),
        ):
            stamps.forget(stamp)
        create(paths.VENV)
        stamps.write("venv", _base_value())
    link_odoo(paths.VENV)
    stamp = "venv-" + names[0]
    stamps.forget(stamp)
    options = [part for file in _files(names) for part in ("-r", file)]
    pip_install(paths.VENV, *options, log=stamp)
    stamps.write(stamp, _value(names))
