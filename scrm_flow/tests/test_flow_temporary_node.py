from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .migration_common import NINE, MigrationCase

HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestFlowTemporaryNode(MigrationCase):
    """A first check by Eve between the start and triage, from 10:00 to 12:00."""

    def setUp(self):
        super().setUp()
        self.at(NINE)

    def schedule(self, **values):
        way = self.first.transition_ids.filtered(lambda way: way.key == "go")
        return (
            self.env["scrm.flow.temporary.node"]
            .with_user(self.designer)
            .create(
                {
                    "flow_id": self.migrating.id,
                    "transition_id": way.id,
                    "name": "Second check",
                    "key": "second_check",
                    "user_ids": self.eve.ids,
                    "deadline_hours": 1,
                    "starts_at": NINE + HOUR,
                    "ends_at": NINE + 3 * HOUR,
                    **values,
                }
            )
        )

    def run_at(self, moment):
        self.at(moment)
        with self.enter_registry_test_mode():
            self.env.ref("scrm_flow.ir_cron_timer_1").method_direct_trigger()
        self.env.invalidate_all()

    def current(self):
        return self.migrating.published_version_id

    def test_there_for_a_period(self):
        """Work passes it from the first second to the last; then it is gone.

        Covers: F18
        """
        node = self.schedule()
        before, other = self.begin(2)
        self.run_at(NINE + HOUR - timedelta(seconds=1))
        self.assertEqual(self.current(), self.first)
        self.run_at(NINE + HOUR)
        version = self.current()
        self.assertEqual((version.number, node.state), (2, "active"))
        self.assertEqual(node.start_version_id, version)
        self.assertEqual(version.published_by_id, self.designer)
        new = self.begin()
        for order in before | new:
            self.assertEqual(order.scrm_version_id, version)
            order.with_user(self.ann).scrm_step_complete()
            self.assertEqual(order.scrm_node_key, "second_check")
            self.assertEqual(order.scrm_handler_ids, self.eve)
        new.with_user(self.eve).scrm_step_complete()
        self.assertEqual(new.scrm_node_key, "visit")
        self.run_at(NINE + HOUR)  # a second time in the same moment: nothing
        self.assertEqual(self.current(), version)
        self.run_at(NINE + 3 * HOUR)
        self.assertEqual(self.current().number, 3)
        self.assertEqual(
            self.current().node_ids.mapped("key"), self.first.node_ids.mapped("key")
        )
        self.assertEqual(
            [
                (way.key, way.source_id.key, way.target_id.key)
                for way in self.current().transition_ids
            ],
            [
                (way.key, way.source_id.key, way.target_id.key)
                for way in self.first.transition_ids
            ],
        )
        orders = before | other | new
        self.assertEqual(orders.scrm_run_id.version_id, self.current())
        self.assertEqual(orders.mapped("scrm_node_key"), ["visit", "triage", "visit"])
        self.assertIn("auto", self.events(before))
        self.run_at(NINE + 4 * HOUR)
        self.assertEqual((node.state, node.next_at), ("done", False))

    def test_what_is_there_is_finished_first(self):
        """Covers in part: F18"""
        node = self.schedule(at_end="finish")
        order, other = self.begin(2)
        self.run_at(NINE + HOUR)
        order.with_user(self.ann).scrm_step_complete()
        self.run_at(NINE + 3 * HOUR)
        self.assertEqual(node.state, "ending")
        self.assertEqual(order.scrm_node_key, "second_check")
        self.assertEqual(order.scrm_version_id.number, 2)
        self.assertEqual(other.scrm_version_id.number, 3)
        order.with_user(self.eve).scrm_step_complete()
        self.assertEqual(order.scrm_node_key, "visit")
        self.run_at(NINE + 4 * HOUR)
        self.assertEqual(order.scrm_version_id.number, 3)
        self.run_at(NINE + 5 * HOUR)
        self.assertEqual(node.state, "done")

    def test_records_that_stay(self):
        self.schedule(running="stay")
        order = self.begin()
        self.run_at(NINE + HOUR)
        self.assertEqual(order.scrm_version_id, self.first)
        new = self.begin()
        self.run_at(NINE + 3 * HOUR)
        self.assertEqual(new.scrm_version_id.number, 2)
        self.assertEqual(self.begin().scrm_version_id.number, 3)

    def test_somebody_publishes_in_between(self):
        """The node comes into, and goes out of, the version of that moment."""
        node = self.schedule()
        draft = self.first.with_user(self.designer)._copy_as_draft()
        self.node(draft, "visit").name = "Second visit"
        draft.action_publish()
        self.run_at(NINE + HOUR)
        self.assertEqual(self.node(self.current(), "visit").name, "Second visit")
        self.assertTrue(self.node(self.current(), "second_check"))
        draft = self.current().with_user(self.designer)._copy_as_draft()
        self.node(draft, "visit").name = "Third visit"
        draft.action_publish()
        order = self.begin()
        self.run_at(NINE + 3 * HOUR)
        self.assertEqual(self.node(self.current(), "visit").name, "Third visit")
        self.assertFalse(self.node(self.current(), "second_check"))
        self.assertEqual(order.scrm_version_id, self.current())
        self.run_at(NINE + 4 * HOUR)
        self.assertEqual(node.state, "done")

    def test_its_place_is_gone(self):
        """Nothing is published, and who scheduled it reads why."""
        node = self.schedule()
        draft = self.first.with_user(self.designer)._copy_as_draft()
        way = draft.transition_ids.filtered(lambda way: way.key == "go")
        way.target_id = self.node(draft, "end")
        self.node(draft, "visit").unlink()
        draft.action_publish()
        self.run_at(NINE + HOUR)
        self.assertEqual(self.current(), draft)
        self.assertEqual(node.state, "failed")
        self.assertRegex(node.reason, "has no way “Triage → Visit” any more")
        message = self.env["mail.message"].search(
            [("partner_ids", "in", self.designer.partner_id.ids)], limit=1
        )
        self.assertIn("could not be set", message.body)

    def test_taken_out_by_hand(self):
        node = self.schedule()
        self.run_at(NINE + HOUR)
        self.first.with_user(self.designer)._copy_as_draft().action_publish()
        self.run_at(NINE + 3 * HOUR)
        self.assertEqual(self.current().number, 3)
        self.assertEqual(node.state, "done")

    def test_buttons(self):
        node = self.schedule()
        node.action_cancel()
        self.run_at(NINE + HOUR)
        self.assertEqual(self.current(), self.first)
        node = self.schedule()
        self.run_at(NINE + 2 * HOUR)
        with self.assertRaisesRegex(UserError, "has begun: end it now"):
            node.action_cancel()
        with self.assertRaisesRegex(UserError, "has begun and cannot"):
            node.name = "Other"
        node.ends_at = NINE + 9 * HOUR
        self.run_at(NINE + 4 * HOUR)
        self.assertEqual(node.state, "active")
        node.action_end_now()
        self.assertEqual(node.ends_at, NINE + 4 * HOUR)
        self.assertFalse(self.node(self.current(), "second_check"))
        with self.assertRaisesRegex(UserError, "is history"):
            node.unlink()

    def test_what_cannot_be_scheduled(self):
        for values, problem in (
            ({"key": "Second"}, "must start with a small letter"),
            ({"key": "visit"}, "has a node with the key"),
            ({"user_ids": []}, "Say who handles"),
            ({"ends_at": NINE - HOUR, "starts_at": NINE - 2 * HOUR}, "is over already"),
            ({"transition_id": self.version.transition_ids[0].id}, "way of its flow"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, problem),
            ):
                self.schedule(**values)
        node = self.schedule()
        with self.assertRaisesRegex(UserError, "by its buttons"):
            node.state = "done"
        for user in (self.ann, self.watcher):
            with self.assertRaises(AccessError):
                node.with_user(user).action_cancel()
            with self.assertRaises(AccessError):
                self.env["scrm.flow.temporary.node"].with_user(user).create({})
