"""How long a caller waits for the flows it called.

>>> outcome(["done", "cancelled", "running"], "all", 0) is WAIT
True
>>> outcome(["done", "cancelled"], "all", 0) is GO_ON, outcome([], "all", 0) is GO_ON
(True, True)
>>> outcome(["running", "done", "incident"], "any", 0) is GO_ON
True
>>> outcome(["cancelled", "done", "running"], "count", 3) is STUCK
True
"""

from collections.abc import Iterable

WAIT, GO_ON, STUCK = "wait", "go_on", "stuck"

#: Flows that call flows that call flows: so many, and then it is an endless loop.
DEPTH_LIMIT = 10

_LIVE = ("running", "incident")


def outcome(states: Iterable[str], wait: str, count: int) -> str:
    """What the caller does, as the called flows stand now.

    :param states: of the called runs
    :param wait: ``all`` have ended, or ``any`` or ``count`` have reached their ends
    :param count: of ``count``: how many
    """
    states = list(states)
    live = sum(state in _LIVE for state in states)
    if wait == "all":
        return WAIT if live else GO_ON
    wanted = 1 if wait == "any" else count
    done = states.count("done")
    if done >= wanted:
        return GO_ON
    return WAIT if done + live >= wanted else STUCK
