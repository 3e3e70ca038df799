"""Play the scenarios of a pack on a fresh database, over HTTP."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from . import database, odoo_config, paths, postgres, setup
from .postgres import Cluster
from .progress import Fault
from .server import Server

DEFAULT_PACK = paths.ROOT / "data" / "appliance_installation.json"


def run(arguments: list[str]) -> int:
    """``make scenario PACK=path``: every step as expected, or exit code 1.

    :param arguments: the pack's path, then options of ``odoo scrm_scenario``
    """
    pack = chosen_pack(arguments[:1])
    setup.prepare(tests=True)
    name = f"scrm_scenario_{os.getpid()}"
    cluster = postgres.TEST
    database.copy_template(database.ALL, name)
    try:
        with tempfile.TemporaryDirectory() as folder:
            keys = Path(folder) / "keys.json"
            prepare(cluster, name, pack, keys)
            with Server(name, env={"SCRM_TEST_CLOCK": "1"}) as server:
                return play(cluster, server.url, pack, keys, *arguments[1:])
    finally:
        database.drop_copy(name)


def chosen_pack(arguments: list[str]) -> Path:
    """The pack to play: the argument, else ``PACK``, else the first pack.

    :raise Fault: there is no such file
    """
    pack = Path((*arguments, os.environ.get("PACK") or DEFAULT_PACK)[0]).resolve()
    if not pack.is_file():
        raise Fault(f"{pack}: there is no such file; say PACK=path of a pack")
    return pack


def prepare(
    cluster: Cluster, name: str, pack: Path, keys: Path, *, clock: bool = True
) -> None:
    """Import a pack into a database and write the API keys of its users.

    :param keys: the file to write; only its owner can read it
    :param clock: let the test clock of this database be set
    :raise Fault: the pack is not right; everything that is wrong was printed
    """
    options = () if clock else ("--no-clock",)
    if _odoo(cluster, "--prepare", "-d", name, *_files(pack, keys), *options):
        raise Fault(f"{pack} was not imported")


def play(cluster: Cluster, url: str, pack: Path, keys: Path, *options: str) -> int:
    """Play against a running server, printing the table; returns the exit code.

    :param options: ``--demo`` or ``--only KEY``
    """
    return _odoo(cluster, "--url", url, *_files(pack, keys), *options)


def _files(pack: Path, keys: Path) -> tuple[str, ...]:
    return ("--pack", str(pack), "--keys", str(keys))


def _odoo(cluster: Cluster, *arguments: str) -> int:
    done = subprocess.run(
        odoo_config.command("scrm_scenario", *arguments),
        env=odoo_config.environment(cluster),
        cwd=paths.ROOT,
        check=False,
    )
    return done.returncode
