"""Play a pack's scenarios and print the table."""
# pylint: disable=print-used  # the table is what the command is for

import requests

from . import table
from .errors import Refused, ScenarioError
from .player import Access, Player
from .registry import import_verbs


def play(pack, access, url, demo=False, only=None):
    """Play scenarios and print what came of them.

    :param pack: the pack's JSON
    :param access: what ``prepare`` returned
    :param url: address of the running server
    :param demo: play the demonstration's scenarios instead of the others
    :param only: key of the one scenario to play
    :return: the exit code: 0 when every step was as expected
    """
    failed = []

    def show(row):
        if not row.as_expected:
            failed.append(row)
        print(table.row(row), flush=True)

    where = Access(url.rstrip("/"), access["database"], access["users"])
    player = Player(pack, where, show)
    scenarios = []
    try:
        import_verbs(pack.get("requires", ()))
        scenarios = list(_chosen(pack, demo, only))
        if not scenarios:
            raise ScenarioError("the pack has no such scenario")
        print(table.heading())
        player.play(scenarios)
    except (
        Refused,
        ScenarioError,
        ModuleNotFoundError,
        requests.RequestException,
    ) as fault:
        _say_what_came_before(pack, scenarios, only)
        print(f"step {player.number}: expected an answer, saw {fault}")
        return 1
    if failed:
        _say_what_came_before(pack, scenarios, only)
    print(table.verdict(player.number, failed[0] if failed else None))
    return 1 if failed else 0


def _say_what_came_before(pack, scenarios, only):
    """A scenario that was played alone may miss what earlier ones leave behind."""
    earlier = [one["key"] for one in pack.get("scenarios", ()) if not one.get("demo")]
    if not scenarios or only not in earlier[1:]:
        return
    before = ", ".join(earlier[: earlier.index(only)])
    print(
        f"{only} was played alone. Before it the pack plays: {before}."
        " If it builds on them, play the whole pack."
    )


def _chosen(pack, demo, only):
    for scenario in pack.get("scenarios", ()):
        if only:
            if scenario["key"] == only:
                yield scenario
        elif scenario.get("demo", False) == demo:
            yield scenario
