"""Who has a vote, when votes are handed over or their node changes."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestFlowApprovalDelegation(ApprovalCase):
    def test_a_vote_is_handed_over(self):
        order = self.at_review()
        order.with_user(self.bob).scrm_step_transfer(self.eve.id, "Holiday")
        self.assertEqual(order.scrm_handler_ids, self.eve | self.cid | self.designer)
        self.assertEqual(len(self.step(order).vote_ids), 3)
        self.assertEqual(self.step(order).vote_ids[0].previous_user_id, self.bob)
        with self.assertRaises(AccessError):
            self.vote(order, self.bob)
        for user in (self.eve, self.cid, self.designer):
            self.vote(order, user)
        self.assertEqual(order.scrm_node_key, "pay")

    def test_nobody_gets_two_votes(self):
        order = self.at_review()
        self.vote(order, self.bob)
        for user in (self.bob, self.designer):
            with self.assertRaisesRegex(UserError, "already"):
                order.with_user(self.cid).scrm_step_transfer(user.id, "Holiday")

    def test_a_manager_says_whose(self):
        self.change_review(handler_user_ids=[(6, 0, (self.bob | self.cid).ids)])
        order = self.at_review()
        manager = order.with_user(self.designer)
        with self.assertRaisesRegex(UserError, "whose vote"):
            manager.scrm_step_transfer(self.eve.id, "Holiday")
        with self.assertRaisesRegex(AccessError, "flow manager"):
            order.with_user(self.bob).scrm_step_transfer(
                self.eve.id, "Holiday", from_user_id=self.cid.id
            )
        names = [
            offer["name"]
            for offer in manager.scrm_flow_actions[0]["operations"]
            if offer["method"] == "scrm_step_transfer"
        ]
        self.assertEqual(names, ["Hand Over: Bob", "Hand Over: Cid"])
        manager.scrm_step_transfer(self.eve.id, "Holiday", from_user_id=self.cid.id)
        self.assertEqual(order.scrm_handler_ids, self.bob | self.eve)

    def test_one_more_approver_is_needed_as_well(self):
        order = self.at_review()
        order.with_user(self.bob).scrm_step_add_handler(self.eve.id)
        for user in (self.bob, self.cid, self.designer):
            self.vote(order, user)
        self.assertEqual(order.scrm_node_key, "review")
        self.vote(order, self.eve)
        self.assertEqual(order.scrm_node_key, "pay")

    def test_in_order_the_new_one_comes_last(self):
        self.change_review(approval_order="serial", **self.in_order(self.bob, self.cid))
        order = self.at_review()
        order.with_user(self.bob).scrm_step_add_handler(self.eve.id)
        self.assertEqual(order.scrm_handler_ids, self.bob)
        self.vote(order, self.bob)
        order.with_user(self.cid).scrm_step_transfer(self.designer.id, "Holiday")
        self.assertEqual(order.scrm_handler_ids, self.designer)
        self.vote(order, self.designer)
        self.assertEqual(order.scrm_handler_ids, self.eve)

    def test_the_ladder_gives_it_to_others(self):
        """Votes that were given count; who is late is replaced."""
        rung = {
            "hours": 1,
            "anchor": "opening",
            "action": "reassign",
            "user_ids": [(6, 0, self.eve.ids)],
        }
        self.change_review(rung_ids=[(0, 0, rung)])
        order = self.at_review()
        self.vote(order, self.bob)
        timer = self.env["scrm.flow.timer"].search(
            [("step_id", "=", self.step(order).id), ("kind", "=", "rung")]
        )
        timer._fire()
        self.assertEqual(order.scrm_handler_ids, self.eve)
        self.assertEqual(self.votes(order), [("Bob", "approved"), ("Eve", "asked")])
        self.vote(order, self.eve)
        self.assertEqual(order.scrm_node_key, "pay")


@tagged("post_install", "-at_install")
class TestFlowApprovalMigrated(ApprovalCase):
    """What happens to votes when the policy of their node changes."""

    def migrate(self, order):
        plan = (
            self.env["scrm.flow.migration"]
            .with_user(self.designer)
            .create({"version_id": self.flow.published_version_id.id})
        )
        plan.action_preview()
        plan.action_start()
        self.assertEqual(plan.run_ids.run_id, order.scrm_run_id)
        self.assertEqual(order.scrm_run_id.version_id, self.flow.published_version_id)
        return plan

    def test_serial_becomes_parallel(self):
        """Who has voted has voted; all others are asked at once.

        Covers: F12
        """
        self.change_review(approval_order="serial")
        order = self.at_review()
        self.vote(order, self.bob)
        self.assertEqual(order.scrm_handler_ids, self.cid)
        self.change_review(approval_order="parallel")
        self.migrate(order)
        self.assertEqual(order.scrm_handler_ids, self.cid | self.designer)
        self.assertEqual(self.votes(order)[0], ("Bob", "approved"))
        self.vote(order, self.designer)
        self.vote(order, self.cid)
        self.assertEqual(order.scrm_node_key, "pay")

    def test_undone_it_is_serial_again(self):
        self.change_review(approval_order="serial")
        order = self.at_review()
        self.vote(order, self.bob)
        self.change_review(approval_order="parallel")
        plan = self.migrate(order)
        self.assertEqual(order.scrm_handler_ids, self.cid | self.designer)
        plan.action_undo()
        self.assertEqual(order.scrm_handler_ids, self.cid)
        self.assertEqual(self.votes(order)[0], ("Bob", "approved"))
        self.vote(order, self.cid)
        self.assertEqual(order.scrm_handler_ids, self.designer)

    def test_too_few_to_ask_is_an_incident(self):
        order = self.at_review()
        self.change_review(
            handler_rule="role",
            handler_group_id=self.env["res.groups"].create({"name": "Nobody"}).id,
        )
        self.migrate(order)
        self.assertEqual(order.scrm_run_id.state, "incident")
        self.assertIn("only 0 people", order.scrm_run_id.incident_reason)

    def test_parallel_becomes_serial(self):
        order = self.at_review()
        self.vote(order, self.cid)
        self.change_review(approval_order="serial")
        self.migrate(order)
        self.assertEqual(order.scrm_handler_ids, self.bob)
        self.vote(order, self.bob)
        self.assertEqual(order.scrm_handler_ids, self.designer)

    def test_what_is_certain_now_happens_at_once(self):
        order = self.at_review()
        self.vote(order, self.cid)
        self.change_review(approval_policy="one")
        self.migrate(order)
        self.assertEqual(order.scrm_node_key, "pay")
        self.assertEqual(
            self.votes(order),
            [("Bob", "dropped"), ("Cid", "approved"), ("Designer", "dropped")],
        )

    def test_delegated_votes_stay_with_the_same_approvers(self):
        order = self.at_review()
        order.with_user(self.bob).scrm_step_transfer(self.eve.id, "Holiday")
        self.change_review(approval_policy="count")
        self.migrate(order)
        self.assertEqual(order.scrm_handler_ids, self.eve | self.cid | self.designer)

    def test_other_approvers(self):
        """Votes that were given keep their seats; the new ones come after them."""
        order = self.at_review()
        self.vote(order, self.cid)
        self.change_review(handler_user_ids=[(6, 0, (self.eve | self.cid).ids)])
        self.migrate(order)
        self.assertEqual(self.votes(order), [("Cid", "approved"), ("Eve", "asked")])
        self.vote(order, self.eve)
        self.assertEqual(order.scrm_node_key, "pay")

    def test_a_task_becomes_an_approval(self):
        order = self.start()
        draft = self.flow.published_version_id._copy_as_draft()
        nodes = {node.key: node for node in draft.node_ids}
        edges = {edge.key: edge for edge in draft.transition_ids}
        nodes["ask"].write(
            {"type": "approval", "handler_user_ids": [(6, 0, self.cid.ids)]}
        )
        edges["asked"].outcome = "approved"
        edges["asked"].copy(
            {
                "version_id": draft.id,
                "key": "not_asked",
                "outcome": "rejected",
                "target_id": nodes["end"].id,
            }
        )
        draft.action_publish()
        self.migrate(order)
        self.assertEqual(self.step(order)._handlers(), self.cid)
        self.vote(order, self.cid)
        self.assertEqual(order.scrm_node_key, "review")


@tagged("post_install", "-at_install")
class TestFlowApprovalLeave(ApprovalCase):
    """An approver on leave is waited for; who answers for the flow can hand over."""

    def setUp(self):
        super().setUp()
        self.flow.owner_id = self.designer
        self.change_review(handler_user_ids=[(6, 0, (self.bob | self.cid).ids)])

    def leave(self, user):
        """The user's leave begins now, and the crons have run."""
        resource = self.env["resource.resource"].create(
            {"name": user.name, "user_id": user.id, "tz": "UTC"}
        )
        now = self.env["scrm.clock"].now()
        self.env["resource.calendar.leaves"].create(
            {
                "resource_id": resource.id,
                "date_from": now - timedelta(hours=1),
                "date_to": now + timedelta(days=3),
            }
        )
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["scrm.flow.timer"]._fire_due()

    def told(self, order):
        """How often the owner of the flow was told that nobody takes over."""
        return self.env["mail.message"].search_count(
            [
                ("partner_ids", "in", self.designer.partner_id.ids),
                ("subject", "like", "nobody can take over “Review”"),
                ("res_id", "=", order.id),
            ]
        )

    def test_any_absent_approver_is_waited_for(self):
        """Not only the first one who is asked; the owner of the flow is told."""
        for user in (self.bob, self.cid):
            with self.subTest(user=user.name):
                order = self.at_review()
                self.leave(user)
                self.assertEqual(self.told(order), 1)
                self.assertEqual(
                    self.votes(order), [("Bob", "asked"), ("Cid", "asked")]
                )
                # others' open approvals of the same person must not disturb
                order.with_user(self.designer).scrm_flow_cancel("Next one")

    def test_a_vote_that_was_given_stays(self):
        order = self.at_review()
        self.vote(order, self.cid)
        self.leave(self.cid)
        self.assertEqual(self.told(order), 0, "nobody waits for him")
        self.leave(self.bob)
        self.assertEqual(self.told(order), 1)
        self.assertEqual(self.votes(order), [("Bob", "asked"), ("Cid", "approved")])
        order.with_user(self.designer).scrm_step_transfer(
            self.eve.id, "Bob is away", from_user_id=self.bob.id
        )
        self.assertEqual(self.votes(order), [("Eve", "asked"), ("Cid", "approved")])
        self.vote(order, self.eve)
        self.assertEqual(order.scrm_node_key, "pay")

    def test_a_voter_cannot_hand_his_vote_over(self):
        order = self.at_review()
        self.vote(order, self.bob)
        with self.assertRaises(UserError):
            order.with_user(self.bob).scrm_step_transfer(self.eve.id, "After all")
        with self.assertRaises(UserError):
            order.with_user(self.designer).scrm_step_transfer(
                self.eve.id, "After all", from_user_id=self.bob.id
            )
        self.assertEqual(self.votes(order), [("Bob", "approved"), ("Cid", "asked")])

    def test_a_node_that_keeps_its_steps_tells_nobody(self):
        self.change_review(reassign_on_leave=False)
        order = self.at_review()
        self.leave(self.cid)
        self.assertEqual(self.told(order), 0)
        self.assertEqual(len(self.step(order).vote_ids), 2)
