"""Reading and writing the JUnit XML in which test results are kept."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One test: ``outcome`` is passed, failed or skipped."""

    name: str
    outcome: str
    message: str = ""
    seconds: float = 0.0


def read(path: Path) -> list[Case]:
    """The tests of one report."""
    cases = []
    for node in ElementTree.parse(path).iter("testcase"):
        name = f"{node.get('classname', '')}::{node.get('name', '')}"
        seconds = float(node.get("time") or 0)
        outcome, message = "passed", ""
        for child in node:
            if child.tag in ("failure", "error"):
                outcome, message = "failed", child.get("message") or ""
            elif child.tag == "skipped" and outcome == "passed":
                outcome, message = "skipped", child.get("message") or ""
        cases.append(Case(name, outcome, message, seconds))
    return cases


def write(path: Path, suite: str, cases: Iterable[Case]) -> None:
    """Write a report that ``read`` and other tools understand."""
    root = ElementTree.Element("testsuites")
    node = ElementTree.SubElement(root, "testsuite", name=suite)
    for case in cases:
        classname, _, name = case.name.rpartition("::")
        attributes = {"classname": classname, "name": name, "time": f"{case.seconds}"}
        child = ElementTree.SubElement(node, "testcase", attributes)
        if case.outcome != "passed":
            tag = "failure" if case.outcome == "failed" else "skipped"
            ElementTree.SubElement(child, tag, message=case.message)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
