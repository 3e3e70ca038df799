"""The pack of a sales office plays green: what customers say finds its opportunity."""

import json

from scripts import paths

PACK = paths.ROOT / "data" / "conversation_to_opportunity.json"
PRESET = paths.ROOT / "data" / "presets" / "opportunity_follow_up.json"


def test_every_step_is_as_expected(played):
    """From a quotation of half a year ago to the signed contract.

    Requirement analysis, solution demo, contract signing: each reminds of the next.
    Beside a WeCom chat one press makes a ticket of a message, a form opens with what is
    known of the customer; beside a group two colleagues fill in one ticket, device and
    warranty are there.

    Covers: T30
    Covers in part: E04, E05, E06
    """
    code, lines = played
    pack, preset = json.loads(PACK.read_text()), json.loads(PRESET.read_text())
    steps = [step for scenario in pack["scenarios"] for step in scenario["steps"]]
    assert code == 0, "\n".join(lines)
    assert lines[-1] == f"{len(steps)} steps as expected", lines[-1]
    assert preset["flows"][0] in pack["flows"], "what was played is the preset"
    assert preset["notices"] == pack["notices"]
