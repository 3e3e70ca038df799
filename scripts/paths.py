"""Where everything lies. All that the commands make is in ignored folders."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The clone."""

STATE = ROOT / ".scrm"
"""Everything installed or made at run time."""

REQUIREMENTS = ROOT / "requirements"
CACHE = STATE / "cache"
LOGS = STATE / "logs"
REPORTS = STATE / "test-results"
"""JUnit XML of the last test run, one per addon and per file of ``tests/``."""

SCREENSHOTS = ROOT / "screenshots"
STAMPS = STATE / "stamps"
VENV = STATE / "venv"
PYTHON = VENV / "bin" / "python"
ODOO_ROOT = STATE / "odoo"
READY = STATE / "ready"
ODOO_LAUNCHER = ROOT / "scripts" / "launch_odoo.py"

CLONE_ID = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
"""Tells two clones on one machine apart where they must share a folder."""


def addon_folders() -> list[Path]:
    """Our addons: the folders ``scrm_*`` with a manifest, by name."""
    return sorted(path.parent for path in ROOT.glob("scrm_*/__manifest__.py"))


def is_root() -> bool:
    """Whether the commands run as root."""
    return os.geteuid() == 0
