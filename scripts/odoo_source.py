"""Odoo 19 itself: unpacked into the clone, or the one at ``ODOO_HOME``."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from . import debian, paths, stamps
from .progress import Fault

_STAMP = "odoo"
_PINS = paths.REQUIREMENTS / "debian.txt"
# Documentation and languages other than English and simplified Chinese.
# Leaving out whole addons instead would leave inconsistent states.
_EXCLUDES = [
    "*/i18n*/[a-y]*.po",
    "*/i18n*/zh_TW.po",
    "*/i18n*/*.pot",
    "./usr/share/doc/*",
    "./usr/share/man/*",
    "*/odoo/setup/*",
]
# Not shipped by Debian; without the file every page with mail's assets logs an
# error in the browser's console.
_STUB = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def packages_folder() -> Path:
    """The folder to put on Python's path so that ``import odoo`` works."""
    home = os.environ.get("ODOO_HOME")
    if not home:
        return paths.ODOO_ROOT / "usr/lib/python3/dist-packages"
    root = Path(home).expanduser().resolve()
    for folder in (root, root / "usr/lib/python3/dist-packages", root.parent):
        if (folder / "odoo" / "release.py").is_file():
            return folder
    raise Fault(f"ODOO_HOME={home}: no odoo/release.py found there")


def check_version(folder: Path) -> None:
    """Refuse an Odoo of another series."""
    release = (folder / "odoo" / "release.py").read_text()
    found = re.search(r"version_info = \((?:'\D*)?(\d+), (\d+)", release)
    if not found or found.groups() != ("19", "0"):
        version = ".".join(found.groups()) if found else "unknown"
        raise Fault(f"{folder} holds Odoo {version}; these addons are for Odoo 19.0")


def _value() -> str:
    return stamps.digest(os.environ.get("ODOO_HOME") or _PINS, *_EXCLUDES, _STUB)


def is_done() -> bool:
    """Whether the step has nothing left to do."""
    return stamps.is_current(_STAMP, _value()) and packages_folder().is_dir()


def install() -> None:
    """Make ``packages_folder()`` hold Odoo 19."""
    if not os.environ.get("ODOO_HOME"):
        _unpack()
    check_version(packages_folder())
    stamps.write(_STAMP, _value())


def _unpack() -> None:
    wanted: dict[str, list[str]] = {}
    for line in _PINS.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            suite, name = line.split()
            wanted.setdefault(suite, []).append(name)
    cache = paths.CACHE / "debian"
    debian.download(wanted, cache)
    draft = paths.STATE / "odoo.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for name in sum(wanted.values(), []):
        debian.unpack(next(cache.glob(f"{name}_*.deb")), draft, _EXCLUDES)
    folder = draft / "usr/lib/python3/dist-packages"
    check_version(folder)
    stub = folder / _STUB
    stub.parent.mkdir(parents=True, exist_ok=True)
    if not stub.exists():
        stub.write_text("// left out by Debian; only background blur needs it\n")
    stamps.forget(_STAMP)
    shutil.rmtree(paths.ODOO_ROOT, ignore_errors=True)
    draft.rename(paths.ODOO_ROOT)
