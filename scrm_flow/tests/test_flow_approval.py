"""Decisions of several people, as the people themselves."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestFlowApproval(ApprovalCase):
    def test_all_at_once(self):
        order = self.at_review()
        self.assertEqual(order.scrm_handler_ids, self.bob | self.cid | self.designer)
        self.assertEqual(
            self.vote(order, self.cid), {"node": "review", "state": "running"}
        )
        self.assertEqual(order.scrm_handler_ids, self.bob | self.designer)
        self.assertEqual(
            self.votes(order),
            [("Bob", "asked"), ("Cid", "approved"), ("Designer", "asked")],
        )
        self.vote(order, self.designer, reason=" Only this once ")
        self.assertEqual(order.scrm_node_key, "review")
        self.assertEqual(
            self.vote(order, self.bob), {"node": "pay", "state": "running"}
        )
        self.assertEqual(order.scrm_handler_ids, self.eve)
        self.assertEqual(
            self.events(order)[4:], ["vote", "vote", "vote", "complete", "open"]
        )
        log = order.scrm_run_id.log_ids.sorted("sequence")
        self.assertEqual(log[5].description, "Approved: Only this once")
        self.assertEqual(log[5].user_id, self.designer)
        self.assertFalse(self.env["scrm.flow.log"].verify(order.scrm_run_id))

    def test_a_rejection_goes_back_with_its_reason(self):
        """Who asked gets the work back, and everybody is asked anew.

        Covers: F13
        """
        order = self.at_review()
        self.vote(order, self.bob)
        for reason in (None, "", "  ", 3):
            with self.subTest(reason=reason), self.assertRaisesRegex(UserError, "why"):
                self.vote(order, self.cid, "rejected", reason)
        self.assertEqual(
            self.vote(order, self.cid, "rejected", "No receipt"),
            {"node": "ask", "state": "running"},
        )
        self.assertEqual(order.scrm_handler_ids, self.ann)
        self.assertEqual(
            self.votes(order),
            [("Bob", "approved"), ("Cid", "rejected"), ("Designer", "dropped")],
        )
        log = order.scrm_run_id.log_ids.sorted("sequence")
        self.assertEqual(log[-3].description, "Rejected: No receipt")
        order.with_user(self.ann).scrm_step_complete()
        self.assertEqual(
            self.votes(order),
            [("Bob", "asked"), ("Cid", "asked"), ("Designer", "asked")],
        )

    def test_it_goes_back_to_who_did_it(self):
        """Not to the next of the role in turn."""
        draft = self.flow.published_version_id._copy_as_draft()
        draft.node_ids.filtered(lambda node: node.key == "ask").write(
            {"handler_rule": "role", "handler_group_id": self.role.id}
        )
        draft.node_ids.filtered(lambda node: node.key == "review").write(
            {"handler_user_ids": [(6, 0, self.eve.ids)]}
        )
        draft.action_publish()
        order = self.start()
        worker = order.scrm_handler_ids
        order.with_user(worker).scrm_step_complete()
        self.vote(order, self.eve, "rejected", "No receipt")
        self.assertEqual(order.scrm_handler_ids, worker)

    def test_one_after_the_other(self):
        self.change_review(
            approval_order="serial", **self.in_order(self.designer, self.bob, self.cid)
        )
        order = self.at_review()
        for user in (self.designer, self.bob, self.cid):
            self.assertEqual(order.scrm_handler_ids, user)
            for other in (self.designer | self.bob | self.cid) - user:
                with self.assertRaises(UserError):
                    self.vote(order, other)
            self.vote(order, user)
        self.assertEqual(order.scrm_node_key, "pay")

    def test_one_is_enough(self):
        self.change_review(approval_policy="one")
        order = self.at_review()
        self.vote(order, self.bob, "rejected", "Not me")
        self.assertEqual(order.scrm_node_key, "review", "others may still approve")
        self.vote(order, self.cid)
        self.assertEqual(order.scrm_node_key, "pay")
        refused = self.at_review()
        for user in (self.bob, self.cid, self.designer):
            self.assertEqual(refused.scrm_node_key, "review")
            self.vote(refused, user, "rejected", "No")
        self.assertEqual(refused.scrm_node_key, "ask")

    def test_two_of_three(self):
        """Decided as soon as it is certain, not later.

        Covers in part: F02
        """
        self.change_review(approval_policy="count", approval_count=2)
        order = self.at_review()
        self.vote(order, self.bob)
        self.vote(order, self.cid)
        self.assertEqual(order.scrm_node_key, "pay")
        self.assertEqual(self.votes(order)[2], ("Designer", "dropped"))
        refused = self.at_review()
        self.vote(refused, self.bob, "rejected", "No")
        self.assertEqual(refused.scrm_node_key, "review")
        self.vote(refused, self.designer, "rejected", "No")
        self.assertEqual(refused.scrm_node_key, "ask")

    def test_who_how_and_when(self):
        """A node says who is responsible, how it is approved, and what must hold
        before the next one.

        Covers: F02
        """
        self.change_review(approval_policy="all")
        draft = self.flow.published_version_id._copy_as_draft()
        way = draft.transition_ids.filtered(lambda way: way.source_id.key == "ask")
        way.condition = "[('area', '>', 0)]"
        draft.action_publish()
        self.flow = draft.flow_id
        order = self.start()
        self.assertEqual(order.scrm_handler_ids, self.ann)
        with self.assertRaisesRegex(UserError, "no way to go on is open"):
            order.with_user(self.ann).scrm_step_complete()
        order.area = 5
        with self.assertRaises(AccessError):
            order.with_user(self.bob).scrm_step_complete()
        order.with_user(self.ann).scrm_step_complete()
        people = order.scrm_handler_ids
        self.assertEqual(people, self.bob | self.cid | self.designer)
        for user in people[:-1]:
            self.vote(order, user)
            self.assertEqual(order.scrm_node_key, "review")
        self.vote(order, people[-1])
        self.assertEqual(order.scrm_node_key, "pay")

    def test_a_role_means_all_its_members(self):
        self.change_review(handler_rule="role", handler_group_id=self.role.id)
        self.assertEqual(self.at_review().scrm_handler_ids, self.bob | self.cid)

    def test_nobody_votes_twice(self):
        order = self.at_review()
        self.vote(order, self.bob)
        with self.assertRaisesRegex(UserError, "voted on “Review” already"):
            self.vote(order, self.bob, "rejected", "I changed my mind")
        vote = self.step(order).vote_ids[0]
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            vote.decision = "rejected"
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            vote.unlink()
        self.vote(order, self.cid)
        self.vote(order, self.designer)
        with self.assertRaisesRegex(UserError, "no votes"):
            self.vote(order, self.eve)

    def test_only_approvers_vote(self):
        order = self.at_review()
        for user in (self.eve, self.ann, self.watcher, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.vote(order, user)
        vote = self.step(order).vote_ids[0]
        for user in (self.bob, self.designer):
            with self.assertRaises(AccessError):
                vote.with_user(user).decision = "approved"
        self.change_review(
            handler_rule="people", handler_user_ids=[(6, 0, self.bob.ids)]
        )
        order = self.at_review()
        with self.assertRaisesRegex(AccessError, "decided by Bob"):
            self.vote(order, self.designer)
        self.assertFalse(any(vote.decision for vote in self.step(order).vote_ids))

    def test_no_way_around_the_votes(self):
        order = self.at_review()
        for user in (self.bob, self.designer):
            own = order.with_user(user)
            for operate in (
                lambda own=own: own.scrm_step_complete("agreed"),
                lambda own=own: own.scrm_step_claim(),
                lambda own=own: own.scrm_step_accept(),
                lambda own=own: own.scrm_step_reject("ask", "why"),
            ):
                with self.assertRaisesRegex(UserError, "decided by votes"):
                    operate()
        self.vote(order, self.bob)
        with self.assertRaisesRegex(UserError, "nothing"):
            order.with_user(self.ann).scrm_step_recall()
        self.vote(order, self.cid)
        self.vote(order, self.designer)
        with self.assertRaisesRegex(UserError, "nothing"):
            order.with_user(self.designer).scrm_step_recall()

    def test_what_is_no_decision(self):
        order = self.at_review()
        for decision in ("yes", None, True, "done"):
            with self.subTest(decision=decision), self.assertRaises(UserError):
                self.vote(order, self.bob, decision)
        waiting = self.start()
        with self.assertRaisesRegex(UserError, "no votes"):
            self.vote(waiting, self.ann)


@tagged("post_install", "-at_install")
class TestFlowRequester(ApprovalCase):
    def test_who_asks_does_not_approve(self):
        people = [(6, 0, (self.ann | self.bob).ids)]
        self.change_review(handler_user_ids=people)
        order = self.at_review()
        self.assertEqual(order.scrm_handler_ids, self.bob)
        self.assertIn("Left out: Ann (asks for it", self.step(order).assign_reason)
        with self.assertRaisesRegex(UserError, "asks for it"):
            order.with_user(self.bob).scrm_step_transfer(self.ann.id, "Holiday")
        self.vote(order, self.bob)
        self.assertEqual(order.scrm_node_key, "pay")

    def test_unless_the_node_allows_it(self):
        people = [(6, 0, (self.ann | self.bob).ids)]
        self.change_review(handler_user_ids=people, requester_may_approve=True)
        order = self.at_review()
        self.assertEqual(order.scrm_handler_ids, self.ann | self.bob)
        self.vote(order, self.ann)
        self.vote(order, self.bob)
        self.assertEqual(order.scrm_node_key, "pay")

    def test_who_approved_before_may_approve_again(self):
        """The requester of two approvals in a row is who did the task before."""
        draft = self.flow.published_version_id._copy_as_draft()
        nodes = {node.key: node for node in draft.node_ids}
        again = nodes["review"].copy(
            {"key": "again", "version_id": draft.id, "name": "Again"}
        )
        edges = {edge.key: edge for edge in draft.transition_ids}
        values = {"version_id": draft.id, "source_id": again.id}
        edges["agreed"].copy({**values, "key": "agreed_again"})
        edges["refused"].copy({**values, "key": "refused_again"})
        edges["agreed"].target_id = again
        draft.action_publish()
        order = self.at_review()
        for user in (self.bob, self.cid, self.designer):
            self.vote(order, user)
        self.assertEqual(order.scrm_node_key, "again")
        self.assertEqual(order.scrm_handler_ids, self.bob | self.cid | self.designer)
        with self.assertRaisesRegex(UserError, "asks for it"):
            order.with_user(self.bob).scrm_step_transfer(self.ann.id, "Holiday")

    def test_nobody_left_to_ask(self):
        self.change_review(handler_user_ids=[(6, 0, self.ann.ids)])
        order = self.at_review()
        run = order.scrm_run_id
        self.assertEqual(run.state, "incident")
        self.assertIn("needs 1 approvals, but only 0", run.incident_reason)
        self.change_review(handler_user_ids=[(6, 0, self.bob.ids)])

    def test_too_few_left_then_retried(self):
        self.change_review(
            handler_user_ids=[(6, 0, (self.bob | self.cid).ids)],
            approval_policy="count",
            approval_count=2,
        )
        self.cid.active = False
        order = self.at_review()
        self.assertEqual(order.scrm_run_id.state, "incident")
        self.cid.active = True
        order.scrm_run_id.with_user(self.designer).action_retry()
        self.assertEqual(order.scrm_handler_ids, self.bob | self.cid)
        self.vote(order, self.bob)
        self.vote(order, self.cid)
        self.assertEqual(order.scrm_node_key, "pay")
