"""The pack of a brand's head office plays green, with exactly its figures."""

import json
import os

import pytest
from conftest import odoo

from scripts import database, paths, server

PACK = paths.ROOT / "data" / "partner_settlement.json"


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """(exit code, lines) of playing all of it over HTTP, in a database of its own."""
    name = database.copy_template(database.ALL, f"scrm_root_partners_{os.getpid()}")
    keys = tmp_path_factory.mktemp("keys") / "keys.json"
    done = odoo(
        "scrm_scenario", "--prepare", "-d", name, "--pack", PACK, "--keys", keys
    )
    assert not done.returncode, done.stdout
    with server.Server(name, env={"SCRM_TEST_CLOCK": "1"}) as served:
        done = odoo(
            "scrm_scenario", "--url", served.url, "--pack", PACK, "--keys", keys
        )
    database.drop_copy(name)
    return done.returncode, done.stdout.strip().splitlines()


def test_every_step_is_as_expected(played):
    """8 %, 5,000 + 3 %, 80 to 150, rebates at their limits, 1 % for instant payout.

    A new rule from the 1st of the month, a temporary one inside its dates, and what
    is corrected afterwards as a difference.

    Covers: S07, S09, S10, S11, S14, S15
    Covers in part: S08, S13
    """
    code, lines = played
    steps = [
        step
        for scenario in json.loads(PACK.read_text())["scenarios"]
        for step in scenario["steps"]
    ]
    assert code == 0, "\n".join(lines)
    assert lines[-1] == f"{len(steps)} steps as expected", lines[-1]
