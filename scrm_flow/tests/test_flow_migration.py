from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.scrm_flow.models import scrm_flow_migration

from .migration_common import NINE, MigrationCase


@tagged("post_install", "-at_install")
class TestFlowMigration(MigrationCase):
    def test_the_preview_says_what_would_happen(self):
        """Per record, before anything happened; what cannot go says why.

        Covers in part: F17
        """
        self.at(NINE)
        orders = self.begin(3)
        orders[1].with_user(self.ann).scrm_step_complete()
        orders[2].with_user(self.ann).scrm_flow_freeze("Danger")
        draft = self.renamed_draft()
        plan = self.plan(draft)
        triage, visit, frozen = plan.run_ids
        self.assertEqual(plan.run_ids.mapped("state"), ["refused", "ready", "refused"])
        self.assertEqual(triage.position, "Triage")
        self.assertRegex(triage.reason, "“Triage” is not in the new version")
        self.assertEqual((visit.position, visit.destination), ("Visit", "Visit"))
        self.assertRegex(visit.handler_text, "stays with (Bob|Cid)")
        self.assertRegex(frozen.reason, "It is frozen: release it first")
        self.assertEqual((plan.ready_count, plan.stay_count), (1, 2))
        plan.line_ids.filtered(
            lambda line: line.node_id.key == "triage"
        ).target_id = self.node(draft, "look")
        plan.action_preview()
        triage = plan.run_ids[0]
        self.assertEqual(triage.destination, "First look (begins anew)")
        line = plan.line_ids.filtered(lambda line: line.node_id.key == "triage")
        plan.write({"line_ids": [(1, line.id, {"how": "carry"})]})  # as the form does
        triage = plan.run_ids[0]
        self.assertEqual(triage.destination, "First look")
        self.assertEqual(triage.handler_text, "stays with Ann")
        self.assertIn("Deadline: 8.0 h left", triage.time_text)
        self.assertEqual(draft.state, "draft")
        self.assertEqual(orders.scrm_run_id.version_id, self.first)

    def test_running_records_follow_the_changed_flow(self):
        """Activated while they run: to the end by the new rules, none gets lost.

        Version 2 has no triage any more, Eve looks first, and Cid calls the customer
        after each visit. Whoever is on the removed node goes on only where the plan
        says to; until then the record stays as it is and can be worked on.

        Covers: F17
        """
        orders = self.begin(3)
        orders[2].with_user(self.ann).scrm_step_complete()
        draft = self.renamed_draft()
        self.node(draft, "look").handler_user_ids = self.eve
        call = self.env["scrm.flow.node"].create(
            {
                "version_id": draft.id,
                "key": "call",
                "name": "Call",
                "type": "user_task",
                "handler_rule": "people",
                "handler_user_ids": [(6, 0, self.cid.ids)],
            }
        )
        ways = {way.key: way for way in draft.transition_ids}
        self.env["scrm.flow.transition"].create(
            {
                "version_id": draft.id,
                "key": "called",
                "source_id": call.id,
                "target_id": self.node(draft, "end").id,
            }
        )
        ways["visited"].target_id = call
        plan = self.plan(draft)
        plan.action_start()
        self.assertEqual(plan.run_ids.mapped("state"), ["refused", "refused", "done"])
        self.assertEqual(draft.state, "published")
        self.assertEqual(orders.mapped("scrm_node_key"), ["triage", "triage", "visit"])
        self.assertEqual(set(orders.scrm_run_id.mapped("state")), {"running"})
        # one goes on by the old rules, the other is brought over after all
        orders[0].with_user(self.ann).scrm_step_complete()
        self.assertEqual(orders[0].scrm_run_id.version_id, self.first)
        self.plan(draft, {"triage": "look"}).action_start()
        self.assertEqual(orders.scrm_run_id.version_id, draft)
        self.assertEqual(orders[1].scrm_handler_ids, self.eve)
        orders[1].with_user(self.eve).scrm_step_complete()
        for order in orders:
            self.assertEqual(order.scrm_node_key, "visit")
            order.with_user(order.scrm_handler_ids[0]).scrm_step_complete()
            self.assertEqual(order.scrm_node_key, "call")
            self.assertEqual(order.scrm_handler_ids, self.cid)
            order.with_user(self.cid).scrm_step_complete()
            self.assertEqual(order.scrm_run_id.state, "done")
            self.assertIsNone(self.env["scrm.flow.log"].verify(order.scrm_run_id))

    def test_handlers_follow_the_new_rule(self):
        """Kept where the new rule allows them or the plan says so, else anew.

        Covers in part: F17
        """
        orders = self.begin(2)
        orders[1].with_user(self.ann).scrm_step_transfer(self.cid.id, "I am away")
        draft = self.renamed_draft()
        node = self.node(draft, "look")
        node.handler_user_ids = self.eve | self.cid
        plan = self.plan(draft, {"triage": ("look", "carry")})
        self.assertEqual(
            plan.run_ids.mapped("handler_text"),
            ["assigned anew (Ann has it now)", "stays with Cid"],
        )
        plan.action_start()
        steps = orders.scrm_step_ids
        self.assertEqual(steps[0]._handlers(), self.cid | self.eve)
        self.assertEqual(steps[1]._handlers(), self.cid)
        self.assertEqual(orders[0].scrm_handler_ids, self.cid | self.eve)
        plan.action_undo()
        self.assertEqual(steps[0]._handlers(), self.ann)
        self.assertEqual(orders[0].scrm_handler_ids, self.ann)
        plan = self.plan(draft, {"triage": ("look", "carry")}, handlers="keep")
        plan.action_start()
        self.assertEqual(steps[0]._handlers(), self.ann)

    def test_nobody_for_the_new_node(self):
        """The run gets stuck with its reason and goes on after a retry."""
        order = self.begin()
        draft = self.renamed_draft()
        node = self.node(draft, "look")
        node.write({"handler_user_ids": self.eve.ids, "rung_ids": [(5,)]})
        draft.action_publish()
        self.eve.active = False
        plan = self.plan(draft, {"triage": ("look", "carry")})
        plan.action_start()
        run = order.scrm_run_id
        self.assertEqual(plan.run_ids.state, "done")
        self.assertEqual(run.state, "incident")
        self.assertRegex(run.incident_reason, "nobody to handle it")
        self.assertFalse(
            self.env["scrm.flow.timer"].search(
                [("run_id", "=", run.id), ("state", "=", "due")]
            )
        )
        self.eve.active = True
        run.with_user(self.designer).action_retry()
        self.assertEqual(order.scrm_handler_ids, self.eve)

    def test_work_begins_anew_at_another_node(self):
        """Covers in part: F17"""
        self.at(NINE)
        order = self.begin()
        old = order.scrm_step_ids
        self.at(NINE + timedelta(hours=3))
        draft = self.renamed_draft()
        plan = self.plan(draft, {"triage": "look"})
        plan.action_start()
        new = order.scrm_step_ids - old
        self.assertEqual(old.state, "cancelled")
        self.assertEqual((new.state, new.previous_id), ("open", old))
        self.assertEqual(new.deadline_at, NINE + timedelta(hours=11))
        self.assertIn("opened:look", order.events)
        plan.run_ids.action_undo()
        self.assertEqual((old.state, new.state), ("open", "cancelled"))
        self.assertFalse(old.ended_at)
        self.assertEqual(order.scrm_node_key, "triage")
        self.assertEqual([row[2] for row in self.timers(old)], ["due", "due", "due"])
        self.assertFalse(self.timers(new))

    def test_automatic_nodes_are_passed(self):
        """What the machine did on the way cannot be taken back."""
        order = self.begin()
        draft = self.renamed_draft()
        stamp = self.env["scrm.flow.node"].create(
            {
                "version_id": draft.id,
                "key": "stamp",
                "name": "Stamp",
                "type": "service_task",
                "service_kind": "set_values",
                "service_config": {"values": {"note": "stamped"}},
            }
        )
        ways = {way.key: way for way in draft.transition_ids}
        ways["begin"].target_id = stamp
        self.env["scrm.flow.transition"].create(
            {
                "version_id": draft.id,
                "key": "stamped",
                "source_id": stamp.id,
                "target_id": self.node(draft, "look").id,
            }
        )
        plan = self.plan(draft, {"triage": "stamp"})
        plan.action_start()
        self.assertEqual(order.note, "stamped")
        self.assertEqual(order.scrm_node_key, "look")
        with self.assertRaisesRegex(UserError, "cannot be taken back: Service done"):
            plan.run_ids.action_undo()

    def test_undo_until_somebody_goes_on(self):
        """Covers in part: F17"""
        orders = self.begin(2)
        draft = self.renamed_draft()
        plan = self.plan(draft, {"triage": ("look", "carry")})
        plan.action_start()
        orders[0].with_user(self.ann).scrm_step_complete()
        first, second = plan.run_ids
        with self.assertRaisesRegex(UserError, "has gone on since: .* Ann"):
            first.action_undo()
        answer = plan.run_ids.action_undo()
        self.assertIn("Order 0", answer["params"]["message"])
        self.assertEqual((first.state, second.state), ("done", "undone"))
        self.assertEqual(orders[0].scrm_run_id.version_id, draft)
        self.assertEqual(orders[1].scrm_run_id.version_id, self.first)
        with self.assertRaisesRegex(UserError, "not migrated"):
            second.action_undo()

    def test_done_steps_of_nodes_that_are_gone(self):
        """History stays readable, and only what still exists can be gone back to."""
        order = self.begin()
        order.with_user(self.ann).scrm_step_complete()
        handler = order.scrm_handler_ids
        draft = self.renamed_draft()
        self.plan(draft).action_start()
        self.assertEqual(order.scrm_run_id.version_id, draft)
        self.assertEqual(
            [(item["name"], item["state"]) for item in order.scrm_progress],
            [("Triage", "done"), ("Visit", "now"), ("End", "next")],
        )
        self.assertTrue(order.with_user(handler).scrm_flow_actions)
        self.assertTrue(order.with_user(self.ann)._scrm_progress(for_customer=True))
        with self.assertRaisesRegex(UserError, "only be sent back"):
            order.with_user(handler).scrm_step_reject("triage", "Again")
        with self.assertRaisesRegex(UserError, "nothing you could take back"):
            order.with_user(self.ann).scrm_step_recall()
        order.with_user(handler).scrm_step_complete()
        self.assertEqual(order.scrm_run_id.state, "done")

    def test_migrate_selected(self):
        """By a condition on the records, or picked one by one.

        Covers in part: F17
        """
        orders = self.begin(3)
        orders[0].area = 10
        draft = self.renamed_draft()
        mapping = {"triage": ("look", "carry")}
        plan = self.plan(draft, mapping, scope="selected", domain="[('area', '=', 0)]")
        self.assertEqual(plan.run_ids.run_id, orders[1:].scrm_run_id)
        plan.run_ids[0].is_left_out = True
        plan.action_preview()
        self.assertTrue(plan.run_ids[0].is_left_out)
        plan.action_start()
        self.assertEqual([order.scrm_version_id.number for order in orders], [1, 1, 2])
        with self.assertRaisesRegex(ValidationError, "colour"):
            self.plan(draft, scope="selected", domain="[('colour', '=', 1)]")

    def test_all_or_nothing(self):
        orders = self.begin(2)
        orders[1].with_user(self.ann).scrm_step_complete()
        draft = self.renamed_draft()
        plan = self.plan(draft, all_or_nothing=True)
        with (
            self.assertRaisesRegex(UserError, "Order 0: “Triage” is not in"),
            self.env.cr.savepoint(),
        ):
            plan.action_start()
        self.assertEqual(draft.state, "draft")
        self.assertEqual(orders.scrm_run_id.version_id, self.first)
        plan.action_cancel()
        plan = self.plan(draft, {"triage": "look"}, all_or_nothing=True)
        plan.action_start()
        self.assertEqual(orders.scrm_run_id.version_id, draft)

    @mute_logger("odoo.addons.scrm_flow.models.scrm_flow_migration_run")
    def test_one_failure_harms_no_other(self):
        """A run is migrated wholly or not at all."""
        orders = self.begin(3)
        draft = self.renamed_draft()
        plan = self.plan(draft, {"triage": ("look", "carry")})
        engine = self.registry["scrm.flow.engine"]
        settle = engine._settle
        bad = orders[1].scrm_run_id

        def fail(this, moves):
            settle(this, moves)
            if moves[0].run == bad:
                raise RuntimeError("power cut")

        self.patch(engine, "_settle", fail)
        plan.action_start()
        self.assertEqual(plan.run_ids.mapped("state"), ["done", "failed", "done"])
        self.assertEqual(plan.run_ids[1].reason, "RuntimeError: power cut")
        self.assertEqual(bad.version_id, self.first)
        self.assertEqual(bad.step_ids.node_key, "triage")
        self.assertEqual(bad.log_ids.sorted("sequence")[-1].event, "open")
        self.assertEqual(plan.state, "done")

    def test_many_in_chunks(self):
        """In portions that can be interrupted after each of them.

        Covers in part: F17
        """
        self.patch(scrm_flow_migration, "CHUNK", 2)
        orders = self.begin(5)
        draft = self.renamed_draft()
        plan = self.plan(draft, {"triage": ("look", "carry")})
        plan.action_start()
        self.assertEqual(plan.state, "running")
        self.assertEqual(orders.scrm_run_id.version_id, self.first)
        worker = plan.sudo()
        self.assertEqual(worker._work(2), 2)
        self.assertEqual((plan.done_count, plan.ready_count), (2, 3))
        # one of the rest moves, one ends, and the work goes on with what is there
        orders[2].with_user(self.ann).scrm_step_complete()
        orders[3].scrm_flow_cancel("Wrong number")
        with self.enter_registry_test_mode():
            self.env.ref("scrm_flow.ir_cron_migration").method_direct_trigger()
        plan.invalidate_recordset()
        self.assertEqual(plan.state, "done")
        self.assertEqual(
            plan.run_ids.mapped("state"), ["done"] * 3 + ["skipped", "done"]
        )
        self.assertEqual(
            orders.mapped("scrm_node_key"), ["look", "look", "visit", False, "look"]
        )
        self.assertEqual(plan.run_ids[0].run_id.log_ids[-1].user_id, self.designer)

    def test_a_thousand_runs(self):
        """All by the cron, each once, at the same cost from first to last chunk.

        Covers in part: F17
        """
        orders = self.begin(1000)
        plan = self.plan(self.renamed_draft(), {"triage": ("look", "carry")})
        plan.action_start()
        self.assertEqual((plan.state, plan.ready_count), ("running", 1000))
        worker = plan.sudo()
        costs = []
        for _chunk in range(4):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(worker._work(50), 50)
            self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - before)
        # the first chunk fills the caches
        self.assertLessEqual(max(costs[1:]), min(costs[1:]) + 5, costs)
        while plan.state == "running":  # a cron stops when its time is up
            left = plan.ready_count
            with self.enter_registry_test_mode():
                self.env.ref("scrm_flow.ir_cron_migration").method_direct_trigger()
            self.env.invalidate_all()
            self.assertLess(plan.ready_count, left)
        self.assertEqual((plan.done_count, plan.ready_count), (1000, 0))
        self.assertEqual(orders.scrm_run_id.version_id, plan.version_id)
        self.assertEqual(set(orders.mapped("scrm_node_key")), {"look"})
        steps = orders.scrm_run_id.step_ids
        self.assertEqual(steps.mapped("state"), ["open"] * 1000)
        groups = self.env["scrm.flow.log"]._read_group(
            [("run_id", "in", orders.scrm_run_id.ids), ("event", "=", "migrate")],
            ["run_id"],
            ["__count"],
        )
        self.assertEqual([number for _run, number in groups], [1] * 1000)

    def test_cancelled_half_way(self):
        self.patch(scrm_flow_migration, "CHUNK", 2)
        orders = self.begin(4)
        draft = self.renamed_draft()
        plan = self.plan(draft, {"triage": ("look", "carry")})
        plan.action_start()
        plan.sudo()._work(2)
        plan.action_cancel()
        plan.sudo()._cron_work()
        self.assertEqual(
            [order.scrm_version_id.number for order in orders], [2, 2, 1, 1]
        )
        with self.assertRaisesRegex(UserError, "was started before"):
            plan.action_start()

    def test_started_since_the_preview(self):
        orders = self.begin()
        draft = self.renamed_draft()
        plan = self.plan(draft, {"triage": ("look", "carry")})
        orders |= self.begin()
        plan.action_start()
        self.assertEqual(orders.scrm_run_id.version_id, draft)

    def test_only_managers_migrate(self):
        self.begin()
        draft = self.renamed_draft()
        plan = self.plan(draft)
        for user in (self.ann, self.watcher):
            for act in (
                "action_start",
                "action_preview",
                "action_undo",
                "action_cancel",
            ):
                with self.subTest(user=user.login, act=act):
                    with self.assertRaises(AccessError):
                        getattr(plan.with_user(user), act)()
            with self.assertRaises(AccessError):
                plan.run_ids.with_user(user).action_undo()
            with self.assertRaises(AccessError):
                self.env["scrm.flow.migration"].with_user(user).create(
                    {"version_id": draft.id}
                )
        with self.assertRaisesRegex(UserError, "started with its button"):
            plan.write({"state": "done"})
        with self.assertRaisesRegex(UserError, "started with its button"):
            plan.write({"version_id": self.first.id})
        plan.action_start()
        with self.assertRaisesRegex(UserError, "is fixed"):
            plan.write({"handlers": "keep"})
        with self.assertRaisesRegex(UserError, "is fixed"):
            plan.line_ids[:1].how = "enter"
        with self.assertRaisesRegex(UserError, "is history"):
            plan.unlink()

    def test_incidents_come_along(self):
        """A stuck run comes to the version that repairs it, and goes on there."""
        self.ann.active = False
        order = self.begin()
        run = order.scrm_run_id
        self.assertEqual(run.state, "incident")
        draft = self.first.with_user(self.designer)._copy_as_draft()
        self.node(draft, "triage").handler_user_ids = self.eve
        self.plan(draft).action_start()
        self.assertEqual((run.version_id, run.state), (draft, "incident"))
        run.with_user(self.designer).action_retry()
        self.assertEqual(run.state, "running")
        self.assertEqual(order.scrm_handler_ids, self.eve)

    def test_the_record_goes_on_by_itself(self):
        """A condition of the new version that holds already is not waited for."""
        order = self.begin()
        order.area = 5
        draft = self.first.with_user(self.designer)._copy_as_draft()
        self.node(draft, "triage").auto_condition = "[('area', '>', 1)]"
        plan = self.plan(draft)
        plan.action_start()
        self.assertEqual(order.scrm_node_key, "visit")
        with self.assertRaisesRegex(UserError, "cannot be taken back"):
            plan.run_ids.action_undo()

    def test_plans_lead_to_nodes_of_the_version(self):
        self.begin()
        draft = self.renamed_draft()
        plan = self.plan(draft)
        with self.assertRaisesRegex(ValidationError, "is not in"):
            plan.line_ids[0].target_id = self.node(self.first, "visit")
        for target, code in (("end", "is_end"), ("start", "is_start")):
            plan.line_ids[0].target_id = self.node(draft, target)
            plan.action_preview()
            refusal = plan.run_ids.preview["refusals"][0]
            self.assertEqual(refusal["code"], code)
        plan.line_ids[0].target_id = False
        draft = self.first.with_user(self.designer)._copy_as_draft()
        plan = self.plan(draft, {"triage": None})
        self.assertRegex(plan.run_ids.reason, "leaves the work at “Triage” where")
