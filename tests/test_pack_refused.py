"""A wrong pack is refused whole, on the command line, with the JSON path."""

import copy
import json
import os
from dataclasses import replace

import pytest

from scripts import database

TABLES = (
    "res_partner",
    "res_users",
    "scrm_flow",
    "scrm_flow_node",
    "scrm_ticket_template",
    "scrm_store",
    "product_template",
    "product_pricelist",
    "crm_lead",
    "scrm_settlement_plan",
    "scrm_pack",
)


def unknown_key(pack):
    pack["flows"][0]["nodes"][1]["colour"] = "red"
    return "$.flows[0].nodes[1].colour"


def dangling_reference(pack):
    pack["templates"][0]["flow"] = "no_such_flow"
    return "$.templates[0].flow"


def flow_without_end(pack):
    flow = pack["flows"][0]
    ends = {node["key"] for node in flow["nodes"] if node["type"] == "end"}
    flow["nodes"] = [node for node in flow["nodes"] if node["key"] not in ends]
    flow["transitions"] = [t for t in flow["transitions"] if t["target"] not in ends]
    return "$.flows[0]"


def duplicate_key(pack):
    pack["partners"].append(copy.deepcopy(pack["partners"][0]))
    return f"$.partners[{len(pack['partners']) - 1}].key"


def wrong_type(pack):
    pack["opportunities"][0]["expected_revenue"] = 12000
    return "$.opportunities[0].expected_revenue"


@pytest.fixture(scope="module")
def empty(imported):
    """A database with all addons and no pack."""
    name = database.copy_template(database.ALL, f"scrm_root_refused_{os.getpid()}")
    yield replace(imported, database=name)
    database.drop_copy(name)


@pytest.mark.parametrize(
    "spoil",
    [unknown_key, dangling_reference, flow_without_end, duplicate_key, wrong_type],
)
def test_refused_whole_with_its_path(empty, tmp_path, spoil):
    pack = copy.deepcopy(empty.pack)
    path = spoil(pack)
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(pack))
    before = empty.counts(*TABLES)
    done = empty.odoo("scrm_pack", "import", "-d", empty.database, file)
    assert done.returncode == 1, done.stdout
    assert f"{path}: " in done.stdout, done.stdout
    assert "Traceback" not in done.stdout
    assert empty.counts(*TABLES) == before


def test_every_fault_is_told_at_once(empty, tmp_path):
    pack = copy.deepcopy(empty.pack)
    paths = [spoil(pack) for spoil in (unknown_key, dangling_reference, duplicate_key)]
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(pack))
    done = empty.odoo("scrm_pack", "import", "-d", empty.database, file)
    for path in paths:
        assert f"{path}: " in done.stdout, done.stdout


def test_not_json(empty, tmp_path):
    file = tmp_path / "wrong.json"
    file.write_text('{"format": "scrm-pack/1", ')
    done = empty.odoo("scrm_pack", "import", "-d", empty.database, file)
    assert done.returncode == 1
    assert "Traceback" not in done.stdout


def test_the_right_pack_is_imported(empty, tmp_path):
    """The same file without a fault goes in, so the faults were what was refused."""
    file = tmp_path / "right.json"
    file.write_text(json.dumps(empty.pack))
    done = empty.odoo("scrm_pack", "import", "-d", empty.database, file)
    assert done.returncode == 0, done.stdout
    assert empty.counts("scrm_pack") == {"scrm_pack": 1}
