"""``make run``: the demo database, made at the first call, and its server."""

from __future__ import annotations

import json
import os

from . import database, manifests, paths, postgres, scenario, server, stamps
from . import setup as setup_steps
from .progress import Fault, say, timed

NAME = "scrm_demo"
PACK = paths.ROOT / "data" / "appliance_installation.json"
DEFAULT_PORT = 8069
_DRAFT = f"{NAME}_new"
_STAMP = "demo"
_CLUSTER = postgres.DEMO


def run(rest: list[str]) -> int:
    """The command ``run [PORT]``: serves the demo until Ctrl-C."""
    port = _port(rest)
    if server.port_is_taken(port):
        raise Fault(
            f"port {port} is taken: stop what listens there, or choose another,"
            f" as in `make run PORT={port + 1}`"
        )
    setup_steps.prepare()
    _CLUSTER.start()
    if database.exists(_CLUSTER, NAME):
        _upgrade()
    else:
        _create()
    say("starting Odoo")
    running = server.Server(
        NAME,
        cluster=_CLUSTER,
        port=port,
        options=("--http-interface=" + os.environ.get("HOST", "127.0.0.1"),),
    )
    with running:
        _announce(running.url)
        try:
            running.wait()
        except KeyboardInterrupt:
            say("stopped; PostgreSQL stays up for the next start (`make stop`)")
            return 0
    raise Fault(f"Odoo ended by itself; its log: {running.log}")


def _port(rest: list[str]) -> int:
    text = rest[0] if rest else os.environ.get("PORT") or str(DEFAULT_PORT)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Fault(f"PORT={text}: not a port number")
    return int(text)


# -------------------------------------------------------------------- making it


def _create() -> None:
    """Make the demo under another name; it gets its own when it is complete."""
    addons = manifests.ours()
    modules = [*database.outside_modules(database.ALL), *addons]
    if not _draft_is_installed():
        with timed("[1/4] database with Odoo's base, English and Chinese"):
            stamps.forget(_STAMP)
            database.drop(_CLUSTER, _DRAFT)
            database.install(_CLUSTER, _DRAFT, ["base"])
            database.settle_in_china(_CLUSTER, _DRAFT)
        with timed(f"[2/4] {len(modules)} modules and what they need"):
            database.install(_CLUSTER, _DRAFT, modules)
        stamps.write(_STAMP, _installed_text())
    keys = paths.STATE / "keys.json"
    say(f"[3/4] the demo business, {PACK.name}")
    scenario.prepare(_CLUSTER, _DRAFT, PACK, keys, clock=False)
    if _has_demo_scenario():
        say("[4/4] its first tickets, through portal and API")
        # interrupted in here, half a scenario is played: begin again
        stamps.forget(_STAMP)
        with server.Server(_DRAFT, cluster=_CLUSTER) as running:
            if scenario.play(_CLUSTER, running.url, PACK, keys, "--demo"):
                raise Fault("the demo's tickets did not go as expected")
    keys.unlink()
    database.rename(_CLUSTER, _DRAFT, NAME)
    stamps.write(_STAMP, _installed_text())


def _draft_is_installed() -> bool:
    return database.exists(_CLUSTER, _DRAFT) and stamps.is_current(
        _STAMP, _installed_text()
    )


def _installed_text() -> str:
    lines = [f"{name} {manifests.code_digest(name)}" for name in manifests.ours()]
    return "\n".join(lines)


def _upgrade() -> None:
    """Bring the addons whose code changed since the last start up to date."""
    stamp = paths.STAMPS / _STAMP
    before = stamp.read_text().splitlines() if stamp.is_file() else []
    now = _installed_text().splitlines()
    changed = [line.split()[0] for line in now if line not in before]
    if not changed:
        return
    known = {line.split()[0] for line in before}
    added = [name for name in changed if name not in known]
    with timed(f"upgrading {', '.join(changed)}, whose code changed"):
        if added:
            database.install(_CLUSTER, NAME, added)
        if older := [name for name in changed if name in known]:
            database.install(_CLUSTER, NAME, older, upgrade=True)
    stamps.write(_STAMP, "\n".join(now))


def _has_demo_scenario() -> bool:
    scenarios = json.loads(PACK.read_text()).get("scenarios", [])
    return any(scenario.get("demo") for scenario in scenarios)


# ----------------------------------------------------------------- telling of it


def _announce(url: str) -> None:
    say(f"\nSCRM for Odoo is at {url}    (Ctrl-C stops it)\n")
    pack = json.loads(PACK.read_text())
    roles = {role["key"]: _english(role["name"]) for role in pack.get("roles", [])}
    rows = [("login", "password", "who", "")]
    for user in pack.get("users", []):
        names = [roles.get(key, key) for key in user.get("roles", [])]
        names += [_group_name(group) for group in user.get("groups", [])]
        role = "Customer" if user.get("portal") else ", ".join(names)
        password = user.get("password", "")
        rows.append((user["login"], password, role, _english(user["name"])))
    rows.append(("admin", "admin", "Administrator", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for login, password, role, name in rows:
        columns = (f"{login:<{widths[0]}}", f"{password:<{widths[1]}}")
        say(("  " + "  ".join((*columns, f"{role:<{widths[2]}}", name))).rstrip())
    say("")


def _group_name(external_id: str) -> str:
    """In words: ``scrm_settlement.group_accountant`` is a settlement accountant."""
    addon, _, group = external_id.partition(".")
    words = f"{addon.removeprefix('scrm_')} {group.removeprefix('group_')}"
    return words.replace("_", " ").capitalize()


def _english(text: str | dict[str, str]) -> str:
    if isinstance(text, dict):
        return text.get("en_US") or next(iter(text.values()))
    return text
