"""Stamp files: a step is done when its stamp holds the hash of its inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from . import paths


def digest(*inputs: object) -> str:
    """Hash of texts and of the contents of files (given as ``Path``)."""
    state = hashlib.sha256()
    for item in inputs:
        content = item.read_bytes() if isinstance(item, Path) else str(item).encode()
        state.update(b"%d:" % len(content))
        state.update(content)
    return state.hexdigest()


def tree_digest(folder: Path, files: Iterable[Path]) -> str:
    """Hash of names and contents of ``files`` below ``folder``."""
    return digest(
        *(
            part
            for path in sorted(files)
            for part in (path.relative_to(folder).as_posix(), path)
        )
    )


def is_current(name: str, value: str) -> bool:
    """Whether step ``name`` was finished with these inputs."""
    stamp = paths.STAMPS / name
    return stamp.is_file() and stamp.read_text() == value


def write(name: str, value: str) -> None:
    """Mark step ``name`` as finished; the last act of a step."""
    write_file(paths.STAMPS / name, value)


def forget(name: str) -> None:
    """Mark step ``name`` as not done; the first act of a step."""
    (paths.STAMPS / name).unlink(missing_ok=True)


def write_file(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.write_text(text)
    draft.replace(path)
