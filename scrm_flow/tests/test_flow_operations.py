"""What people do with a step besides completing it, as the people themselves."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import FlowCase


class OperationCase(FlowCase):
    @classmethod
    def change_flow(cls, node_key=None, flow_vals=None, **values):
        """Publish the flow once more with other values at one node."""
        draft = cls.flow.published_version_id._copy_as_draft()
        if node_key:
            draft.node_ids.filtered(lambda n: n.key == node_key).write(values)
        draft.action_publish()
        cls.flow.write(flow_vals or {})

    def step(self, order):
        return order.scrm_step_ids.filtered(lambda step: step.state == "open")

    def offered(self, order, user):
        return [
            offer["key"]
            for action in order.with_user(user).scrm_flow_actions or []
            for offer in action["operations"]
        ]

    def at_visit(self, handler=None):
        """An order whose visit is Bob's: Ann did the triage."""
        order = self.start(area=40)
        order.with_user(self.ann).scrm_step_complete("accept")
        self.assertEqual(order.scrm_handler_ids, handler or self.bob)
        return order


@tagged("post_install", "-at_install")
class TestFlowClaim(OperationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        people = [(6, 0, [cls.ann.id, cls.bob.id, cls.cid.id])]
        cls.change_flow("triage", handler_user_ids=people)

    def test_claiming_a_shared_step_makes_it_mine(self):
        order = self.start()
        self.assertEqual(order.scrm_handler_ids, self.ann | self.bob | self.cid)
        self.assertIn("claim", self.offered(order, self.bob))
        answer = order.with_user(self.bob).scrm_step_claim()
        self.assertEqual(answer, {"node": "triage", "state": "running"})
        step = self.step(order)
        self.assertEqual(step.user_id, self.bob)
        self.assertTrue(step.accepted_at)
        self.assertEqual(order.scrm_handler_ids, self.bob)
        self.assertEqual(self.events(order)[-1], "claim")
        with self.assertRaisesRegex(AccessError, "is handled by Bob"):
            order.with_user(self.cid).scrm_step_claim()
        with self.assertRaises(AccessError):
            order.with_user(self.ann).scrm_step_complete("accept")
        with self.assertRaisesRegex(UserError, "yours already"):
            order.with_user(self.bob).scrm_step_claim()
        self.assertNotIn("claim", self.offered(order, self.bob))

    def test_who_does_not_share_it_cannot_claim(self):
        order = self.start()
        for user in (self.eve, self.designer):
            with self.assertRaises(AccessError):
                order.with_user(user).scrm_step_claim()
        self.assertNotIn("claim", self.offered(order, self.designer))

    def test_a_shared_step_is_claimed_not_accepted(self):
        order = self.start()
        with self.assertRaisesRegex(UserError, "claim it"):
            order.with_user(self.ann).scrm_step_accept()


@tagged("post_install", "-at_install")
class TestFlowAccept(OperationCase):
    def test_the_moment_of_acceptance_is_recorded(self):
        order = self.at_visit()
        self.assertFalse(self.step(order).accepted_at)
        with self.assertRaises(AccessError):
            order.with_user(self.designer).scrm_step_accept()
        order.with_user(self.bob).scrm_step_accept()
        step = self.step(order)
        self.assertEqual(step.accepted_by_id, self.bob)
        self.assertGreaterEqual(step.accepted_at, step.opened_at)
        self.assertEqual(self.events(order)[-1], "accept")
        with self.assertRaisesRegex(UserError, "already accepted by Bob"):
            order.with_user(self.bob).scrm_step_accept()

    def test_a_node_can_ask_for_acceptance(self):
        self.change_flow("visit", must_accept=True)
        order = self.at_visit()
        (action,) = order.with_user(self.bob).scrm_flow_actions
        self.assertEqual(action["transitions"], [])
        accept = action["operations"][0]
        self.assertEqual((accept["key"], accept["direct"]), ("accept", True))
        with self.assertRaisesRegex(UserError, "has to be accepted"):
            order.with_user(self.bob).scrm_step_complete()
        order.with_user(self.bob).scrm_step_accept(**accept["args"])
        (action,) = order.with_user(self.bob).scrm_flow_actions
        self.assertEqual([way["key"] for way in action["transitions"]], ["visited"])
        order.with_user(self.bob).scrm_step_complete()
        self.assertEqual(order.scrm_run_id.state, "done")


@tagged("post_install", "-at_install")
class TestFlowReject(OperationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.change_flow(
            "visit", handler_rule="people", handler_user_ids=[(6, 0, cls.cid.ids)]
        )

    def test_sent_back_to_who_did_it(self):
        order = self.start(area=100)
        order.with_user(self.ann).scrm_step_complete("accept")
        order.with_user(self.bob).scrm_step_complete()
        self.assertEqual(order.scrm_handler_ids, self.cid)
        (action,) = order.with_user(self.cid).scrm_flow_actions
        offer = next(o for o in action["operations"] if o["key"] == "reject")
        self.assertEqual([node["key"] for node in offer["nodes"]], ["triage", "survey"])
        answer = order.with_user(self.cid).scrm_step_reject("survey", " Wrong house ")
        self.assertEqual(answer, {"node": "survey", "state": "running"})
        step = self.step(order)
        self.assertEqual(step.user_id, self.bob, "not the next one in turn")
        self.assertIn("gets it back", step.assign_reason)
        self.assertEqual(self.events(order)[-2:], ["reject", "open"])
        entry = order.scrm_run_id.log_ids.filtered(lambda e: e.event == "reject")
        self.assertEqual(entry.description, "Survey: Wrong house")
        self.assertEqual(entry.user_id, self.cid)
        rejected = step.previous_id
        self.assertEqual((rejected.state, rejected.node_key), ("rejected", "visit"))
        self.assertFalse(self.env["scrm.flow.log"].verify(order.scrm_run_id))
        order.with_user(self.bob).scrm_step_complete()
        self.assertEqual(order.scrm_node_key, "visit")

    def test_only_to_tasks_the_run_has_passed(self):
        order = self.at_visit(self.cid)
        for key in ("survey", "visit", "large", "start", "end", "nowhere", None):
            with self.subTest(key=key), self.assertRaisesRegex(UserError, "is none"):
                order.with_user(self.cid).scrm_step_reject(key, "why")

    def test_rights_and_reason(self):
        order = self.at_visit(self.cid)
        for reason in ("", "  ", None, 3):
            with self.subTest(reason=reason), self.assertRaises(UserError):
                order.with_user(self.cid).scrm_step_reject("triage", reason)
        with self.assertRaises(AccessError):
            order.with_user(self.eve).scrm_step_reject("triage", "why")
        order.with_user(self.designer).scrm_step_reject("triage", "why")
        self.assertEqual(order.scrm_handler_ids, self.ann)

    def test_somebody_who_left_does_not_get_it_back(self):
        order = self.start(area=100)
        order.with_user(self.ann).scrm_step_complete("accept")
        order.with_user(self.bob).scrm_step_complete()
        self.bob.active = False
        order.with_user(self.cid).scrm_step_reject("survey", "why")
        self.assertEqual(order.scrm_handler_ids, self.cid)


@tagged("post_install", "-at_install")
class TestFlowTransfer(OperationCase):
    def test_handed_over(self):
        order = self.at_visit()
        order.with_user(self.bob).scrm_step_accept()
        answer = order.with_user(self.bob).scrm_step_transfer(self.eve.id, "Ill")
        self.assertEqual(answer, {"node": "visit", "state": "running"})
        self.assertEqual(order.scrm_handler_ids, self.eve)
        self.assertFalse(self.step(order).accepted_at, "Eve has not accepted it")
        entry = order.scrm_run_id.log_ids.sorted("sequence")[-1]
        self.assertEqual((entry.event, entry.description), ("transfer", "Eve: Ill"))
        with self.assertRaises(AccessError):
            order.with_user(self.bob).scrm_step_complete()
        order.with_user(self.eve).scrm_step_complete()
        self.assertEqual(order.scrm_run_id.state, "done")

    def test_only_to_somebody_who_can_do_it(self):
        order = self.at_visit()
        as_bob = order.with_user(self.bob)
        stranger = new_test_user(self.env, "stranger", groups="base.group_public")
        gone = new_test_user(self.env, "gone")
        gone.active = False
        for user_id, message in (
            (False, "no such user"),
            ("1", "no such user"),
            (10**9, "no such user"),
            (self.bob.id, "already"),
            (gone.id, "inactive"),
            (stranger.id, "may not see"),
        ):
            with (
                self.subTest(user_id=user_id),
                self.assertRaisesRegex(UserError, message),
            ):
                as_bob.scrm_step_transfer(user_id, "why")
            self.assertEqual(order.scrm_handler_ids, self.bob)
        order.company_id = self.env["res.company"].create({"name": "Other"})
        with self.assertRaisesRegex(UserError, "another company"):
            order.with_user(self.designer).scrm_step_transfer(self.eve.id, "why")

    def test_rights_and_reason(self):
        order = self.at_visit()
        with self.assertRaisesRegex(UserError, "reason"):
            order.with_user(self.bob).scrm_step_transfer(self.eve.id, "")
        with self.assertRaises(AccessError):
            order.with_user(self.eve).scrm_step_transfer(self.eve.id, "mine")
        order.with_user(self.designer).scrm_step_transfer(self.eve.id, "dispatch")
        self.assertEqual(order.scrm_handler_ids, self.eve)

    def test_one_more_handler(self):
        order = self.at_visit()
        with self.assertRaises(AccessError):
            order.with_user(self.eve).scrm_step_add_handler(self.eve.id)
        order.with_user(self.bob).scrm_step_add_handler(self.eve.id)
        self.assertEqual(order.scrm_handler_ids, self.bob | self.eve)
        self.assertEqual(self.events(order)[-1], "add_handler")
        order.with_user(self.eve).scrm_step_complete()
        self.assertEqual(order.scrm_run_id.state, "done")


@tagged("post_install", "-at_install")
class TestFlowRecall(OperationCase):
    def test_taken_back(self):
        order = self.at_visit()
        self.assertIn("recall", self.offered(order, self.ann))
        answer = order.with_user(self.ann).scrm_step_recall()
        self.assertEqual(answer, {"node": "triage", "state": "running"})
        self.assertEqual(order.scrm_handler_ids, self.ann)
        self.assertEqual(
            order.scrm_step_ids.sorted("id").mapped("state"),
            ["done", "cancelled", "open"],
        )
        self.assertEqual(self.events(order)[-2:], ["recall", "open"])
        self.assertNotIn("recall", self.offered(order, self.ann))
        with self.assertRaisesRegex(UserError, "nothing"):
            order.with_user(self.ann).scrm_step_recall()
        with self.assertRaises(AccessError):
            order.with_user(self.bob).scrm_step_complete()
        order.with_user(self.ann).scrm_step_complete("refuse")
        self.assertEqual(order.scrm_run_id.state, "done")

    def test_only_ones_own(self):
        order = self.at_visit()
        done = order.scrm_step_ids.filtered(lambda step: step.state == "done")
        for user in (self.bob, self.designer):
            with self.assertRaises(AccessError):
                order.with_user(user).scrm_step_recall(done.id)
            with self.assertRaises(UserError):
                order.with_user(user).scrm_step_recall()

    def test_not_once_somebody_touched_the_next(self):
        accepted = self.at_visit()
        accepted.with_user(self.bob).scrm_step_accept()
        done = self.start(area=40)
        done.with_user(self.ann).scrm_step_complete("accept")
        done.with_user(done.scrm_handler_ids).scrm_step_complete()
        never = self.start()
        for order in (accepted, done, never):
            self.assertNotIn("recall", self.offered(order, self.ann))
            with self.assertRaisesRegex(UserError, "nothing"):
                order.with_user(self.ann).scrm_step_recall()


@tagged("post_install", "-at_install")
class TestFlowFreeze(OperationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.directors = cls.env["res.groups"].create({"name": "Technical Directors"})
        cls.change_flow("visit", release_group_id=cls.directors.id)

    def frozen(self):
        order = self.at_visit()
        order.with_user(self.bob).scrm_flow_freeze("Voltage too high")
        return order

    def test_nothing_moves_while_frozen(self):
        order = self.frozen()
        as_bob, manager = order.with_user(self.bob), order.with_user(self.designer)
        for operate in (
            lambda: as_bob.scrm_step_complete(),
            lambda: manager.scrm_step_complete(),
            lambda: as_bob.scrm_step_accept(),
            lambda: as_bob.scrm_step_reject("triage", "why"),
            lambda: as_bob.scrm_step_transfer(self.eve.id, "why"),
            lambda: as_bob.scrm_step_add_handler(self.eve.id),
            lambda: order.with_user(self.ann).scrm_step_recall(),
            lambda: as_bob.scrm_flow_freeze("again"),
            lambda: manager.scrm_flow_cancel("why"),
        ):
            with self.assertRaisesRegex(UserError, "frozen by Bob: Voltage too high"):
                operate()
        self.assertEqual(order.scrm_handler_ids, self.bob)
        self.assertEqual(self.events(order)[-1], "freeze")
        (shown,) = as_bob.scrm_flow_actions
        self.assertIn("Voltage too high", shown["notice"])
        self.assertEqual((shown["transitions"], shown["operations"]), ([], []))

    def test_released_by_those_allowed(self):
        for user in (self.designer, self.eve):
            order = self.start(area=40)
            order.with_user(self.ann).scrm_step_complete("accept")
            handler = order.scrm_handler_ids
            order.with_user(handler).scrm_flow_freeze("Voltage too high")
            for other in (self.ann, handler, self.watcher):
                with self.assertRaisesRegex(AccessError, "may not release"):
                    order.with_user(other).scrm_flow_release("why not")
            self.directors.user_ids = self.eve
            self.assertEqual(self.offered(order, user), ["release"])
            with self.assertRaisesRegex(UserError, "reason"):
                order.with_user(user).scrm_flow_release("")
            order.with_user(user).scrm_flow_release("Measured again")
            self.assertEqual(self.events(order)[-1], "release")
            with self.assertRaisesRegex(UserError, "not frozen"):
                order.with_user(user).scrm_flow_release("Measured again")
            order.with_user(handler).scrm_step_complete()
            self.assertEqual(order.scrm_run_id.state, "done")

    def test_who_may_freeze(self):
        order = self.at_visit()
        for user in (self.ann, self.eve):
            with self.assertRaises(AccessError):
                order.with_user(user).scrm_flow_freeze("why")
        with self.assertRaisesRegex(UserError, "reason"):
            order.with_user(self.bob).scrm_flow_freeze("")
        order.with_user(self.designer).scrm_flow_freeze("why")
        self.assertEqual(order.scrm_run_id.frozen_by_id, self.designer)


@tagged("post_install", "-at_install")
class TestFlowReopen(OperationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flow.reopen_days = 7

    def finished(self, days_ago=0):
        order = self.start()
        order.with_user(self.ann).scrm_step_complete("refuse")
        order.scrm_run_id.ended_at -= timedelta(days=days_ago)
        return order

    def test_a_new_run_linked_to_the_old(self):
        order = self.finished()
        old = order.scrm_run_id
        self.assertEqual(self.offered(order, self.eve), ["reopen"])
        answer = order.with_user(self.eve).scrm_flow_reopen("Broken again")
        self.assertEqual(answer, {"node": "triage", "state": "running"})
        self.assertEqual(order.scrm_run_id.previous_run_id, old)
        self.assertEqual(old.state, "done")
        self.assertEqual(order.scrm_handler_ids, self.ann)
        entry = order.scrm_run_id.log_ids.sorted("sequence")[0]
        self.assertEqual((entry.event, entry.user_id), ("reopen", self.eve))
        self.assertEqual(entry.description, "Broken again")
        with self.assertRaisesRegex(UserError, "has not reached an end"):
            order.with_user(self.eve).scrm_flow_reopen("Broken again")

    def test_in_time_only(self):
        order = self.finished(days_ago=8)
        self.assertEqual(self.offered(order, self.eve), [])
        with self.assertRaisesRegex(UserError, "for 7 days"):
            order.with_user(self.eve).scrm_flow_reopen("Broken again")
        self.finished(days_ago=6).with_user(self.eve).scrm_flow_reopen("Broken again")
        self.flow.reopen_days = 0
        with self.assertRaises(UserError):
            self.finished().with_user(self.eve).scrm_flow_reopen("Broken again")

    def test_rights_and_reason(self):
        order = self.finished()
        with self.assertRaises(AccessError):
            order.with_user(self.portal).scrm_flow_reopen("Broken again")
        with self.assertRaisesRegex(UserError, "reason"):
            order.with_user(self.eve).scrm_flow_reopen(" ")
