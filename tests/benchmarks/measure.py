"""Measuring pairs of ours and a peer's, and printing one line a figure."""

import gc
import statistics
import time

from odoo import api

#: Paired rounds behind every figure.
ROUNDS = 5


class Door:
    """One database, entered as one user: each call is a transaction of its own.

    Like a web request: fresh cursor, fresh environment, flush, commit.
    """

    def __init__(self, registry, uid):
        self.registry = registry
        self.uid = uid

    def run(self, act):
        """Run ``act(env)`` and commit.

        :return: (seconds, SQL queries, what ``act`` returned)
        """
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.uid, {})
            start_queries = cr.sql_log_count
            start = time.perf_counter()
            answer = act(env)
            env.flush_all()
            cr.commit()
            seconds = time.perf_counter() - start
            return seconds, cr.sql_log_count - start_queries, answer

    def get(self, act):
        """The same when only the answer matters."""
        return self.run(act)[2]

    def as_user(self, uid):
        return Door(self.registry, uid)


def pairs(peer, ours, *, repeat=1, warm=1, rounds=ROUNDS):
    """Run both in turn, so that a machine's moods meet both alike.

    :param peer: a function that does the work once and returns
        (seconds, queries, ...); ``ours`` likewise
    :param repeat: how often each works in a round; the median counts
    :param warm: how often each works before anything is measured
    :return: (seconds of the peer, of ours, queries of ours), medians; and the
        median of the rounds' ratios ours / peer
    """
    for _number in range(warm):
        peer()
        ours()
    rows = []
    for _round in range(rounds):
        gc.collect()
        both = [(peer(), ours()) for _number in range(repeat)]
        theirs = statistics.median(one[0] for one, _other in both)
        mine = statistics.median(other[0] for _one, other in both)
        queries = statistics.median(other[1] for _one, other in both)
        rows.append((theirs, mine, queries, mine / theirs))
    return tuple(statistics.median(column) for column in zip(*rows, strict=True))


class Report:
    """What was measured; remembers whether a bound was missed."""

    def __init__(self):
        self.missed = []

    def figure(self, name, ratio, bound, queries):
        """Print one figure: it is met when the ratio is at most the bound."""
        is_met = round(ratio, 2) <= bound
        if not is_met:
            self.missed.append(name)
        print(
            f"bench {name} ratio={ratio:.2f} bound={bound:.2f} "
            f"queries={queries:g} {'ok' if is_met else 'MISS'}",
            flush=True,
        )

    def say(self, text):
        """Print what helps to read the figures."""
        print(f"# {text}", flush=True)
