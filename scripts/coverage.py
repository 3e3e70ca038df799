"""Requirement rows and the tests that prove them: ``make coverage-table``.

A test names the rows it proves in a docstring line ``Covers: F14, N05``, and rows of
which it proves only a part in ``Covers in part: T02`` (JavaScript: comments above
``test(...)``). This command joins those lines with the results of the last test run
and writes ``tests/coverage.md``. A row counts as covered only when a test proves all
of it and every test that names it has passed; otherwise it says open.

The output depends on the tests and on whether they passed, never on times or on
the order of the run, so that ``--check`` (used by ``.ci/run``) can compare it.
"""

import argparse
import ast
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AREAS = {
    "T": "Ticket templates and custom fields",
    "F": "Flow nodes, routing, rules, versions, sandbox",
    "H": "Handlers and assignment",
    "E": "Entries",
    "N": "Notifications, progress, escalation",
    "P": "Parts, service library, tiered prices",
    "S": "Settlement",
    "O": "Opportunity linking",
    "V": "Boards, analytics, prediction",
    "R": "Permissions, security, audit, masking",
    "C": "Configuration experience",
    "X": "Cross-channel, customer profile, marketing",
}
ROW = re.compile(r"^([A-Z]\d{2})  (\S.*)$")
COVERS = re.compile(
    r"^\s*(?://|\*)?\s*Covers( in part)?:\s*([A-Z]\d{2}(?:\s*,\s*[A-Z]\d{2})*)"
)
RUNS_JS = re.compile(r"^\s*Runs:\s*static/tests\b", re.MULTILINE)
JS_TEST = re.compile(r"""\btest(?:\.\w+)*\(\s*(["'`])(.+?)\1""")


class CoverageError(Exception):
    """Something in the tests or results that a person has to correct."""


@dataclass(frozen=True, order=True)
class Case:
    """One test: its file, its name in it, and the name pytest reports.

    ``rows`` are proved, ``parts`` in part. A JavaScript test is reported by the
    Python test that runs it, so its ``reported`` names come from there.
    """

    path: str
    name: str
    rows: tuple = ()
    parts: tuple = ()
    reported: tuple = field(default=(), compare=False)


def covers(text):
    """Row ids of a docstring or comment: (those proved, those proved in part).

    >>> covers("Moves a ticket.\\n\\nCovers: F01, H04\\nCovers in part: T02\\n")
    (('F01', 'H04'), ('T02',))
    >>> covers("// Covers: C01")
    (('C01',), ())
    >>> covers("Covers nothing")
    ((), ())
    """
    whole, parts = [], []
    for line in (text or "").splitlines():
        if match := COVERS.match(line):
            (parts if match[1] else whole).extend(re.findall(r"[A-Z]\d{2}", match[2]))
    return tuple(dict.fromkeys(whole)), tuple(dict.fromkeys(parts))


def read_rows(path):
    """Row id -> title, in the order of the file."""
    rows = {}
    for line in path.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        match = ROW.match(line)
        if not match or match[1] in rows:
            raise CoverageError(f"{path.name}: not a row or given twice: {line}")
        rows[match[1]] = match[2]
    return rows


def python_cases(path, root):
    """Tests of one Python file; a class's ``Covers:`` holds for all its tests.

    Returns the cases and the reported names of those that run JavaScript tests.
    """
    module = path.relative_to(root).with_suffix("").as_posix().replace("/", ".")
    relative = path.relative_to(root).as_posix()
    cases, launchers = [], []

    def visit(body, prefix, inherited):
        for node in body:
            if isinstance(node, ast.ClassDef):
                visit(
                    node.body,
                    [*prefix, node.name],
                    _added(inherited, covers(ast.get_docstring(node))),
                )
            elif isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                text = ast.get_docstring(node) or ""
                reported = (".".join([module, *prefix]), node.name)
                rows, parts = _added(inherited, covers(text))
                name = "::".join([*prefix, node.name])
                if RUNS_JS.search(text):
                    launchers.append(reported)
                if rows or parts:
                    cases.append(Case(relative, name, rows, parts, (reported,)))

    visit(ast.parse(path.read_text(), str(path)).body, [], ((), ()))
    return cases, launchers


def _added(first, second):
    return tuple(
        tuple(dict.fromkeys(left + right))
        for left, right in zip(first, second, strict=True)
    )


