"""The commands; each lives in a module of its own.

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
    from . import postgres, setup

    setup.prepare(tests=True)
    postgres.DEMO.start()
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


def _run(rest: list[str]) -> int:
    from . import demo

    return demo.run(rest)


def _scenario(rest: list[str]) -> int:
    from . import scenario

    return scenario.run(rest)


def _lint(rest: list[str]) -> int:
    from . import lint

    return lint.run(rest)


def _bench(rest: list[str]) -> int:
    from . import bench

    return bench.run(rest)


def _dist(rest: list[str]) -> int:
    from . import dist

    return dist.run(rest)


def _shots(rest: list[str]) -> int:
    from . import paths, setup

    if not (paths.ROOT / "scripts" / "shots.py").is_file():
        raise Fault("there is nothing yet that makes pictures (scripts/shots.py)")
    setup.prepare(tests=True)
    from . import shots

    return shots.run(rest)


def _coverage_table(rest: list[str]) -> int:
    from . import coverage

    return coverage.main(rest)


def _clean(_rest: list[str]) -> None:
    from . import clean

    clean.run()


def _help(_rest: list[str]) -> None:
    for name, text in HELP.items():
        say(f"  make {name:<28} {text}")


def _stop(_rest: list[str]) -> None:
    from . import postgres

    for cluster in (postgres.DEMO, postgres.TEST, postgres.CRASH):
        if cluster.stop():
            say(f"PostgreSQL ({cluster.name}) stopped")


COMMANDS = {
    "help": _help,
    "setup": _setup,
    "run": _run,
    "test": _test,
    "check-addons": _check_addons,
    "lint": _lint,
    "bench": _bench,
    "scenario": _scenario,
    "dist": _dist,
    "shots": _shots,
    "coverage-table": _coverage_table,
    "stop": _stop,
    "clean": _clean,
    "odoo": _odoo,
    "psql": _psql,
    "python": _python,
    "pytest-odoo": _pytest_odoo,
}
HELP = {
    "run [PORT=8069]": "make and serve the demo",
    "test [ADDON=] [PYTEST_ARGS=]": "run all tests, or one addon's",
    "lint [FIX=1]": "run all linters (FIX=1: let them mend what they can)",
    "bench, bench-<room>": "run the benchmarks",
    "scenario PACK=path": "play a pack's scenarios on a fresh database",
    "dist": "build wheels and prove that they install and load",
    "shots": "make the pictures of the README from the running product",
    "coverage-table [CHECK=1]": "write tests/coverage.md (or say whether it is stale)",
    "setup": "only install what the others need",
    "stop": "stop PostgreSQL",
    "clean": "stop PostgreSQL and delete all that was made, the demo too",
}
