"""kill -9 in the middle of the work: nothing happens twice, nothing half.

On a PostgreSQL of its own that writes safely (fsync on), with a real Odoo whose cron
process does the work: it is killed, the server starts another one, and in the end
PostgreSQL itself is killed and both are started again.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from typing import NamedTuple

import psycopg2
import pytest
from conftest import ROOT
from outside_world import Outside

from scripts import database, odoo_config, paths, postgres, server
from scripts.lock import exclusive

COUNT = 1000
KILLS = 3
CLUSTER = postgres.CRASH
WORLD = ROOT / "tests" / "crash_world.py"
#: Tickets that three channels tell of.
TOLD = 667


class Work(NamedTuple):
    """What a cron does in chunks until it is killed.

    :param crons: pattern of the names of its crons, as of SIMILAR TO
    :param tables: of what a process in the middle of it asks, as regular expression
    :param done: SQL: how many are done
    :param facts: SQL: everything that must have come with each of them
    """

    crons: str
    tables: str
    done: str
    facts: tuple


TIMERS = Work(
    crons="Flow: due timers%",
    tables="scrm_flow_(timer|log|run)",
    done="SELECT count(*) FROM scrm_flow_timer WHERE state = 'fired'",
    facts=(
        "SELECT count(*) FROM scrm_flow_log WHERE event = 'complete'",
        """SELECT count(*) FROM scrm_flow_step
            WHERE node_key = 'wait' AND state = 'done'""",
        """SELECT count(*) FROM scrm_flow_step step JOIN scrm_flow_run run
               ON run.id = step.run_id JOIN scrm_flow flow ON flow.id = run.flow_id
            WHERE node_key = 'work' AND step.state = 'open' AND flow.key = 'crash'""",
        """SELECT count(*) FROM helpdesk_ticket ticket JOIN scrm_flow_run run
               ON run.id = ticket.scrm_run_id JOIN scrm_flow flow
               ON flow.id = run.flow_id
            WHERE scrm_node_key = 'work' AND flow.key = 'crash'""",
    ),
)
MIGRATION = Work(
    crons="Flow: migrations",
    tables="scrm_flow_(migration_run|log|run|step)",
    done="SELECT count(*) FROM scrm_flow_migration_run WHERE state = 'done'",
    facts=(
        "SELECT count(*) FROM scrm_flow_log WHERE event = 'migrate'",
        """SELECT count(*) FROM scrm_flow_run run JOIN scrm_flow_version version
               ON version.id = run.version_id JOIN scrm_flow flow
               ON flow.id = version.flow_id
            WHERE flow.key = 'moving' AND version.number = 2""",
        """SELECT count(*) FROM scrm_flow_step
            WHERE node_key = 'visit' AND state = 'open'""",
        "SELECT count(*) FROM helpdesk_ticket WHERE scrm_node_key = 'visit'",
    ),
)

NOTICES = Work(
    crons="Notifications:%|Mail: Email Queue%",
    tables="scrm_notice_delivery|mail_",
    done="""SELECT count(*) FROM scrm_notice_delivery
             WHERE state NOT IN ('due', 'queued')""",
    facts=(),
)


class Victim:
    """A database with much to do, on a server that may be killed."""

    def __init__(self, name):
        self.name = name

    def sql(self, statement):
        return CLUSTER.sql(statement, self.name)

    def world(self, command, count):
        """Run one of the commands of `crash_world.py`."""
        done = subprocess.run(
            [paths.PYTHON, WORLD, command, self.name, str(count)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert not done.returncode, done.stdout

    def wake(self, work):
        """Let a cron of this work begin as soon as a process is free."""
        self.sql(
            f"""
            UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - interval '1 minute'
             WHERE id IN (SELECT id FROM ir_cron
                           WHERE active AND cron_name SIMILAR TO '{work.crons}'
                             FOR NO KEY UPDATE SKIP LOCKED)
            """
        )
        CLUSTER.sql(f"SELECT pg_notify('cron_trigger', '{self.name}')")

    def done(self, work):
        """What one committed snapshot knows of the work; all must be equal."""
        parts = ", ".join(f"({part})" for part in (work.done, *work.facts))
        return [int(number) for number in self.sql(f"SELECT {parts}").split("|")]

    def wait_until_busy(self, work, after, seconds=60):
        """Wait until more is done and Odoo is in the middle of the next.

        :param after: how many were done before
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
                    self.wake(work)
                    called = time.monotonic()
                cursor = watch.cursor()
                cursor.execute(
                    f"""
                    SELECT 1 FROM pg_stat_activity
                     WHERE datname = current_database()
                       AND backend_xid IS NOT NULL
                       AND application_name LIKE 'odoo-%%'
                       AND query ~ %s
                       AND %s < ({work.done})
                    """,
                    [work.tables, after],
                )
                if cursor.fetchone():
                    return
                time.sleep(0.002)
        finally:
            watch.close()
        raise AssertionError(f"nothing happens any more after {after}")

    def wait_until_done(self, work, count, seconds=90):
        deadline = time.monotonic() + seconds
        while (done := int(self.sql(work.done))) < count:
            assert time.monotonic() < deadline, f"only {done} are done"
            self.wake(work)
            time.sleep(1)

    def survive(self, odoo, work, count):
        """Kill processes in the middle of the work, then PostgreSQL, and go on.

        What is committed after each kill is whole; in the end all is done.
        """
        done = 0
        for _kill in range(KILLS):
            self.wait_until_busy(work, after=done)
            kill_cron(odoo)
            counts = self.done(work)
            assert len(set(counts)) == 1, f"half done: {counts}"
            assert done < counts[0] < count
            done = counts[0]
        self.wait_until_busy(work, after=done)
        if postgres.is_own():  # not ours to kill: cut the connections instead
            self.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = '{self.name}' AND pid <> pg_backend_pid()"
            )
        else:
            CLUSTER.kill()
            CLUSTER.start()
        counts = self.done(work)
        assert len(set(counts)) == 1, f"half done: {counts}"
        assert counts[0] < count
        odoo.stop()  # Odoo does not outlive its database; start it again, too
        odoo.start()
        self.wait_until_done(work, count)
        assert set(self.done(work)) == {count}

    def serve(self, work):
        """A server of one worker, whose cron does nothing but this work."""
        self.sql(f"UPDATE ir_cron SET active = cron_name SIMILAR TO '{work.crons}'")
        options = (
            "--workers=1",
            "--max-cron-threads=1",
            f"--gevent-port={server.free_port()}",
        )
        return server.Server(self.name, cluster=CLUSTER, options=options)


