from random import Random

from odoo.fields import Command
from odoo.tests.common import tagged

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestRecord(SettlementCommon):
    def test_range_limits(self):
        """20 % of the price between 80 and 150: 399 -> 80, 699 -> 139.80, 999 -> 150.

        Below the minimum the limit is paid, above the maximum the other limit; a
        price of 400 gives exactly 80, one of 750 exactly 150.

        Covers: S10
        """
        for area, fee in ((50, 80), (61, 139.8), (101, 150)):
            records = self.finish(self.new_ticket(area))
            self.assertEqual(records.mapped("amount"), [fee])
            self.assertEqual(records.payee_id, self.engineer.partner_id)
        for price, fee in ((400, 80), (400.05, 80.01), (749.95, 149.99), (750, 150)):
            self.pricelists[0].item_ids.fixed_price = price
            records = self.finish(self.new_ticket(50))
            self.assertEqual(records.mapped("amount"), [fee], price)

    def test_as_soon_as_it_is_done(self):
        """The commission stands in the moment the ticket is done, in mid-month.

        Nobody starts a run, no period has to end: after the first step there is
        nothing, after the last one the record of this moment, and the engineer sees
        the amount in his own ranking.

        Covers: S28
        """
        records = self.env["scrm.settlement.record"].with_user(self.accountant)
        ticket = self.new_ticket(101)
        with self.at("2026-03-12 01:00:00"):
            ticket.with_user(self.engineer).scrm_step_complete()
        self.assertFalse(records.search([]))
        with self.at("2026-03-12 02:30:00"):
            ticket.with_user(self.supervisor).scrm_step_complete()
        record = records.search([])
        self.assertEqual(
            (record.source_key, record.amount),
            (f"helpdesk.ticket:{ticket.id}", 150),
        )
        self.assertEqual(str(record.computed_at), "2026-03-12 02:30:00")
        self.assertFalse(self.env["scrm.settlement.run"].search([]))
        mine = self.env["scrm.settlement.ranking"].with_user(self.engineer)
        self.assertEqual(
            mine.search([("month", "=", "2026-03-01")]).mapped("amount"), [150]
        )

    def test_trace(self):
        """The record keeps rule version, inputs and every step."""
        record = self.finish(self.new_ticket(50))
        self.assertEqual(record.version_id, self.version)
        self.assertEqual(record.rule_id, self.rule)
        self.assertEqual(record.inputs, {"price_total": 399})
        self.assertEqual(
            [step["op"] for step in record.steps], ["rule", "percent", "range", "round"]
        )
        self.assertEqual(record.steps[1]["result"], "79.8")
        self.assertEqual(record.steps[2]["result"], "80")
        self.assertEqual(len(record.digest), 64)
        self.assertTrue(record.verify())

    def test_words(self):
        """The amount is explained in words, in the reader's language."""
        self.env["res.lang"]._activate_lang("zh_CN")
        record = self.finish(self.new_ticket(50))
        for words in (
            "Standard Fee",
            "20 %",
            "399",
            "below the minimum of 80",
            "80.00",
        ):
            self.assertIn(words, record.explanation)
        chinese = record.with_context(lang="zh_CN")
        self.assertIn("低于下限", chinese.explanation)

    def test_words_of_choices(self):
        """What was looked at is said by its name, not by its key."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.rule.condition_ids = [
            Command.create({"dimension": "month", "operator": "in", "value": "03, 04"})
        ]
        record = self.finish(self.new_ticket(50))
        self.assertIn("Month: March", record.explanation)
        self.assertIn("三月", record.with_context(lang="zh_CN").explanation)
        self.assertEqual(record.inputs["month"], "03")

    def test_running_again_changes_nothing(self):
        """Settling the same facts again creates no record and alters none."""
        self.finish(self.new_ticket(50))
        records = self.env["scrm.settlement.record"].search([])
        before = records.read()
        outcome = self.plan.with_user(self.accountant).settle()
        self.assertEqual(outcome, {"created": 0, "problems": []})
        self.assertEqual(self.env["scrm.settlement.record"].search([]), records)
        records.invalidate_recordset()
        self.assertEqual(records.read(), before)

    def test_only_what_is_new(self):
        """A plan made later settles the facts that are there, once."""
        self.finish(self.new_ticket(50))
        later = self._create_plan(
            "later",
            self.company.currency_id,
            formula={"formula": "fixed", "amount": 12.5},
        )
        self.assertEqual(later.with_user(self.accountant).settle()["created"], 1)
        self.assertEqual(later.with_user(self.accountant).settle()["created"], 0)

    def test_version_by_date(self):
        """A new version takes over on its first day; before it the old one counts.

        Covers: S14
        """
        before = self.finish(self.new_ticket(50), moment="2026-03-31 04:00:00")
        self.assertTrue(self.version.frozen)
        new = self.version.copy({"valid_from": "2026-04-01"})
        self.assertEqual(new.number, 2)
        new.component_ids.rule_ids.minimum = 90
        old = self.finish(self.new_ticket(50), moment="2026-03-31 04:00:00")
        fresh = self.finish(self.new_ticket(50), moment="2026-04-01 04:00:00")
        self.assertEqual((old.amount, fresh.amount), (80, 90))
        self.assertEqual(before.amount, 80)
        self.assertTrue(before.verify())

    def test_no_version_alters_a_record(self):
        """Twenty versions of any formula, from days before and after: nothing moves.

        What was settled keeps its amount, its steps, its explanation and its digest,
        and is not settled a second time.
        """
        records = self.finish(self.new_ticket(50)) | self.finish(self.new_ticket(61))
        before = records.read()
        random = Random(20260310)
        days = random.sample(range(2, 29), 20)
        for day in days:
            month = random.randint(1, 6)
            version = self.version.copy({"valid_from": f"2026-{month:02}-{day:02}"})
            formula = random.choice(
                [
                    {"formula": "fixed", "amount": day},
                    {"formula": "percent", "rate": day},
                    {
                        "formula": "per_unit",
                        "rate": day,
                        "dimension": "field.settle_area",
                    },
                    {"minimum": day, "maximum": 100 + day},
                ]
            )
            version.component_ids.rule_ids.write(formula)
            outcome = self.plan.with_user(self.accountant).settle()
            self.assertEqual(outcome, {"created": 0, "problems": []}, formula)
        records.invalidate_recordset()
        self.assertEqual(records.read(), before)
        self.assertTrue(all(record.verify() for record in records))

    def test_used_version_is_frozen(self):
        """No part of a version that was used can be changed, added or removed."""
        free = self.version.copy({"valid_from": "2030-01-01"})
        self.finish(self.new_ticket(50))
        manager = self.manager
        condition = {"dimension": "region", "operator": "=", "value": "East"}
        attempts = [
            lambda: self.rule.with_user(manager).write({"rate": 30}),
            lambda: self.rule.with_user(manager).unlink(),
            lambda: self.rule.sudo().write({"rate": 30}),
            lambda: self.rule.with_user(manager).update_field_translations(
                "name", {"en_US": "Other"}
            ),
            lambda: self.component.with_user(manager).write({"name": "Other"}),
            lambda: self.component.with_user(manager).unlink(),
            lambda: self.version.with_user(manager).write({"valid_to": "2026-12-31"}),
            lambda: self.version.with_user(manager).write({"frozen": False}),
            lambda: self.version.with_user(manager).unlink(),
            lambda: self.rule.with_user(manager).write(
                {"condition_ids": [Command.create(condition)]}
            ),
            lambda: self.component.with_user(manager).write(
                {"rule_ids": [Command.create({"key": "more", "name": "More"})]}
            ),
            lambda: self.plan.with_user(manager).unlink(),
            lambda: self.plan.with_user(manager).write({"payee_node_key": "check"}),
            lambda: self.plan.with_user(manager).write({"key": "other"}),
        ]
        for attempt in attempts:
            with self.refused():
                attempt()
        self.plan.with_user(manager).write({"name": "Other Words", "key": "installers"})
        free.with_user(manager).component_ids.rule_ids.rate = 30
        self.assertEqual(self.rule.rate, 20)

    def test_conditions_and_order(self):
        """The first rule by rank whose conditions hold pays."""
        self.component.rule_ids = [
            Command.create(
                {
                    "key": "large",
                    "name": "Large Flats",
                    "rank": 1,
                    "formula": "per_unit",
                    "rate": 1.5,
                    "dimension": "field.settle_area",
                    "condition_ids": [
                        Command.create(
                            {
                                "dimension": "field.settle_area",
                                "operator": ">",
                                "value": "100",
                            }
                        )
                    ],
                }
            )
        ]
        large = self.finish(self.new_ticket(100.3))
        small = self.finish(self.new_ticket(100))
        self.assertEqual(large.rule_id.key, "large")
        self.assertEqual(large.amount, 150.45)
        self.assertEqual(small.rule_id.key, "standard")
        self.assertEqual(large.inputs, {"field.settle_area": 100.3})

    def test_components_add_up(self):
        """Each component pays on its own, to its own node's handler."""
        self.version.component_ids = [
            Command.create(
                {
                    "key": "check",
                    "name": "Check",
                    "product_id": self.fee_product.id,
                    "payee_node_key": "check",
                    "rule_ids": [
                        Command.create({"key": "all", "name": "All", "amount": 5})
                    ],
                }
            )
        ]
        records = self.finish(self.new_ticket(50))
        self.assertEqual(
            {record.payee_id: record.amount for record in records},
            {self.engineer.partner_id: 80, self.supervisor.partner_id: 5},
        )

    def test_currencies(self):
        """Amounts are rounded to the plan's currency: CNY, JPY, KWD.

        61.235 m² at 1.5 are 91.8525: CNY 91.85, JPY 92, KWD 91.853 (half up).
        """
        formula = {
            "formula": "per_unit",
            "rate": 1.5,
            "dimension": "field.settle_area",
        }
        for code in ("CNY", "JPY", "KWD"):
            currency = self.env.ref(f"base.{code}")
            currency.active = True
            self._create_plan(code.lower(), currency, formula=formula)
        records = self.finish(self.new_ticket(61.235))
        amounts = {
            record.currency_id.name: record.amount
            for record in records
            if record.plan_id != self.plan
        }
        self.assertEqual(amounts, {"CNY": 91.85, "JPY": 92, "KWD": 91.853})
        self.assertTrue(records.verify())

    def test_problems_are_named(self):
        """What cannot be settled is said with its reason; the ticket still ends."""
        ticket = self.new_ticket()
        records = self.finish(ticket)
        self.assertEqual(ticket.scrm_run_id.state, "done")
        self.assertFalse(records)
        note = ticket.message_ids[0].body
        self.assertIn("Price has no value", note)
        outcome = self.plan.with_user(self.accountant).settle()
        self.assertEqual(outcome["created"], 0)
        self.assertIn("Price has no value", outcome["problems"][0]["reason"])
        self.assertIn(ticket.number, outcome["problems"][0]["fact"])

    def test_more_problems(self):
        """No version on the day, nobody at the node, foreign currency: all named."""
        yen = self.env.ref("base.JPY")
        yen.active = True
        self._create_plan("foreign", yen)
        self._create_plan("nobody", self.company.currency_id, payee_node_key="lost")
        late = self._create_plan("late", self.company.currency_id)
        late.version_ids.valid_from = "2027-01-01"
        self.finish(self.new_ticket(50))
        plans = self.env["scrm.settlement.plan"].search([])
        problems = {
            fault["plan"]: fault["reason"]
            for fault in plans.with_user(self.accountant).settle()["problems"]
        }
        self.assertEqual(problems.keys(), {"Foreign", "Nobody", "Late"})
        self.assertIn("JPY", problems["Foreign"])
        self.assertIn("lost", problems["Nobody"])
        self.assertIn("2026-03-10", problems["Late"])

    def test_other_templates(self):
        """A plan settles only tickets of its templates."""
        other = self.template.copy({"name": "Other"})
        self.assertFalse(self.finish(self.new_ticket(50, template_id=other.id)))

    def test_sealed(self):
        """Nobody writes, deletes, copies or invents a record."""
        record = self.finish(self.new_ticket(50))
        admin = self.env.ref("base.user_admin")
        for records in (record, record.sudo(), record.with_user(admin)):
            for attempt in (
                lambda records=records: records.write({"amount": 1}),
                lambda records=records: records.write({"statement_id": False}),
                lambda records=records: records.unlink(),
                lambda records=records: records.copy(),
                lambda records=records: records.create({"amount": 1}),
            ):
                with self.refused():
                    attempt()
        self.assertEqual(record.amount, 80)

    def test_tampering_is_found(self):
        """An amount changed in the database itself stops its statement."""
        record = self.finish(self.new_ticket(50))
        self.env.cr.execute(
            "UPDATE scrm_settlement_record SET amount = 81 WHERE id = %s", [record.id]
        )
        record.invalidate_recordset()
        self.assertFalse(record.verify())
        statement = (
            self.env["scrm.settlement.statement"]
            .with_user(self.accountant)
            .prepare("installers", "2026-03")
        )
        with self.refused("no longer what was computed"):
            statement.action_confirm()
