"""The pure engine of prices: doctests, tables and properties, no database."""

import doctest
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests.common import BaseCase, tagged

from odoo.addons.scrm_flow.engine import decision
from odoo.addons.scrm_flow.tests.property_settings import SLOW_MACHINE

from ..engine import pricing, recommend, tier_rules
from ..engine.pricing import Floor, Market, Promotion, Step, Terms

MONEY = st.decimals(0, 100000, places=3)
PERCENT = st.decimals(0, 100, places=2)
ROUNDING = st.sampled_from([Decimal("0.01"), Decimal(1), Decimal("0.001")])


@st.composite
def all_terms(draw):
    """Any terms; references repeat, so equal terms occur."""
    ref = st.integers(0, 3)
    return Terms(
        base=draw(MONEY),
        coefficients=tuple(
            draw(
                st.lists(st.builds(Step, ref, st.decimals(0, 3, places=3)), max_size=4)
            )
        ),
        promotions=tuple(
            draw(
                st.lists(st.builds(Promotion, ref, PERCENT, st.booleans()), max_size=4)
            )
        ),
        discount=draw(PERCENT),
        market=draw(st.none() | st.builds(Market, MONEY, PERCENT)),
        floor=draw(
            st.none()
            | st.builds(Floor, MONEY, st.decimals(-50, Decimal("99.5"), places=2))
        ),
        rounding=draw(ROUNDING),
    )


@tagged("post_install", "-at_install")
class TestPricing(BaseCase):
    def test_doctests(self):
        """The examples in the engine are true."""
        for module in (pricing, recommend, tier_rules):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted, module.__name__)
            self.assertFalse(result.failed, module.__name__)

    @SLOW_MACHINE
    @given(all_terms())
    def test_never_below_the_floor(self, terms):
        """Whatever a price is made of, its margin is what was asked at least."""
        unit = pricing.compute(terms).unit
        self.assertGreaterEqual(unit, 0)
        self.assertFalse(unit % terms.rounding)
        if terms.floor:
            self.assertGreaterEqual(unit, terms.floor.price)

    @SLOW_MACHINE
    @given(st.data())
    def test_order_says_nothing(self, data):
        """The same terms in any order give the same price and the same steps."""
        terms = data.draw(all_terms())
        shuffled = Terms.load(
            {
                **terms.dump(),
                "coefficients": data.draw(
                    st.permutations(terms.dump()["coefficients"])
                ),
                "promotions": data.draw(st.permutations(terms.dump()["promotions"])),
            }
        )
        self.assertEqual(pricing.compute(shuffled), pricing.compute(terms))

    @SLOW_MACHINE
    @given(all_terms())
    def test_stored_terms_give_the_price_again(self, terms):
        """What is stored with a line computes to the same number, step by step."""
        again = Terms.load(terms.dump())
        self.assertEqual(pricing.compute(again), pricing.compute(terms))

    @SLOW_MACHINE
    @given(st.data())
    def test_order_of_rules(self, data):
        """Rules of equal rank: their order decides neither rule nor price."""
        rules = data.draw(
            st.lists(
                st.builds(
                    tier_rules.TierRule,
                    ref=st.integers(1, 10**6),
                    scope=st.integers(0, 3),
                    kind=st.sampled_from(["fixed", "percentage"]),
                    target=st.integers(1, 2),
                    rank=st.sampled_from([10, 20]),
                    min_quantity=st.sampled_from([Decimal(0), Decimal(5)]),
                    conditions=st.sampled_from(
                        [(), (decision.Condition("level", "=", "vip"),)]
                    ),
                    amount=st.decimals(1, 100, places=2),
                    percent=PERCENT,
                ),
                max_size=12,
                unique_by=lambda rule: rule.ref,
            )
        )
        product = tier_rules.Product(1, 1, (1, 2))
        sources = tier_rules.Sources(Decimal(100), Decimal(60))

        def chosen(rules):
            return tier_rules.Tier(rules).choose(
                product, Decimal(6), {"level": "vip"}, sources
            )

        self.assertEqual(chosen(data.draw(st.permutations(rules))), chosen(rules))

    def test_order_of_work(self):
        """399 x 1.2 = 478.80; 10 % and 5 % off stack: x 0.855 = 409.374; a further
        2 % granted: 401.18652; the market 380 +- 5 % allows up to 399; the floor of
        200 with a margin of 50 % is 400, and it has the last word.
        """
        terms = Terms(
            base=Decimal(399),
            coefficients=(Step("region", Decimal("1.2")),),
            promotions=(
                Promotion("ten", Decimal(10)),
                Promotion("five", Decimal(5)),
                Promotion("alone", Decimal(14), stacks=False),
            ),
            discount=Decimal(2),
            market=Market(Decimal(380), Decimal(5)),
            floor=Floor(Decimal(200), Decimal(50)),
        )
        price = pricing.compute(terms)
        self.assertEqual(price.unit, 400)
        self.assertEqual(
            [(step["step"], step["result"]) for step in price.steps],
            [
                ("coefficient", "478.8"),
                ("promotion", "454.86"),
                ("promotion", "409.374"),
                ("discount", "401.18652"),
                ("market", "399"),
                ("floor", "400"),
                ("unit", "400"),
            ],
        )

    def test_bad_terms(self):
        """Terms no price can have are refused by name."""
        for name, terms in (
            ("discount", {"discount": Decimal(101)}),
            ("promotion", {"promotions": (Promotion(1, Decimal(-1)),)}),
            ("coefficient", {"coefficients": (Step(1, Decimal(-1)),)}),
            ("market", {"market": Market(Decimal(1), Decimal(-1))}),
            ("margin", {"floor": Floor(Decimal(1), Decimal(100))}),
            ("rounding", {"rounding": Decimal(0)}),
        ):
            with self.subTest(name), self.assertRaisesRegex(pricing.BadTerms, name):
                Terms(Decimal(1), **terms)

    def test_matrix(self):
        """Cost bands and days in stock give a multiplier of the cost.

        8 x 2.5 = 20; 8 x 2 = 16 when older than 90 days; above 10: 12 x 1.8 = 21.6
        whatever the age; a cost of 0 is in no band.
        """
        matrix = tier_rules.bands(
            "cost",
            "age",
            [("0, 10", ", 90", "2.5"), ("0, 10", "90,", "2"), ("10,", "", "1.8")],
        )
        rule = tier_rules.TierRule(
            1, tier_rules.ALL, "matrix", base="standard_price", matrix=matrix
        )
        for cost, age, price in ((8, 90, 20), (8, 91, 16), (12, 500, "21.6")):
            sources = tier_rules.Sources(Decimal(99), Decimal(cost))
            values = {"cost": cost, "age": age}
            self.assertEqual(rule.price(sources, values), Decimal(price))
        with self.assertRaises(tier_rules.NoBand):
            rule.price(tier_rules.Sources(Decimal(99), Decimal(0)), {"cost": 0})
