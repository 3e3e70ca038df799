"""Databases and servers for the tests that cross addons.

The pack is imported once into a copy of the template ``all``; each test module that
needs a server gets a copy of that database and a server of its own, so that modules
do not see each other's tickets. Nothing here imports Odoo: the tests stand outside,
at the doors that users and programs have.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from browser import DESKTOP, Person, launched  # noqa: E402

from scripts import database, odoo_config, paths, postgres, server  # noqa: E402

#: Somebody else's addon brings its own tests; `test_sample_addon` has Odoo run them.
collect_ignore = ["addons"]

PACK = ROOT / "data" / "appliance_installation.json"


def odoo(*arguments):
    """Run one odoo command to its end; its output, both streams, is in ``stdout``."""
    return subprocess.run(
        odoo_config.command(*map(str, arguments)),
        env=odoo_config.environment(postgres.TEST),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@dataclass
class Business:
    """A database with the pack in it, and who may enter.

    `pack` is the pack's JSON, `keys` the file with the users' API keys.
    """

    database: str
    pack: dict
    keys: Path

    def user(self, key):
        """The pack's user of this key: login, password, ..."""
        return next(user for user in self.pack["users"] if user["key"] == key)

    def handler(self, ticket):
        """The pack's user who has the ticket's open step."""
        login = self.sql(
            "SELECT login FROM res_users JOIN helpdesk_ticket_scrm_handler_rel"
            f" ON res_users_id = id WHERE helpdesk_ticket_id = {ticket} LIMIT 1"
        )
        return next(user for user in self.pack["users"] if user["login"] == login)

    def odoo(self, command, *arguments):
        """Run one of the addons' odoo commands; see :func:`odoo`."""
        return odoo(command, *arguments)

    def sql(self, statement):
        """Rows of one statement, as lines with columns parted by ``|``."""
        return postgres.TEST.sql(statement, self.database)

    def counts(self, *tables):
        """Table -> number of its rows."""
        return {
            table: int(self.sql(f'SELECT count(*) FROM "{table}"')) for table in tables
        }


@dataclass
class Running(Business):
    """The same, served at `url`; `log` is the server's log file."""

    url: str
    log: Path

    def call(self, user, model, method, **arguments):
        """Call a public method through the API as a user of the pack.

        :param user: key in the pack, or `base.user_admin`
        """
        access = json.loads(self.keys.read_text())
        answer = requests.post(
            f"{self.url}/json/2/{model}/{method}",
            json=arguments,
            headers={
                "Authorization": f"Bearer {access['users'][user]['key']}",
                "X-Odoo-Database": self.database,
            },
            timeout=120,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


def _name(label):
    return f"scrm_root_{label}_{os.getpid()}"


@pytest.fixture(scope="session")
def imported(tmp_path_factory):
    """The database that the others are copied from.

    It outlives the run, as templates do, and nobody enters it. Its description is
    the users' API keys.
    """
    keys = tmp_path_factory.mktemp("keys") / "keys.json"

    def prepare(name):
        arguments = ["--prepare", "-d", name, "--pack", PACK, "--keys", keys]
        done = odoo("scrm_scenario", *arguments)
        assert not done.returncode, done.stdout
        told = json.dumps(json.loads(keys.read_text()))
        postgres.TEST.sql(f'COMMENT ON DATABASE "{name}" IS $keys${told}$keys$')

    source = database.template(database.ALL)
    name = database.derived("imported", source, PACK, prepare)
    keys.write_text(
        postgres.TEST.sql(
            "SELECT shobj_description(oid, 'pg_database')"
            f" FROM pg_database WHERE datname = '{name}'"
        )
    )
    return Business(name, json.loads(PACK.read_text()), keys)


@pytest.fixture(scope="module")
def copied(imported, request, tmp_path_factory):
    """A copy of the database for this module, without a server."""
    name = _name(request.module.__name__.rpartition("_")[2])
    database.copy(postgres.TEST, imported.database, name)
    access = json.loads(imported.keys.read_text())
    keys = tmp_path_factory.mktemp("keys") / "keys.json"
    keys.write_text(json.dumps({**access, "database": name}))
    yield Business(name, imported.pack, keys)
    database.drop_copy(name)


@pytest.fixture(scope="module")
def running(copied):
    """That copy, served over HTTP with a clock that scenarios may set."""
    with server.Server(copied.database, env={"SCRM_TEST_CLOCK": "1"}) as served:
        yield Running(copied.database, copied.pack, copied.keys, served.url, served.log)


@pytest.fixture(scope="session")
def screenshots():
    """The ignored folder where browser tests leave what they saw."""
    folder = paths.SCREENSHOTS / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def browser():
    """A Chromium for the module's tests."""
    with launched() as chromium:
        yield chromium


@pytest.fixture
def person(browser, running, screenshots):
    """Open a window; at the end no window may have complained."""
    people = []

    def arrive(viewport=DESKTOP, lang="en_US"):
        people.append(Person(browser, running.url, viewport, lang, screenshots))
        return people[-1]

    yield arrive
    faults = [fault for one in people for fault in one.faults]
    for one in people:
        one.page.close()
    assert not faults


@pytest.fixture(scope="module")
def played(request, tmp_path_factory):
    """(exit code, lines) of playing the module's ``PACK`` over HTTP.

    In a database of its own that has nothing else in it. A module with several packs
    names them as parameters of this fixture.
    """
    pack = getattr(request, "param", None) or request.module.PACK
    database_name = f"scrm_root_{pack.stem}_{os.getpid()}"
    name = database.copy_template(database.ALL, database_name)
    keys = tmp_path_factory.mktemp("keys") / "keys.json"
    done = odoo(
        "scrm_scenario", "--prepare", "-d", name, "--pack", pack, "--keys", keys
    )
    assert not done.returncode, done.stdout
    with server.Server(name, env={"SCRM_TEST_CLOCK": "1"}) as served:
        done = odoo(
            "scrm_scenario", "--url", served.url, "--pack", pack, "--keys", keys
        )
    database.drop_copy(name)
    return done.returncode, done.stdout.strip().splitlines()
