"""The arithmetic of working time, without a database."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.scrm_flow.engine import clock

from .property_settings import SLOW_MACHINE

START = datetime(2026, 3, 2)
minutes = st.integers(min_value=0, max_value=600)
#: Pauses and spells of work in turn, in minutes.
spells = st.lists(
    st.tuples(st.integers(0, 900), st.integers(1, 600)), min_size=1, max_size=12
)


def calendar(pairs):
    """Disjoint spans in order; the last one has room for whatever is asked."""
    spans, at = [], START
    for pause, work in pairs:
        begin = at + timedelta(minutes=pause)
        at = begin + timedelta(minutes=work)
        spans.append((begin, at))
    spans.append((at + timedelta(days=1), at + timedelta(days=100)))
    return spans


@tagged("post_install", "-at_install")
class TestClockEngine(BaseCase):
    @settings(SLOW_MACHINE, max_examples=200)
    @given(spells, minutes, minutes)
    def test_after_counts_exactly_what_is_worked(self, pairs, offset, wanted):
        spans = calendar(pairs)
        start = START + timedelta(minutes=offset)
        wanted = timedelta(minutes=wanted)
        end = clock.after(start, wanted, spans)
        self.assertGreaterEqual(end, start)
        self.assertEqual(clock.between(start, end, spans), wanted)
        if wanted:  # a second earlier it is not over yet
            second = timedelta(seconds=1)
            self.assertLess(clock.between(start, end - second, spans), wanted)

    @settings(SLOW_MACHINE, max_examples=200)
    @given(spells, minutes, minutes, minutes)
    def test_two_waits_are_as_long_as_one(self, pairs, offset, first, second):
        spans = calendar(pairs)
        start = START + timedelta(minutes=offset)
        first, second = timedelta(minutes=first + 1), timedelta(minutes=second + 1)
        middle = clock.after(start, first, spans)
        self.assertEqual(
            clock.after(middle, second, spans),
            clock.after(start, first + second, spans),
        )

    @settings(SLOW_MACHINE, max_examples=200)
    @given(spells, minutes, minutes)
    def test_before_is_the_way_back(self, pairs, offset, wanted):
        spans = calendar(pairs)
        wanted = timedelta(minutes=wanted + 1)
        end = clock.after(START + timedelta(minutes=offset), wanted, spans)
        back = clock.before(end, wanted, list(reversed(spans)))
        self.assertEqual(clock.between(back, end, spans), wanted)

    @settings(SLOW_MACHINE, max_examples=200)
    @given(spells, minutes, minutes, minutes)
    def test_two_pauses_move_as_far_as_one(self, pairs, offset, first, second):
        """Pauses that count nothing, as over night, change nothing."""
        spans = calendar(pairs)
        due = START + timedelta(minutes=offset)
        first, second = timedelta(minutes=first), timedelta(minutes=second)
        moved = clock.postpone(clock.postpone(due, first, spans), second, spans)
        self.assertEqual(moved, clock.postpone(due, first + second, spans))
        self.assertEqual(clock.between(due, moved, spans), first + second)

    @settings(SLOW_MACHINE, max_examples=200)
    @given(spells, st.lists(minutes, min_size=2, max_size=8))
    def test_intervals_end_to_end_add_up(self, pairs, lengths):
        """However a time is divided, its parts count as much as the whole."""
        spans, cuts = calendar(pairs), [START]
        for length in lengths:
            cuts.append(cuts[-1] + timedelta(minutes=length))
        parts = [
            clock.between(begin, end, spans)
            for begin, end in zip(cuts, cuts[1:], strict=False)
        ]
        whole = clock.between(cuts[0], cuts[-1], spans)
        self.assertEqual(sum(parts, timedelta(0)), whole)

    def test_no_end_in_sight(self):
        day = (START, START + timedelta(hours=8))
        nine = timedelta(hours=9)
        self.assertIsNone(clock.after(START, nine, [day]))
        self.assertIsNone(clock.before(day[1], nine, [day]))
