from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestRun(SettlementCommon):
    """Settling many payees in the background."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule.write({"formula": "fixed", "amount": 10, "dimension": False})

    def _facts(self, count, payees=120, inputs=lambda number: {"price_total": 100}):
        """Facts of many payees, as tickets would leave them."""
        partners = self.env["res.partner"].create(
            [{"name": f"Payee {number}"} for number in range(payees)]
        )
        fact = self.env["scrm.settlement.fact"]
        for number in range(count):
            fact._freeze(
                {
                    "source_model": "helpdesk.ticket",
                    "source_id": 0,
                    "source_key": f"run:{number}",
                    "source_name": f"Run {number}",
                    "template_key": self.template.key,
                    "event": "ticket_done",
                    "basis_date": self.env["scrm.clock"].today(),
                    "occurred_at": self.env["scrm.clock"].now(),
                    "inputs": inputs(number),
                    "people": {"visit": partners[number % payees].id},
                    "company_id": self.company.id,
                }
            )
        return partners

    def _run(self, **values):
        runs = self.env["scrm.settlement.run"].with_user(self.accountant)
        return runs.create({"plan_ids": [Command.set(self.plan.ids)], **values})

    def _count(self):
        return self.env["scrm.settlement.record"].search_count(
            [("plan_id", "=", self.plan.id)]
        )

    def test_preview_stores_nothing(self):
        """A preview says every amount and every problem, and nothing of it stays."""
        partners = self._facts(5, payees=2)
        run = self._run()
        action = run.action_preview()
        preview = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(preview.record_count, 5)
        self.assertIn("50.00", preview.totals)
        self.assertIn(partners[0].name, preview.rows)
        self.assertIn("30.00", preview.rows)
        self.assertEqual(self._count(), 0)
        self.assertFalse(self.version.frozen)
        self.assertEqual(run.state, "draft")

    def test_jobs_by_payee(self):
        """A run is cut into jobs of 50 payees; each is done once, whoever does it."""
        self._facts(240)
        run = self._run()
        with trap_jobs() as trap:
            run.action_start()
            trap.assert_jobs_count(3)
            self.assertEqual((run.state, run.progress), ("running", 0))
            trap.enqueued_jobs[0].perform()
            self.assertAlmostEqual(run.progress, 100 / 3)
            self.assertEqual(self._count(), 100)
            trap.enqueued_jobs[0].perform()
            self.assertEqual(self._count(), 100)
            for job in trap.enqueued_jobs[1:]:
                job.perform()
        self.assertEqual((run.state, run.progress), ("done", 100))
        self.assertEqual((self._count(), run.created_count), (240, 240))
        with trap_jobs() as trap:
            again = self._run()
            again.action_start()
            trap.perform_enqueued_jobs()
        self.assertEqual((again.state, again.created_count), ("done", 0))

    def test_partner_types_in_one_run(self):
        """Direct stores, franchisees and installers in four regions: twelve rules.

        Two orders of each, settled in one run: every one pays by the rule of its own
        type and region, 1 for the first rule to 12 for the last, and by no other.

        Covers: S07
        """
        types = ("Direct", "Franchise", "Installer")
        cases = [(kind, region) for kind in types for region in "NESW"]
        self.component.rule_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "key": f"{kind}_{region}".lower(),
                        "name": f"{kind} {region}",
                        "rank": 1,
                        "amount": place,
                        "condition_ids": [
                            Command.create({"dimension": key, "value": value})
                            for key, value in (
                                ("store_class", kind),
                                ("region", region),
                            )
                        ],
                    }
                )
                for place, (kind, region) in enumerate(cases, 1)
            ),
        ]

        def inputs(number):
            kind, region = cases[number % 12]
            return {"store_class": kind, "region": region}

        self._facts(24, payees=24, inputs=inputs)
        with trap_jobs() as trap:
            run = self._run()
            run.action_start()
            trap.perform_enqueued_jobs()
        self.assertEqual((run.state, run.problem_count), ("done", 0))
        records = self.env["scrm.settlement.record"].search(
            [("plan_id", "=", self.plan.id)]
        )
        paid = {
            record.source_key: (record.rule_id.name, record.amount)
            for record in records
        }
        self.assertEqual(len(records), 24)
        self.assertEqual(
            paid,
            {
                f"run:{number}": (
                    " ".join(cases[number % 12]),
                    number % 12 + 1,
                )
                for number in range(24)
            },
        )

    def test_periods_come_last(self):
        """Periods are settled when all facts are, as they look at what facts paid."""
        self.version.component_ids = [
            Command.create(
                {
                    "key": "least",
                    "name": "Guarantee",
                    "scope": "period",
                    "product_id": self.fee_product.id,
                    "rule_ids": [
                        Command.create(
                            {
                                "key": "least",
                                "name": "Guarantee",
                                "formula": "guarantee",
                                "amount": 25,
                            }
                        )
                    ],
                }
            )
        ]
        self._facts(120)
        run = self._run(is_interim=True)
        with trap_jobs() as trap:
            run.action_start()
            self.assertEqual(set(run.chunk_ids.mapped("phase")), {"facts"})
            done = 0
            while done < len(trap.enqueued_jobs):
                trap.enqueued_jobs[done].perform()
                done += 1
        self.assertEqual(run.state, "done")
        self.assertEqual(run.created_count, 240)
        total = sum(self.plan_records().mapped("amount"))
        self.assertEqual(total, 120 * 25)

    def plan_records(self):
        return self.env["scrm.settlement.record"].search(
            [("plan_id", "=", self.plan.id)]
        )

    def test_stop_and_continue(self):
        """After a stop no part begins; continuing takes up exactly the rest."""
        self._facts(120)
        run = self._run()
        with trap_jobs() as trap:
            run.action_start()
            trap.enqueued_jobs[0].perform()
            run.action_stop()
            trap.enqueued_jobs[1].perform()
            self.assertEqual(self._count(), 50)
            with self.refused("Stopped"):
                run.action_stop()
            run.action_continue()
            trap.enqueued_jobs[1].perform()
            trap.enqueued_jobs[2].perform()
        self.assertEqual((run.state, self._count()), ("done", 120))

    def test_a_failing_part(self):
        """A part that cannot be worked at all waits; the others are done, it later.

        The run stops and says why; continuing tries that part again, and only then
        the periods, which look at what the facts were paid.
        """
        self._facts(120)
        self.component.copy(
            {
                "version_id": self.version.id,
                "key": "month",
                "scope": "period",
                "rule_ids": [
                    Command.create({"key": "month", "name": "Month", "amount": 1})
                ],
            }
        )
        broken = self.env["scrm.settlement.fact"].search(
            [("source_key", "=", "run:60")]
        )
        people = "UPDATE scrm_settlement_fact SET inputs = %s WHERE id = %s"
        self.rule.write({"formula": "percent", "rate": 5, "dimension": "price_total"})
        self.env.cr.execute(people, ["[]", broken.id])
        run = self._run(is_interim=True)
        with trap_jobs() as trap:
            run.action_start()
            with mute_logger(
                "odoo.addons.scrm_settlement.models.scrm_settlement_run_chunk"
            ):
                for job in trap.enqueued_jobs:
                    job.perform()
            self.assertEqual((run.state, self._count()), ("stopped", 70))
            self.assertEqual(run.chunk_ids.mapped("state").count("failed"), 1)
            self.assertAlmostEqual(run.progress, 200 / 3)
            self.assertIn("Installers: AttributeError", run.problems)
            self.env.cr.execute(people, ['{"price_total": 100}', broken.id])
            run.action_continue()
            self.assertFalse(run.problems)
            while run.state == "running":
                pending = [
                    job for job in trap.enqueued_jobs if job.recordset.state != "done"
                ]
                self.assertTrue(pending)
                for job in pending:
                    job.perform()
        self.assertEqual((run.state, run.progress), ("done", 100))
        self.assertEqual(self._count(), 240)
        self.assertEqual(run.created_count, 240)

    def test_thousands_of_payees(self):
        """2,000 payees: 40 parts, stopped, continued, each payee settled once.

        What a part costs does not grow with the number of parts.
        """
        partners = self._facts(2000, payees=2000)
        run = self._run()
        with trap_jobs() as trap:
            run.action_start()
            trap.assert_jobs_count(40)
            counts = []
            for job in trap.enqueued_jobs[:20]:
                before = self.env.cr.sql_log_count
                job.perform()
                counts.append(self.env.cr.sql_log_count - before)
            self.assertLessEqual(max(counts[1:]), counts[1] + 2)
            run.action_stop()
            for job in trap.enqueued_jobs[20:25]:
                job.perform()
            self.assertEqual((run.progress, self._count()), (50, 1000))
            run.action_continue()
            # everything that was ever queued comes, the first ones a second time
            for job in trap.enqueued_jobs:
                job.perform()
        self.assertEqual((run.state, run.created_count), ("done", 2000))
        paid = self.plan_records()
        self.assertEqual(len(paid), 2000)
        self.assertEqual(paid.payee_id, partners)

    def test_stopped_beside_running(self):
        """The scheduler is done when nothing is left of runs that go on."""
        self._facts(120)
        stopped, going = self._run(), self._run()
        with trap_jobs():
            (stopped | going).action_start()
            stopped.action_stop()
            cron = self.env.ref("scrm_settlement.ir_cron_settlement_run")
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
        (stopped | going).invalidate_recordset()
        self.assertEqual((stopped.state, going.state), ("stopped", "done"))
        self.assertEqual((stopped.created_count, going.created_count), (0, 120))
        progress = self.env["ir.cron.progress"].search(
            [("cron_id", "=", cron.id)], order="id desc", limit=1
        )
        self.assertEqual(progress.remaining, 0)

    def test_without_runner(self):
        """When no queue runner is there, the cron works off everything."""
        self._facts(120)
        run = self._run()
        with trap_jobs():
            run.action_start()
            cron = self.env.ref("scrm_settlement.ir_cron_settlement_run")
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
        run.invalidate_recordset()
        self.assertEqual((run.state, run.created_count), ("done", 120))

    def test_problems_are_listed(self):
        """What cannot be settled is listed with its reason, the rest is settled."""
        self._facts(4, payees=4)
        self.rule.write(
            {"formula": "percent", "rate": 5, "dimension": "field.settle_area"}
        )
        self.component.rule_ids = [
            Command.create(
                {
                    "key": "cheap",
                    "name": "Cheap",
                    "rank": 1,
                    "amount": 3,
                    "condition_ids": [
                        Command.create(
                            {"dimension": "price_total", "operator": ">", "value": "9"}
                        )
                    ],
                }
            )
        ]
        self.env["scrm.settlement.fact"]._freeze(
            {
                "source_model": "helpdesk.ticket",
                "source_id": 0,
                "source_key": "run:bad",
                "source_name": "Bad One",
                "template_key": self.template.key,
                "event": "ticket_done",
                "basis_date": self.env["scrm.clock"].today(),
                "occurred_at": self.env["scrm.clock"].now(),
                "inputs": {"price_total": 5},
                "people": {"visit": self.engineer.partner_id.id},
                "company_id": self.company.id,
            }
        )
        run = self._run()
        with trap_jobs() as trap:
            run.action_start()
            trap.perform_enqueued_jobs()
        self.assertEqual((run.created_count, run.problem_count), (4, 1))
        self.assertIn(
            "Bad One: rule “Standard Fee”: Floor Area has no value.", run.problems
        )

    def test_faults_before_the_run(self):
        """Named before: a hidden rule, no journal, a lock, no bank account, no rate."""
        self._facts(1, payees=1)
        self.component.rule_ids = [
            Command.create({"key": "never", "name": "Never", "rank": 99, "amount": 1})
        ]
        yen = self.env.ref("base.JPY")
        yen.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", yen.id)]).unlink()
        foreign = self._create_plan("foreign", yen)
        self.company.fiscalyear_lock_date = "2099-12-31"
        run = self._run(plan_ids=[Command.set((self.plan | foreign).ids)])
        for words in (
            "rule “Never” of “Installation Fee” can never apply",
            "the books are locked until 12/31/2099",
            "payees have no bank account: Payee 0",
            "JPY has no rate on",
        ):
            self.assertIn(words, run.faults)
        self.assertEqual(run.faults.count("can never apply"), 1)
        journals = self.env["account.journal"].search([("type", "=", "purchase")])
        journals.type = "general"
        run.invalidate_recordset()
        self.assertIn("no purchase journal", run.faults)

    def test_who_may(self):
        """Accountants and plan managers run; payees neither see nor start runs."""
        self._facts(1)
        run = self._run()
        for user in (self.engineer, self.customer):
            with self.refused("", AccessError):
                run.with_user(user).action_start()
            with self.refused("", AccessError):
                run.with_user(user).read(["state"])
        with trap_jobs():
            run.with_user(self.manager).action_start()
        with self.refused("", AccessError):
            run.chunk_ids.with_user(self.manager).write({"state": "done"})
