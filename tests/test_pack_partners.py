"""The pack of a brand's head office plays green, with exactly its figures."""

import json

from scripts import paths

PACK = paths.ROOT / "data" / "partner_settlement.json"


def test_every_step_is_as_expected(played):
    """8 %, 5,000 + 3 %, 80 to 150, rebates at their limits, 1 % for instant payout.

    A new rule from the 1st of the month, a temporary one inside its dates, and what
    is corrected afterwards as a difference.

    Covers: S09, S10, S11, S14, S15
    Covers in part: S07, S08, S13
    """
    code, lines = played
    steps = [
        step
        for scenario in json.loads(PACK.read_text())["scenarios"]
        for step in scenario["steps"]
    ]
    assert code == 0, "\n".join(lines)
    assert lines[-1] == f"{len(steps)} steps as expected", lines[-1]
