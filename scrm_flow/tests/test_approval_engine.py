"""When an approval is decided: doctests, and a proof by trying everything."""

import doctest
import itertools

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.scrm_flow.engine import approval
from odoo.addons.scrm_flow.engine.approval import APPROVED, REJECTED, UNDECIDED

from .property_settings import SLOW_MACHINE

SEATS = st.lists(st.sampled_from((APPROVED, REJECTED, UNDECIDED)), max_size=5)


@tagged("post_install", "-at_install")
class TestApprovalEngine(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(approval)
        self.assertGreater(result.attempted, 0)
        self.assertEqual(result.failed, 0)

    @SLOW_MACHINE
    @given(SEATS, st.integers(1, 5))
    def test_decided_exactly_when_no_vote_can_change_it(self, seats, wanted):
        endings = {
            sum(vote == APPROVED for vote in votes) >= wanted
            for votes in itertools.product(
                *(
                    (APPROVED, REJECTED) if vote == UNDECIDED else (vote,)
                    for vote in seats
                )
            )
        }
        expected = {True: APPROVED, False: REJECTED}[endings.pop()]
        self.assertEqual(approval.outcome(seats, wanted), None if endings else expected)

    @SLOW_MACHINE
    @given(
        st.sampled_from((approval.ONE, approval.ALL, approval.COUNT)),
        st.sampled_from((approval.SERIAL, approval.PARALLEL)),
        st.integers(1, 5),
        st.data(),
    )
    def test_somebody_is_asked_until_it_is_decided(self, policy, order, size, data):
        """Whatever people answer, the votes come to an end with an outcome."""
        count = data.draw(st.integers(1, size))
        seats = [UNDECIDED] * size
        wanted = approval.needed(policy, count, size)
        while not approval.outcome(seats, wanted):
            asked = approval.asked(seats, order)
            self.assertTrue(asked)
            place = data.draw(st.sampled_from(asked))
            seats[place] = data.draw(st.sampled_from((APPROVED, REJECTED)))
