"""An addon of somebody else: installed beside ours, used, and taken away again."""

import re

import pytest

from scripts import database, odoo_config, odoo_log, paths, postgres, shell

ADDONS = paths.ROOT / "tests" / "addons"
SAMPLE = ADDONS / "scrm_sample"
GUIDE = paths.ROOT / "scrm_flow" / "readme" / "DEVELOP.md"
NAME = "scrm_root_sample_addon"


def odoo_with(name, *arguments, log):
    """Run one odoo command that knows the sample addons too; its log's path.

    :param name: of the database, in the name of the log
    """
    python, launcher, *rest = odoo_config.command(*arguments)
    rest = [part for part in rest if not part.startswith("--addons-path=")]
    addons = f"--addons-path={odoo_config.ADDONS_PATH},{ADDONS}"
    return shell.run_logged(
        [python, launcher, addons, *rest],
        f"{log}-{name}",
        fault=f"{log} of the sample addon failed",
        env=odoo_config.environment(postgres.TEST),
    )


def odoo(*arguments, log):
    return odoo_with(NAME, *arguments, log=log)


@pytest.fixture(scope="module")
def installed():
    """Logs of installing the sample with its own tests, in a database of its own."""
    database.copy_template("scrm_flow", NAME)
    yield odoo(
        *("-d", NAME, "-i", "scrm_sample", "--test-tags=/scrm_sample"),
        *("--stop-after-init", "--no-http", "--max-cron-threads=0"),
        log="install",
    )
    database.drop_copy(NAME)


def test_it_runs(installed):
    """A model, a node type, a handler, a service and a dimension of another addon.

    Its flow runs from a plain user's start to its end.

    Covers: C12
    """
    assert odoo_log.problems(installed) == []
    assert "0 failed, 0 error(s) of 4 tests" in installed.read_text()


def test_it_is_taken_away(installed):
    log = odoo("module", "uninstall", "-d", NAME, "scrm_sample", log="uninstall")
    assert odoo_log.problems(log) == []
    left = postgres.TEST.sql(
        "SELECT count(*) FROM ir_model_data WHERE module = 'scrm_sample'"
        " UNION ALL SELECT count(*) FROM pg_class WHERE relname LIKE 'scrm_sample%'",
        NAME,
    )
    assert left.split() == ["0", "0"]
    again = odoo(
        *("-d", NAME, "-u", "scrm_flow", "--stop-after-init", "--no-http"),
        log="upgrade",
    )
    assert odoo_log.problems(again) == []


def snippets():
    """(file, code) of each Python block of the guide."""
    for block in re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL):
        first, _newline, code = block.partition("\n")
        yield first.removeprefix("# "), code


def test_the_guide_says_what_the_sample_does():
    """Every snippet of the guide stands word for word in the sample, blank lines
    and what an ellipsis leaves out aside."""
    found = list(snippets())
    assert len(found) >= 5
    for file, code in found:
        text = (SAMPLE / file).read_text()
        for part in re.split(r"^ *\.\.\.\n", code, flags=re.MULTILINE):
            assert part.strip("\n") in text, f"{file}: {part}"
