"""Migrating while others work: real cursors, real commits."""

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from .migration_common import MigrationCase
from .race_common import FlowRaceCase


@tagged("post_install", "-at_install")
class TestFlowMigrationRace(FlowRaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            data = type("MigrationData", (MigrationCase,), {"env": env})
            data.model = env["ir.model"]._get("scrm.test.order")
            users = env["res.users"]
            for name in ("ann", "bob", "cid", "eve", "designer"):
                setattr(data, name, users.search([("login", "=", name)]))
            data.role = env["res.groups"].search([("scrm_key", "=", "test_engineer")])
            first = data.make_first("migration_race")
            cls.made.insert(0, ("scrm.flow", first.flow_id.ids))
            cls.first_id = first.id
            cls.designer_id = data.designer.id

    def make_plan(self, env):
        """A new order on the published version, and a plan to migrate it."""
        first = env["scrm.flow.version"].browse(self.first_id)
        order = env["scrm.test.order"].create({"name": "Race"})
        order.scrm_flow_start(first.flow_id)
        draft = first.flow_id.published_version_id._copy_as_draft()
        designer = env["scrm.flow.migration"].with_user(self.designer_id)
        plan = designer.create({"version_id": draft.id})
        for line in plan.line_ids:
            line.how = "enter"
        plan.action_preview()
        draft.action_publish()
        return order, plan

    def migrate(self, plan_id):
        """The request that starts a migration."""

        def request(results, ready):
            self.request(
                results,
                ready,
                self.order_id,
                lambda order: order.env["scrm.flow.migration"]
                .with_user(self.designer_id)
                .browse(plan_id)
                .action_start(),
            )

        return request

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_migrate_against_complete(self):
        """One after the other, in whichever order: one token, nothing half done.

        Covers in part: F17
        """
        with self.registry.cursor() as cr:
            order, plan = self.make_plan(api.Environment(cr, SUPERUSER_ID, {}))
            order_id, plan_id = order.id, plan.id

        def complete(results, ready):
            self.request(
                results, ready, order_id, lambda order: order.scrm_step_complete()
            )

        self.at_once(self.migrate(plan_id), complete)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            plan = env["scrm.flow.migration"].browse(plan_id)
            plan._cron_work()  # what was held by the other one
            run = env["scrm.test.order"].browse(order_id).scrm_run_id
            live = run.step_ids._live()
            self.assertEqual(len(live), 1)
            self.assertEqual(plan.state, "done")
            row = plan.run_ids.filtered(lambda row: row.run_id == run)
            self.assertEqual(row.state, "done")
            self.assertEqual(run.version_id, plan.version_id)
            self.assertEqual(live.node_id.version_id, plan.version_id)
            events = run.log_ids.sorted("sequence").mapped("event")
            self.assertEqual(events.count("migrate"), 1)
            self.assertLessEqual(events.count("complete"), 1)
            timers = env["scrm.flow.timer"].search(
                [("run_id", "=", run.id), ("state", "=", "due")]
            )
            self.assertLessEqual(timers.step_id, live)
            self.assertIsNone(env["scrm.flow.log"].verify(run))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_migrations_at_once(self):
        """The same one is started once; another one finds nothing left to do."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            order, plan = self.make_plan(env)
            other = plan.copy()
            other.action_preview()
            order_id, plan_id, other_id = order.id, plan.id, other.id
        results = self.at_once(self.migrate(plan_id), self.migrate(plan_id))
        self.assertEqual(sorted(type(r).__name__ for r in results), ["bool", "str"])
        self.at_once(self.migrate(other_id))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            run = env["scrm.test.order"].browse(order_id).scrm_run_id
            events = run.log_ids.mapped("event")
            self.assertEqual(events.count("migrate"), 1)
            other = env["scrm.flow.migration"].browse(other_id)
            row = other.run_ids.filtered(lambda row: row.run_id == run)
            self.assertEqual(row.state, "skipped")
            self.assertEqual(len(run.step_ids._live()), 1)
