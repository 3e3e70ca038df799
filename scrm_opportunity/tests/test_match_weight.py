from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..matching.signals import SIGNALS
from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestMatchWeight(OpportunityCase):
    """Answers teach the weights."""

    def answer(self, count, accepted, **lead_values):
        for number in range(count):
            partner = self.env["res.partner"].create({"name": f"P{number}"})
            self.lead(f"L{number}", partner, self.lin, **lead_values)
            ticket = self.ticket(partner, self.lin)
            match = ticket.match_ids
            self.assertEqual(len(match), 1)
            match.action_accept() if accepted else match.action_reject()

    def test_rejected_signals_lose_accepted_ones_gain(self):
        """After enough answers a pair like the rejected ones is no longer linked.

        Covers in part: O05
        """
        weights = self.env["scrm.match.weight"]
        given = {key: float(known.weight) for key, known in SIGNALS.items()}
        self.assertEqual(weights._weights(), given, "listed from the beginning")
        self.answer(25, False)
        self.assertEqual(weights.learn(), 25)
        learned = weights.search([("key", "=", "same_entity")])
        self.assertEqual(learned.start, SIGNALS["same_entity"].weight)
        self.assertLess(learned.points, learned.start)
        self.assertEqual(learned.rejected_count, 25)
        untouched = weights.search([("key", "=", "same_email")])
        self.assertEqual(untouched.moved, 0)
        self.lead("One more", self.moon, self.lin)
        ticket = self.ticket(self.moon, self.lin)
        self.assertNotIn("linked", self.states(ticket).values())

    def test_few_answers_move_little(self):
        self.answer(1, False)
        weights = self.env["scrm.match.weight"]
        weights.learn()
        entity = weights.search([("key", "=", "same_entity")])
        self.assertLess(abs(entity.moved), 5)
        self.assertNotEqual(entity.moved, 0)

    def test_managers_learn_and_see_how_good_it_is(self):
        weights = self.env["scrm.match.weight"]
        nothing = weights.with_user(self.chief).action_learn()["params"]["message"]
        self.assertEqual(nothing, "There are no answers to learn from yet.")
        self.answer(2, True)
        with self.assertRaises(AccessError):
            weights.with_user(self.lin).action_learn()
        shown = weights.with_user(self.chief).action_learn()["params"]["message"]
        self.assertIn("Answers learned from: 2.", shown)
        self.assertIn("Right among the automatic links answered: 100%", shown)
        self.assertTrue(weights.with_user(self.chief).search([]).mapped("label"))
        with self.assertRaises(AccessError):
            weights.with_user(self.chief).search([])[0].points = 99

    def test_every_signal_has_a_label(self):
        labels = self.env["scrm.match"]._signal_labels()
        self.assertEqual(set(labels), set(SIGNALS))