def javascript_cases(path, root, launchers):
    """Tests of one hoot file; a ``Covers:`` comment belongs to the next test."""
    cases, pending = [], ((), ())
    for line in path.read_text().splitlines():
        pending = _added(pending, covers(line))
        match = JS_TEST.search(line)
        if match and any(pending):
            relative = path.relative_to(root).as_posix()
            cases.append(Case(relative, match[2], *pending, tuple(launchers)))
        if match:
            pending = ((), ())
    return cases


def find_cases(root):
    """Every test in the addons and in the root ``tests/`` that names a row."""
    cases = []
    folders = sorted(p.parent for p in root.glob("*/__manifest__.py"))
    for folder in [*folders, root]:
        launchers = []
        for path in sorted((folder / "tests").rglob("test_*.py")):
            found, runs = python_cases(path, root)
            cases += found
            launchers += runs
        for path in sorted((folder / "static" / "tests").rglob("*.test.js")):
            cases += javascript_cases(path, root, launchers)
    return sorted(cases)


def read_results(folder, expected=()):
    """(class name, test name) -> True when all its runs passed.

    A parametrised test is one test here; a skipped one has not passed. `expected`
    are the names of the reports of a whole run.
    """
    files = sorted(folder.glob("*.xml")) if folder.is_dir() else []
    absent = sorted(set(expected) - {path.stem for path in files})
    if absent or not files:
        raise CoverageError(
            f"no test results of {', '.join(absent) or 'any test'} in {folder}:"
            " run `make test` (all of it) first"
        )
    results = {}
    for path in files:
        for node in ElementTree.parse(path).iter("testcase"):
            name = node.get("name", "").split("[")[0]
            bad = any(c.tag in ("failure", "error", "skipped") for c in node)
            key = (node.get("classname", ""), name)
            results[key] = results.get(key, True) and not bad
    return results


def passed(case, results):
    """Whether every reported run of the case is known and passed."""
    return bool(case.reported) and all(results.get(key) for key in case.reported)


def render(rows, cases, results):
    """The Markdown page."""
    by_row = {row: [c for c in cases if row in c.rows + c.parts] for row in rows}
    done = {
        row
        for row, named in by_row.items()
        if any(row in c.rows for c in named) and all(passed(c, results) for c in named)
    }
    total, covered = Counter(r[0] for r in rows), Counter(r[0] for r in done)
    lines = [
        "# Requirement rows and the tests that prove them",
        "",
        f"**{len(done)} of {len(rows)} rows have passing tests.** Written by"
        " `make coverage-table`; do not edit.",
        "",
        "| area | rows | proved |",
        "|---|---|---|",
    ]
    lines += [f"| {a} {AREAS[a]} | {total[a]} | {covered[a]} |" for a in total]
    lines += ["", "| row | requirement | tests |", "|---|---|---|"]
    for row, title in rows.items():
        tests = "<br>".join(
            f"`{c.path}` {c.name.replace('|', chr(92) + '|')}"
            for c in by_row[row]
            if passed(c, results)
        )
        shown = tests if row in done else "open"
        if tests and row not in done:
            shown = f"open, proved in part by<br>{tests}"
        lines.append(f"| {row} | {title} | {shown} |")
    return "\n".join(lines) + "\n"


def build(root, results_folder):
    """The page for a checkout; raises CoverageError for a row nobody defined."""
    rows = read_rows(root / "tests" / "requirements.txt")
    cases = find_cases(root)
    for case in cases:
        if unknown := [row for row in case.rows + case.parts if row not in rows]:
            raise CoverageError(
                f"{case.path}: {case.name} covers {', '.join(unknown)},"
                " which tests/requirements.txt does not list"
            )
    addons = [path.parent.name for path in root.glob("*/__manifest__.py")]
    files = [path.stem for path in (root / "tests").glob("test_*.py")]
    return render(rows, cases, read_results(results_folder, [*addons, *files]))


def main(argv=None):
    """Write the page, or with --check say whether the committed one is current."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1")
    parser.add_argument(
        "--results", type=Path, default=ROOT / ".scrm" / "test-results", help="folder"
    )
    options = parser.parse_args(argv)
    target = ROOT / "tests" / "coverage.md"
    try:
        page = build(ROOT, options.results)
    except CoverageError as error:
        print(f"coverage-table: {error}", file=sys.stderr)
        return 1
    summary = page.splitlines()[2].split("**")[1]
    if options.check:
        if not target.exists() or target.read_text() != page:
            print(
                "coverage-table: tests/coverage.md is stale:"
                " run `make coverage-table` and commit it",
                file=sys.stderr,
            )
            return 1
        print(f"coverage-table: current, {summary}")
        return 0
    target.write_text(page)
    print(f"coverage-table: {summary}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
