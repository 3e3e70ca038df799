"""What people do with steps and flows besides completing them, and the time it took."""

from .registry import Seen, register_expectation, register_verb

_STRING = {"type": "string"}
_ID = {"type": ["string", "integer"]}
_RECORD = {"model": _STRING, "id": _ID}
_REASON = {"reason": _STRING}


def _operation(method, what, names=()):
    """A verb that calls one of the public operations of records with a flow.

    :param names: arguments that are handed on as they are
    """

    def verb(actor, args, play):
        arguments = {name: args[name] for name in names if name in args}
        ids = [int(args["id"])]
        return actor.call(args["model"], method, ids=ids, **arguments)

    verb.__doc__ = what
    return verb


for _door in ("json2", "backend"):
    register_verb(
        _door,
        "vote",
        {**_RECORD, "decision": {"enum": ["approved", "rejected"]}, **_REASON},
        ["model", "id", "decision"],
    )(_operation("scrm_step_vote", "Vote on an approval.", ("decision", "reason")))

_PAUSE = {
    "reason": {**_STRING, "description": "key of a pause reason that the node allows"}
}
_OPERATIONS = {
    "accept": ("scrm_step_accept", "Accept one's step of a record.", {}),
    "claim": ("scrm_step_claim", "Claim a step that several people share.", {}),
    "freeze": ("scrm_flow_freeze", "Freeze the flow of a record.", _REASON),
    "release": ("scrm_flow_release", "Let a frozen flow go on.", _REASON),
    "pause": ("scrm_step_pause", "Stop the clock of one's step.", _PAUSE),
    "resume": ("scrm_step_resume", "Let the clock of one's step go on.", {}),
}
for _name, (_method, _what, _arguments) in _OPERATIONS.items():
    for _door in ("json2", "backend"):
        register_verb(
            _door, _name, {**_RECORD, **_arguments}, ["model", "id", *_arguments]
        )(_operation(_method, _what, tuple(_arguments)))


@register_expectation(
    "times",
    {
        **_RECORD,
        "nodes": {
            "type": "object",
            "description": "node key -> time, `H:MM:SS`; or whose time -> time",
        },
        "only": {
            "type": "boolean",
            "description": "no other node took any time",
        },
        "whole": {**_STRING, "description": "all nodes together"},
    },
    ["model", "id"],
)
def times(play, wanted, step):
    """How long the ended steps of each node took, and whose time it was."""
    rows = play.admin.search_read(
        "scrm.flow.clock.report",
        [("res_model", "=", wanted["model"]), ("res_id", "=", int(wanted["id"]))],
        ["node_key", "holder", "seconds"],
    )
    seen = {}
    for row in rows:
        node = seen.setdefault(row["node_key"], {})
        node[row["holder"]] = node.get(row["holder"], 0) + row["seconds"]
    for key, time in wanted.get("nodes", {}).items():
        parts = {who: clock(part) for who, part in seen.get(key, {}).items() if part}
        if isinstance(time, str):
            yield Seen(f"time of {key}", time, clock(sum(seen.get(key, {}).values())))
        else:
            yield Seen(f"time of {key}", time, parts)
    if wanted.get("only"):
        others = sorted(
            key
            for key, parts in seen.items()
            if sum(parts.values()) and key not in wanted.get("nodes", {})
        )
        yield Seen("other nodes that took time", [], others)
    if "whole" in wanted:
        whole = sum(row["seconds"] for row in rows)
        yield Seen("time of all nodes", wanted["whole"], clock(whole))


@register_expectation(
    "log",
    {
        **_RECORD,
        "event": _STRING,
        "user": {**_STRING, "x-scrm-ref": "user"},
        "count": {"type": "integer"},
        "contains": _STRING,
    },
    ["model", "id", "event"],
)
def log(play, wanted, step):
    """Lines of the flow's log of a record: who did it, and what they said."""
    domain = [
        ("res_model", "=", wanted["model"]),
        ("res_id", "=", int(wanted["id"])),
        ("event", "=", wanted["event"]),
    ]
    rows = play.admin.search_read("scrm.flow.log", domain, ["user_id", "description"])
    what = f"log “{wanted['event']}”"
    if "count" in wanted or not rows:
        yield Seen(f"{what} lines", wanted.get("count", 1), len(rows))
    for row in rows[-1:]:
        if "user" in wanted:
            who = play.key_of_user(row["user_id"][0])
            yield Seen(f"{what} by", wanted["user"], who)
        if "contains" in wanted:
            text = row["description"] or ""
            found = wanted["contains"] if wanted["contains"] in text else text
            yield Seen(f"{what} says", wanted["contains"], found)


def clock(seconds):
    """Seconds as hours, minutes and seconds.

    >>> clock(3600 * 30 + 61)
    '30:01:01'
    """
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
