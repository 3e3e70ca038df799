"""Running other programs: quiet when they work, their last lines when not."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import paths
from .progress import Fault

_TAIL = 15


def run_logged(
    command: Sequence[str | Path],
    log_name: str,
    *,
    fault: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Path:
    """Run ``command`` with its output in ``.scrm/logs/<log_name>.log``.

    :param fault: what did not work, in words, for the one line of the error
    :returns: the log's path
    :raises Fault: when the program is missing or exits non-zero
    """
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    log = paths.LOGS / f"{log_name}.log"
    with log.open("wb") as out:
        try:
            code = subprocess.call(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=dict(env) if env is not None else None,
                cwd=cwd or paths.ROOT,
            )
        except FileNotFoundError as error:
            raise Fault(f"{fault}: the program {command[0]} is missing") from error
    if code:
        lines = log.read_text(errors="replace").strip().splitlines()[-_TAIL:]
        raise Fault("\n".join([*lines, f"{fault} (whole output: {log})"]))
    return log


def base_environment(**more: str) -> dict[str, str]:
    """The environment for Odoo and PostgreSQL: the user's, with ``more``.

    Compiled Python is kept, in a folder of ours: also where the machine says that
    none is written (``PYTHONDONTWRITEBYTECODE``, usual in containers), as each start
    of Odoo would compile thousands of files again.
    """
    kept = {
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(paths.STATE / "pycache"),
        "PYTHONUNBUFFERED": "1",
    }
    return {**os.environ, **kept, **more}
