from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import FlowCase


@tagged("post_install", "-at_install")
class TestFlowVersion(FlowCase):
    def test_a_published_version_never_changes(self):
        """Not even for the administrator or the server itself.

        Covers: F39
        """
        admin = self.env.ref("base.user_admin")
        for env_user in (admin, self.env.user, self.designer):
            version = self.version.with_user(env_user)
            node = version.node_ids[0]
            transition = version.transition_ids[0]
            changes = [
                lambda v=version: v.write({"number": 9}),
                lambda v=version: v.write({"node_ids": [Command.clear()]}),
                lambda v=version: v.unlink(),
                lambda n=node: n.write({"name": "other"}),
                lambda n=node: n.update_field_translations("name", {"en_US": "other"}),
                lambda n=node: n.unlink(),
                lambda n=node: n.copy({"key": "one_more"}),
                lambda t=transition: t.write({"condition": "[('area', '>', 1)]"}),
                lambda t=transition: t.unlink(),
                lambda t=transition: t.copy({"key": "one_more"}),
            ]
            for number, change in enumerate(changes):
                with (
                    self.subTest(user=env_user.login, change=number),
                    self.assertRaisesRegex(UserError, "never changes"),
                ):
                    change()
        with self.assertRaisesRegex(UserError, "archive it"):
            self.flow.unlink()
        self.flow.action_archive()
        self.assertFalse(self.flow.active)

    def test_running_records_stay_on_their_version(self):
        """Covers: F39"""
        before = self.start()
        draft = self.version.with_user(self.designer)._copy_as_draft()
        self.assertEqual(draft.number, 2)
        self.assertEqual(
            draft.transition_ids.mapped("key"),
            self.version.transition_ids.mapped("key"),
        )
        self.assertEqual(draft.transition_ids.source_id.version_id, draft)
        draft.node_ids.filtered(lambda n: n.key == "triage").name = "First look"
        draft.action_publish()
        self.assertEqual(self.version.state, "retired")
        self.assertEqual(self.flow.published_version_id, draft)
        self.assertEqual(draft.published_by_id, self.designer)
        after = self.start()
        self.assertEqual(before.scrm_run_id.version_id, self.version)
        self.assertEqual(after.scrm_run_id.version_id, draft)
        before.with_user(self.ann).scrm_step_complete("accept")
        self.assertEqual(before.scrm_node_key, "visit")

    def test_publish_lists_every_fault(self):
        version = self.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "work", "type": "user_task"},
                {"key": "ask", "type": "exclusive_gateway"},
                {"key": "attic", "type": "service_task"},
                {"key": "end", "type": "end"},
            ],
            [
                ("a", "start", "work", {}),
                ("b", "work", "ask", {}),
                ("c", "ask", "end", {"condition": "[('area', '>', 1)]"}),
                ("d", "attic", "end", {}),
            ],
            key="unsound",
        )
        with self.assertRaises(UserError) as caught:
            version.action_publish()
        message = str(caught.exception)
        for fault in (
            "Work (work): nobody is named to handle it",
            "Ask (ask): the gateway has neither a default",
            "Attic (attic): the node cannot be reached",
            "Attic (attic): no service is chosen",
        ):
            self.assertIn(fault, message)
        self.assertEqual(version.state, "draft")
        self.assertIn("Work (work)", version.fault_text)

    def test_a_flow_without_end(self):
        version = self.make_draft(
            [{"key": "start", "type": "start"}, {"key": "work", "type": "user_task"}],
            [("a", "start", "work", {}), ("b", "work", "work", {})],
            key="endless",
        )
        with self.assertRaisesRegex(UserError, "no end node"):
            version.action_publish()

    def test_conditions_ask_for_visible_fields_only(self):
        version = self.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "ask", "type": "exclusive_gateway"},
                {"key": "end", "type": "end"},
            ],
            [
                ("a", "start", "ask", {}),
                ("b", "ask", "end", {}),
            ],
            key="conditions",
        ).with_user(self.designer)
        transition = version.transition_ids.filtered(lambda t: t.key == "b")
        for condition, problem in (
            ("[('colour', '=', 'red')]", "field “colour”"),
            ("[('secret', '=', 'x')]", "field “secret”"),
            ("not a domain", "is no domain"),
            ("[('name', '=', uid)]", "is no domain"),
            ("[('owner_id.colour', '=', 1)]", "field “colour”, which User"),
            ("[('owner_id.partner_id.signup_type', '!=', 'x')]", "“signup_type”"),
        ):
            with (
                self.subTest(condition=condition),
                self.assertRaisesRegex(ValidationError, problem),
            ):
                transition.condition = condition
        transition.condition = "[('owner_id.name', '=', 'Ann')]"

    def test_services_are_checked_for_the_publisher(self):
        version = self.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "set", "type": "service_task", "service_kind": "set_values"},
                {"key": "end", "type": "end"},
            ],
            [("a", "start", "set", {}), ("b", "set", "end", {})],
            key="services",
        ).with_user(self.designer)
        node = version.node_ids.filtered(lambda n: n.key == "set")
        for config, problem in (
            (False, "'values' is a required property"),
            ({"values": {}}, "should be non-empty"),
            ({"values": {"colour": 1}}, "“colour” cannot be set"),
            ({"values": {"secret": "x"}}, "“secret” cannot be set"),
            ({"values": {"scrm_node_key": "end"}}, "“scrm_node_key” cannot be set"),
        ):
            node.service_config = config
            with (
                self.subTest(config=config),
                self.assertRaisesRegex(UserError, problem),
            ):
                version.action_publish()
        node.service_config_text = '{"values": {"note": "fine"}}'
        version.action_publish()
        self.assertEqual(version.state, "published")

    def test_only_managers_design(self):
        with self.assertRaises(AccessError):
            self.flow.with_user(self.watcher).name = "mine"
        draft = self.version._copy_as_draft()
        with self.assertRaises(AccessError):
            draft.with_user(self.watcher).action_publish()
        with self.assertRaisesRegex(UserError, "Publish button"):
            draft.with_user(self.designer).write({"state": "published"})
        with self.assertRaisesRegex(UserError, "starts as a draft"):
            self.env["scrm.flow.version"].create(
                {"flow_id": self.flow.id, "state": "published"}
            )
        with self.assertRaisesRegex(ValidationError, "Publish button"):
            self.flow.published_version_id = draft

    @mute_logger("odoo.sql_db")
    def test_keys(self):
        for key in ("Upper", "1st", "two words", ""):
            with self.subTest(key=key), self.assertRaises(ValidationError):
                self.env["scrm.flow"].create(
                    {"name": "x", "key": key, "model_id": self.model.id}
                )
        with self.assertRaisesRegex(UserError, "fixed since"):
            self.flow.key = "other"
        self.flow.write({"key": "test_flow", "name": "Renamed"})
        with self.assertRaisesRegex(ValidationError, "cannot run through a flow"):
            self.env["scrm.flow"].create(
                {
                    "name": "x",
                    "key": "x",
                    "model_id": self.env["ir.model"]._get("res.partner").id,
                }
            )

    def test_a_kind_that_no_addon_has_is_named(self):
        """Odoo stores any word in a selection made by a method; publish does not."""
        draft = self.version._copy_as_draft()
        node = draft.node_ids.filtered("handler_rule")[0]
        node.handler_availability = "calendar"
        node.rung_ids = [Command.create({"hours": 1, "action": "sing"})]
        with self.assertRaises(UserError) as raised:
            draft.action_publish()
        for words in (f"({node.key})", "“calendar”", "“sing”"):
            self.assertIn(words, str(raised.exception))
        self.assertEqual(draft.state, "draft")
        node.handler_availability = "ignore"
        node.rung_ids.unlink()
        draft.action_publish()
        self.assertEqual(draft.state, "published")

    def test_duplicates_hold_what_was_drawn(self):
        """Of a version and of a flow, as often as somebody wants one."""
        keys = self.version.node_ids.mapped("key")
        draft = self.version.with_user(self.designer).copy()
        self.assertEqual((draft.state, draft.flow_id), ("draft", self.flow))
        self.assertEqual(draft.node_ids.mapped("key"), keys)
        self.assertEqual(draft.transition_ids.source_id.version_id, draft)
        flow = self.flow.with_user(self.designer)
        twins = flow.copy() | flow.copy()
        self.assertEqual(twins.mapped("key"), ["test_flow_copy", "test_flow_copy_2"])
        for twin in twins:
            self.assertEqual(twin.name, "Test flow (copy)")
            self.assertFalse(twin.published_version_id)
            self.assertEqual(twin.version_ids.node_ids.mapped("key"), keys)
            self.assertEqual(twin.version_ids.number, 1)
            twin.version_ids.action_publish()
            self.start_on(twin)

    def start_on(self, flow):
        order = self.Order.create({"name": "Order", "area": 40})
        order.scrm_flow_start(flow)
        self.assertEqual(order.scrm_node_key, "triage")
