import random
from collections import defaultdict
from decimal import Decimal

from odoo.fields import Command
from odoo.tests.common import tagged

from ..engine.money import decimal
from .common import SettlementCommon

#: What a fact pays, in each currency, by its number of digits.
AMOUNTS = {"CNY": "99.97", "EUR": "100.01", "JPY": "1000", "KWD": "33.337"}
PROJECTS = 11
FACTS = 40


@tagged("post_install", "-at_install")
class TestAnalytic(SettlementCommon):
    """Amounts shared out to projects by hours arrive in the analytic books whole."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan.active = False
        books = cls.env["account.analytic.plan"].create({"name": "Projects"})
        cls.projects = cls.env["account.analytic.account"].create(
            [{"name": f"P{n}", "plan_id": books.id} for n in range(PROJECTS)]
        )
        fields = cls.env["scrm.form.field"].create(
            [
                {"key": f"settle_h{n}", "name": f"Hours {n}", "type": "number"}
                for n in range(PROJECTS)
            ]
        )
        cls.template.line_ids = [
            Command.create({"field_id": field.id}) for field in fields
        ]
        cls._set_up_payroll()
        cls.currencies = {}
        for code in AMOUNTS:
            currency = cls.env.ref(f"base.{code}")
            currency.active = True
            currency.rate_ids.unlink()
            cls.env["res.currency.rate"].create(
                {"currency_id": currency.id, "name": "2020-01-01", "rate": 6.9137}
            )
            cls.currencies[code] = currency

    def _facts(self):
        """Hours of three people on eleven projects, some of them on a few only."""
        chance = random.Random(20260310)
        people = (self.engineer | self.engineer_2 | self.supervisor).partner_id
        for number in range(FACTS):
            busy = chance.sample(range(PROJECTS), chance.randint(1, PROJECTS))
            hours = {
                f"field.settle_h{n}": round(chance.uniform(0.05, 9), 2) * (n in busy)
                for n in range(PROJECTS)
            }
            self.env["scrm.settlement.fact"]._freeze(
                {
                    "source_model": "helpdesk.ticket",
                    "source_id": 0,
                    "source_key": f"analytic:{number}",
                    "source_name": f"Work {number}",
                    "template_key": self.template.key,
                    "event": "ticket_done",
                    "basis_date": "2026-03-10",
                    "occurred_at": "2026-03-10 04:00:00",
                    "inputs": hours,
                    "people": {"visit": people[number % 3].id},
                    "company_id": self.company.id,
                }
            )

    def _plan(self, code, posting, sign=1, **values):
        plan = self._create_plan(
            f"{code}_{posting}_{'plus' if sign > 0 else 'minus'}".lower(),
            self.currencies[code],
            formula={
                "formula": "fixed",
                "amount": sign * float(AMOUNTS[code]),
                "dimension": False,
            },
            **self.kinds[posting],
            **values,
        )
        plan.version_ids.component_ids.share_ids = [
            Command.create(
                {
                    "receiver": "analytic",
                    "analytic_account_id": project.id,
                    "dimension": f"field.settle_h{n}",
                }
            )
            for n, project in enumerate(self.projects)
        ]
        return plan

    def _shares(self, statement):
        """What the records themselves say each project gets."""
        shares = defaultdict(Decimal)
        for record in statement.record_ids:
            parts = [decimal(part["amount"]) for part in record.parts]
            self.assertEqual(sum(parts), decimal(record.amount))
            for part in record.parts:
                shares[part["analytic"]] += decimal(part["amount"])
        return shares

    def _check(self, statement, move):
        shares = self._shares(statement)
        is_sale = move.move_type.startswith("out_")
        lines = move.line_ids.filtered("analytic_distribution")
        booked = {}
        for line in lines:
            # one project a line, wholly
            ((project, percent),) = line.analytic_distribution.items()
            self.assertEqual(percent, 100)
            self.assertNotIn(int(project), booked)
            amount = -line.amount_currency if is_sale else line.amount_currency
            booked[int(project)] = decimal(line.currency_id.round(amount))
            # the analytic books say what the ledger says, of this project alone
            own = line.analytic_line_ids
            expected = [(int(project), -line.balance)] if line.balance else []
            column = self.projects.plan_id._column_name()
            self.assertEqual([(row[column].id, row.amount) for row in own], expected)
        wanted = {project: amount for project, amount in shares.items() if amount}
        self.assertEqual(
            {project: amount for project, amount in booked.items() if amount}, wanted
        )
        total = sum(wanted.values())
        self.assertEqual(total, decimal(statement.net_amount))
        self.assertEqual(
            lines, move.line_ids.filtered(lambda one: one.display_type == "product")
        )
        self.assertFalse(
            move.company_currency_id.round(sum(move.line_ids.mapped("balance")))
        )
        row = statement._tie_out()
        owed = -total if statement.is_charge else total
        self.assertEqual((row.difference, decimal(row.due_amount)), (0, owed))
        return total

    def test_to_the_last_digit(self):
        """Each currency and kind of posting: projects, people and facts add up.

        40 facts of three people by the hours of up to eleven projects. What a project
        gets on an entry is what the records say it gets; nothing is lost in between.

        Covers: S23
        """
        self._facts()
        for code, amount in AMOUNTS.items():
            for posting in self.kinds:
                with self.subTest(currency=code, posting=posting):
                    statements = self._posted(self._plan(code, posting))
                    self.assertEqual(len(statements), 3)
                    total = sum(
                        self._check(one, one.sudo().move_id) for one in statements
                    )
                    self.assertEqual(total, FACTS * Decimal(amount))

    def test_owed_back(self):
        """Below zero the projects get back what they were charged, to the digit."""
        self._facts()
        for posting in self.kinds:
            plan = self._plan("KWD", posting, -1, negative="refund")
            for statement in self._posted(plan):
                with self.subTest(posting=posting):
                    self.assertLess(self._check(statement, statement.sudo().move_id), 0)

    def test_hours_corrected(self):
        """A correction moves between projects what was on the wrong one, to the cent.

        100 by 1 to 1 hours: 50 and 50. It was 120 by 3 to 1: 90 and 30, so the one
        gets 40, the other gives back 20. Then 160 by the same: 30 and 10 more. Then
        the hours were 1 to 3: 80 go over, the amount is the same. In the end it never
        happened: 40 and 120 come back.
        """
        plan = self._plan("CNY", "vendor_bill")
        plan.version_ids.component_ids.rule_ids.write(
            {"formula": "percent", "rate": 10, "dimension": "price_total"}
        )
        one, two = self.projects[:2].ids
        self._work("a", 1000, 1, 1)
        self._posted(plan)
        for total, hours, amount, parts in (
            (1200, (3, 1), 20, {one: 40, two: -20}),
            (1600, (3, 1), 40, {one: 30, two: 10}),
            (1600, (1, 3), 0, {one: -80, two: 80}),
            (None, None, -160, {one: -40, two: -120}),
        ):
            fact = self.env["scrm.settlement.fact"].with_user(self.accountant)
            fact = fact._latest("analytic:a", "ticket_done")
            with self.at("2026-04-02 04:00:00"):
                if total:
                    inputs = self._inputs(total, *hours)
                    fact.correct(inputs, "As measured")
                else:
                    fact.action_void("It never happened")
                plan.with_user(self.accountant).settle()
            record = self.env["scrm.settlement.record"].search(
                [("plan_id", "=", plan.id)], order="id desc", limit=1
            )
            self.assertEqual(record.amount, amount)
            self.assertEqual(
                {part["analytic"]: float(part["amount"]) for part in record.parts},
                parts,
            )
            self.assertTrue(record.verify())
        self._work("b", 500, 1, 0, day="2026-04-02")
        with self.at("2026-04-02 05:00:00"):
            plan.with_user(self.accountant).settle()
            statement = self.approved_statement("2026-04", plan=plan)
            self.assertEqual(statement.net_amount, -50)
            plan.negative = "refund"
            move = statement.action_post()
        self._check(statement, move)

    def test_month_by_hours(self):
        """The result of a month is shared by the month's hours, late ones included.

        4 + 3 to 1 + 2 to 3 hours of 100.00: 53.84, 23.08 and 23.08. A late fact makes
        it 7 to 4 to 3: 50.00, 28.57 and 21.43, so 3.84 and 1.65 come back.
        """
        plan = self._plan("CNY", "vendor_bill")
        plan.version_ids.component_ids.scope = "period"
        plan.version_ids.component_ids.rule_ids.amount = 100
        first, second, third = self.projects[:3].ids
        self._work("a", 10, 4, 1, 3)
        self._work("b", 10, 3, 2)
        (statement,) = self._posted(plan)
        self.assertEqual(
            self._shares(statement),
            {
                first: Decimal("53.84"),
                second: Decimal("23.08"),
                third: Decimal("23.08"),
            },
        )
        self._check(statement, statement.sudo().move_id)
        self._work("c", 10, 0, 1, 0)
        with self.at("2026-04-03 04:00:00"):
            plan.with_user(self.accountant).settle()
        late = statement.record_ids.search(
            [("plan_id", "=", plan.id), ("revision", "=", 1)]
        )
        self.assertEqual(late.amount, 0)
        self.assertEqual(
            {part["analytic"]: part["amount"] for part in late.parts},
            {first: "-3.84", second: "5.49", third: "-1.65"},
        )

    def _inputs(self, total, *hours):
        named = {f"field.settle_h{n}": value for n, value in enumerate(hours)}
        nothing = {f"field.settle_h{n}": 0 for n in range(PROJECTS)}
        return {"price_total": total, **nothing, **named}

    def _work(self, key, total, *hours, day="2026-03-10"):
        """A fact of the engineer."""
        self.env["scrm.settlement.fact"]._freeze(
            {
                "source_model": "helpdesk.ticket",
                "source_id": 0,
                "source_key": f"analytic:{key}",
                "source_name": f"Work {key}",
                "template_key": self.template.key,
                "event": "ticket_done",
                "basis_date": day,
                "occurred_at": f"{day} 04:00:00",
                "inputs": self._inputs(total, *hours),
                "people": {"visit": self.engineer.partner_id.id},
                "company_id": self.company.id,
            }
        )

    def _posted(self, plan):
        with self.at("2026-04-02 04:00:00"):
            outcome = plan.with_user(self.accountant).settle()
            self.assertFalse(outcome["problems"])
            statements = self.approved_statement(plan=plan)
            statements.action_post()
        self.env.flush_all()
        return statements
