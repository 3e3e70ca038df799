from odoo.exceptions import AccessError, UserError
from odoo.tests.common import tagged

from ..engine import proposal
from .scheme_common import SchemeCommon, when


@tagged("post_install", "-at_install")
class TestPast(SchemeCommon):
    """A draft over past facts, tiers that history suggests, and cost targets."""

    def _version(self, day="2027-01-01", **rule):
        draft = self.version.copy({"valid_from": day})
        draft.component_ids.rule_ids.write(rule)
        return draft

    def test_backtest(self):
        """20 % of the price within 80 and 150, against 100 for each order.

        The first engineer had 399 and 399 (160) and would get 200; the second had 999
        (150) and would get 100: 310 were paid, 300 would be; 40 are gained, 50 lost.
        """
        for _number in range(2):
            self._done()
        self.finish(self.new_ticket(101), self.engineer_2)
        draft = self._version(formula="fixed", amount=100)
        before = self.env["scrm.settlement.record"].search_count([])
        backtest = (
            self.env["scrm.settlement.backtest"]
            .with_user(self.accountant)
            .create(
                {
                    "version_id": draft.id,
                    "date_from": "2026-03-01",
                    "date_to": "2026-03-31",
                }
            )
        )
        backtest.action_run()
        self.assertEqual(
            (backtest.paid_total, backtest.tried_total, backtest.difference),
            (310, 300, -10),
        )
        self.assertEqual((backtest.winner_count, backtest.loser_count), (1, 1))
        lines = {line.payee_id: line for line in backtest.line_ids}
        gain = lines[self.engineer.partner_id]
        self.assertEqual((gain.paid, gain.tried, gain.outcome), (160, 200, "gain"))
        loss = lines[self.engineer_2.partner_id]
        self.assertEqual((loss.paid, loss.tried, loss.outcome), (150, 100, "loss"))
        chart = backtest.action_chart()
        self.assertTrue(chart["view_mode"].startswith("graph"))
        groups = self.env[chart["res_model"]].formatted_read_group(
            chart["domain"], ["outcome"], ["difference:sum"]
        )
        self.assertEqual(
            {group["outcome"]: group["difference:sum"] for group in groups},
            {"gain": 40, "loss": -50},
        )
        self.assertEqual(self.env["scrm.settlement.record"].search_count([]), before)
        self.assertFalse(draft.frozen)
        backtest.date_to = "2026-03-05"
        backtest.action_run()
        self.assertFalse(backtest.line_ids)

    def test_backtest_of_a_period(self):
        """Two orders in March: 798 of sales at 10 % are 79.80, 160 were paid."""
        for _number in range(2):
            self._done()
        draft = self._version(
            formula="percent", rate=10, dimension="price_total", has_floor=False
        )
        draft.component_ids.scope = "period"
        found, problems = self.plan._backtest(
            draft,
            *(
                draft._fields["valid_from"].to_date(day)
                for day in ("2026-03-01", "2026-03-31")
            ),
        )
        self.assertFalse(problems)
        count, paid, tried = found[self.engineer.partner_id.id]
        self.assertEqual((count, float(paid), float(tried)), (0, 160, 79.8))

    def test_recommended_tiers(self):
        """From 399, 399, 699 and 999: up to 400 20.05 %, above 17.07 %.

        160 were paid for 798, 289.80 for 1,698. The proposal shows both, the facts it
        comes from, and drafts a version which is tried at once: it costs as much as
        before but for rounding, 449.85 instead of 449.80.

        Covers: S17
        """
        for area in (50, 50, 61, 101):
            self.finish(self.new_ticket(area))
        wizard = (
            self.env["scrm.settlement.recommend"]
            .with_user(self.manager)
            .create(
                {
                    "plan_id": self.plan.id,
                    "date_from": "2026-03-01",
                    "date_to": "2026-03-31",
                    "number": 2,
                }
            )
        )
        wizard.action_propose()
        self.assertEqual(
            [
                (line.above, line.up_to, line.rate, line.fact_count)
                for line in wizard.line_ids
            ],
            [(0, 400, 20.05, 2), (400, 0, 17.07, 2)],
        )
        self.assertEqual(wizard.line_ids.mapped("total"), [798, 1698])
        self.assertEqual(wizard.line_ids.mapped("paid"), [160, 289.8])
        facts = self.env["scrm.settlement.fact"].search(wizard.action_facts()["domain"])
        self.assertEqual(len(facts), 4)
        action = wizard.action_draft()
        backtest = self.env[action["res_model"]].browse(action["res_id"])
        draft = backtest.version_id
        self.assertEqual(draft.component_ids.rule_ids.formula, "retroactive")
        self.assertFalse(draft.frozen)
        self.assertEqual(backtest.paid_total, 449.8)
        self.assertAlmostEqual(backtest.tried_total, 449.85)
        wizard.date_to = "2026-03-02"
        with self.refused("has paid for nothing", UserError):
            wizard.action_propose()
        with self.refused("", AccessError):
            wizard.with_user(self.accountant).action_draft()

    def test_recommended_tiers_keep_conditions(self):
        """Two kinds of orders and a component of its own: each keeps what it asks.

        Orders of 50 m² for 399 pay 10 %, those above 60 m² for 699 and 999 50 %, and
        every order 5 more by a second component, 0.72 % of 2,097 in all. The draft
        would pay 39.90 and 849 as before, and 2.87, 5.03 and 7.19 instead of 15. A
        rule that paid for nothing stays as it is.

        Covers: S17
        """
        self._pays(
            (
                {},
                [
                    {
                        "condition_ids": when("field.settle_area", "<=", "60"),
                        "formula": "percent",
                        "rate": 10,
                        "dimension": "price_total",
                    },
                    {
                        "condition_ids": when("field.settle_area", ">", "60"),
                        "formula": "percent",
                        "rate": 50,
                        "dimension": "price_total",
                    },
                    {
                        "condition_ids": when("field.settle_area", ">", "9000"),
                        "formula": "fixed",
                        "amount": 1,
                    },
                ],
            ),
            ({}, [{"formula": "fixed", "amount": 5}]),
        )
        for area in (50, 61, 101):
            self.finish(self.new_ticket(area))
        wizard = (
            self.env["scrm.settlement.recommend"]
            .with_user(self.manager)
            .create(
                {
                    "plan_id": self.plan.id,
                    "date_from": "2026-03-01",
                    "date_to": "2026-03-31",
                    "number": 1,
                }
            )
        )
        wizard.action_propose()
        small, large, _never, each = self.version.component_ids.rule_ids
        self.assertEqual(
            [
                (line.rule_id, line.rate, line.fact_count, line.paid)
                for line in wizard.line_ids
            ],
            [(small, 10, 1, 39.9), (large, 50, 2, 849), (each, 0.72, 3, 15)],
        )
        backtest = self.env["scrm.settlement.backtest"].browse(
            wizard.action_draft()["res_id"]
        )
        first, second = backtest.version_id.component_ids
        self.assertEqual(
            [
                (rule.key, rule.formula, rule.condition_ids.mapped("display_name"))
                for rule in first.rule_ids
            ],
            [
                (rule.key, formula, rule.condition_ids.mapped("display_name"))
                for rule, formula in zip(
                    self.version.component_ids[0].rule_ids,
                    ("retroactive", "retroactive", "fixed"),
                    strict=True,
                )
            ],
        )
        self.assertEqual(second.rule_ids.formula, "retroactive")
        self.assertEqual(second.rule_ids.tier_ids.value, 0.72)
        self.assertAlmostEqual(backtest.paid_total, 903.9)
        self.assertAlmostEqual(backtest.tried_total, 903.99)

    def test_tiers_without_gaps(self):
        """Proposed tiers follow one another from 0 on, and hold every fact once."""
        past = [
            (proposal.Decimal(value), proposal.Decimal(7)) for value in range(1, 40)
        ]
        for number in range(1, 8):
            tiers = proposal.propose(past, number)
            self.assertEqual(tiers[0].above, 0)
            self.assertIsNone(tiers[-1].up_to)
            for lower, upper in zip(tiers, tiers[1:], strict=False):
                self.assertEqual(lower.up_to, upper.above)
            self.assertEqual(sum(tier.count for tier in tiers), len(past))

    def test_region_above_its_target(self):
        """Three months at 20.05 % where 15 % are meant: a warning with another scheme.

        Each month 80 of 399. Tiers that meet 15 % would have paid 59.85 a month: 179.55
        instead of 240.00. After two months nobody is warned, and nobody twice; a region
        within its target stays quiet.

        Covers: S25
        """
        self.store.region = "East"
        self.store_b.region = "West"
        target, quiet = self.env["scrm.settlement.target"].create(
            [
                {
                    "plan_id": self.plan.id,
                    "region": region,
                    "percent": percent,
                    "user_id": self.manager.id,
                }
                for region, percent in (("East", 15), ("West", 25))
            ]
        )
        for month in ("01", "02"):
            for store in (self.store, self.store_b):
                self._done(f"2026-{month}-10 04:00:00", store_id=store.id)
        watch = (target | quiet).with_user(self.manager).action_watch
        with self.at("2026-03-02 04:00:00"):
            watch()
        self.assertEqual(target.state, "kept")
        for store in (self.store, self.store_b):
            self._done(store_id=store.id)
        versions = self.plan.version_ids
        with self.at("2026-04-02 04:00:00"):
            self.env["scrm.settlement.target"]._cron_watch()
            last = target.history.replace("\N{NO-BREAK SPACE}", " ").splitlines()[-1]
        self.assertEqual(last, "2026-03: $ 80.00 of $ 399.00, 20.05 %")
        self.assertEqual((target.state, quiet.state), ("over", "kept"))
        self.assertIn("179.55 instead of", target.proposal)
        self.assertIn("240.00", target.proposal)
        self.assertIn("15.00 %", target.proposal)
        self.assertEqual(target.activity_ids.user_id, self.manager)
        self.assertIn("East: settlement above 15 %", target.activity_ids.summary)
        self.assertEqual(self.plan.version_ids, versions)
        self.assertFalse(quiet.activity_ids)
        with self.at("2026-04-03 04:00:00"):
            watch()
        self.assertEqual(len(target.activity_ids), 1)
