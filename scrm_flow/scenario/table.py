"""The table of a played scenario."""

import unicodedata

COLUMNS = (
    ("step", 5),
    ("at", 20),
    ("who", 14),
    ("door", 8),
    ("what", 34),
    ("expected", 34),
    ("seen", 34),
)


def heading():
    """The first two lines."""
    return "\n".join(
        (
            line(*(name for name, _width in COLUMNS)),
            line(*("-" * (width - 1) for _name, width in COLUMNS)),
        )
    )


def line(*cells):
    """One line; a cell that is too long is cut, except the last.

    >>> line("1", "", "li", "portal", "submit", "done", "done").split()
    ['1', 'li', 'portal', 'submit', 'done', 'done']
    """
    parts = [
        fit(str(cell), width)
        for cell, (_name, width) in zip(cells, COLUMNS, strict=True)
    ]
    return "".join(parts).rstrip()


def fit(text, width):
    """The text in so many columns of a terminal, Chinese counted twice.

    >>> fit("安装", 6) + "|"
    '安装  |'
    >>> fit("appointment", 6) + "|"
    'appo… |'
    """
    if _columns(text) >= width:
        while _columns(text) > width - 2:
            text = text[:-1]
        text += "…"
    return text + " " * (width - _columns(text))


def _columns(text):
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def row(seen):
    """The line of a :class:`player.Row`."""
    mark = "" if seen.as_expected else "  <-- not as expected"
    return (
        line(
            seen.number,
            seen.at,
            seen.who,
            seen.door,
            seen.what,
            seen.expected,
            seen.seen,
        )
        + mark
    )


def verdict(number, failed):
    """The last line.

    :param number: how many steps were played
    :param failed: the :class:`player.Row` that was not as expected, or None
    """
    if failed:
        return (
            f"step {failed.number}: expected {failed.what} {failed.expected},"
            f" saw {failed.seen}"
        )
    return f"{number} steps as expected"
