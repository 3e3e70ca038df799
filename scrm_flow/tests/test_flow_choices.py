"""Who of the people gets it: pool, turn, load, dispatcher; limits and fallbacks."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.scrm_flow.models.scrm_flow_assigner import Assigner, Case

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestFlowChoices(PeopleCase):
    def test_a_role_can_share_instead_of_taking_turns(self):
        """Covers: H03"""
        self.use(handler_choice="pool")
        step = self.visit()
        self.assertEqual(step._handlers(), self.bob | self.cid)
        order = self.Order.browse(step.res_id)
        order.with_user(self.cid).scrm_step_claim()
        self.assertEqual(step._handlers(), self.cid)

    def test_people_can_take_turns_instead_of_sharing(self):
        self.use(**self.people(self.bob, self.eve), handler_choice="turn")
        names = [self.visit().user_id.name for _number in range(3)]
        self.assertEqual(names, ["Bob", "Eve", "Bob"])

    def test_least_load(self):
        """Covers in part: H12"""
        self.use(handler_choice="load")
        first = self.visit()
        self.assertEqual(first.user_id, self.bob)
        self.assertEqual(self.visit().user_id, self.cid)
        order = self.Order.browse(first.res_id)
        order.with_user(self.bob).scrm_step_complete()
        for expected in (self.bob, self.bob | self.cid):
            step = self.visit()
            self.assertIn(step.user_id, expected)
        self.assertRegex(
            step.assign_reason,
            r"^Role: \w+ \[open steps: 1\], who had the fewest open steps\.\n"
            r"Also considered: \w+ \[open steps: 1\]\.$",
        )

    def test_a_batch_is_spread_by_load(self):
        self.use(handler_choice="load")
        self.visit()  # Bob has one already
        orders = self.Order.create([{"name": str(n), "area": 40} for n in range(5)])
        draft = self.flow.published_version_id._copy_as_draft()
        draft.node_ids.filtered(
            lambda n: n.key == "triage"
        ).auto_condition = "[('area', '=', 40)]"
        draft.action_publish()
        orders.scrm_flow_start(self.flow)
        steps = orders.scrm_step_ids.filtered(lambda step: step.node_key == "visit")
        counts = {user.name: len(s) for user, s in steps.grouped("user_id").items()}
        self.assertEqual(counts, {"Bob": 2, "Cid": 3})

    def test_queries_of_an_assignment(self):
        """On warm caches: members, people, turns; and one on another connection."""
        run = self.order().scrm_run_id
        node = self.version._frozen_graph().nodes["visit"]
        case = Case(run, run._record(), node)
        Assigner(self.env).assign([case])
        with self.assertQueryCount(3):
            Assigner(self.env).assign([case])

    def test_shared_steps_count_for_who_claims_them(self):
        self.use(handler_choice="pool")
        shared = self.visit()
        self.use(handler_choice="load", handler_group_id=self.role.id)
        self.assertFalse(self.env["scrm.flow.step"]._loads(self.bob.ids)[self.bob.id])
        self.Order.browse(shared.res_id).with_user(self.bob).scrm_step_claim()
        self.assertEqual(self.visit().user_id, self.cid)

    def test_limit_of_a_person(self):
        """Covers in part: H12"""
        self.bob.with_user(self.designer).scrm_load_limit = 1
        self.assertEqual(self.visit().user_id, self.bob)
        for _number in range(2):
            step = self.visit()
            self.assertEqual(step.user_id, self.cid)
        self.assertIn(
            "Left out: Bob [open steps: 1] (has enough open steps)", step.assign_reason
        )

    def test_limit_of_a_node(self):
        """Covers in part: H12"""
        self.use(load_limit=1)
        self.assertEqual(
            {self.visit().user_id, self.visit().user_id}, set(self.role.user_ids)
        )
        step = self.visit()
        self.assertEqual(step.state, "incident")
        self.assertEqual(step.assign_reason.count("has enough open steps"), 2)
        done = self.env["scrm.flow.step"].search(
            [("user_id", "=", self.cid.id), ("state", "=", "open")]
        )
        self.Order.browse(done.res_id).with_user(self.cid).scrm_step_complete()
        step.run_id.with_user(self.designer).action_retry()
        self.assertEqual(step.user_id, self.cid)

    def test_only_flow_managers_set_limits(self):
        with self.assertRaises(AccessError):
            self.bob.with_user(self.eve).scrm_load_limit = 1
        with self.assertRaises(AccessError):
            self.bob.with_user(self.designer).write({"scrm_load_limit": 1, "name": "x"})

    def test_given_back_to_whom_it_came_from(self):
        self.use(handler_choice="load")
        order = self.Order.browse(self.visit().res_id)
        order.with_user(self.bob).scrm_step_reject("triage", "Incomplete")
        self.assertEqual(order.scrm_handler_ids, self.ann)
        self.assertEqual(
            order.scrm_step_ids[-1].assign_reason,
            "Ann had it before and gets it back.",
        )


@tagged("post_install", "-at_install")
class TestFlowDispatch(PeopleCase):
    def setUp(self):
        super().setUp()
        self.use(
            handler_choice="dispatch",
            dispatcher_rule="people",
            dispatcher_user_ids=[Command.set(self.eve.ids)],
        )

    def test_the_head_hands_it_to_an_engineer(self):
        """Covers: H05"""
        step = self.visit()
        order = self.Order.browse(step.res_id)
        self.assertEqual((step.user_id, step.is_dispatch), (self.eve, True))
        self.assertEqual(
            step.assign_reason,
            "Role: waits for Eve to hand it out.\nAlso considered: Bob, Cid.",
        )
        [action] = order.with_user(self.eve).scrm_flow_actions
        self.assertEqual(action["transitions"], [])
        offer = action["operations"][0]
        self.assertEqual((offer["key"], offer["asks"]), ("dispatch", ["user"]))
        self.assertEqual(offer["domain"], [["id", "in", (self.bob | self.cid).ids]])
        with self.assertRaisesRegex(UserError, "has to be handed to one of its people"):
            order.with_user(self.eve).scrm_step_complete()
        order.with_user(self.eve).scrm_step_dispatch(self.cid.id, "Knows the site")
        self.assertEqual((step.user_id, step.is_dispatch), (self.cid, False))
        self.assertEqual(order.scrm_handler_ids, self.cid)
        self.assertEqual(
            step.assign_reason,
            "Role: Cid.\nHanded out by Eve.\nAlso considered: Bob.",
        )
        entry = step.run_id.log_ids.filtered(lambda e: e.event == "dispatch")
        self.assertEqual(entry.user_id, self.eve)
        self.assertEqual(entry.description, "Cid: Knows the site")
        order.with_user(self.cid).scrm_step_complete()
        self.assertEqual(order.scrm_run_id.state, "done")

    def test_who_may_and_to_whom(self):
        order = self.Order.browse(self.visit().res_id)
        for user in (self.bob, self.ann, self.watcher):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                order.with_user(user).scrm_step_dispatch(self.bob.id)
        for user in (self.ann.id, 10**6, "bob", None):
            with (
                self.subTest(to=user),
                self.assertRaisesRegex(UserError, "only be handed to one of these"),
            ):
                order.with_user(self.eve).scrm_step_dispatch(user)
        self.cid.active = False
        with self.assertRaisesRegex(UserError, "Cid cannot handle it: inactive"):
            order.with_user(self.eve).scrm_step_dispatch(self.cid.id)
        order.with_user(self.designer).scrm_step_dispatch(self.bob.id)
        self.assertEqual(order.scrm_handler_ids, self.bob)
        with self.assertRaisesRegex(UserError, "does not wait to be handed out"):
            order.with_user(self.designer).scrm_step_dispatch(self.cid.id)

    def test_what_waits_to_be_handed_out_is_nobodys_load(self):
        self.visit()
        self.assertFalse(self.env["scrm.flow.step"]._loads(self.eve.ids)[self.eve.id])

    def test_publishing_asks_for_the_dispatcher(self):
        with self.assertRaisesRegex(UserError, "nobody is named who hands the work"):
            self.use(dispatcher_rule=False)
        with self.assertRaisesRegex(UserError, "who hands out: no role is chosen"):
            self.use(dispatcher_rule="role")

    def test_without_a_dispatcher_at_work_it_is_stuck(self):
        self.eve.active = False
        step = self.visit()
        self.assertEqual(step.incident_code, "no_handler")
        self.assertIn("Eve (inactive)", step.assign_reason)


@tagged("post_install", "-at_install")
class TestFlowFallback(PeopleCase):
    def test_fallback_of_the_node_then_of_the_flow(self):
        self.use(fallback_rule="people", fallback_user_ids=[Command.set(self.eve.ids)])
        self.flow.fallback_group_id = self.env["res.groups"].create(
            {"name": "Rescue", "user_ids": [Command.set(self.watcher.ids)]}
        )
        self.assertEqual(self.visit().user_id, self.bob)
        (self.bob | self.cid).active = False
        step = self.visit()
        self.assertEqual(step.user_id, self.eve)
        self.assertEqual(
            step.assign_reason,
            "Role: nobody could be chosen.\n"
            "Left out: Bob (inactive), Cid (inactive).\n"
            "Fallback of the node, People: Eve, the only one who can.",
        )
        self.eve.active = False
        step = self.visit()
        self.assertEqual(step.user_id, self.watcher)
        self.assertIn("Fallback of the flow, Role: Watcher", step.assign_reason)
        self.watcher.active = False
        self.assertEqual(self.visit().incident_code, "no_handler")

    def test_the_process_owner_as_fallback(self):
        with self.assertRaisesRegex(
            UserError, "when nobody can: the flow has no process owner"
        ):
            self.use(fallback_rule="owner")
        self.flow.owner_id = self.eve
        self.use(fallback_rule="owner")
        (self.bob | self.cid).active = False
        self.assertEqual(self.visit().user_id, self.eve)
