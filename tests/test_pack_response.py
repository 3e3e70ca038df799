"""The pack of the response clock plays green: who is told what when nobody answers."""

import json

from scripts import paths

PACK = paths.ROOT / "data" / "response_clock.json"


def test_every_step_is_as_expected(played):
    """A second before each limit nothing, at the limit exactly one message.

    An enquiry unanswered for two hours reaches the supervisor, after 24 hours the agent
    is urged; a complaint goes from who is on duty to the supervisor to everybody by a
    WeCom robot, whose gateway counts what arrived; what is unsolved for a day goes to
    the director, a trial form that nobody follows becomes the supervisor's. A message
    of the night goes out at eight, an urgent complaint is phoned at once; a failed
    payment is told on four channels.

    Covers: N06, N07, N08, N09, N10
    Covers in part: E23
    """
    code, lines = played
    steps = [
        step
        for scenario in json.loads(PACK.read_text())["scenarios"]
        for step in scenario["steps"]
    ]
    assert code == 0, "\n".join(lines)
    assert lines[-1] == f"{len(steps)} steps as expected", lines[-1]
