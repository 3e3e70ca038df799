"""The commands and their arguments; each lives in a module of its own.

Modules are imported when their command is called, so that the small tools
start fast.
"""

from __future__ import annotations

import os

from .progress import Fault, say


def run(arguments: list[str]) -> int:
    """Run the command named by the first argument; returns the exit code."""
    name, *rest = arguments or ["help"]
    handler = COMMANDS.get(name)
    if handler is None:
        raise Fault(f"unknown command {name!r}; one of: {', '.join(COMMANDS)}")
    return handler(rest) or 0


def _setup(_rest: list[str]) -> None:
    from . import setup

    setup.prepare(tests=True)
    say("ready")


def _odoo(rest: list[str]) -> None:
    from . import odoo_config, postgres, setup

    setup.prepare()
    cluster = postgres.chosen()
    cluster.start()
    env = odoo_config.environment(cluster)
    odoo_config.replace_process(odoo_config.command(*rest), env)


def _psql(rest: list[str]) -> None:
    from . import odoo_config, postgres, setup, shell

    setup.prepare()
    cluster = postgres.chosen()
    cluster.start()
    env = shell.base_environment(**cluster.environment())
    odoo_config.replace_process([str(cluster.binary("psql")), *rest], env)


def _python(rest: list[str]) -> None:
    from . import odoo_config, paths, postgres, setup

    setup.prepare()
    cluster = postgres.chosen()
    cluster.start()
    env = odoo_config.environment(cluster)
    odoo_config.replace_process([str(paths.PYTHON), *rest], env)


def _pytest_odoo(rest: list[str]) -> None:
    from . import odoo_config, paths, postgres, setup

    setup.prepare(tests=True)
    if not rest:
        raise Fault("usage: scripts/pytest-odoo DATABASE [PATHS AND OPTIONS...]")
    cluster = postgres.chosen()
    cluster.start()
    env = odoo_config.environment(cluster)
    database, *options = rest
    command = [str(paths.PYTHON), "-m", "pytest", f"--odoo-database={database}"]
    os.chdir(paths.ROOT)
    odoo_config.replace_process([*command, "--odoo-http", *options], env)


def _test(rest: list[str]) -> int:
    from . import test

    return test.run(rest)


def _check_addons(rest: list[str]) -> int:
    from . import check_addons, setup

    setup.prepare(tests=True)
    return check_addons.run(rest)


def _stop(_rest: list[str]) -> None:
    from . import postgres

    for cluster in (postgres.DEMO, postgres.TEST):
        if cluster.stop():
            say(f"PostgreSQL ({cluster.name}) stopped")


COMMANDS = {
    "setup": _setup,
    "test": _test,
    "check-addons": _check_addons,
    "stop": _stop,
    "odoo": _odoo,
    "psql": _psql,
    "python": _python,
    "pytest-odoo": _pytest_odoo,
}
