from contextlib import contextmanager

import psycopg2.errors

from odoo import api
from odoo.exceptions import UserError
from odoo.fields import Command, Date, Datetime
from odoo.modules.registry import Registry
from odoo.orm.utils import SUPERUSER_ID
from odoo.tests.common import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestRace(BaseCase):
    """Two transactions at once, both really committed; the data goes afterwards."""

    def setUp(self):
        super().setUp()
        self.registry_ = Registry(get_db_name())
        self.books = ()
        with self.cursor() as env:
            self._create(env)
        self.addCleanup(self._clean)

    @contextmanager
    def cursor(self, uid=SUPERUSER_ID):
        """An environment in a transaction of its own, committed at the end."""
        with self.registry_.cursor() as cr:
            yield api.Environment(cr, uid, {"tracking_disable": True})

    def _create(self, env):
        company = env.company
        self.chart_loaded = False
        if not company.chart_template:
            env["account.chart.template"].try_loading(
                "generic_coa", company=company, install_demo=False
            )
            self.chart_loaded = True
        product = env["product.product"].create({"name": "Race", "type": "service"})
        self.product_id = product.id
        self.partner_id = env["res.partner"].create({"name": "Racer"}).id
        plan = env["scrm.settlement.plan"].create(
            {
                "key": "race",
                "name": "Race",
                "payee_node_key": "visit",
                "version_ids": [
                    Command.create(
                        {
                            "valid_from": "2020-01-01",
                            "component_ids": [
                                Command.create(
                                    {
                                        "key": "fee",
                                        "name": "Fee",
                                        "product_id": product.id,
                                        "rule_ids": [
                                            Command.create(
                                                {
                                                    "key": "all",
                                                    "name": "All",
                                                    "amount": 10,
                                                }
                                            )
                                        ],
                                    }
                                )
                            ],
                        }
                    )
                ],
            }
        )
        self.plan_id = plan.id
        fact = env["scrm.settlement.fact"]._freeze(
            {
                "source_model": "helpdesk.ticket",
                "source_id": 0,
                "source_key": "race:1",
                "source_name": "Race 1",
                "template_key": None,
                "event": "ticket_done",
                "basis_date": Date.to_date("2026-01-05"),
                "occurred_at": Datetime.to_datetime("2026-01-05 04:00:00"),
                "inputs": {},
                "people": {"visit": self.partner_id},
                "company_id": company.id,
            }
        )
        self.fact_id = fact.id

    def _clean(self):
        with self.cursor() as env:
            statements = env["scrm.settlement.statement"].search(
                [("plan_id", "=", self.plan_id)]
            )
            moves = env["account.move"].search(
                [("scrm_statement_id", "in", statements.ids)]
            )
            moves.button_draft()
            for query in (
                "UPDATE scrm_settlement_statement SET move_id = NULL"
                " WHERE plan_id = %(plan)s",
                "UPDATE account_move SET scrm_statement_id = NULL"
                " WHERE id = ANY(%(moves)s)",
                "DELETE FROM scrm_settlement_record WHERE plan_id = %(plan)s",
                "DELETE FROM scrm_settlement_fact WHERE id = %(fact)s",
                "DELETE FROM scrm_settlement_statement WHERE plan_id = %(plan)s",
                "DELETE FROM scrm_settlement_plan WHERE id = %(plan)s",
            ):
                env.cr.execute(
                    query,
                    {"plan": self.plan_id, "moves": moves.ids, "fact": self.fact_id},
                )
            env.invalidate_all()
            moves.with_context(force_delete=True).unlink()
            env["product.product"].browse(self.product_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()
            for record in self.books:
                record.with_env(env).unlink()
            self.books = ()

    def _count(self):
        with self.cursor() as env:
            return env["scrm.settlement.record"].search_count(
                [("plan_id", "=", self.plan_id)]
            )

    @mute_logger("odoo.sql_db")
    def test_settle_at_once(self):
        """Two transactions settle the same fact: one record, the second retries."""
        with self.cursor() as late:
            # the late transaction takes its snapshot before the first commits
            plan = late["scrm.settlement.plan"].browse(self.plan_id)
            self.assertEqual(plan.record_count, 0)
            with self.cursor() as early:
                plan_early = early["scrm.settlement.plan"].browse(self.plan_id)
                self.assertEqual(plan_early.settle()["created"], 1)
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                plan.settle()
            late.cr.rollback()
            late.invalidate_all()
            self.assertEqual(plan.settle()["created"], 0)
        self.assertEqual(self._count(), 1)

    @mute_logger("odoo.sql_db")
    def test_run_at_once(self):
        """Two runs of the same plan on two workers: each record once."""
        chunk = "scrm.settlement.run.chunk"
        with self.cursor() as env:
            runs = env["scrm.settlement.run"].create(
                [{"plan_ids": [Command.set([self.plan_id])]} for _number in range(2)]
            )
            # the queue stays empty: this test is both workers
            for run in runs.with_context(queue_job__no_delay=False):
                run._cut("facts")
                run.write({"state": "running"})
            ids = runs.chunk_ids.ids
            self.addCleanup(self._delete_runs, runs.ids)
        self.assertEqual(len(ids), 2)
        with self.cursor() as late:
            slow = late[chunk].browse(ids[1])
            self.assertEqual(slow.state, "pending")
            with self.cursor() as early:
                self.assertTrue(early[chunk].browse(ids[0])._work())
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                slow._work()
            late.cr.rollback()
            late.invalidate_all()
            self.assertTrue(slow._work())
        self.assertEqual(self._count(), 1)
        with self.cursor() as one, self.cursor() as other:
            # the same part, held by another worker: it is left to that one
            one.cr.execute(
                "SELECT id FROM scrm_settlement_run_chunk WHERE id = %s FOR UPDATE",
                [ids[0]],
            )
            self.assertFalse(other[chunk].browse(ids[0])._work())

    def _delete_runs(self, ids):
        with self.cursor() as env:
            env["scrm.settlement.run"].browse(ids).write({"state": "done"})
            env["scrm.settlement.run"].browse(ids).unlink()

    @mute_logger("odoo.sql_db")
    def test_post_at_once(self):
        """Two transactions post the same statement: one bill, a clear refusal."""
        self._post_at_once("in_invoice")

    @mute_logger("odoo.sql_db")
    def test_post_other_kinds_at_once(self):
        """So it is with an invoice to the payee, and with a payroll entry."""
        with self.cursor() as env:
            env["scrm.settlement.plan"].browse(
                self.plan_id
            ).posting = "customer_invoice"
        self._post_at_once("out_invoice")
        self._clean()
        with self.cursor() as env:
            self._create(env)
            journal = env["account.journal"].create(
                {"name": "Race", "code": "RACE", "type": "general"}
            )
            wages = env["account.account"].create(
                {
                    "code": "230009",
                    "name": "Race",
                    "account_type": "liability_current",
                    "reconcile": True,
                }
            )
            env["scrm.settlement.plan"].browse(self.plan_id).write(
                {
                    "posting": "journal_entry",
                    "journal_id": journal.id,
                    "wages_account_id": wages.id,
                }
            )
            self.books = (journal, wages)
        self._post_at_once("entry")

    def _post_at_once(self, move_type):
        model = "scrm.settlement.statement"
        with self.cursor() as env:
            env["scrm.settlement.plan"].browse(self.plan_id).settle()
            statement = env[model].prepare("race", "2026-01")
            statement.action_confirm()
            statement._step({"author_ids": [Command.clear()]})
            statement.action_approve()
            statement_id = statement.id
        with self.cursor() as late:
            slow = late[model].browse(statement_id)
            self.assertEqual(slow.state, "approved")
            with self.cursor() as early:
                early[model].browse(statement_id).action_post()
                early.flush_all()
                # the first has not committed: the second is told, and waits for nobody
                with self.assertRaisesRegex(UserError, "right now"):
                    slow.action_post()
            # committed now, but not in the second's snapshot
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                slow.action_post()
            late.cr.rollback()
            late.invalidate_all()
            with self.assertRaisesRegex(UserError, "Posted"):
                slow.action_post()
        with self.cursor() as env:
            bills = env["account.move"].search(
                [("scrm_statement_id", "=", statement_id)]
            )
            self.assertEqual(len(bills), 1)
            self.assertEqual((bills.state, bills.move_type), ("posted", move_type))

    @mute_logger("odoo.sql_db")
    def test_prepare_at_once(self):
        """Two transactions prepare the same period: each record on one statement."""
        model = "scrm.settlement.statement"
        with self.cursor() as env:
            env["scrm.settlement.plan"].browse(self.plan_id).settle()
        with self.cursor() as late:
            late["res.partner"].browse(self.partner_id).name  # noqa: B018 snapshot
            with self.cursor() as early:
                first = early[model].prepare("race", "2026-01").id
            with self.assertRaises(
                (
                    psycopg2.errors.SerializationFailure,
                    psycopg2.errors.UniqueViolation,
                )
            ):
                late[model].prepare("race", "2026-01")
            late.cr.rollback()
            late.invalidate_all()
            self.assertEqual(late[model].prepare("race", "2026-01").id, first)
