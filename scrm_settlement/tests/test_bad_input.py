import re

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests.common import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import SettlementCommon

CHINESE = re.compile("[\u4e00-\u9fff]")


@tagged("post_install", "-at_install")
class TestBadInput(SettlementCommon):
    """What is wrong is named before a run, and the run goes on for the others.

    Two payees have done 2 and 3 hours, paid at 10 an hour. Everything is asked as
    the accountant who runs it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule.write({"formula": "per_unit", "rate": 10, "dimension": "work_hours"})
        cls.anna, cls.ben = cls.env["res.partner"].create(
            [{"name": "Anna"}, {"name": "Ben"}]
        )
        cls.env["res.partner.bank"].create(
            [
                {"acc_number": f"1000{partner.id}", "partner_id": partner.id}
                for partner in cls.anna | cls.ben
            ]
        )
        cls._fact("anna", cls.anna, 2)
        cls._fact("ben", cls.ben, 3)

    @classmethod
    def _fact(cls, key, payee, work_hours):
        cls.env["scrm.settlement.fact"]._freeze(
            {
                "source_model": "helpdesk.ticket",
                "source_id": 0,
                "source_key": f"bad:{key}",
                "source_name": f"Visit of {key}",
                "template_key": cls.template.key,
                "event": "ticket_done",
                "basis_date": cls.env["scrm.clock"].today(),
                "occurred_at": cls.env["scrm.clock"].now(),
                "inputs": {"work_hours": work_hours},
                "people": {"visit": payee.id},
                "company_id": cls.company.id,
            }
        )

    def add_rule(self, key, *conditions, **values):
        self.component.rule_ids = [
            Command.create(
                {
                    "key": key,
                    "name": key.capitalize(),
                    "rank": 5,
                    "amount": 1,
                    "condition_ids": [
                        Command.create(
                            dict(
                                zip(
                                    ("dimension", "operator", "value"),
                                    one,
                                    strict=True,
                                )
                            )
                        )
                        for one in conditions
                    ],
                    **values,
                }
            )
        ]

    def run_of(self, plans=None):
        runs = self.env["scrm.settlement.run"].with_user(self.accountant)
        return runs.create({"plan_ids": [Command.set((plans or self.plan).ids)]})

    def named(self, run, *words):
        """Exactly one sentence of what is wrong has these words; also in Chinese."""
        found = [
            line
            for line in (run.faults or "").splitlines()
            if all(word in line for word in words)
        ]
        self.assertEqual(len(found), 1, run.faults)
        chinese = run.with_context(lang="zh_CN").faults.splitlines()
        place = run.faults.splitlines().index(found[0])
        self.assertRegex(chinese[place], CHINESE)

    def settled(self, run, expected):
        """The run goes on: payee -> amount of what is new."""
        with trap_jobs() as trap:
            run.action_start()
            trap.perform_enqueued_jobs()
        self.assertEqual(run.state, "done")
        records = self.env["scrm.settlement.record"].search(
            [("plan_id", "in", run.plan_ids.ids)]
        )
        self.assertEqual({one.payee_id: one.amount for one in records}, expected)

    @property
    def both(self):
        return {self.anna: 20, self.ben: 30}

    def test_nothing_wrong(self):
        """Without a fault nothing is said, so the other tests can fail."""
        run = self.run_of()
        self.assertFalse(run.faults)
        self.settled(run, self.both)
        self.assertFalse(run.problems)

    def test_rule_that_never_applies(self):
        """Its conditions exclude each other: the rule is named, the others pay."""
        self.add_rule("night", ("work_hours", ">", "5"), ("work_hours", "<", "4"))
        run = self.run_of()
        self.named(run, "“Night”", "“Installation Fee”", "can never apply")
        self.settled(run, self.both)

    def test_rule_behind_another(self):
        """An earlier rule always applies: the later one is named."""
        self.add_rule("late", rank=99)
        self.named(self.run_of(), "“Late”", "can never apply")

    def test_slabs(self):
        """Overlapping tiers, a gap, none at all: not even stored; the rule is named."""
        for tiers, words in (
            ([(0, 10, 1), (8, 0, 2)], "“Standard Fee”: .*0 – 10.*8 – ∞.*overlap"),
            ([(0, 10, 1), (12, 0, 2)], "“Standard Fee”: .*0 – 10.*12 – ∞"),
            ([(9, 3, 1)], "“Standard Fee”: .*9 – 3"),
            ([], "“Standard Fee”: "),
        ):
            rows = [
                Command.create({"above": above, "up_to": up_to, "value": value})
                for above, up_to, value in tiers
            ]
            with self.refused(words, ValidationError):
                self.rule.write({"formula": "slab", "tier_ids": rows})
        self.rule.invalidate_recordset()
        self.assertEqual(self.rule.formula, "per_unit")

    def test_gap_between_rules(self):
        """Between two ranges no rule applies; exactly at a limit as well."""
        self.rule.condition_ids = [
            Command.create({"dimension": "work_hours", "operator": "<", "value": "3"})
        ]
        self.add_rule("long", ("work_hours", ">", "3"), amount=50)
        run = self.run_of()
        self.named(run, "“Installation Fee” has a gap", "exactly 3")
        self.settled(run, {self.anna: 20})

    def test_open_ends_are_no_gap(self):
        """That nothing is paid below or above all ranges may be meant."""
        self.rule.condition_ids = [
            Command.create({"dimension": "work_hours", "operator": ">", "value": "2"})
        ]
        run = self.run_of()
        self.assertFalse(run.faults)
        self.settled(run, {self.ben: 30})

    def test_missing_rate(self):
        """A rate that was left at nothing: the rule is named, the others pay."""
        self.add_rule(
            "forgotten",
            ("work_hours", ">", "2"),
            formula="percent",
            dimension="work_hours",
        )
        run = self.run_of()
        self.named(run, "“Forgotten”", "has no rate")
        self.settled(run, {self.anna: 20, self.ben: 0})

    def test_no_cell(self):
        """A matrix without a cell for a value: rule and fact, before and after."""
        self.add_rule(
            "by_hours",
            formula="matrix",
            unit="amount",
            row_dimension="work_hours",
            column_dimension="is_urgent",
            cell_ids=[Command.create({"row": "0, 2", "column": "", "value": 7})],
        )
        run = self.run_of()
        self.problem(run, "Visit of ben", "“By_hours”", "no cell")
        self.settled(run, {self.anna: 7})

    def problem(self, run, *words):
        """The preview says it, and the run will say it again."""
        preview = self.env["scrm.settlement.preview"].with_user(self.accountant)
        for one in (run, run.with_context(lang="zh_CN")):
            found = preview.browse(one.action_preview()["res_id"]).problems
            self.assertEqual(len(found.splitlines()), 1, found)
            if one == run and not one.env.context.get("lang", "").startswith("zh"):
                for word in words:
                    self.assertIn(word, found)
            else:
                self.assertRegex(found, CHINESE)

    def test_negative_hours(self):
        """Nobody works less than nothing: fact, rule and value are named."""
        self._fact("carl", self.engineer.partner_id, -2)
        run = self.run_of()
        self.problem(run, "Visit of carl", "“Standard Fee”", "negative: -2")
        self.settled(run, self.both)
        self.assertEqual(run.problem_count, 1)
        self.assertIn("Visit of carl", run.problems)
        self.assertIn("negative: -2", run.problems)

    def test_no_journal(self):
        """Nothing to post in: the company is named; settling does not need it."""
        journals = self.env["account.journal"].search([("type", "=", "purchase")])
        journals.type = "general"
        run = self.run_of()
        self.named(run, self.company.name, "no purchase journal")
        self.settled(run, self.both)

    def test_locked_period(self):
        """The lock date is named; settling goes on, only posting waits."""
        self.company.fiscalyear_lock_date = "2099-12-31"
        run = self.run_of()
        self.named(run, "locked until", "2099")
        self.settled(run, self.both)

    def test_payee_without_account(self):
        """Who cannot be paid is named, who can is not; both are settled."""
        self.ben.bank_ids.active = False
        run = self.run_of()
        self.named(run, "no bank account", "Ben")
        self.assertNotIn("Anna", run.faults)
        self.settled(run, self.both)

    def test_no_rate_on_the_day(self):
        """A currency without a rate: plan and currency are named, others go on."""
        yen = self.env.ref("base.JPY")
        yen.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", yen.id)]).unlink()
        formula = {"formula": "per_unit", "rate": 10, "dimension": "work_hours"}
        abroad = self._create_plan("abroad", yen, formula=formula)
        run = self.run_of(self.plan | abroad)
        self.named(run, "Abroad", "JPY has no rate on")
        with trap_jobs() as trap:
            run.action_start()
            trap.perform_enqueued_jobs()
        self.assertEqual(run.created_count, 4)
        statements = self.env["scrm.settlement.statement"]
        day = self.env["scrm.clock"].today()
        for plan in (self.plan, abroad):
            statements |= statements.with_user(self.accountant).prepare(
                plan.key, [str(day), str(day)]
            )
        statements.action_confirm()
        statements.with_user(self.accountant_2).action_approve()
        statements.action_post()
        good = statements.filtered(lambda one: one.plan_id == self.plan)
        self.assertEqual(set(good.mapped("state")), {"posted"})
        for kept in statements - good:
            self.assertEqual(kept.state, "approved")
            self.assertIn("JPY has no rate on", kept.posting_fault)
