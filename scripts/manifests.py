"""What our addons' manifests say about each other."""

from __future__ import annotations

import ast
from pathlib import Path

from . import paths, stamps
from .progress import Fault

_NOT_INSTALLED = ("tests", "readme", "__pycache__")


def manifest(addon: str) -> dict:
    """The manifest of one of our addons."""
    return read(paths.ROOT / addon / "__manifest__.py")


def read(path: Path) -> dict:
    """The manifest in a file."""
    try:
        return ast.literal_eval(path.read_text())
    except FileNotFoundError as error:
        raise Fault(f"{path.parent.name}: no such addon here") from error
    except (SyntaxError, ValueError) as error:
        raise Fault(f"{path}: not a manifest: {error}") from error


def ours() -> list[str]:
    """Our addons, those that others depend on first."""
    names = [path.name for path in paths.addon_folders()]
    ordered: list[str] = []

    def place(name: str) -> None:
        for depend in manifest(name).get("depends", []):
            if depend in names and depend not in ordered:
                place(depend)
        if name not in ordered:
            ordered.append(name)

    for name in names:
        place(name)
    return ordered


def closure(addons: list[str]) -> list[str]:
    """``addons`` and those of ours that they need, in order of installation."""
    known = ours()
    wanted = set(addons)
    for name in reversed(known):
        if name in wanted:
            wanted.update(manifest(name).get("depends", []))
    return [name for name in known if name in wanted]


def outside_dependencies(addons: list[str]) -> list[str]:
    """What ``addons`` need that is not ours, sorted."""
    known = set(ours())
    return sorted(
        {
            depend
            for addon in closure(addons)
            for depend in manifest(addon).get("depends", [])
            if depend not in known
        }
    )


def code_digest(addon: str) -> str:
    """Hash of all that decides what installing this addon leaves behind."""
    folder = paths.ROOT / addon
    return stamps.tree_digest(folder, _installed_files(folder))


def _installed_files(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not set(path.relative_to(folder).parts) & set(_NOT_INSTALLED)
    ]
