"""How much customer data went to somebody lately. Plain Python.

What was taken is kept by minutes, as ``{minute: records}``; of a span of ten minutes
those of the ten latest count:

>>> slots, total = added({100: 40, 91: 5, 90: 7}, 100, 2, 10)
>>> total, sorted(slots.items())
(47, [(91, 5), (100, 42)])

So that opening a form costs no query, a process may let small reads wait, as many as
it holds a loan of. The loans of a person are kept beside the count, with the minute
since when: all of them together are a twentieth of the limit at most, and who comes
when nothing is left to lend counts each read. So whatever the number of workers and
hosts, nobody gets more than that twentieth over the limit.

>>> loans, size = lent({}, "one", 100, 10, 4000)
>>> size
20
>>> for worker in range(2, 13):
...     loans, size = lent(loans, f"worker {worker}", 101, 10, 4000)
>>> size, sum(loan for loan, _since in loans.values())
(0, 200)

A loan is good for the span: what waited longer does not count any more, and neither
does what a process took with it that ended.

>>> lent(loans, "late", 110, 10, 4000)[1]
20
>>> lent({}, "one", 100, 10, 60)[1]
0

>>> waiting = Waiting()
>>> waiting.take("ann", 1, 4000, 100)
1
>>> waiting.learn("ann", 1, 20, 110)
>>> [waiting.take("ann", 10, 4000, 101) for _time in range(3)]
[0, 0, 30]
>>> waiting.learn("ann", 3990, 20, 111)
>>> waiting.take("ann", 10, 4000, 102), waiting.take("ann", 1, 4000, 102)
(0, 11)
>>> waiting.learn("ann", 31, 20, 112)
>>> waiting.take("ann", 1, 4000, 112)
1

A screen that stays open reads the same records again and again. What somebody got in
this process within the span is not taken a second time:

>>> waiting.fresh("ann", "ticket", [1, 2], 100, 10)
2
>>> waiting.fresh("ann", "ticket", [2, 3], 101, 10)
1
>>> waiting.fresh("ann", "partner", [2], 101, 10)
1
>>> waiting.fresh("ann", "ticket", [1, 2, 3], 110, 10)
2
"""

import os
import uuid
from threading import Lock

#: The part of a limit that is lent at most, to all processes together.
SHARE = 20
#: Processes that can have a loan at the same time.
BORROWERS = 10


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


def lent(loans, process, minute, span, limit):
    """Lend a process anew, which has just written down what waited in it.

    :param loans: process -> (records, minute since when), so far
    :param minute: this one
    :param span: minutes that a loan is good for
    :param limit: records in the span
    :return: (loans that are still good, with this one; records of this one)
    """
    kept = {
        key: (size, since)
        for key, (size, since) in loans.items()
        if key != process and minute - span < since <= minute
    }
    free = limit // SHARE - sum(size for size, _since in kept.values())
    size = max(0, min(limit // SHARE // BORROWERS, free))
    if size:
        kept[process] = (size, minute)
    return kept, size


class Waiting:
    """Records that people of one process have read and that are not written down."""

    def __init__(self):
        self._lock = Lock()
        self._process = (0, "")
        self._rows = {}
        self._given = {}

    def process(self):
        """The name of this process; a fork is another one and begins with nothing."""
        with self._lock:
            return self._begin()

    def _begin(self):
        if self._process[0] != os.getpid():
            self._process = (os.getpid(), uuid.uuid4().hex[:16])
            self._rows = {}
            self._given = {}
        return self._process[1]

    def fresh(self, who, model, ids, minute, span):
        """How many of these records somebody did not get here in the span; from now
        on he or she got them.

        :param who: key of the person
        """
        with self._lock:
            self._begin()
            cleaned, given = self._given.get(who, (minute, {}))
            if cleaned != minute:
                given = {
                    key: at for key, at in given.items() if minute - span < at <= minute
                }
            count = len(given)
            for one in ids:
                given.setdefault((model, one), minute)
            self._given[who] = (minute, given)
            return len(given) - count

    def take(self, who, records, limit, minute):
        """Count records that somebody reads.

        :param who: key of the person
        :param limit: how many he or she may read in the span
        :param minute: this one
        :return: how many to write down now; 0: these wait
        """
        with self._lock:
            self._begin()
            known, loan, until, count = self._rows.get(who, (0, 0, 0, 0))
            count += records
            is_due = count > loan or minute >= until or known + count > limit
            self._rows[who] = (known, loan, until, 0 if is_due else count)
        return count if is_due else 0

    def learn(self, who, total, loan, until):
        """Remember what is written down of somebody, by all processes.

        :param loan: records that may wait here
        :param until: the minute in which that is over
        """
        with self._lock:
            *_known, count = self._rows.get(who, (0, 0, 0, 0))
            self._rows[who] = (total, loan, until, count)