def kill_cron(odoo, seconds=60):
    """Kill the server's cron process, which its log names.

    One that was killed or went by itself a moment ago is still the last in the log:
    then the one that takes its place is meant.
    """
    deadline = time.monotonic() + seconds
    while True:
        log = odoo.log.read_text()
        process = int(re.findall(r"Worker WorkerCron \((\d+)\) alive", log)[-1])
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            assert time.monotonic() < deadline, "no cron process any more"
            time.sleep(0.1)
        else:
            return


@contextmanager
def carried_over(addons):
    """The template of some addons, carried over to the cluster that writes safely."""
    name = f"scrm_crash_{addons}_{os.getpid()}"
    template = database.template(addons)
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
            # in one transaction: else each of its statements waits for the disk
            [CLUSTER.binary("psql"), "-Xq1", "-v", "ON_ERROR_STOP=1", "-d", name],
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


@pytest.fixture(scope="module")
def cluster():
    yield CLUSTER
    if not postgres.is_own():
        CLUSTER.stop()


@pytest.fixture(scope="module")
def victim(cluster):
    with carried_over("ticket") as carried:
        yield carried


@pytest.fixture(scope="module")
def payer(cluster):
    with carried_over("settlement") as carried:
        yield carried


def test_writes_are_safe(victim):
    """What these tests say holds only where PostgreSQL waits for the disk."""
    if not postgres.is_own():
        assert victim.sql("SHOW fsync") == "on"
        assert victim.sql("SHOW full_page_writes") == "on"


def test_timers_survive_killed_processes(victim):
    """1,000 due timers, three killed cron processes, a killed PostgreSQL.

    Each timer has moved its ticket exactly once: step, log, stage and handler
    together or not at all, and every log chain is intact.

    Covers in part: F24
    """
    victim.world("prepare", COUNT)
    with victim.serve(TIMERS) as odoo:
        victim.sql(
            "UPDATE scrm_flow_timer SET due_at = now() AT TIME ZONE 'UTC' "
            "- interval '1 hour'"
        )
        victim.survive(odoo, TIMERS, COUNT)
    victim.world("verify", COUNT)


def test_a_migration_survives_killed_processes(victim):
    """1,000 runs on their way to the next version, with the same accidents.

    Each run is wholly in its old version or wholly in the new one at every moment,
    and the migration ends by itself when somebody is there again.

    Covers in part: F17
    """
    victim.world("migrate", COUNT)
    with victim.serve(MIGRATION) as odoo:
        victim.survive(odoo, MIGRATION, COUNT)
    victim.world("verify_migrated", COUNT)


#: Somebody is between the record and the posted bill, with something to lose.
PAYING = """
    SELECT pid FROM pg_stat_activity
     WHERE datname = current_database() AND backend_xid IS NOT NULL
       AND query ~ 'INSERT INTO "?(account_move|scrm_settlement_(record|statement))'
       AND %s < (SELECT count(*) FROM scrm_settlement_statement
                  WHERE state = 'posted')
"""
#: What must hold at every moment: nothing paid twice, nothing half.
HALF = """
    SELECT (SELECT count(*) FROM scrm_settlement_tie_out_now WHERE difference <> 0),
           (SELECT count(*) FROM account_move
             WHERE scrm_statement_id IS NOT NULL AND state <> 'posted'),
           (SELECT count(*) FROM scrm_settlement_statement
             WHERE (state = 'posted') <> (move_id IS NOT NULL))
"""


