"""Play a pack's scenarios and print the table."""
# pylint: disable=print-used  # the table is what the command is for

import requests

from . import table
from .errors import ScenarioError
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
    try:
        import_verbs(pack.get("requires", ()))
        scenarios = list(_chosen(pack, demo, only))
        if not scenarios:
            raise ScenarioError("the pack has no such scenario")
        print(table.heading())
        player.play(scenarios)
    except (ScenarioError, ModuleNotFoundError, requests.RequestException) as fault:
        print(f"step {player.number}: expected an answer, saw {fault}")
        return 1
    print(table.verdict(player.number, failed[0] if failed else None))
    return 1 if failed else 0


def _chosen(pack, demo, only):
    for scenario in pack.get("scenarios", ()):
        if only:
            if scenario["key"] == only:
                yield scenario
        elif scenario.get("demo", False) == demo:
            yield scenario
