from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import FlowCase


@tagged("post_install", "-at_install")
class TestFlowTestCase(FlowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draft = cls.version._copy_as_draft()
        cls.wizards = cls.env["scrm.flow.sandbox.wizard"]

    def case(self, *lines, **values):
        return self.env["scrm.flow.test.case"].create(
            {
                "flow_id": self.flow.id,
                "key": "small",
                "name": "A small area",
                "expected_path": "start → triage → large → visit → stamp → end",
                "expected_state": "done",
                "expected_end": "end",
                "line_ids": [
                    Command.create({**line, "sequence": number})
                    for number, line in enumerate(lines or self.small())
                ],
                **values,
            }
        )

    def small(self):
        return [
            {"action": "set", "field_name": "area", "value": "40"},
            {"action": "set", "field_name": "owner_id", "value": "Eve"},
            {
                "action": "complete",
                "node_key": "triage",
                "transition_key": "accept",
                "user_id": self.ann.id,
            },
            {
                "action": "expect_handler",
                "node_key": "visit",
                "group_id": self.role.id,
            },
            {"action": "complete"},
            {"action": "expect_value", "field_name": "note", "value": "done"},
            {"action": "expect_value", "field_name": "area", "value": "40"},
            {"action": "expect_value", "field_name": "owner_id", "value": "Eve"},
        ]

    def edge(self, key):
        return self.draft.transition_ids.filtered(lambda edge: edge.key == key)

    def test_a_passing_test_lets_publish(self):
        """Covers in part: F16"""
        case = self.case()
        case.with_user(self.designer).action_run()
        self.assertEqual((case.last_result, case.last_message), ("passed", False))
        self.assertEqual(case.last_version_id, self.draft)
        self.draft.with_user(self.designer).action_publish()
        self.assertEqual(self.flow.published_version_id, self.draft)

    def test_a_failing_test_keeps_from_publishing(self):
        """Every test that fails is named, with what was expected and seen; the
        published version stays."""
        self.case()
        self.case(
            {"action": "complete", "transition_key": "accept"},
            key="other",
            name="Refused line",
            expected_path=False,
            expected_state=False,
            expected_end=False,
        )
        self.edge("is_large").condition = "[('area', '>', 30)]"
        self.edge("accept").key = "take"
        with self.assertRaises(UserError) as caught:
            self.draft.with_user(self.designer).action_publish()
        text = str(caught.exception)
        self.assertIn("cannot be published, its tests fail:", text)
        self.assertIn(
            "- A small area: line 3, Complete triage: “accept” does not lead on", text
        )
        self.assertIn(
            "- A small area: path: expected “start → triage → large → visit → stamp → "
            "end”, saw “start → triage”.",
            text,
        )
        self.assertIn("- A small area: state: expected “Done”, saw “Running”.", text)
        self.assertIn("- Refused line: line 1, Complete", text)
        self.assertEqual(self.draft.state, "draft")
        self.assertEqual(self.flow.published_version_id, self.version)

    def test_expectations(self):
        """Values, handlers and messages that are not as expected say what was."""
        visit = self.draft.node_ids.filtered(lambda node: node.key == "visit")
        visit.write({"deadline_hours": 4, "reminder_hours": "-1"})
        case = self.case(
            {"action": "set", "field_name": "name", "value": "Mine"},
            {"action": "complete", "transition_key": "accept"},
            {"action": "expect_handler", "user_id": self.eve.id, "node_key": "visit"},
            {"action": "wait", "hours": 3.5},
            {"action": "expect_message", "value": "due on", "user_id": self.eve.id},
            {"action": "expect_message", "value": "“Visit” is due on"},
            {"action": "expect_value", "field_name": "priority", "value": "1"},
            {"action": "expect_value", "field_name": "gone", "value": "1"},
            expected_path="start, triage, large, visit",
            expected_state="running",
            expected_end=False,
            start_at="2026-03-02 08:00:00",
        )
        case.with_user(self.designer).action_run()
        self.assertEqual(
            case.last_message.splitlines(),
            [
                "line 3, Expect a Handler visit: Visit: expected “Eve”, saw “Bob”.",
                "line 5, Expect a Message: message to Eve: expected “due on”, saw "
                "“Bob: Mine: “Visit” is due on 3/2/26, 12:00\u202fPM.”.",
                "line 7, Expect a Value: priority: expected “1”, saw “0”.",
                "line 8, Expect a Value: “gone” is no field of Test Order that you may "
                "see.",
            ],
        )

    def test_what_cannot_be_run_fails(self):
        case = self.case(
            {"action": "set", "field_name": "removed", "value": "1"},
        )
        with self.assertRaisesRegex(
            UserError, "A small area: it cannot be run: “removed” is no field"
        ):
            self.draft.with_user(self.designer).action_publish()
        case.active = False  # kept, but not asked
        self.draft.with_user(self.designer).action_publish()

    def test_a_course_becomes_a_test(self):
        """What was tried out is saved with its path, handlers and end, and passes."""
        version = self.draft.with_user(self.designer)
        wizard = self.wizards.with_user(self.designer).browse(
            version.action_try_out()["res_id"]
        )
        with Form(wizard) as form:
            with form.line_ids.new() as line:
                line.action = "set"
                line.field_name = "area"
                line.value = "95"
        wizard.action_play()
        (take, refuse) = wizard.choice_ids
        self.assertEqual((take.name, refuse.name), ("Accept", "Refuse"))
        self.assertEqual(take.handlers, "Ann")
        take.action_take()
        self.assertEqual(wizard.choice_ids.node_key, "survey")
        self.assertIn("Survey", wizard.course_html)
        case = self.env["scrm.flow.test.case"].browse(
            wizard.action_save_test()["res_id"]
        )
        self.assertEqual(case.expected_path, "start → triage → large → survey")
        self.assertEqual(case.expected_state, "running")
        self.assertEqual(
            [(line.action, line.user_id, line.group_id) for line in case.line_ids],
            [
                ("set", self.env["res.users"], self.env["res.groups"]),
                ("expect_handler", self.ann, self.env["res.groups"]),
                ("complete", self.env["res.users"], self.env["res.groups"]),
            ],
        )
        self.assertEqual(case.key, "test_1")
        case.with_user(self.designer).action_run()
        self.assertEqual(case.last_result, "passed")
        wizard.record_ref = self.start()
        with self.assertRaisesRegex(UserError, "makes its record up"):
            wizard.action_save_test()

    def test_lines_are_picked_from_the_version(self):
        """Nodes and ways are chosen, keys are kept."""
        with Form(self.case().with_user(self.designer)) as form:
            with form.line_ids.new() as line:
                line.action = "complete"
                line.node_id = self.draft.node_ids.filtered(
                    lambda node: node.key == "survey"
                )
                line.transition_id = self.edge("surveyed")
        line = form.record.line_ids[-1]
        self.assertEqual((line.node_key, line.transition_key), ("survey", "surveyed"))

    def test_rights_and_keys(self):
        case = self.case()
        for user in (self.ann, self.watcher):
            with self.assertRaises(AccessError):
                case.with_user(user).action_run()
            with self.assertRaises(AccessError):
                case.with_user(user).name = "Mine"
            with self.assertRaises(AccessError):
                self.draft.with_user(user).action_try_out()
            self.assertNotIn("test_ids", self.flow.with_user(user).fields_get())
        self.assertEqual(case.copy().key, "small_copy")
        with self.assertRaisesRegex(ValidationError, "must start with a small"):
            case.key = "No Key"
