"""Where the keys of sealed texts are: outside the database.

The environment variable ``SCRM_CHAT_KEYS`` (lines parted by blanks), else the file
``scrm_chat_keys`` in Odoo's data directory, made on first use and readable for the
server's own user alone. Several hosts share either, as they share the files.
"""

import fcntl
import os
import stat
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

from odoo.tools import config

from .sealing import Ring, SealError, new_line

VARIABLE = "SCRM_CHAT_KEYS"
#: What was read last: (where it came from and when it was written, the ring).
_last = (None, None)


def path():
    return Path(config["data_dir"]) / "scrm_chat_keys"


def is_told():
    """Whether the keys come from the environment."""
    return bool(os.environ.get(VARIABLE))


def is_open_to_others():
    """Whether somebody but the server's user may read the file."""
    return not is_told() and bool(stat.S_IMODE(path().stat().st_mode) & 0o077)


def ring():
    """The keys as they are now.

    :raise SealError: there is something, but it is no list of keys, or may not be read
    """
    global _last
    try:
        told = os.environ.get(VARIABLE)
        stamp = told or _stamp()
        known, keys = _last  # one look: other threads put others there
        if known != stamp:
            keys = Ring(told.split() if told else path().read_text().split())
            _last = (stamp, keys)
    except (OSError, ValueError) as error:  # of neither is the text for everybody
        raise SealError(VARIABLE if is_told() else str(path())) from error
    return keys


def rotate():
    """Put a new key before the others.

    :raise PermissionError: the keys come from the environment
    :raise SealError: there is no file of keys that can be read
    """
    if is_told():
        raise PermissionError(VARIABLE)
    ring()  # makes the first one
    with _alone():
        _write([new_line(), *ring().lines], is_new=False)


def _stamp():
    try:
        found = path().stat()
    except FileNotFoundError:
        _write([new_line()], is_new=True)
        found = path().stat()
    return (str(path()), found.st_ino, found.st_mtime_ns)


@contextmanager
def _alone():
    """One after the other, or the key of one would be lost."""
    folder = os.open(path().parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _write(lines, is_new):
    """Write the file whole, for its owner alone; a new one never over another."""
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent)  # made with 0600
    try:
        with os.fdopen(handle, "w") as out:
            out.write("\n".join(lines) + "\n")
            out.flush()
            os.fsync(out.fileno())
        if is_new:
            # where another worker was first, its key is the one
            with suppress(FileExistsError):
                os.link(name, file)
        else:
            os.replace(name, file)
    finally:
        Path(name).unlink(missing_ok=True)
