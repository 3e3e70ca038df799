"""Whether each addon's Chinese is complete; runs where polib is installed.

Called as ``translations.py ADDON...``, or as ``translations.py --same EXPORTED
COMMITTED`` to say whether a committed template has the texts of the code.
"""

import re
import sys
from pathlib import Path

import polib

_PLACEHOLDER = re.compile(r"%\(\w+\)[sdrf]|%[sdrf]|\$\{[^}]+\}")


def complaints(folder: Path) -> list[str]:
    """What is wrong with ``i18n/`` of one addon."""
    template = folder / "i18n" / f"{folder.name}.pot"
    chinese = folder / "i18n" / "zh_CN.po"
    missing = [path for path in (template, chinese) if not path.is_file()]
    if missing:
        return [f"{path}: missing" for path in missing]
    entries = {entry.msgid: entry for entry in polib.pofile(str(chinese))}
    found = []
    for wanted in polib.pofile(str(template)):
        entry = entries.get(wanted.msgid)
        text = repr(wanted.msgid[:60])
        if entry is None or not entry.msgstr:
            found.append(f"{chinese}: not translated: {text}")
        elif "fuzzy" in entry.flags:
            found.append(f"{chinese}: fuzzy: {text}")
        elif _placeholders(entry.msgid) != _placeholders(entry.msgstr):
            found.append(f"{chinese}: other placeholders than {text}")
    known = {entry.msgid for entry in polib.pofile(str(template))}
    found += [
        f"{chinese}: no longer in {template.name}: {msgid[:60]!r}"
        for msgid in entries
        if msgid not in known
    ]
    return found


def _placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))


def differences(exported: Path, committed: Path) -> list[str]:
    """Texts that only one of two templates has."""
    if not committed.is_file():
        return [f"{committed}: missing"]
    now, then = (
        {entry.msgid for entry in polib.pofile(str(path))}
        for path in (exported, committed)
    )
    return [
        f"not in {committed.name}: {text[:70]!r}" for text in sorted(now - then)
    ] + [f"only in {committed.name}: {text[:70]!r}" for text in sorted(then - now)]


def main(arguments: list[str]) -> int:
    """Print what is wrong; returns the exit code."""
    if arguments[:1] == ["--same"]:
        lines = differences(*map(Path, arguments[1:]))
    else:
        lines = [line for name in arguments for line in complaints(Path(name))]
    print("\n".join(lines))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
