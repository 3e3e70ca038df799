"""The first pack plays green; one wrong figure is found and named."""

import copy
import json

import pytest


def play(business, pack_file):
    """Play all scenarios of a pack; returns (exit code, lines)."""
    done = business.odoo(
        "scrm_scenario",
        *("--url", business.url, "--pack", pack_file, "--keys", business.keys),
    )
    return done.returncode, done.stdout.strip().splitlines()


def steps_of(pack):
    """The steps in the order they are played; demonstrations are not played."""
    return [
        step
        for scenario in pack["scenarios"]
        if not scenario.get("demo")
        for step in scenario["steps"]
    ]


def amounts(value, path=()):
    """(path, text) of every decimal string inside an expectation."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from amounts(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from amounts(part, (*path, number))
    elif isinstance(value, str) and value.replace(".", "", 1).isdigit() and path:
        yield path, value


@pytest.fixture(scope="module")
def wrong_step(running):
    """The pack with the last figure expected of a price changed, and its step."""
    pack = copy.deepcopy(running.pack)
    for number, step in enumerate(steps_of(pack), 1):
        for expectation in step.get("expect", ()):
            for path, text in amounts(expectation):
                if text.startswith("699"):
                    place = expectation
                    for part in path[:-1]:
                        place = place[part]
                    place[path[-1]] = text.replace("699", "698")
                    return pack, number
    raise AssertionError("the pack expects no price of 699")


def test_a_changed_figure_fails_and_names_the_step(running, wrong_step, tmp_path):
    """Played before the good one: a failed play leaves nothing that hurts it."""
    pack, number = wrong_step
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(pack))
    code, lines = play(running, file)
    assert code == 1, "\n".join(lines)
    assert lines[-1].startswith(f"step {number}: expected "), lines[-1]
    assert "698" in lines[-1] and "699" in lines[-1], lines[-1]


def test_every_step_is_as_expected(running, tmp_path):
    """The whole story over HTTP: portal, nodes, parts, price, fee, bill, opportunity;
    a VIP price that somebody else approves, accessories taken on site.

    At 02:00 the keeper gets the parts list and the customer is left asleep until 08:00;
    when the engineer accepts, the badge and the film of the model follow, at the end
    the request for a rating.

    Covers: E32, N23, P13
    Covers in part: F31
    """
    file = tmp_path / "pack.json"
    file.write_text(json.dumps(running.pack))
    code, lines = play(running, file)
    assert code == 0, "\n".join(lines)
    assert lines[-1] == f"{len(steps_of(running.pack))} steps as expected", lines[-1]
