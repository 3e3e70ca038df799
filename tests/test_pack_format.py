"""Packs go in twice without a trace, come out as they went in, and are documented."""

import json
import re

import pytest

from scripts import database, paths, server

DATA = paths.ROOT / "data"
SCHEMA = paths.ROOT / "scrm_flow" / "schema" / "scrm-pack-1.schema.json"


def snapshot(business):
    """Table -> number of rows and latest change, of every table that has the date."""
    tables = business.sql(
        "SELECT DISTINCT c.table_name FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.column_name = 'write_date' AND t.table_type = 'BASE TABLE'"
    ).split()
    rows = business.sql(
        " UNION ALL ".join(
            f"SELECT '{table}', count(*), max(write_date) FROM \"{table}\""
            for table in sorted(tables)
        )
    )
    return dict(line.split("|", 1) for line in rows.splitlines())


def imported(business, file):
    done = business.odoo("scrm_pack", "import", "-d", business.database, file)
    assert not done.returncode, done.stdout
    return done.stdout


def exported(business, file):
    done = business.odoo("scrm_pack", "export", "-d", business.database, file)
    assert not done.returncode, done.stdout
    return json.loads(file.read_text())


@pytest.fixture(scope="module")
def elsewhere(copied):
    """Another database with all addons, where nothing was imported."""
    name = database.copy_template(database.ALL, f"{copied.database}_2")
    yield type(copied)(name, copied.pack, copied.keys)
    database.drop_copy(name)


def test_a_second_import_changes_nothing(copied, tmp_path):
    file = tmp_path / "pack.json"
    file.write_text(json.dumps(copied.pack))
    before = snapshot(copied)
    assert " 0 created, 0 changed," in imported(copied, file)
    assert snapshot(copied) == before


def test_export_and_import_elsewhere(copied, elsewhere, tmp_path):
    first = exported(copied, tmp_path / "first.json")
    assert set(first) == set(copied.pack) - {"version"}
    for key in ("scenarios", "settlement", "decision_tables"):
        keys = [item["key"] for item in copied.pack[key]]
        assert sorted(keys) == [item["key"] for item in first[key]]
    imported(elsewhere, tmp_path / "first.json")
    assert exported(elsewhere, tmp_path / "second.json") == first
    assert " 0 created, 0 changed," in imported(copied, tmp_path / "second.json")


def test_example_of_the_guide_plays(elsewhere, tmp_path):
    """The complete example of data/README.md is imported and played."""
    guide = (DATA / "README.md").read_text()
    example = re.search(
        r"<!-- example -->\n```json\n(.*?)```\n<!-- end", guide, re.DOTALL
    )
    file, keys = tmp_path / "example.json", tmp_path / "keys.json"
    file.write_text(example[1])
    files = ["--pack", file, "--keys", keys]
    name = elsewhere.database
    done = elsewhere.odoo("scrm_scenario", "--prepare", "-d", name, *files)
    assert not done.returncode, done.stdout
    with server.Server(name, env={"SCRM_TEST_CLOCK": "1"}) as served:
        done = elsewhere.odoo("scrm_scenario", "--url", served.url, *files)
    assert done.stdout.strip().splitlines()[-1] == "2 steps as expected", done.stdout


@pytest.mark.parametrize(
    ("command", "file"), [("schema", SCHEMA), ("reference", DATA / "REFERENCE.md")]
)
def test_what_is_made_from_the_addons_is_fresh(copied, command, file):
    done = copied.odoo("scrm_pack", command, "--check", file)
    assert not done.returncode, done.stdout
