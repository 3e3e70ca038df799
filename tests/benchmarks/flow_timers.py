"""Figures of time: due timers, many open ones, several processes."""

import contextlib
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from odoo.tools import SQL

from . import business
from .measure import ROUNDS, pairs

FEW, MANY = 1000, 10_000
OPEN = 1_000_000
WORKER = Path(__file__).with_name("fire.py")


def measure(world, report):
    """Print the figures of timers."""
    template = world.add_timer_template()
    for _batch in range(MANY // FEW):
        world.flow_tickets(FEW, template)
    _each(world, report)
    _rule_in_comparison(world, report)
    _one_fails(world, report)
    _processes(world, report)
    _claim(world, report)


def _chunk():
    """How many timers are fired and committed together."""
    # our addons can be imported only when a registry has been opened
    from odoo.addons.scrm_flow.models.scrm_flow_timer import CHUNK

    return CHUNK


def make_due(door, count):
    """Let so many timers be due since an hour, and no other."""

    def act(env):
        now = env["scrm.clock"].now()
        env.cr.execute(
            "UPDATE scrm_flow_timer SET due_at = %s WHERE state = 'due'",
            [now + timedelta(days=40)],
        )
        env.cr.execute(
            """
            UPDATE scrm_flow_timer SET due_at = %s WHERE id IN (
                SELECT id FROM scrm_flow_timer WHERE state = 'due'
                 ORDER BY id LIMIT %s)
            """,
            [now - timedelta(hours=1), count],
        )

    door.get(act)


def _fire(door, count):
    make_due(door, count)
    seconds, queries, fired = door.run(lambda env: env["scrm.flow.timer"]._fire_due())
    assert fired == count, f"{fired} of {count} timers were fired"
    return seconds, queries


def _each(world, report):
    tickets = world.plain_tickets("plain", FEW)
    stages = world.plain_is.stages
    turn = iter(range(1, 1000))
    chunk_size = _chunk()

    def write_stages(env):
        stage = stages[next(turn) % len(stages)]
        for start in range(0, FEW, chunk_size):
            chunk = env[business.TICKET].browse(tickets[start : start + chunk_size])
            chunk.write({"stage_id": stage})
            env.flush_all()
            env.cr.commit()

    theirs, mine, queries, ratio = pairs(
        lambda: world.plain.run(write_stages), lambda: _fire(world.ours, FEW)
    )
    report.say(
        f"{FEW} stages written, {chunk_size} a commit: plain {theirs:.2f} s; "
        f"moved by as many due timers: {mine:.2f} s"
    )
    report.figure("flow_timer", ratio, 1.0, queries / FEW)
    few, many, queries, ratio = pairs(
        lambda: _fire(world.ours, FEW), lambda: _fire(world.ours, MANY), warm=0
    )
    report.say(f"{FEW} due timers {few:.2f} s, {MANY}: {many:.2f} s")
    report.figure("flow_timer_linear", ratio, MANY / FEW * 1.1, queries / MANY)


def _rule_in_comparison(world, report):
    """Show what a timed rule needs for as many tickets."""

    def prepare(env):
        env["base.automation"].browse(world.rule_ids).active = False
        business.add_timed_rule(env, world.rules_is)
        # all that were made before wait in the last stage
        env.cr.execute(
            "UPDATE helpdesk_ticket SET stage_id = %s", [world.rules_is.stages[2]]
        )
        env.invalidate_all()

    world.rules.get(prepare)
    ids = world.plain_tickets("rules", FEW)
    world.rules.get(
        lambda env: env.cr.execute(
            "UPDATE helpdesk_ticket SET last_stage_update = last_stage_update "
            "- interval '2 hours' WHERE id = ANY(%s)",
            [ids],
        )
    )
    seconds, queries, _answer = world.rules.run(
        lambda env: env["base.automation"]._cron_process_time_based_actions()
    )
    moved = world.rules.get(
        lambda env: env[business.TICKET].search_count(
            [("id", "in", ids), ("stage_id", "=", world.rules_is.stages[2])]
        )
    )
    report.say(
        f"base_automation, {FEW} due: {seconds:.2f} s, {queries / FEW:.2f} queries "
        f"each, {moved} moved"
    )


def _one_fails(world, report):
    """One timer that cannot fire among those of a chunk."""
    count = _chunk()
    make_due(world.ours, count)

    def spoil(env):
        env.cr.execute(
            """
            UPDATE scrm_flow_timer SET kind = 'unheard_of' WHERE id = (
                SELECT id FROM scrm_flow_timer WHERE state = 'due'
                 ORDER BY due_at, id OFFSET %s LIMIT 1)
            RETURNING id
            """,
            [count // 2],
        )
        return env.cr.fetchone()[0]

    spoilt = world.ours.get(spoil)
    _seconds, queries, _fired = world.ours.run(
        lambda env: env["scrm.flow.timer"]._fire_due()
    )

    def look(env):
        env.cr.execute(
            "SELECT count(*) FROM scrm_flow_timer WHERE due_at < %s AND state = 'due'",
            [env["scrm.clock"].now()],
        )
        harmed = env.cr.fetchone()[0]
        state = env["scrm.flow.timer"].browse(spoilt).state
        env.cr.execute(  # the next figures need all timers
            "UPDATE scrm_flow_timer SET kind = 'node', state = 'due' WHERE id = %s",
            [spoilt],
        )
        return harmed, state

    harmed, state = world.ours.get(look)
    assert state == "error", state
    report.say(f"one of {count} timers fails: {harmed} others were kept from firing")
    report.figure("flow_timer_failure", harmed, 0, queries / count)


# Several processes ---------------------------------------------------------------


def _processes(world, report):
    name = world.ours.registry.db_name
    rows = []
    with contextlib.ExitStack() as stack:
        workers = [stack.enter_context(_Worker(name)) for _number in range(2)]
        for round_number in range(ROUNDS + 1):
            times = []
            for team in (workers[:1], workers):
                make_due(world.ours, MANY)
                before = _moves(world)
                start = time.perf_counter()
                for worker in team:
                    worker.go()
                parts = [worker.answer() for worker in team]
                times.append((time.perf_counter() - start, parts))
                moved = _moves(world) - before
                assert moved == MANY, f"{moved} moves by {MANY} timers"
            if round_number:  # the first round warms up
                rows.append(times)
    ratio = statistics.median(two[0] / one[0] for one, two in rows)
    one, two = rows[-1]
    report.say(f"{MANY} due timers: one process {one[0]:.2f} s, two {two[0]:.2f} s")
    for label, (_seconds, parts) in (("one", one), ("two", two)):
        for fired, seconds, python, server, waited in parts:
            report.say(
                f"  {label}: {fired:.0f} fired in {seconds:.2f} s; CPU of Python "
                f"{python:.2f} s, of PostgreSQL {server:.2f} s; "
                f"waited otherwise {waited:.2f} s"
            )
    report.figure("flow_timer_two_processes", ratio, 0.77, 0)


def _moves(world):
    """How often timers have moved a ticket so far."""
    query = SQL("SELECT count(*) FROM scrm_flow_log WHERE event = 'complete'")
    return world.ours.get(lambda env: env.execute_query(query)[0][0])


class _Worker:
    """A process of its own that fires timers when told to."""

    def __init__(self, database):
        self._command = [sys.executable, str(WORKER), database]

    def __enter__(self):
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._read()
        return self

    def __exit__(self, *_exception):
        self._process.stdin.close()
        self._process.wait(timeout=60)

    def go(self):
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def answer(self):
        return [float(word) for word in self._read().split()]

    def _read(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{WORKER.name} ended: {self._process.wait()}")
        return line


# Many open timers ----------------------------------------------------------------


def _claim(world, report):
    due = 100

    def claim_all(env):
        """Claim what is due, chunk by chunk, as several processes together do."""
        now = env["scrm.clock"].now()
        seconds = 0
        claimed = 0
        while claimed < due:
            query = env["scrm.flow.timer"]._claim_query(now)
            start = time.perf_counter()
            rows = env.execute_query(query)
            seconds += time.perf_counter() - start
            env.cr.execute(
                "UPDATE scrm_flow_timer SET state = 'fired' WHERE id = ANY(%s)",
                [[row[0] for row in rows]],
            )
            claimed += len(rows)
        assert claimed == due, claimed
        env.cr.rollback()
        return seconds

    def medians():
        make_due(world.ours, due)
        _analyze(world.ours)
        return statistics.median(
            world.ours.get(claim_all) for _round in range(4 * ROUNDS)
        )

    few = medians()
    _fill(world.ours, OPEN)
    many = medians()
    report.say(
        f"claim {due} due of {MANY} open {few * 1000:.2f} ms, "
        f"of {OPEN} open {many * 1000:.2f} ms; the plan:"
    )
    for line in world.ours.get(_plan):
        report.say(f"  {line}")
    report.figure("flow_timer_claim", many / few, 2, -(-due // _chunk()))

    make_due(world.ours, 0)
    _analyze(world.ours)

    def poll(env):
        query = env["scrm.flow.timer"]._claim_query(env["scrm.clock"].now())
        start = time.perf_counter()
        assert not env.execute_query(query)
        return (time.perf_counter() - start) * 1000

    idle = statistics.median(world.ours.get(poll) for _round in range(4 * ROUNDS))
    report.say(f"idle poll with {OPEN} open: {idle:.2f} ms (the ratio is to 1 ms)")
    report.figure("flow_timer_idle_poll", idle, 1, 1)


def _fill(door, count):
    """Raise the number of open timers, on the steps that are there."""

    def act(env):
        env.cr.execute("SELECT count(*) FROM scrm_flow_timer WHERE state = 'due'")
        missing = count - env.cr.fetchone()[0]
        env.cr.execute(
            """
            INSERT INTO scrm_flow_timer
                   (run_id, step_id, kind, number, due_at, state, res_model, res_id)
            SELECT run_id, id, 'reminder', copy.number,
                   now() + interval '1 day' * (1 + random() * 300), 'due',
                   res_model, res_id
              FROM scrm_flow_step, generate_series(1, %s) AS copy(number)
             WHERE state = 'open'
             LIMIT %s
            """,
            [missing // MANY + 1, missing],
        )

    door.get(act)


def _analyze(door):
    with door.registry.cursor() as cr:
        cr.commit()
        cr._cnx.autocommit = True
        cr.execute("VACUUM ANALYZE scrm_flow_timer")
        cr._cnx.autocommit = False


def _plan(env):
    query = env["scrm.flow.timer"]._claim_query(env["scrm.clock"].now())
    rows = env.execute_query(SQL("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) %s", query))
    env.cr.rollback()
    return [line for (line,) in rows]
