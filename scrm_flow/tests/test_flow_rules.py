"""Who comes into question: the rules that name handlers."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestFlowRuleTable(PeopleCase):
    def test_region_to_consultant(self):
        """Covers: H07"""
        table = self.table(
            ("North-east", self.bob, ("note", "=", "north-east")),
            ("South", self.cid, ("note", "=", "south")),
        )
        self.use(handler_rule="decision_table", handler_table_id=table.id)
        step = self.visit(note="south")
        self.assertEqual(step.user_id, self.cid)
        self.assertEqual(
            step.assign_reason,
            "Decision table: Cid, the only one who can.\n"
            "Found: rule “South” of the decision table “Who” (note = south).",
        )
        self.assertEqual(self.visit(note="north-east").user_id, self.bob)

    def test_an_amount_changes_the_handler(self):
        """Covers: H08, H09"""
        table = self.table(
            ("Large", self.eve, ("area", ">", "50000")),
            ("Technical", self.role, ("kind", "=", "new")),
            ("The rest", self.bob),
        )
        self.use(handler_rule="decision_table", handler_table_id=table.id)
        # area > 90 passes the survey first, which is done by whose turn it is
        order = self.order(area=50000.01, kind="new")
        order.with_user(self.ann).scrm_step_complete("accept")
        order.with_user(self.bob).scrm_step_complete()
        self.assertEqual(order.scrm_handler_ids, self.eve, "the amount is stronger")
        self.assertEqual(self.visit(kind="old").user_id, self.bob)
        names = {self.visit(kind="new").user_id.name for _number in range(2)}
        self.assertEqual(names, {"Bob", "Cid"}, "the group by default, in turn")

    def test_type_source_and_level_together(self):
        """Covers in part: H02, F04, F06, F09

        Dimensions stand for the record's type, source and level.
        """
        table = self.table(
            (
                "Complaint by phone of an important customer",
                self.eve,
                ("kind", "=", "old"),
                ("note", "in", "phone, hotline"),
                ("priority", "=", "1"),
            ),
            ("Complaint", self.cid, ("kind", "=", "old")),
            ("The rest", self.bob),
        )
        self.use(handler_rule="decision_table", handler_table_id=table.id)
        for kind, note, priority, user in (
            ("old", "hotline", "1", self.eve),
            ("old", "mail", "1", self.cid),
            ("old", "phone", "0", self.cid),
            ("new", "phone", "1", self.bob),
        ):
            with self.subTest(kind=kind, note=note, priority=priority):
                step = self.visit(kind=kind, note=note, priority=priority)
                self.assertEqual(step.user_id, user)

    def test_all_rules_that_match(self):
        """A table that collects names the people of each rule that matches; the
        default only when no other does."""
        table = self.table(
            ("Large", self.eve, ("area", ">", "50")),
            ("Technical", self.role, ("kind", "=", "new")),
            ("The rest", self.ann),
        )
        table.rule_ids[-1].is_default = True
        self.use(
            handler_rule="decision_table",
            handler_table_id=table.id,
            handler_choice="pool",
        )
        rules = "rule “%s” of the decision table “Who”"
        for policy, people, named in (
            ("first", self.eve, "Large"),
            ("collect", self.eve | self.role.user_ids, "Large”, “Technical"),
        ):
            table.hit_policy = policy
            step = self.visit(area=60, kind="new")
            self.assertEqual(step._handlers(), people, policy)
            self.assertIn(rules % named, step.assign_reason)
        self.assertEqual(self.visit(kind="old")._handlers(), self.ann)

    def test_no_rule_matches(self):
        table = self.table(("South", self.cid, ("note", "=", "south")))
        self.use(handler_rule="decision_table", handler_table_id=table.id)
        step = self.visit(note="north")
        self.assertEqual(step.state, "incident")
        self.assertIn("no rule of the decision table “Who” matches", step.assign_reason)

    def test_publishing_looks_at_the_table(self):
        with self.assertRaisesRegex(UserError, "no decision table is chosen"):
            self.use(handler_rule="decision_table")
        table = self.table(("Nobody", self.ann.partner_id), key="partners")
        with self.assertRaisesRegex(UserError, "“Nobody” .* neither a user nor a role"):
            self.use(handler_rule="decision_table", handler_table_id=table.id)


@tagged("post_install", "-at_install")
class TestFlowRuleField(PeopleCase):
    def test_a_user_of_the_record(self):
        """Covers in part: H14, H16, H17, H19: whom the record names, by any path"""
        self.use(handler_rule="field", handler_field="owner_id")
        step = self.visit(owner_id=self.eve.id)
        self.assertEqual(step.user_id, self.eve)
        self.assertIn("named by the field owner_id of the record", step.assign_reason)
        self.assertEqual(self.visit().state, "incident", "the record names nobody")

    def test_contacts_and_records_with_a_user(self):
        self.use(handler_rule="field", handler_field="owner_id.partner_id")
        self.assertEqual(self.visit(owner_id=self.eve.id).user_id, self.eve)
        self.use(handler_rule="field", handler_field="company_id.user_ids")
        company = self.env["res.company"].create({"name": "Own"})
        (self.bob | self.ann).company_ids = [Command.link(company.id)]
        step = self.visit(company_id=company.id)
        self.assertLessEqual(self.bob | self.ann, step._handlers())

    def test_publishing_looks_at_the_path(self):
        for path, problem in (
            ("", "no field is chosen"),
            ("nothing", "has no field “nothing”"),
            ("secret", "has no field “secret” or you may not see it"),
            ("area", "“area” leads to no people"),
            ("company_id.country_id", "does not say which user it is"),
            ("owner_id.company_id.name", "“name” leads to no people"),
        ):
            with self.subTest(path=path), self.assertRaisesRegex(UserError, problem):
                draft = self.flow.published_version_id._copy_as_draft()
                visit = draft.node_ids.filtered(lambda n: n.key == "visit")
                visit.write({"handler_rule": "field", "handler_field": path})
                draft.with_user(self.designer).action_publish()


@tagged("post_install", "-at_install")
class TestFlowRulePrevious(PeopleCase):
    def test_who_did_it_before(self):
        """Covers in part: F09"""
        self.use(handler_rule="previous", handler_node_key="triage")
        step = self.visit()
        self.assertEqual(step.user_id, self.ann)
        self.assertIn("who handled “triage” in this run", step.assign_reason)

    def test_the_handler_counts_not_the_manager_who_pressed(self):
        self.use(handler_rule="previous", handler_node_key="triage")
        order = self.order()
        order.with_user(self.designer).scrm_step_complete("accept")
        self.assertEqual(order.scrm_handler_ids, self.ann)

    def test_publishing_looks_at_the_node(self):
        for key, problem in (
            ("", "no earlier node is chosen"),
            ("elsewhere", "there is no node “elsewhere”"),
            ("stamp", "nobody handles the node “stamp”"),
            ("visit", "“visit” is not before it"),
        ):
            with self.subTest(key=key), self.assertRaisesRegex(UserError, problem):
                self.use(handler_rule="previous", handler_node_key=key)


@tagged("post_install", "-at_install")
class TestFlowRuleManual(PeopleCase):
    def setUp(self):
        super().setUp()
        self.use(
            handler_rule="manual",
            handler_user_ids=[Command.set([self.bob.id, self.eve.id])],
            handler_group_id=False,
        )

    def test_picked_on_completion(self):
        """Covers: H01"""
        step = self.visit(handler=self.eve)
        self.assertEqual(step.user_id, self.eve)
        self.assertEqual(
            step.assign_reason, "Picked by hand: Eve.\nFound: picked by Ann."
        )

    def test_nobody_or_somebody_else_is_refused(self):
        order = self.order()
        self.eve.active = False
        for user, problem in (
            (None, "Say who shall handle “Visit”"),
            (self.cid.id, "none of those who may handle"),
            (self.portal.id, "none of those who may handle"),
            (10**6, "none of those who may handle"),
            (self.eve.id, "Eve cannot handle it: inactive"),
        ):
            with (
                self.subTest(user=user),
                self.assertRaisesRegex(UserError, problem),
                self.cr.savepoint(),
            ):
                order.with_user(self.ann).scrm_step_complete("accept", handler_id=user)
        self.assertEqual(order.scrm_node_key, "triage", "nothing has moved")

    def test_a_pick_that_nothing_asks_for_is_refused(self):
        order = self.order()
        with (
            self.assertRaisesRegex(UserError, "Nobody is picked by hand"),
            self.cr.savepoint(),
        ):
            order.with_user(self.ann).scrm_step_complete(
                "refuse", handler_id=self.eve.id
            )

    def test_the_buttons_know_whom_to_ask_for(self):
        order = self.order()
        [action] = order.with_user(self.ann).scrm_flow_actions
        ways = {way["key"]: way for way in action["transitions"]}
        self.assertEqual(ways["accept"]["asks"], ["user"])
        self.assertEqual(
            ways["accept"]["domain"],
            [["id", "in", (self.bob | self.eve).sorted("id").ids]],
        )
        self.assertNotIn("asks", ways["refuse"])

    def test_picked_at_the_start_by_the_originator(self):
        """Covers: H01"""
        draft = self.flow.published_version_id._copy_as_draft()
        triage = draft.node_ids.filtered(lambda n: n.key == "triage")
        triage.write({"handler_rule": "manual", "handler_user_ids": [(5,)]})
        draft.action_publish()
        order = self.Order.with_user(self.cid).create({"name": "x"})
        order.scrm_flow_start(self.flow, handler_id=self.eve.id)
        self.assertEqual(order.scrm_handler_ids, self.eve)
        # nobody picked: it waits for the originator to hand it out
        other = self.Order.with_user(self.cid).create({"name": "x"})
        other.scrm_flow_start(self.flow)
        step = other.sudo().scrm_step_ids
        self.assertTrue(step.is_dispatch)
        self.assertEqual(step.user_id, self.cid)
        other.scrm_step_dispatch(self.bob.id)
        self.assertEqual(other.scrm_handler_ids, self.bob)
