"""Odoo's configuration file and command line for one cluster."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from . import paths, postgres, shell, stamps

ADDONS_PATH = str(paths.ROOT)


def data_folder(cluster: postgres.Cluster) -> Path:
    """Where Odoo keeps the file stores and sessions of a cluster's databases."""
    return paths.STATE / "data" / cluster.name


def filestore(cluster: postgres.Cluster, database: str) -> Path:
    """The folder with the attachments of one database."""
    return data_folder(cluster) / "filestore" / database


def write(cluster: postgres.Cluster) -> Path:
    """Write the configuration file; returns its path.

    The server listens on this machine only, as the demo's passwords are known
    to everybody: ``--http-interface=0.0.0.0`` opens it.
    """
    path = paths.STATE / f"odoo-{cluster.name}.conf"
    options = {
        "addons_path": ADDONS_PATH,
        "data_dir": str(data_folder(cluster)),
        "http_interface": "127.0.0.1",
        "list_db": "True",
        "max_cron_threads": "1" if cluster.name == "demo" else "0",
        "workers": "0",
        "limit_time_cpu": "1800",
        "limit_time_real": "1800",
        "without_demo": "True",
    }
    if not postgres.is_own():
        options |= {"db_host": cluster.host, "db_port": "5432", "db_user": "odoo"}
    lines = ["[options]", *(f"{key} = {value}" for key, value in options.items())]
    text = "\n".join(lines) + "\n"
    if not path.is_file() or path.read_text() != text:
        stamps.write_file(path, text)
    return path


def environment(cluster: postgres.Cluster) -> dict[str, str]:
    """The environment in which Odoo finds its configuration and database."""
    bin_folder = paths.VENV / "bin"
    return shell.base_environment(
        ODOO_RC=str(write(cluster)),
        PATH=f"{bin_folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        **cluster.environment(),
    )


def command(*arguments: str) -> list[str]:
    """The command line of Odoo, subcommands of our addons included."""
    prefix = []
    if arguments and not arguments[0].startswith("-"):
        prefix = [f"--addons-path={ADDONS_PATH}"]
    return [str(paths.PYTHON), str(paths.ODOO_LAUNCHER), *prefix, *arguments]


def replace_process(command_line: list[str], env: dict[str, str]) -> None:
    """Become another program: signals and exit code are then its own."""
    sys.stdout.flush()
    os.execvpe(command_line[0], command_line, env)
