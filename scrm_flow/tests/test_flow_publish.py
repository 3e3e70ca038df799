from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .migration_common import MigrationCase


@tagged("post_install", "-at_install")
class TestFlowPublish(MigrationCase):
    """What becomes of running records when a version is published."""

    def dialog(self, version, **values):
        action = version.with_user(self.designer)
        action = (
            action.action_bring_back()
            if version.state == "retired"
            else action.action_publish_dialog()
        )
        self.assertEqual(action["res_model"], "scrm.flow.version.publish")
        return (
            self.env["scrm.flow.version.publish"]
            .with_user(self.designer)
            .with_context(**action["context"])
            .create(values)
        )

    def test_they_stay(self):
        """Covers in part: F39"""
        orders = self.begin(2)
        draft = self.renamed_draft()
        dialog = self.dialog(draft)
        self.assertEqual(dialog.running_count, 2)
        dialog.action_publish()
        self.assertEqual(draft.state, "published")
        self.assertEqual(orders.scrm_run_id.version_id, self.first)
        self.assertEqual(self.first.live_run_count, 2)

    def test_counts_and_problems_are_shown_first(self):
        """Covers in part: F17"""
        orders = self.begin(3)
        orders[2].with_user(self.ann).scrm_step_complete()
        draft = self.renamed_draft()
        action = draft.with_user(self.designer).action_publish_dialog()
        wizards = self.env["scrm.flow.version.publish"].with_user(self.designer)
        with Form(wizards.with_context(**action["context"])) as form:
            self.assertEqual(form.running_count, 3)
            form.running = "migrate"
            self.assertEqual((form.can_count, form.cannot_count), (1, 2))
            self.assertRegex(form.problem_text, "^2 × “Triage” is not in the new")
            form.running = "selected"
            form.domain = f"[('id', '=', {orders[2].id})]"
            self.assertEqual((form.can_count, form.cannot_count), (1, 0))
        self.assertEqual(draft.state, "draft")
        dialog = form.record
        action = dialog.action_plan()
        plan = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(plan.run_ids.run_id, orders[2].scrm_run_id)
        self.assertEqual(draft.state, "draft")
        with self.assertRaisesRegex(UserError, "Choose first"):
            self.dialog(draft).action_plan()

    def test_all_that_can(self):
        """Covers in part: F17"""
        orders = self.begin(2)
        orders[1].with_user(self.ann).scrm_step_complete()
        draft = self.renamed_draft()
        action = self.dialog(draft, running="migrate").action_publish()
        plan = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(plan.state, "done")
        self.assertEqual(plan.run_ids.mapped("state"), ["refused", "done"])
        self.assertEqual(orders[0].scrm_run_id.version_id, self.first)
        self.assertEqual(orders[1].scrm_run_id.version_id, draft)

    def test_an_unsound_draft_shows_its_faults(self):
        draft = self.renamed_draft()
        self.node(draft, "look").handler_user_ids = False
        dialog = self.dialog(draft)
        self.assertIn("First look", dialog.fault_text)
        with self.assertRaisesRegex(UserError, "cannot be published"):
            dialog.action_publish()

    def test_bring_an_earlier_version_back(self):
        """A copy with a new number; what runs comes back as well, where wanted.

        Covers: F39
        """
        old = self.begin()
        draft = self.renamed_draft()
        draft.action_publish()
        new = self.begin()
        dialog = self.dialog(self.first, running="migrate")
        self.assertTrue(dialog.is_back)
        self.assertEqual(dialog.running_count, 2)
        self.assertEqual((dialog.can_count, dialog.cannot_count), (1, 1))
        dialog.action_publish()
        back = self.migrating.published_version_id
        self.assertEqual((back.number, back.state), (3, "published"))
        self.assertEqual(back.copied_from_id, self.first)
        self.assertEqual(self.first.state, "retired")
        self.assertEqual(back.node_ids.mapped("key"), self.first.node_ids.mapped("key"))
        self.assertEqual(old.scrm_version_id, back)
        self.assertEqual(new.scrm_version_id, draft)
        with self.assertRaisesRegex(UserError, "Only a version that was replaced"):
            back.action_bring_back()

    def test_who_may_not(self):
        draft = self.renamed_draft()
        for user in (self.ann, self.watcher):
            with self.assertRaises(AccessError):
                draft.with_user(user).action_publish_dialog()
            with self.assertRaises(AccessError):
                self.env["scrm.flow.version.publish"].with_user(user).create(
                    {"version_id": draft.id}
                )
