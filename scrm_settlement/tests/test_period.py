from odoo.fields import Command
from odoo.tests.common import tagged

from .common import SettlementCommon

MARCH = "2026-03-10 04:00:00"
APRIL = "2026-04-02 04:00:00"


@tagged("post_install", "-at_install")
class TestPeriod(SettlementCommon):
    """What a component pays for a whole period."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls.env["scrm.form.field"].create(
            {"key": "settle_sales", "name": "Sales", "type": "number"}
        )
        cls.template.write(
            {
                "line_ids": [Command.create({"field_id": cls.sales.id})],
                "price_enabled": False,
            }
        )

    def _period_plan(self, *rules, component=None, **values):
        """The plan pays these rules per month."""
        self.component.write(
            {
                "scope": "period",
                "rule_ids": [Command.clear(), *map(Command.create, rules)],
                **(component or {}),
            }
        )
        self.plan.write(values)

    def _sell(self, amount, engineer=None, moment=MARCH):
        ticket = self.new_ticket(scrm_values={"settle_sales": amount})
        self.finish(ticket, engineer, moment)
        return ticket

    def _settle(self, moment=APRIL, **options):
        with self.at(moment):
            return self.plan.with_user(self.accountant).settle(**options)

    def _records(self, source="period:2026-03"):
        return self.env["scrm.settlement.record"].search(
            [("source_key", "=", source)], order="revision, id"
        )

    def _bonus(self):
        tiers = [
            Command.create({"above": 500000, "value": 1}),
            Command.create({"above": 800000, "value": 0.5}),
        ]
        return {
            "key": "bonus",
            "name": "Rebate",
            "formula": "bonus",
            "unit": "percent",
            "dimension": "field.settle_sales",
            "tier_ids": tiers,
        }

    def test_bonus_on_the_total(self):
        """The month's total decides: 500,000 none, above 1 %, above 800,000 1.5 %.

        Covers: S11
        """
        self._period_plan(self._bonus())
        self._sell(300000)
        self._sell(200000)
        self._sell(500000.01, self.engineer_2)
        outcome = self._settle()
        self.assertEqual(outcome, {"created": 1, "problems": []})
        record = self._records()
        self.assertEqual(record.payee_id, self.engineer_2.partner_id)
        self.assertEqual(record.amount, 5000)
        self.assertEqual(record.inputs, {"field.settle_sales": 500000.01})
        self.assertEqual(str(record.basis_date), "2026-03-31")
        self.assertIn("is above 500,000", record.explanation)
        self.assertTrue(record.verify())
        for _number in range(2):
            self._sell(400000.01, moment=APRIL)
        self._settle("2026-05-02 04:00:00")
        self.assertEqual(self._records("period:2026-04").amount, 12000)

    def test_base_fee(self):
        """5,000 a month and 3 % above 200,000; exactly at the threshold 5,000.

        Who stands in the plan is paid the base fee without any sale.

        Covers: S09
        """
        self._period_plan(
            {
                "key": "franchise",
                "name": "Franchise",
                "formula": "base_percent",
                "amount": 5000,
                "threshold": 200000,
                "rate": 3,
                "dimension": "field.settle_sales",
            },
            component={"standing_payee_ids": [self.supervisor.partner_id.id]},
        )
        self.version.valid_from = "2026-03-01"
        self._sell(200000)
        self._sell(300000, self.engineer_2)
        self._settle()
        amounts = {record.payee_id: record.amount for record in self._records()}
        self.assertEqual(
            amounts,
            {
                self.engineer.partner_id: 5000,
                self.engineer_2.partner_id: 8000,
                self.supervisor.partner_id: 5000,
            },
        )

    def test_running_again(self):
        """A period is settled when it has ended, and only once."""
        self._period_plan(self._bonus())
        self._sell(600000)
        self.assertEqual(self._settle("2026-03-31 04:00:00")["created"], 0)
        self.assertEqual(self._settle()["created"], 1)
        self.assertEqual(self._settle()["created"], 0)
        self.assertEqual(self._records().amount, 6000)

    def test_interim_and_final(self):
        """140 interim at 2 % of 7,000, 1,080 final at 4 % of 27,000: 940 to pay."""
        self._period_plan(
            {
                "key": "steps",
                "name": "Steps",
                "formula": "retroactive",
                "unit": "percent",
                "dimension": "field.settle_sales",
                "tier_ids": [
                    Command.create({"above": 0, "up_to": 10000, "value": 2}),
                    Command.create({"above": 10000, "value": 4}),
                ],
            }
        )
        self._sell(7000)
        self._settle("2026-03-15 04:00:00", interim=True)
        self.assertEqual(self._records().amount, 140)
        self.assertEqual(str(self._records().basis_date), "2026-03-15")
        self._sell(20000, moment="2026-03-20 04:00:00")
        self._settle()
        first, second = self._records()
        self.assertEqual((first.amount, second.amount), (140, 940))
        self.assertEqual(second.revision, 1)
        self.assertIn("Due in all 1,080, already settled 140", second.explanation)

    def test_late_fact(self):
        """A fact that comes after its month is settled as a difference of today."""
        self._period_plan(self._bonus())
        self._sell(600000)
        self._settle()
        self._sell(300000, moment="2026-03-30 04:00:00")
        self._settle("2026-04-09 04:00:00")
        first, second = self._records()
        self.assertEqual((first.amount, second.amount), (6000, 7500))
        self.assertEqual(str(second.basis_date), "2026-04-09")

    def test_guarantee_and_cap(self):
        """What single tickets pay is topped up to a sum, or kept below one."""
        limits = [
            Command.create(
                {
                    "key": key,
                    "name": key,
                    "scope": "period",
                    "product_id": self.fee_product.id,
                    "rule_ids": [
                        Command.create(
                            {"key": key, "name": key, "formula": kind, "amount": amount}
                        )
                    ],
                }
            )
            for key, kind, amount in (
                ("least", "guarantee", 100),
                ("most", "period_cap", 250),
            )
        ]
        self.rule.write({"formula": "fixed", "amount": 90})
        self.version.component_ids = limits
        self._sell(1)
        for _number in range(3):
            self._sell(1, self.engineer_2)
        self._settle()
        amounts = {
            (record.component_key, record.payee_id): record.amount
            for record in self._records()
        }
        self.assertEqual(
            amounts,
            {
                ("least", self.engineer.partner_id): 10,
                ("most", self.engineer_2.partner_id): -20,
            },
        )

    def test_counted_and_averaged(self):
        """Three sources in one bonus: number of tickets, average, and the total.

        Covers in part: S22
        """
        self._period_plan(
            {
                "key": "mix",
                "name": "Mix",
                "formula": "coefficient",
                "amount": 100,
                "term_ids": [
                    Command.create({"dimension": key, "coefficient": value})
                    for key, value in (
                        ("period.count", 10),
                        ("average.field.settle_sales", 2),
                        ("field.settle_sales", -0.1),
                    )
                ],
            }
        )
        for amount in (3, 4, 8):
            self._sell(amount)
        self._settle()
        self.assertEqual(self._records().amount, 100 + 30 + 10 - 1.5)

    def test_switch_in_mid_month(self):
        """Single facts change on the day, the month's result from the next month on.

        Covers: S14
        """
        base = {
            "key": "base",
            "name": "Base",
            "formula": "fixed",
            "amount": 5000,
        }
        self._period_plan(base)
        self._sell(1, moment="2026-03-05 04:00:00")
        new = self.version.copy({"valid_from": "2026-03-15"})
        new.component_ids.rule_ids.amount = 6000
        self._sell(1, moment="2026-03-20 04:00:00")
        self._sell(1, moment="2026-04-20 04:00:00")
        self._settle("2026-05-02 04:00:00")
        self.assertEqual(self._records().amount, 5000)
        self.assertEqual(self._records("period:2026-04").amount, 6000)

    def test_temporary_version(self):
        """A temporary version pays inside its dates only, both days included.

        Covers: S15
        """
        self.rule.write({"formula": "fixed", "amount": 10})
        double = self.version.copy(
            {"valid_from": "2026-11-10", "valid_to": "2026-11-12"}
        )
        double.component_ids.rule_ids.amount = 20
        for day, amount in ((9, 10), (10, 20), (12, 20), (13, 10)):
            ticket = self.new_ticket(scrm_values={"settle_sales": 1})
            record = self.finish(ticket, moment=f"2026-11-{day:02d} 04:00:00")
            self.assertEqual(record.amount, amount, day)

    def test_mixed_month(self):
        """A condition on which the month's facts disagree is named, not guessed."""
        self.template.copy({"key": "other_kind", "name": "Other"})
        self._period_plan(
            {
                **self._bonus(),
                "condition_ids": [
                    Command.create(
                        {"dimension": "priority", "operator": "=", "value": "1"}
                    )
                ],
            }
        )
        for priority in ("1", "2"):
            ticket = self.new_ticket(
                scrm_values={"settle_sales": 600000}, priority=priority
            )
            self.finish(ticket)
        outcome = self._settle()
        self.assertEqual(outcome["created"], 0)
        self.assertIn("not the same in all facts", outcome["problems"][0]["reason"])
        self.assertIn("2026-03", outcome["problems"][0]["fact"])