def test_payments_survive_killed_processes(payer, tmp_path):
    """60 statements are settled and posted; who does it is killed three times.

    20 payees have a vendor bill, a payroll entry and a customer invoice each. Killed
    in the middle of writing records, statements and entries, and once PostgreSQL
    itself. Nothing is half at any moment; in the end records, statements, journal
    and payables agree and each record is posted once.

    Covers in part: S27
    """
    count, posted = 60, 0
    payer.world("owe", count)
    payer.world("tie_out_view", 0)
    for kill in range(KILLS + 1):
        log = tmp_path / f"pay{kill}.log"
        process = subprocess.Popen(
            [paths.PYTHON, WORLD, "pay", payer.name, str(count)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log.open("w"),
            stderr=subprocess.STDOUT,
        )
        _wait_until_paying(payer, process, log, posted)
        if kill < KILLS or postgres.is_own():
            process.kill()
        else:
            CLUSTER.kill()
            CLUSTER.start()
            process.kill()
        process.wait()
        _wait_until_alone(payer)
        assert payer.sql(HALF) == "0|0|0"
        done = int(
            payer.sql(
                "SELECT count(*) FROM scrm_settlement_statement WHERE state = 'posted'"
            )
        )
        assert posted < done < count
        posted = done
    payer.world("pay", count)
    assert payer.sql(HALF) == "0|0|0"
    payer.world("verify_paid", count)


def _wait_until_alone(payer, seconds=30):
    """Wait until PostgreSQL has noticed that the killed process is gone."""
    deadline = time.monotonic() + seconds
    while payer.sql(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND application_name LIKE 'odoo-%' LIMIT 1"
    ):
        assert time.monotonic() < deadline, "the killed process still works"
        time.sleep(0.1)


def _wait_until_paying(payer, process, log, posted):
    watch = psycopg2.connect(host=CLUSTER.host, user=postgres.USER, dbname=payer.name)
    watch.autocommit = True
    deadline = time.monotonic() + 90
    try:
        while time.monotonic() < deadline:
            assert process.poll() is None, log.read_text()
            cursor = watch.cursor()
            cursor.execute(PAYING, [posted])
            if cursor.fetchone():
                return
            time.sleep(0.002)
    finally:
        watch.close()
    raise AssertionError(f"nothing is paid any more after {posted}")


@pytest.fixture
def outside():
    world = Outside()
    yield world
    world.stop()


def test_notifications_survive_killed_processes(victim, outside):
    """2,001 deliveries by robot, webhook and e-mail; the sender is killed thrice.

    Nothing arrives twice. What does not arrive says so: ``uncertain``, at most one
    for each kill; the webhook drops doubles, so there nothing is uncertain.
    """
    victim.world("tell", TOLD)
    for kind, path in (("wecom_robot", "/wecom?key=robot"), ("webhook", "/hook")):
        url = outside.gateway.url(path)
        victim.sql(f"UPDATE scrm_notice_channel SET url = '{url}' WHERE key = '{kind}'")
    victim.sql(f"UPDATE ir_mail_server SET smtp_port = {outside.smtp.port}")
    states = "SELECT count(*) FROM scrm_notice_delivery WHERE state IN "
    with victim.serve(NOTICES) as odoo:
        for gateways, mails in ((100, 0), (400, 0), (0, 150)):
            deadline = time.monotonic() + 300
            while len(outside.gateway.taken) < gateways or len(outside.mails) < mails:
                assert time.monotonic() < deadline, outside.arrived()
                victim.wake(NOTICES)
                time.sleep(0.1)
            kill_cron(odoo)
            assert int(victim.sql(f"{states} ('due', 'queued')"))  # in the middle
            # ten minutes later
            victim.sql(
                "UPDATE scrm_notice_delivery SET lease_until = '2020-01-01' "
                "WHERE state = 'sending'"
            )
        deadline = time.monotonic() + 300
        while int(victim.sql(f"{states} ('due', 'queued', 'sending')")) or not int(
            victim.sql(f"{states} ('sent')")
        ):
            assert time.monotonic() < deadline, outside.arrived()
            victim.wake(NOTICES)
            time.sleep(1)
    rows = victim.sql(
        """
        SELECT channel.key, delivery.state, delivery.body
          FROM scrm_notice_delivery delivery
          JOIN scrm_notice_channel channel ON channel.id = delivery.channel_id
        """
    )
    rows = [row.split("|") for row in rows.splitlines()]
    arrived = outside.arrived()
    assert len(rows) == 3 * TOLD
    for key, counts in arrived.items():
        state = {text: state for channel, state, text in rows if channel == key}
        texts = {text: count for text, count in counts.items() if text in state}
        assert len(state) == TOLD
        assert set(texts.values()) == {1}, f"{key}: twice"
        assert set(state.values()) <= {"sent", "uncertain"}
        uncertain = {text for text in state if state[text] == "uncertain"}
        assert set(texts) | uncertain == set(state), f"{key}: missing"
        assert len(uncertain) <= (0 if key == "webhook" else KILLS)
