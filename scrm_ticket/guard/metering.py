"""How much customer data went to somebody lately. Plain Python.

What was taken is kept by minutes, as ``{minute: records}``; of a span of ten minutes
those of the ten latest count:

>>> slots, total = added({100: 40, 91: 5, 90: 7}, 100, 2, 10)
>>> total, sorted(slots.items())
(47, [(91, 5), (100, 42)])

Small reads wait in the process until it is worth while to write them down: a tenth of
the limit, or as many as could reach it. So opening a form costs no query, and what
one process cannot see of the others is bounded.

>>> waiting = Waiting()
>>> [waiting.take("ann", 40, 1000) for _time in range(3)]
[0, 0, 120]
>>> waiting.learn("ann", 990)
>>> waiting.take("ann", 10, 1000), waiting.take("ann", 1, 1000)
(0, 11)
"""

from threading import Lock

#: The part of a limit that waits in a process at most.
SHARE = 10


def added(slots, minute, records, span):
    """Count more records.

    :param slots: minute -> records, so far
    :param minute: this one, whole minutes since some moment
    :param records: how many more
    :param span: minutes that count
    :return: (slots that still count, with the new ones; their sum)
    """
    kept = {at: count for at, count in slots.items() if minute - span < at <= minute}
    kept[minute] = kept.get(minute, 0) + records
    return kept, sum(kept.values())


class Waiting:
    """Records that people of one process have read and that are not written down."""

    def __init__(self):
        self._lock = Lock()
        self._rows = {}

    def take(self, who, records, limit):
        """Count records that somebody reads.

        :param who: key of the person
        :param limit: how many he or she may read in the span
        :return: how many to write down now; 0: these wait
        """
        with self._lock:
            known, count = self._rows.get(who, (0, 0))
            count += records
            is_due = count * SHARE >= limit or known + count > limit
            self._rows[who] = (known, 0 if is_due else count)
        return count if is_due else 0

    def learn(self, who, total):
        """Remember what was written down for somebody, by all processes."""
        with self._lock:
            _known, count = self._rows.get(who, (0, 0))
            self._rows[who] = (total, count)
