"""Reading Odoo's log: which lines are warnings or worse, and unexplained.

Only Odoo's own log lines count. Raw lines of other libraries that happen to
contain the word ERROR (docutils prints two) are not log lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from . import paths

_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ "
    r"(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) (?P<db>\S+) (?P<logger>[\w.]+): "
    r"(?P<text>.*)$"
)
_ALLOWED = paths.ROOT / "scripts" / "allowed_warnings.txt"


@dataclass
class Entry:
    """One log entry; ``text`` holds all its lines."""

    level: str
    logger: str
    text: str

    def __str__(self) -> str:
        return f"{self.level} {self.logger}: {self.text}"


def entries(text: str) -> list[Entry]:
    """All entries of a log; lines that follow belong to the entry before."""
    found: list[Entry] = []
    for line in text.splitlines():
        match = _LINE.match(line)
        if match:
            found.append(Entry(match["level"], match["logger"], match["text"]))
        elif found:
            found[-1].text += "\n" + line
    return found


def allowed() -> list[re.Pattern[str]]:
    """Entries of others that are known and explained, one pattern a line."""
    lines = _ALLOWED.read_text().splitlines()
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


def problems(log: Path) -> list[str]:
    """Unexplained warnings and errors, each shortened to four lines."""
    patterns = allowed()
    found = []
    for entry in entries(log.read_text(errors="replace")):
        if entry.level in ("DEBUG", "INFO"):
            continue
        if not any(pattern.search(str(entry)) for pattern in patterns):
            lines = str(entry).splitlines()
            shown = lines if len(lines) <= 4 else [*lines[:2], "...", lines[-1]]
            found.append("\n    ".join(shown))
    return found
