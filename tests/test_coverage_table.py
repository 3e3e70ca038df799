"""The table of requirement rows says what was proved, and nothing more."""

import re

import pytest

from scripts import coverage

ROWS = (
    "# rows\nF01  Moves along transitions\nF02  Conditions\nF03  Reuse\n"
    "C01  Drag and drop\n"
)
PYTHON_TESTS = '''
class TestFlow:
    def test_moves(self):
        """It moves.

        Covers: F01, F02
        """

    def test_refuses(self):
        """Covers: F02"""

    def test_begins(self):
        """Covers in part: F03"""

    def test_designer(self):
        """Runs the browser's unit tests.

        Runs: static/tests
        """
'''
JAVASCRIPT_TESTS = """
// Covers: C01
test("a node is dragged", async () => {});
test("says nothing of rows", async () => {});
"""


@pytest.fixture
def checkout(tmp_path):
    """A small repository with one addon."""
    files = {
        "tests/requirements.txt": ROWS,
        "scrm_x/__manifest__.py": "{}",
        "scrm_x/tests/test_flow.py": PYTHON_TESTS,
        "scrm_x/static/tests/designer.test.js": JAVASCRIPT_TESTS,
        "tests/test_whole.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def results(checkout, **outcomes):
    """Write the reports of a run: test name -> passed, failure, skipped, or absent."""
    folder = checkout / "results"
    folder.mkdir(exist_ok=True)
    lines = []
    for name in ("moves", "refuses", "begins", "designer"):
        outcome = outcomes.get(name, "passed")
        child = "" if outcome == "passed" else f"<{outcome}/>"
        if outcome != "absent":
            lines.append(
                '<testcase classname="scrm_x.tests.test_flow.TestFlow"'
                f' name="test_{name}">{child}</testcase>'
            )
    (folder / "scrm_x.xml").write_text(f"<testsuite>{''.join(lines)}</testsuite>")
    (folder / "test_whole.xml").write_text("<testsuite/>")
    return folder


def states(checkout, folder):
    """Row -> whether the table calls it open."""
    page = coverage.build(checkout, folder)
    found = re.findall(r"^\| ([A-Z]\d\d) \| .* \| (.*) \|$", page, re.MULTILINE)
    return {row: shown.startswith("open") for row, shown in found}


def test_rows_with_passing_tests_are_covered(checkout):
    """A row that is proved only in part stays open."""
    assert states(checkout, results(checkout)) == {
        "F01": False,
        "F02": False,
        "F03": True,
        "C01": False,
    }
    page = coverage.build(checkout, results(checkout))
    assert "| F03 | Reuse | open, proved in part by<br>`scrm_x/tests" in page
    assert "**3 of 4 rows" in page


@pytest.mark.parametrize("outcome", ["failure", "error", "skipped", "absent"])
def test_one_test_that_did_not_pass_opens_its_rows(checkout, outcome):
    folder = results(checkout, refuses=outcome)
    opened = {row for row, is_open in states(checkout, folder).items() if is_open}
    assert opened == {"F02", "F03"}


def test_javascript_tests_stand_and_fall_with_their_launcher(checkout):
    folder = results(checkout, designer="failure")
    assert states(checkout, folder)["C01"] is True


def test_the_page_is_the_same_for_the_same_outcome(checkout):
    folder = results(checkout)
    first = coverage.build(checkout, folder)
    text = (folder / "scrm_x.xml").read_text()
    cases = text.removeprefix("<testsuite>").removesuffix("</testsuite>")
    parts = [part + "</testcase>" for part in cases.split("</testcase>") if part]
    slow = "".join(reversed(parts)).replace("<testcase ", '<testcase time="9.5" ')
    (folder / "scrm_x.xml").write_text(f"<testsuite>{slow}</testsuite>")
    assert coverage.build(checkout, folder) == first


def test_a_row_nobody_defined_is_an_error(checkout):
    (checkout / "tests/requirements.txt").write_text("F01  Moves\nF03  R\nC01  D\n")
    with pytest.raises(coverage.CoverageError, match="F02.*does not list"):
        coverage.build(checkout, results(checkout))


@pytest.mark.parametrize("name", ["scrm_x", "test_whole"])
def test_a_part_of_a_run_is_not_taken_for_the_whole(checkout, name):
    folder = results(checkout)
    (folder / f"{name}.xml").unlink()
    with pytest.raises(coverage.CoverageError, match=name):
        coverage.build(checkout, folder)


def test_the_committed_rows_are_complete():
    rows = coverage.read_rows(coverage.ROOT / "tests" / "requirements.txt")
    assert len(rows) == 321
    assert {row[0] for row in rows} == set(coverage.AREAS)
