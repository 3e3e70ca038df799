"""The pack of a training centre plays green: from the trial lesson to the renewal."""

import json

from scripts import paths

PACK = paths.ROOT / "data" / "training_centre.json"


def test_every_step_is_as_expected(played):
    """Each node moves the opportunity; renewal and refund on the same day.

    Enquiries surge: the green channel opens, the backup teacher joins in, and two days
    later all is as usual.

    Covers in part: E28, F19, F22, F36, N09, O12, O17, P12
    """
    code, lines = played
    pack = json.loads(PACK.read_text())
    steps = [step for scenario in pack["scenarios"] for step in scenario["steps"]]
    assert code == 0, "\n".join(lines)
    assert lines[-1] == f"{len(steps)} steps as expected", lines[-1]
