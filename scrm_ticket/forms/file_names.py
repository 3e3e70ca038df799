"""Names of files that come from outside. Plain Python.

A name is shown to colleagues and becomes one on their disk when they download the
file, so it is only a name: no way to a folder, no signs that cannot be seen.

>>> bare("a.png"), bare("../../etc/passwd"), bare("C:\\\\fake\\\\三楼.jpg")
('a.png', 'passwd', '三楼.jpg')
>>> bare("photo\\u202egpj.exe"), bare("a\\r\\nb\\x00.txt"), bare(" .. ")
('photogpj.exe', 'ab.txt', 'file')
>>> bare("x" * 300 + ".pdf") == "x" * 251 + ".pdf"
True

The system of the reader decides by the ending what it does with a file; some of them
overlook dots and blanks at the end:

>>> ending("photo.jpg.EXE"), ending("a.exe. ."), ending("README"), ending("a.tar.gz")
('exe', 'exe', '', 'gz')
>>> runs("invoice.pdf.scr"), runs("exe.pdf"), runs("a.exe::$DATA"), runs("10:30.exe")
(True, False, True, True)
"""

import unicodedata

#: Longest name, in characters.
LIMIT = 255
#: Files that run when somebody opens them.
RUNNING = frozenset(
    ("bat|cmd|com|cpl|dll|exe|hta|jar|js|jse|lnk|msi|ps1|reg|scr|sh|vbe|vbs|wsf").split(
        "|"
    )
)


def bare(name):
    """The name alone, without what cannot be seen or kept.

    :param name: text, as somebody sent it
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    # control signs, signs that turn the direction of writing, halves of characters
    seen = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    seen = seen.strip().rstrip(". ")
    if len(seen) > LIMIT:
        kind = ending(seen)[:16]
        seen = f"{seen[: LIMIT - len(kind) - 1]}.{kind}"
    return seen or "file"


def ending(name):
    """What stands behind the last dot, in lower case; "" without one."""
    return name.strip().rstrip(". ").rpartition(".")[2].lower() if "." in name else ""


def runs(name):
    """Whether a file of this name runs when somebody opens it."""
    return any(ending(part) in RUNNING for part in (name, name.partition(":")[0]))
