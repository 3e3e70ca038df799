from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import FlowCase


@tagged("post_install", "-at_install")
class TestHandover(FlowCase):
    """Bob leaves. The visit is done by Bob or Cid, in turn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, login="boss", groups="base.group_erp_manager", name="Boss"
        )
        cls.customers = cls.env["res.partner"].create(
            [
                {"name": "Lotus", "user_id": cls.bob.id},
                {"name": "Orchid", "user_id": cls.bob.id, "active": False},
            ]
        )

    def visit(self):
        order = self.start(area=40)
        order.with_user(self.ann).scrm_step_complete("accept")
        return order.scrm_step_ids.filtered(lambda step: step.node_key == "visit")

    def visits_of_bob(self, number=1):
        visits = [self.visit() for _number in range(2 * number)]
        mine = [step for step in visits if step.user_id == self.bob]
        self.assertEqual(len(mine), number)
        return mine

    def done(self):
        return self.env["scrm.handover"].search([("user_id", "=", self.bob.id)])

    def archive(self):
        """As any client does, by RPC."""
        self.bob.with_user(self.admin).write({"active": False})

    def share_of(self, kind, handover=None):
        lines = (handover or self.done()).line_ids
        return lines.filtered(lambda line: line.kind == kind)

    def assert_nothing_is_left(self):
        for kind in self.env["scrm.handover.kind"]._kinds():
            self.assertFalse(kind._held(self.bob), kind._name)

    def test_archived_without_a_plan(self):
        """Steps go by the rule of the node, the rest to who keeps the house.

        Covers: R14
        """
        step = self.visits_of_bob()[0]
        pool = self.env["scrm.flow.backup.pool"].create(
            {"name": "Peak", "key": "peak", "user_ids": [Command.link(self.bob.id)]}
        )
        self.flow.owner_id = self.bob
        activity = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.customers[0].id,
                "user_id": self.bob.id,
                "summary": "Call",
            }
        )
        self.bob.with_user(self.admin).action_archive()
        self.assert_nothing_is_left()
        self.assertEqual(step.user_id, self.cid)
        self.assertEqual(self.Order.browse(step.res_id).scrm_handler_ids, self.cid)
        self.assertIn("Bob has left.", step.assign_reason)
        line = step.run_id.log_ids.sorted("sequence")[-1]
        self.assertEqual(line.event, "reassign")
        self.assertIn("Bob has left.", line.description)
        heirs = self.customers.user_id
        self.assertEqual(len(heirs), 1)
        self.assertTrue(heirs.has_group("scrm_flow.group_manager"))
        self.assertEqual(activity.exists().user_id, heirs)
        self.assertEqual(self.flow.owner_id, heirs)
        self.assertFalse(pool.with_context(active_test=False).user_ids)
        handover = self.done()
        self.assertEqual(handover.state, "done")
        self.assertEqual(handover.done_by_id, self.admin)
        self.assertEqual(self.share_of("step").by, "rule")
        self.assertEqual(self.share_of("step").res_ids, step.ids)
        self.assertEqual(self.share_of("customer").by, "keeper")
        self.assertEqual(self.share_of("customer").count, 2)
        self.assertEqual(self.share_of("backup_pool").by, "ends")

    def test_the_plan_is_what_happens(self):
        """A successor, and one thing for somebody else; shown first, then done.

        Covers: R14
        """
        step = self.visits_of_bob()[0]
        action = self.bob.with_user(self.admin).action_scrm_leave()
        plan = self.env["scrm.handover"].with_user(self.admin).browse(action["res_id"])
        self.assertEqual(self.share_of("step", plan).person_id, self.cid)
        plan.successor_id = self.eve
        self.assertEqual(plan.line_ids.person_id, self.eve)
        self.assertEqual(set(plan.line_ids.mapped("by")), {"successor"})
        self.share_of("customer", plan).chosen_id = self.ann
        plan.action_plan()
        self.assertEqual(self.share_of("customer", plan).by, "chosen")
        self.assertEqual(self.customers.user_id, self.bob)
        self.assertTrue(self.bob.active)
        plan.action_apply()
        self.assertFalse(self.bob.active)
        self.assertEqual(step.user_id, self.eve)
        self.assertIn("Eve takes it over: Successor.", step.assign_reason)
        self.assertEqual(self.customers.user_id, self.ann)
        self.assert_nothing_is_left()
        self.assertEqual(self.done(), plan)
        with self.assertRaisesRegex(UserError, "handover is done"):
            plan.action_apply()
        with self.assertRaisesRegex(UserError, "handover is done"):
            plan.successor_id = self.cid
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            plan.unlink()

    def test_a_pool_shares_evenly(self):
        """Covers: R14"""
        self.env["scrm.flow.backup.pool"].create(
            {
                "name": "Heirs",
                "key": "heirs",
                "takes_over": True,
                "user_ids": [Command.set((self.ann | self.eve).ids)],
            }
        )
        self.archive()
        self.assertEqual(self.customers.user_id, self.ann | self.eve)
        self.assertEqual(self.share_of("customer").mapped("by"), ["pool", "pool"])

    def test_shared_steps_stay_with_the_others(self):
        """Covers: R14"""
        draft = self.flow.published_version_id._copy_as_draft()
        node = draft.node_ids.filtered(lambda node: node.key == "visit")
        node.handler_choice = "pool"
        draft.action_publish()
        step = self.visit()
        self.assertEqual(step.user_id | step.candidate_ids, self.bob | self.cid)
        self.archive()
        self.assertEqual(step.user_id, self.cid)
        self.assertFalse(step.with_context(active_test=False).candidate_ids)
        self.assertEqual(self.share_of("step").by, "colleagues")

    def test_a_frozen_step_changes_hands_too(self):
        step = self.visits_of_bob()[0]
        order = self.Order.browse(step.res_id)
        order.with_user(self.designer).scrm_flow_freeze("audit")
        self.archive()
        self.assertEqual(step.user_id, self.cid)

    def test_a_seat_in_an_approval(self):
        """It goes to somebody who has none, and does not ask for it.

        Covers: R14
        """
        draft = self.flow.published_version_id._copy_as_draft()
        visit = draft.node_ids.filtered(lambda node: node.key == "visit")
        visit.type = "approval"
        for way, outcome in zip(visit._ways(), ["approved"], strict=True):
            way.outcome = outcome
        self.env["scrm.flow.transition"].create(
            {
                "version_id": draft.id,
                "key": "back",
                "source_id": visit.id,
                "target_id": draft.node_ids.filtered(lambda n: n.key == "triage").id,
                "outcome": "rejected",
            }
        )
        draft.action_publish()
        step = self.visit()
        self.assertEqual(step.vote_ids.user_id, self.bob | self.cid)
        plan = self.env["scrm.handover"].create({"user_id": self.bob.id})
        plan.successor_id = self.cid  # has a seat already
        self.assertNotEqual(self.share_of("step", plan).person_id, self.cid)
        plan.successor_id = self.ann  # did the task before
        self.assertNotEqual(self.share_of("step", plan).person_id, self.ann)
        plan.successor_id = self.eve
        self.archive()
        self.assertEqual(step.vote_ids.user_id, self.eve | self.cid)
        self.assertEqual(step._handlers(), self.eve | self.cid)

    def test_nobody_can(self):
        """The manager is told; it is no reason to leave the access open.

        Covers: R14
        """
        company = self.env["res.company"].create({"name": "Elsewhere"})
        (self.ann | self.bob).company_ids |= company
        order = self.Order.create({"name": "Far", "company_id": company.id})
        order.scrm_flow_start(self.flow)
        order.with_user(self.ann).scrm_step_complete("accept")
        step = order.scrm_step_ids.filtered(lambda step: step.node_key == "visit")
        self.assertEqual(step.user_id, self.bob)
        self.archive()
        self.assertFalse(self.bob.active)
        self.assertEqual(step.run_id.log_ids.sorted("sequence")[-1].event, "stay")
        handover = self.done()
        self.assertEqual(self.share_of("step").by, "nobody")
        self.assertEqual(handover.nobody_count, 1)
        told = self.env["mail.message"].search(
            [("model", "=", "scrm.handover"), ("res_id", "=", handover.id)]
        )
        self.assertIn(self.designer.partner_id, told.notified_partner_ids)

    def test_what_reaches_a_leaver_afterwards(self):
        """Somebody had not seen yet that Bob was gone; once it is noticed it goes on.

        Covers: R14
        """
        step = self.visits_of_bob()[0]
        self.archive()
        self.assertEqual(step.user_id, self.cid)
        step.user_id = self.customers.user_id = self.bob
        with self.enter_registry_test_mode():
            self.env.ref("scrm_flow.ir_cron_handover").method_direct_trigger()
        self.assertEqual(step.user_id, self.cid)
        self.assertTrue(self.customers.user_id.active)
        self.assert_nothing_is_left()
        self.assertEqual(len(self.done()), 2)
        with self.enter_registry_test_mode():
            self.env.ref("scrm_flow.ir_cron_handover").method_direct_trigger()
        self.assertEqual(len(self.done()), 2)

    def test_who_may(self):
        """Whoever may not archive people cannot plan it, nor write what happened.

        Covers: R14
        """
        plans = self.env["scrm.handover"]
        for user in (self.designer, self.eve):
            with self.assertRaises(AccessError):
                plans.with_user(user).create({"user_id": self.bob.id})
            with self.assertRaises(AccessError):
                self.bob.with_user(user).action_scrm_leave()
        plan = plans.with_user(self.admin).create({"user_id": self.bob.id})
        with self.assertRaises(AccessError):
            plan.write({"state": "done"})
        with self.assertRaises(AccessError):
            plan.line_ids.write({"person_id": self.eve.id})
        with self.assertRaises(AccessError):
            plan.line_ids.unlink()
        with self.assertRaises(AccessError):
            plans.with_user(self.admin).create(
                {"user_id": self.cid.id, "state": "done"}
            )
        with self.assertRaises(AccessError):
            plan.with_user(self.eve).read(["name"])
        with self.assertRaises(UserError), self.env.cr.savepoint():
            plan.successor_id = self.bob
        self.assertEqual(plan.with_user(self.designer).state, "draft")

    def test_the_machine_and_oneself_stay(self):
        with self.assertRaises(UserError):
            self.admin.with_user(self.admin).action_archive()
        self.assertTrue(self.admin.active)
        self.assertFalse(self.env["scrm.handover"].search([]))

    def test_a_customer_leaves_no_trace(self):
        self.portal.action_archive()
        self.assertFalse(self.env["scrm.handover"].search([]))


@tagged("post_install", "-at_install")
class TestAccessEnds(HttpCase):
    def test_sessions_keys_and_devices(self):
        """Shut at once, and not open again for somebody who is taken on anew.

        Covers: R14
        """
        user = new_test_user(self.env, login="leaver", groups="base.group_user")
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        key = keys._generate(None, "a script", None)
        self.env["mail.push.device"].create(
            {
                "partner_id": user.partner_id.id,
                "endpoint": "https://push.example/1",
                "keys": "{}",
            }
        )
        self.authenticate("leaver", "leaver")
        self.env["res.device.log"].create(
            {
                "session_identifier": self.session.sid[:42],
                "user_id": user.id,
                "last_activity": "2026-03-02 08:00:00",
                "revoked": False,
            }
        )

        def key_opens():
            return keys._check_credentials(scope="rpc", key=key)

        def is_in():
            answer = self.url_open("/odoo", allow_redirects=False)
            return answer.status_code == 200

        self.assertEqual(key_opens(), user.id)
        self.assertTrue(is_in())
        user.action_archive()
        self.assertFalse(is_in())
        self.assertFalse(key_opens())
        handover = self.env["scrm.handover"].search([("user_id", "=", user.id)])
        self.assertEqual(handover.ended, {"sessions": 1, "keys": 1, "push": 1})
        self.assertIn("API keys: 1", handover.ended_text)
        user.action_unarchive()
        self.assertFalse(is_in())
        self.assertFalse(key_opens())
