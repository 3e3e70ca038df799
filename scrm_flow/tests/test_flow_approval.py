"""Decisions of several people, as the people themselves."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import FlowCase


class ApprovalCase(FlowCase):
    """Ann asks for a refund, then others approve it::

        start -> ask (Ann) -> review --approved--> pay (Eve) -> end
                  ^             |
                  +--rejected---+
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flow = cls.make_approval()

    @classmethod
    def make_approval(cls, key="refund", **values):
        def people(*users):
            return {
                "handler_rule": "people",
                "handler_user_ids": [(6, 0, [user.id for user in users])],
            }

        version = cls.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "ask", "type": "user_task", **people(cls.ann)},
                {
                    "key": "review",
                    "type": "approval",
                    **people(cls.bob, cls.cid, cls.designer),
                    **values,
                },
                {"key": "pay", "type": "user_task", **people(cls.eve)},
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "ask", {}),
                ("asked", "ask", "review", {}),
                ("agreed", "review", "pay", {"outcome": "approved"}),
                ("refused", "review", "ask", {"outcome": "rejected"}),
                ("paid", "pay", "end", {}),
            ],
            key=key,
        )
        version.action_publish()
        return version.flow_id

    @classmethod
    def change_review(cls, **values):
        draft = cls.flow.published_version_id._copy_as_draft()
        draft.node_ids.filtered(lambda node: node.key == "review").write(values)
        draft.action_publish()

    @classmethod
    def in_order(cls, *users):
        lines = [
            (0, 0, {"rank": rank, "user_id": user.id})
            for rank, user in enumerate(users)
        ]
        return {"handler_rule": "in_order", "handler_line_ids": [(5,), *lines]}

    def at_review(self):
        order = self.start()
        order.with_user(self.ann).scrm_step_complete()
        return order

    def vote(self, order, user, decision="approved", reason=None):
        return order.with_user(user).scrm_step_vote(decision, reason)

    def step(self, order):
        return order.scrm_step_ids.filtered(lambda step: step.state == "open")

    def votes(self, order, key="review"):
        step = order.scrm_step_ids.filtered(lambda step: step.node_key == key)[-1:]
        return [(vote.user_id.name, vote.state) for vote in step.vote_ids]


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
        self.change_review(
            approval_order="serial", **self.in_order(self.bob, self.cid)
        )
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
        step, run = self.step(order), order.scrm_run_id
        old = step._compiled_node()
        version = self.flow.published_version_id
        node = version.node_ids.filtered(lambda node: node.key == step.node_key)
        run.version_id = version
        step.node_id = node
        node_type = self.env["scrm.flow.node.type"]._kind(node.type)
        node_type._migrated(step, old, step._compiled_node())
        engine = self.env["scrm.flow.engine"]
        engine._settle([engine._operation(run)])
        node_type._after_migration(order, step, step._compiled_node())

    def test_serial_becomes_parallel(self):
        """Who has voted has voted; all others are asked at once.

        Covers in part: F12
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
class TestFlowApprovalShown(ApprovalCase):
    def test_buttons_of_an_approver(self):
        order = self.at_review()
        (action,) = order.with_user(self.bob).scrm_flow_actions
        self.assertEqual(action["transitions"], [])
        direct = [offer for offer in action["operations"] if offer["direct"]]
        self.assertEqual(
            [(offer["name"], offer["asks"]) for offer in direct],
            [("Approve", []), ("Reject", ["reason"])],
        )
        keys = [offer["key"] for offer in action["operations"]]
        self.assertEqual(len(keys), len(set(keys)))
        getattr(order.with_user(self.bob), direct[0]["method"])(**direct[0]["args"])
        self.assertFalse(order.with_user(self.bob).scrm_flow_actions)
        self.assertFalse(order.with_user(self.eve).scrm_flow_actions)

    def test_who_decided_what_on_the_record(self):
        order = self.at_review()
        self.vote(order, self.cid, reason="Fine")

        def shown(**options):
            items = order.with_user(self.eve)._scrm_progress(**options)
            return next(item for item in items if item["key"] == "review")

        self.assertEqual(
            shown()["votes"],
            [
                {"name": "Bob", "state": "asked", "comment": ""},
                {"name": "Cid", "state": "approved", "comment": "Fine"},
                {"name": "Designer", "state": "asked", "comment": ""},
            ],
        )
        self.assertNotIn("votes", shown(for_customer=True))
        self.vote(order, self.bob)
        self.vote(order, self.designer)
        self.assertEqual(shown()["state"], "done")
        self.assertEqual(shown()["handlers"], ["Bob", "Cid", "Designer"])

    def test_votes_follow_the_record(self):
        order = self.at_review()
        votes = self.env["scrm.flow.vote"].search([("res_id", "=", order.id)])
        self.assertEqual(len(votes), 3)
        self.assertEqual(len(votes.with_user(self.eve).search([])), 3)
        self.env["ir.rule"].create(
            {
                "name": "none",
                "model_id": self.model.id,
                "domain_force": "[(0, '=', 1)]",
                "groups": [(6, 0, self.env.ref("base.group_user").ids)],
            }
        )
        self.assertFalse(votes.with_user(self.eve).search([]))
        with self.assertRaises(AccessError):
            votes.with_user(self.eve).read(["decision"])


@tagged("post_install", "-at_install")
class TestFlowApprovalPublish(ApprovalCase):
    def faults(self, change, **values):
        draft = self.flow.published_version_id._copy_as_draft()
        node = draft.node_ids.filtered(lambda node: node.key == "review")
        node.write(values)
        change(draft, node)
        return draft._fault_lines()

    def test_both_outcomes_lead_on(self):
        def edge(draft, key):
            return draft.transition_ids.filtered(lambda edge: edge.key == key)

        def unmark(draft, node):
            edge(draft, "refused").outcome = False

        def twice(draft, node):
            edge(draft, "refused").outcome = "approved"

        def condition(draft, node):
            edge(draft, "agreed").condition = "[('area', '>', 9)]"

        def nothing(draft, node):
            pass

        for change, values, words in (
            (unmark, {}, "outcome “Rejected”"),
            (unmark, {}, "neither approves nor rejects"),
            (twice, {}, "outcome “Approved”"),
            (condition, {}, "cannot have a condition"),
            (nothing, {"handler_rule": False}, "nobody is named"),
            (nothing, {"auto_condition": "[('area', '>', 9)]"}, "by itself"),
            (
                nothing,
                {"approval_policy": "count", "approval_count": 4},
                "needs 4 approvals, but names only 3",
            ),
            (nothing, {"approval_policy": "count", "approval_count": 0}, "at least"),
            (nothing, self.in_order(), "People, in Order"),
        ):
            with self.subTest(words=words):
                text = "\n".join(self.faults(change, **values))
                self.assertIn("Review (review): ", text)
                self.assertIn(words, text)
        self.assertFalse(self.faults(nothing))

    def test_what_is_published_stays(self):
        self.change_review(**self.in_order(self.bob, self.cid))
        node = self.flow.published_version_id.node_ids.filtered("handler_line_ids")
        for change in (
            lambda: node.write({"approval_policy": "one"}),
            lambda: node.handler_line_ids[0].unlink(),
            lambda: node.handler_line_ids[0].write({"rank": 9}),
            lambda: node.handler_line_ids.create(
                {"node_id": node.id, "user_id": self.eve.id}
            ),
        ):
            with self.assertRaisesRegex(UserError, "never changes"):
                change()
