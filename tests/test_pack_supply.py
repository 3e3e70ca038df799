"""The pack of medical devices plays green: 28 nodes, timed to the second."""

import json

from scripts import paths

PACK = paths.ROOT / "data" / "medical_device_supply.json"


def test_it_has_28_nodes():
    nodes = json.loads(PACK.read_text())["flows"][0]["nodes"]
    assert len(nodes) == 28


def test_what_checks_and_approves_does_so_by_rules():
    """No condition on a button stands for an approval or a check."""
    nodes = json.loads(PACK.read_text())["flows"][0]["nodes"]
    types = {node["key"]: node["type"] for node in nodes}
    assert types["purchase"] == "approval"
    assert (types["operation"], types["compliance"]) == ("check", "check")


def test_every_step_is_as_expected(played):
    """From the enquiry to the commissioned device, the time of each node exact.

    Only the director approves the purchase, and rejects it with a reason only. A
    reading above the limit freezes the ticket when it is written and the director has
    an activity at once; nothing moves meanwhile, on the screen or through the API, the
    release is in the log. The compliance node refuses until its rules pass.

    Covers: F24
    Covers in part: F13, F14, F15
    """
    code, lines = played
    steps = [
        step
        for scenario in json.loads(PACK.read_text())["scenarios"]
        for step in scenario["steps"]
    ]
    assert code == 0, "\n".join(lines)
    assert lines[-1] == f"{len(steps)} steps as expected", lines[-1]
