"""Texts from outside, before they come near the database. Plain Python."""


def is_storable(text):
    """Whether PostgreSQL can keep a text: no NUL, no half of a character.

    >>> is_storable("三楼 🙂"), is_storable("a\\x00"), is_storable("\\ud83d")
    (True, False, False)
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text
