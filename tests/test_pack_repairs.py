"""The packs of repairs play green: a restaurant chain, and a car dealer."""

import json

import pytest

from scripts import paths

CHAIN = paths.ROOT / "data" / "restaurant_repair.json"
CARS = paths.ROOT / "data" / "car_service.json"


def expect_green(played, pack):
    code, lines = played
    steps = [
        step
        for scenario in json.loads(pack.read_text())["scenarios"]
        for step in scenario["steps"]
    ]
    assert code == 0, "\n".join(lines)
    assert lines[-1] == f"{len(steps)} steps as expected", lines[-1]


@pytest.mark.parametrize("played", [CHAIN], indirect=True)
def test_restaurant_chain(played):
    """The same repair in two regions: each has its own warehouse, repair team and
    fee; what one warehouse lacks is fetched from the other; the keeper has the list of
    parts at once, the store hears when they leave, follows them and its manager knows
    when they come. Urgent faults are reminded of every two hours, routine ones once a
    day; at the limit the owner's ticket is red and the store gets an apology.

    Covers: P06, N03, N05, N30
    """
    expect_green(played, CHAIN)


@pytest.mark.parametrize("played", [CARS], indirect=True)
def test_car_dealer(played):
    """A visit is confirmed when parts, shift and customer agree; three steps move the
    board; faults go to their teams, parts and labour are priced. The customer confirms
    by answering the text message, hears of each step and, half a year later, that
    maintenance is due; the central warehouse is reminded of the transfer.

    Covers: N21, N25
    Covers in part: F05, F38, P05
    """
    expect_green(played, CARS)
