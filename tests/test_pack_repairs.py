"""Packs of businesses with stores play green: repairs, complaints, returns, rights."""

import json

import pytest

from scripts import paths

CHAIN = paths.ROOT / "data" / "restaurant_repair.json"
CARS = paths.ROOT / "data" / "car_service.json"
DISHES = paths.ROOT / "data" / "dish_complaint.json"
RETURNS = paths.ROOT / "data" / "online_returns.json"
RIGHTS = paths.ROOT / "data" / "chain_rights.json"


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
    day; at the limit the owner's ticket is red and the store gets an apology. The
    statement names the parts. A fault that is like an earlier one is told its cause.

    Covers: P06, N03, N05, N30
    Covers in part: X16
    """
    expect_green(played, CHAIN)


@pytest.mark.parametrize("played", [CARS], indirect=True)
def test_car_dealer(played):
    """A visit is confirmed when parts, shift and customer agree; three steps move the
    board; faults go to their teams, parts and labour are priced. The customer confirms
    by answering the text message, hears of each step and, half a year later, that
    maintenance is due; the central warehouse is reminded of the transfer. The
    extended warranty for the model is offered with what to say, and taken. A car that
    has been here before is recommended a package. Parts, hours and price come with
    the diagnosis, wages at the end. A consultant sees the own customers' tickets, the
    supervisor those of the whole shop.

    Covers: N21, N25
    Covers in part: F05, F38, O08, P05
    """
    expect_green(played, CARS)


@pytest.mark.parametrize("played", [DISHES], indirect=True)
def test_dish_complaints(played):
    """Kind, store and amount of a complaint find who looks into it: 50,000 the head of
    that kitchen, 50,000.01 the regional manager. Each of three compensations is settled
    for exactly what it is worth, once; the guest becomes an opportunity. What to answer
    is proposed with the reason. Messages of eight channels are in one list; platforms
    and the mini-program are answered from there by their own.

    Covers: F06, H08, H19, S24
    Covers in part: E03, E25, E26, O10, V07, X15, X21
    """
    expect_green(played, DISHES)


@pytest.mark.parametrize("played", [RETURNS], indirect=True)
def test_online_returns(played):
    """One message becomes two tickets; a return takes its order along, goes past its
    review by itself and to the nearest store with room; live-stream orders come first
    and hold the item; a VIP has five minutes; one change sets priorities for a peak; an
    alert carries out its plan. Calls of the hotline go to who is skilled on the phone.

    Orders of four shops, each signed as its platform does, are orders here. Who asks by
    WeChat gets the guide once; who asks in a live stream one coupon code, which the
    shop redeems, and at the third time the tag. Who takes part in the member day is
    counted, with what followed.

    Covers: F21, F26, F27, H15, H18
    Covers in part: E02, E03, E25, E27, F10, F25, F30, H12, N31, P27, T03, T06, T21,
        X05, X06, X12, X20
    """
    expect_green(played, RETURNS)


@pytest.mark.parametrize("played", [RIGHTS], indirect=True)
def test_rights_of_a_chain(played):
    """Through the API as on the screen: branches do not see each other, head office
    alters nothing, each post has its part of a ticket, a right ends by itself, and a
    look through a VIP's tickets is on record. One customer more than may be copied
    freezes who copies, and risk control knows; the customers of who leaves stay.

    Covers: R05, R07, R08, R09
    Covers in part: R01, R02, R03, R11, R12, R14, R16, R17
    """
    expect_green(played, RIGHTS)
