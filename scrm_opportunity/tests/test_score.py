from datetime import date
from itertools import product

from odoo.tests import BaseCase, tagged

from ..matching.score import FULL, LINK, LINK_AT, SUGGEST, SUGGEST_AT, decide, weigh
from ..matching.signals import SIGNALS, Candidate, Subject

DAY = date(2026, 3, 2)


@tagged("post_install", "-at_install")
class TestScore(BaseCase):
    def test_each_signal_needs_both_sides(self):
        """Nothing speaks for a pair of which nothing is known."""
        self.assertEqual(weigh(Subject(), Candidate(1)).hits, ())
        full = Candidate(1, 7, 8, "+8621", "a@b.example", DAY, company="moon")
        self.assertEqual(weigh(Subject(), full).total, 0)

    def test_each_signal_speaks_alone(self):
        """Every signal is heard, with its own weight, when only it is true."""
        pairs = {
            "same_entity": (Subject(entity=7), Candidate(1, entity=7)),
            "same_contact": (Subject(contact=8), Candidate(1, contact=8)),
            "same_phone": (Subject(phone="+8621"), Candidate(1, phone="+8621")),
            "same_email": (Subject(email="a@b.cn"), Candidate(1, email="a@b.cn")),
            "same_topic": (
                Subject(topics=frozenset({"upgrade"})),
                Candidate(1, title="Upgrade of the line"),
            ),
            "recent": (Subject(day=DAY), Candidate(1, touched=DAY)),
            "quoted": (Subject(), Candidate(1, quoted=True)),
            "same_domain": (Subject(domain="b.cn"), Candidate(1, domain="b.cn")),
            "similar_company": (
                Subject(company="晨光科技"),
                Candidate(1, company="晨光科技"),
            ),
            "other_customer": (Subject(entity=7), Candidate(1, entity=8)),
            "same_address": (Subject(street="5 Oak"), Candidate(1, street="5 oak")),
            "same_place": (Subject(postcode="200001"), Candidate(1, postcode="200001")),
            "other_place": (Subject(city="Lyon"), Candidate(1, city="Brest")),
            "similar_person": (Subject(person="li na"), Candidate(1, person="li na")),
            "names_quotation": (
                Subject(codes=frozenset({"S7"})),
                Candidate(1, quotations=frozenset({"S7"})),
            ),
            "names_product": (
                Subject(codes=frozenset({"KFR-35"})),
                Candidate(1, quoted_codes=frozenset({"KFR-35"})),
            ),
            "same_product": (
                Subject(products=frozenset({5, 6})),
                Candidate(1, quoted_products=frozenset({5})),
            ),
            "similar_text": (Subject(), Candidate(1, text_likeness=1.0)),
            "likely": (Subject(), Candidate(1, probability=50)),
            "ordered": (Subject(), Candidate(1, ordered=True)),
            "closed": (Subject(), Candidate(1, closed=True)),
        }
        self.assertEqual(set(pairs), set(SIGNALS), "a signal has no case here")
        for key, (subject, candidate) in pairs.items():
            with self.subTest(key):
                hits = weigh(subject, candidate).hits
                self.assertEqual([hit.key for hit in hits], [key])
                self.assertEqual(hits[0].points, SIGNALS[key].weight)

    def test_a_strength_counts_for_its_share(self):
        """Half as like, half the points; nothing below the limit.

        Covers in part: O05
        """
        for likeness, points in ((1.0, 10), (0.6, 6), (0.59, 0)):
            pair = weigh(Subject(), Candidate(1, text_likeness=likeness))
            self.assertEqual(pair.total, points)

    def test_each_layer_has_its_score(self):
        """Customer, interaction and stage are told apart, and add up.

        Covers in part: O04
        """
        pair = weigh(
            Subject(entity=7, codes=frozenset({"S7"})),
            Candidate(
                1, entity=7, quotations=frozenset({"S7"}), quoted=True, closed=True
            ),
        )
        self.assertEqual(
            pair.layers, {"profile": 60, "interaction": 50, "stage": 10 - 25}
        )
        self.assertEqual(pair.total, 95)

    def test_closed_ones_only_when_they_are_named(self):
        """Won or lost work comes back only by its quotation or product.

        Covers in part: O02
        """
        subject = Subject(entity=7, contact=8, codes=frozenset({"KFR-35"}))
        silent = Candidate(1, entity=7, contact=8, closed=True, quoted=True)
        named = Candidate(
            2,
            entity=7,
            contact=8,
            closed=True,
            quoted=True,
            quoted_codes=frozenset({"KFR-35"}),
        )
        decided = decide(subject, [silent, named])
        self.assertEqual(
            [(what, pair.candidate.lead) for what, pair in decided], [(LINK, 2)]
        )

    def test_the_limit_of_recent(self):
        subject = Subject(day=date(2026, 3, 31))
        on_it = weigh(subject, Candidate(1, touched=date(2025, 12, 31)))
        past = weigh(subject, Candidate(1, touched=date(2025, 12, 30)))
        self.assertEqual((on_it.total, past.total), (5, 0))

    def test_decisions_hold_for_every_combination(self):
        """At most one link, the best; thresholds kept; never above 100 points."""
        subject = Subject(7, 8, "+8621", "a@b.example", DAY)
        candidates = [
            Candidate(number, *values)
            for number, values in enumerate(
                product(
                    (7, None),
                    (8, None),
                    ("+8621", None),
                    ("a@b.example", None),
                    (DAY, None),
                    (True, False),
                )
            )
        ]
        for first in candidates:
            for second in candidates[::7]:
                decided = decide(subject, [first, second])
                links = [pair for what, pair in decided if what == LINK]
                self.assertLessEqual(len(links), 1)
                for what, pair in decided:
                    limit = LINK_AT if what == LINK else SUGGEST_AT
                    self.assertGreaterEqual(pair.total, limit)
                    self.assertLessEqual(pair.total, FULL)
                best = max(weigh(subject, one).total for one in (first, second))
                if best >= LINK_AT:
                    self.assertEqual(links[0].total, best)
                else:
                    self.assertFalse(links)

    def test_equal_points_are_decided_by_the_last_move(self):
        older = Candidate(9, entity=7, touched=date(2024, 1, 1))
        newer = Candidate(3, entity=7, touched=date(2024, 2, 1))
        decided = decide(Subject(entity=7), [older, newer])
        self.assertEqual(
            [(what, pair.candidate.lead) for what, pair in decided],
            [(LINK, 3), (SUGGEST, 9)],
        )

    def test_no_more_than_ten_are_shown(self):
        many = [Candidate(number, entity=7) for number in range(40)]
        self.assertEqual(len(decide(Subject(entity=7), many)), 10)
