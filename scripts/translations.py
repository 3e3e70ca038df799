"""Whether each addon's Chinese is complete; runs where polib is installed.

Called as ``python scripts/translations.py ADDON...``.
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


if __name__ == "__main__":
    lines = [line for name in sys.argv[1:] for line in complaints(Path(name))]
    print("\n".join(lines))
    sys.exit(1 if lines else 0)
