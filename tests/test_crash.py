"""kill -9 in the middle of the work: nothing happens twice, nothing half.

On a PostgreSQL of its own that writes safely (fsync on), with a real Odoo whose cron
process fires the timers: it is killed, the server starts another one, and in the end
PostgreSQL itself is killed and both are started again.
"""

import os
import re
import shutil
import signal
import subprocess
import time

import psycopg2
import pytest
from conftest import ROOT

from scripts import database, odoo_config, paths, postgres, server
from scripts.lock import exclusive

COUNT = 1000
KILLS = 3
CLUSTER = postgres.CRASH
WORLD = ROOT / "tests" / "crash_world.py"


class Victim:
    """A database with waiting tickets, on a server that may be killed."""

    def __init__(self, name):
        self.name = name

    def sql(self, statement):
        return CLUSTER.sql(statement, self.name)

    def world(self, command):
        """Run one of the commands of `crash_world.py`."""
        done = subprocess.run(
            [paths.PYTHON, WORLD, command, self.name, str(COUNT)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert not done.returncode, done.stdout

    def wake(self):
        """Let a cron of timers begin as soon as a process is free."""
        self.sql(
            """
            UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - interval '1 minute'
             WHERE id IN (SELECT id FROM ir_cron
                           WHERE active AND cron_name LIKE 'Flow: due timers%'
                             FOR NO KEY UPDATE SKIP LOCKED)
            """
        )
        CLUSTER.sql(f"SELECT pg_notify('cron_trigger', '{self.name}')")

    def fired(self):
        return int(
            self.sql("SELECT count(*) FROM scrm_flow_timer WHERE state = 'fired'")
        )

    def moved(self):
        """What one committed snapshot knows of moves; all must be equal."""
        row = self.sql(
            """
            SELECT (SELECT count(*) FROM scrm_flow_timer WHERE state = 'fired'),
                   (SELECT count(*) FROM scrm_flow_log WHERE event = 'complete'),
                   (SELECT count(*) FROM scrm_flow_step
                     WHERE node_key = 'wait' AND state = 'done'),
                   (SELECT count(*) FROM scrm_flow_step
                     WHERE node_key = 'work' AND state = 'open'),
                   (SELECT count(*) FROM helpdesk_ticket WHERE scrm_node_key = 'work')
            """
        )
        return [int(number) for number in row.split("|")]

    def wait_until_firing(self, after, seconds=60):
        """Wait until more are fired and Odoo is in the middle of the next ones.

        :param after: how many were fired before
        """
        watch = psycopg2.connect(
            host=CLUSTER.host, user=postgres.USER, dbname=self.name
        )
        watch.autocommit = True
        deadline = time.monotonic() + seconds
        called = 0
        try:
            while time.monotonic() < deadline:
                if time.monotonic() > called + 1:  # a new process may be deaf yet
                    self.wake()
                    called = time.monotonic()
                cursor = watch.cursor()
                cursor.execute(
                    """
                    SELECT 1 FROM pg_stat_activity
                     WHERE datname = current_database()
                       AND backend_xid IS NOT NULL
                       AND application_name LIKE 'odoo-%%'
                       AND query ~ 'scrm_flow_(timer|log|run)'
                       AND %s < (SELECT count(*) FROM scrm_flow_timer
                                  WHERE state = 'fired')
                    """,
                    [after],
                )
                if cursor.fetchone():
                    return
                time.sleep(0.002)
        finally:
            watch.close()
        raise AssertionError(f"nothing is fired any more after {after} timers")

    def wait_until_all_fired(self, seconds=60):
        deadline = time.monotonic() + seconds
        while self.fired() < COUNT:
            assert time.monotonic() < deadline, f"only {self.fired()} timers fired"
            self.wake()
            time.sleep(1)


def cron_process(odoo):
    """The process id of the server's living cron process, by the server's log."""
    return int(
        re.findall(r"Worker WorkerCron \((\d+)\) alive", odoo.log.read_text())[-1]
    )


@pytest.fixture(scope="module")
def victim():
    """The template of the ticket addon, carried over to the cluster."""
    name = f"scrm_crash_{os.getpid()}"
    template = database.template("ticket")
    CLUSTER.start()
    database.drop(CLUSTER, name)
    CLUSTER.sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
    with exclusive(f"copy-{template}"):  # nobody copies it meanwhile
        dump = subprocess.Popen(
            [CLUSTER.binary("pg_dump"), "--no-owner", template],
            env={**os.environ, **postgres.TEST.environment()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        subprocess.run(
            [CLUSTER.binary("psql"), "-Xq", "-v", "ON_ERROR_STOP=1", "-d", name],
            env={**os.environ, **CLUSTER.environment()},
            stdin=dump.stdout,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        assert not dump.wait()
    files = odoo_config.filestore(postgres.TEST, template)
    if files.is_dir():
        shutil.copytree(files, odoo_config.filestore(CLUSTER, name))
    yield Victim(name)
    database.drop(CLUSTER, name)
    if not postgres.is_own():
        CLUSTER.stop()


def test_timers_survive_killed_processes(victim):
    """1,000 due timers, three killed cron processes, a killed PostgreSQL.

    Each timer has moved its ticket exactly once: step, log, stage and handler
    together or not at all, and every log chain is intact.

    Covers in part: F24
    """
    if not postgres.is_own():
        assert CLUSTER.sql("SHOW fsync") == "on"
        assert CLUSTER.sql("SHOW full_page_writes") == "on"
    victim.world("prepare")
    options = (
        "--workers=1",
        "--max-cron-threads=1",
        f"--gevent-port={server.free_port()}",
    )
    victim.sql(
        "UPDATE ir_cron SET active = false WHERE cron_name NOT LIKE 'Flow: due timers%'"
    )
    with server.Server(victim.name, cluster=CLUSTER, options=options) as odoo:
        victim.sql(
            "UPDATE scrm_flow_timer SET due_at = now() AT TIME ZONE 'UTC' "
            "- interval '1 hour'"
        )
        fired = 0
        for _kill in range(KILLS):
            victim.wait_until_firing(after=fired)
            os.kill(cron_process(odoo), signal.SIGKILL)
            counts = victim.moved()
            assert len(set(counts)) == 1, f"half moved: {counts}"
            assert fired < counts[0] < COUNT
            fired = counts[0]
        victim.wait_until_firing(after=fired)
        if postgres.is_own():  # not ours to kill: cut the connections instead
            victim.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = '{victim.name}' AND pid <> pg_backend_pid()"
            )
        else:
            CLUSTER.kill()
            CLUSTER.start()
        counts = victim.moved()
        assert len(set(counts)) == 1, f"half moved: {counts}"
        assert counts[0] < COUNT
        odoo.stop()  # Odoo does not outlive its database; start it again, too
        odoo.start()
        victim.wait_until_all_fired()
    assert set(victim.moved()) == {COUNT}
    victim.world("verify")
