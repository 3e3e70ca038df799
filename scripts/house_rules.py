"""Rules of this house that no linter knows; each check returns its complaints.

A complaint is ``path:line: what``.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from . import paths

MAX_LINES = 500
# An addon may use those listed for it, and nothing else of ours.
BELOW = {
    "scrm_flow": set(),
    "scrm_flow_hr": {"scrm_flow"},
    "scrm_ticket": {"scrm_flow"},
    "scrm_settlement": {"scrm_flow", "scrm_ticket"},
    "scrm_opportunity": {"scrm_flow", "scrm_ticket"},
}
# Written so that this file does not match itself.
_MACHINE_PATH = re.compile(r"(?<![\w.}])/(?:wor[k]|roo[t]|hom[e]/\w+|Users/\w+)/\w")
_REGISTRY = re.compile(
    r"(?:pypi\.or[g]|pythonhoste[d]|registry\.npmj[s]|npmmirro[r]"
    r"|debian\.or[g]|ghcr\.i[o]|mirrors?\.\w+\.\w+)"
)
# In the dark, and in a company's own colours, only variables change.
_COLOUR = re.compile(
    r":[^;]*(?<![\w$-])(?:white|black|rgba?\(\s*\d|#(?:[0-9a-fA-F]{3,4}){1,2}(?![\w-]))"
)
_TAG = re.compile(r"<[\w.]+(?:\s+[\w.:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))+\s*/?>")
_ALERT = re.compile(r"""\sclass=["'](?:[^"']*\s)?alert-(?!link)""")
_SPOKEN = re.compile(r"""\srole=["'](?:alert|alertdialog|status)["']""")
# Of JavaScript's own names an expression in an OWL template knows a few, not these.
_UNKNOWN = re.compile(
    r"""\s[\w.-]+=(["'])(?:(?!\1).)*?(?<![\w.$'])"""
    r"(?P<name>Boolean|BigInt|JSON|Number|Set|String|isNaN|parse(?:Int|Float))[(.]"
)
_TEXT = {"", ".cfg", ".css", ".csv", ".ini", ".js", ".json", ".md", ".mjs", ".po"}
_TEXT |= {".pot", ".py", ".rst", ".scss", ".sh", ".toml", ".txt", ".xml", ".yaml"}
_TEXT |= {".yml"}


def files() -> list[Path]:
    """Files that are, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = [paths.ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in found if path.is_file()]


def complaints() -> list[str]:
    """What all checks have to say."""
    found: list[str] = []
    methods: dict[tuple[str, str], list[Method]] = {}
    views: dict[str, str] = {}
    for path in files():
        if path.suffix not in _TEXT or path.name == "package-lock.json":
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        name = path.relative_to(paths.ROOT).as_posix()
        found += too_long(name, text)
        found += machine_words(name, text)
        found += upward_words(name, text)
        found += bare_colours(name, text)
        found += silent_alerts(name, text)
        found += unknown_names(name, text)
        found += missing_pictures(path, text)
        if "/views/" in name or "/wizards/" in name:
            views[name] = text
        if path.suffix == ".py":
            tree = ast.parse(text)
            found += upward_imports(name, tree)
            found += global_translation(name, tree)
            found += bare_sudo(name, text, tree)
            found += bare_skips(name, tree)
            for model, method in extensions(name, tree):
                methods.setdefault((model, method.name), []).append(method)
    return [*found, *twin_methods(methods), *nameless_screens(views)]


def too_long(name: str, text: str) -> Iterator[str]:
    """Python, JavaScript and XML files past the limit."""
    count = text.count("\n")
    if name.endswith((".py", ".js", ".xml")) and count > MAX_LINES:
        yield f"{name}:1: {count} lines, more than {MAX_LINES}: split it"


def machine_words(name: str, text: str) -> Iterator[str]:
    """Paths of somebody's machine and hosts of package registries."""
    for number, line in enumerate(text.splitlines(), 1):
        for pattern in (_MACHINE_PATH, _REGISTRY):
            if match := pattern.search(line):
                yield f"{name}:{number}: names {match[0]!r}"


def upward_words(name: str, text: str) -> Iterator[str]:
    """External ids of an addon that stands above, in XML and CSV."""
    addon = name.split("/")[0]
    if addon not in BELOW or not name.endswith((".xml", ".csv")):
        return
    for number, line in enumerate(text.splitlines(), 1):
        for other in re.findall(r"\b(scrm_\w+)\.\w", line):
            if other in BELOW and other not in BELOW[addon] | {addon}:
                yield f"{name}:{number}: {addon} must not know {other}"


def bare_colours(name: str, text: str) -> Iterator[str]:
    """Colours in style sheets that stay the same in the dark, and do not say why."""
    if not name.endswith(".scss"):
        return
    for number, line in enumerate(text.splitlines(), 1):
        code, comment = line.partition("//")[::2]
        if _COLOUR.search(code) and not comment:
            yield f"{name}:{number}: a colour of its own; take a variable, or say why"


def silent_alerts(name: str, text: str) -> Iterator[str]:
    """Coloured boxes that a screen reader passes over; Odoo warns at installation."""
    if not name.endswith(".xml"):
        return
    for tag in _TAG.finditer(text):
        if _ALERT.search(tag[0]) and not _SPOKEN.search(tag[0]):
            number = text.count("\n", 0, tag.start()) + 1
            yield f"{name}:{number}: an alert without role status, alert or alertdialog"


def unknown_names(name: str, text: str) -> Iterator[str]:
    """Functions that an OWL template does not know: the page breaks when it gets there,
    and not before."""
    if not name.endswith(".xml") or "/static/" not in name:
        return
    for match in _UNKNOWN.finditer(text):
        number = text.count("\n", 0, match.start("name")) + 1
        yield f"{name}:{number}: templates do not know {match['name']}: use a method"


def nameless_screens(views: dict[str, str]) -> Iterator[str]:
    """Screens of a menu whose address in the browser is a number.

    It differs from database to database, so nobody can send or keep it. What opens
    over another screen has no address.

    :param views: text by path of the file
    """
    nameless, in_menus = {}, set()
    for path, text in views.items():
        addon = path.split("/")[0]
        if addon not in BELOW or not path.endswith(".xml"):
            continue
        tree = ElementTree.fromstring(text)
        for action in tree.iter("record"):
            if action.get("model") != "ir.actions.act_window":
                continue
            fields = {field.get("name"): field.text for field in action.iter("field")}
            if "path" not in fields and fields.get("target") != "new":
                nameless[f"{addon}.{action.get('id')}"] = path
        for menu in tree.iter("menuitem"):
            action = menu.get("action", "")
            in_menus.add(action if "." in action else f"{addon}.{action}")
    for action in sorted(nameless.keys() & in_menus):
        yield f"{nameless[action]}:1: {action} is in a menu and has no path"


def missing_pictures(path: Path, text: str) -> Iterator[str]:
    """Pictures that a page shows and nobody has."""
    if path.suffix != ".md":
        return
    for number, line in enumerate(text.splitlines(), 1):
        for picture in re.findall(
            r"!\[[^\]]*\]\(([^)]+)\)|<img src=\"([^\"]+)\"", line
        ):
            target = "".join(picture)
            if "://" not in target and not (path.parent / target).is_file():
                name = path.relative_to(paths.ROOT).as_posix()
                yield f"{name}:{number}: there is no picture {target}"


def upward_imports(name: str, tree: ast.AST) -> Iterator[str]:
    """Imports of an addon that stands above."""
    addon = name.split("/")[0]
    if addon not in BELOW:
        return
    for node in ast.walk(tree):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
        for module in modules:
            match = re.match(r"(?:odoo\.addons\.)?(scrm_\w+)", module)
            other = match[1] if match else None
            if other in BELOW and other not in BELOW[addon] | {addon}:
                yield f"{name}:{node.lineno}: {addon} must not import {other}"


def global_translation(name: str, tree: ast.AST) -> Iterator[str]:
    """``from odoo import _``: ``self.env._`` knows the language by itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("odoo", "odoo.tools"):
            if any(alias.name == "_" for alias in node.names):
                yield f"{name}:{node.lineno}: use self.env._, or LazyTranslate"


def bare_sudo(name: str, text: str, tree: ast.AST) -> Iterator[str]:
    """Calls of ``sudo()`` in addons that nobody says are safe.

    The comment is at the statement, just before it, or earlier in the same
    function, where it has to begin with ``# sudo``.
    """
    if name.split("/")[0] not in BELOW or "/tests/" in name:
        return
    lines = text.splitlines()
    nodes = list(ast.walk(tree))
    statements = [node for node in nodes if isinstance(node, ast.stmt)]
    functions = [node for node in statements if isinstance(node, ast.FunctionDef)]
    for node in nodes:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr != "sudo":
            continue
        near = lines[max(_start(statements, node) - 2, 0) : node.end_lineno]
        before = lines[_start(functions, node) - 1 : node.end_lineno]
        explained = any("#" in line for line in near)
        explained |= any(line.strip().startswith("# sudo") for line in before)
        if not explained:
            yield f"{name}:{node.end_lineno}: sudo() without a comment why it is safe"


def _start(around: list[ast.stmt], node: ast.AST) -> int:
    """First line of the innermost of these statements that holds the node."""
    lines = [s.lineno for s in around if s.lineno <= node.lineno <= s.end_lineno]
    return max(lines, default=node.lineno)


class Method(NamedTuple):
    """A method by which an addon extends a model that is defined elsewhere."""

    name: str
    place: str
    addon: str
    calls_super: bool


def extensions(name: str, tree: ast.AST) -> Iterator[tuple[str, Method]]:
    """(model, method) for all that extends a model; classes with ``_name`` define."""
    addon = name.split("/")[0]
    if addon not in BELOW or "/tests/" in name:
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        said = {
            target.id: statement.value
            for statement in node.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        }
        model = said.get("_inherit")
        if "_name" in said or not isinstance(model, ast.Constant):
            continue
        for method in node.body:
            if isinstance(method, ast.FunctionDef):
                calls = (
                    each for each in ast.walk(method) if isinstance(each, ast.Call)
                )
                above = any(getattr(call.func, "id", "") == "super" for call in calls)
                place = f"{name}:{method.lineno}"
                yield model.value, Method(method.name, place, addon, above)


def twin_methods(methods: dict[tuple[str, str], list[Method]]) -> Iterator[str]:
    """Methods of one model in two addons of which one silences the other.

    Addons beside each other do not know of it; only a database with both shows it.
    What an addon begins, those above it may extend.
    """
    for (model, name), twins in methods.items():
        addons = {twin.addon for twin in twins}
        for twin in twins:
            beside = {
                addon
                for addon in addons - {twin.addon}
                if twin.addon not in BELOW[addon]
            }
            if beside and not twin.calls_super:
                yield (
                    f"{twin.place}: {name} of {model} is also in "
                    f"{', '.join(sorted(beside))}: call super() or name it otherwise"
                )


def bare_skips(name: str, tree: ast.AST) -> Iterator[str]:
    """Skipped tests that do not say why."""
    for node in ast.walk(tree):
        for decorator in getattr(node, "decorator_list", ()):
            if getattr(decorator, "attr", "") in ("skip", "expectedFailure"):
                yield f"{name}:{decorator.lineno}: skipped without a reason"
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        needed = {"skip": 1, "skipTest": 1, "skipIf": 2, "skipUnless": 2}
        reasons = [word for word in node.keywords if word.arg in ("reason", "msg")]
        if len(node.args) + len(reasons) < needed.get(node.func.attr, 0):
            yield f"{name}:{node.lineno}: skipped without a reason"


def run() -> int:
    """Print the complaints; returns the exit code."""
    found = complaints()
    for complaint in found:
        print(complaint)
    return 1 if found else 0
