from odoo.tests import tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestSandboxVotes(ApprovalCase):
    """Approvals are tried out, and tested, with the votes of named approvers."""

    def play(self, *script):
        sandbox = self.env["scrm.flow.sandbox"].with_user(self.designer)
        script = [{"do": "complete", "node": "ask"}, *script]
        return sandbox.play(self.flow.published_version_id.id, script)

    def said(self, course, node="review"):
        step = [step for step in course["steps"] if step["node"] == node][-1]
        return [(vote["login"], vote["state"]) for vote in step["votes"]]

    def test_everybody_approves(self):
        """Covers in part: F16"""
        course = self.play(
            {"do": "approve", "node": "review", "as": "bob"},
            {"do": "approve", "as": "cid", "reason": "Fair"},
        )
        self.assertEqual(
            self.said(course),
            [("bob", "approved"), ("cid", "approved"), ("designer", "asked")],
        )
        (choice,) = course["choices"]
        self.assertEqual((choice["ways"], choice["refused"]), ([], []))
        course = self.play(
            *({"do": "approve", "as": login} for login in ("bob", "cid", "designer"))
        )
        self.assertEqual([node["key"] for node in course["path"]][-1], "pay")
        held = [("res_model", "=", "scrm.test.order")]
        self.assertFalse(self.env["scrm.flow.vote"].search(held), "nothing remains")

    def test_one_is_against(self):
        course = self.play({"do": "deny", "as": "cid", "reason": "Too dear"})
        self.assertEqual(
            self.said(course),
            [("bob", "dropped"), ("cid", "rejected"), ("designer", "dropped")],
        )
        self.assertEqual(course["steps"][-1]["node"], "ask")

    def test_who_may_not_vote_so_is_refused(self):
        """Not asked, voted already, against without a reason: as for real."""
        course = self.play(
            {"do": "approve", "as": "eve"},
            {"do": "deny", "as": "bob"},
            {"do": "approve", "as": "bob"},
            {"do": "deny", "as": "bob", "reason": "After all"},
        )
        good = [outcome["ok"] for outcome in course["outcomes"]]
        self.assertEqual(good, [True, False, False, True, False])
        self.assertEqual(self.said(course)[0], ("bob", "approved"))

    def test_without_a_name_the_first_who_is_asked(self):
        self.change_review(**self.in_order(self.cid, self.bob))
        course = self.play({"do": "approve"}, {"do": "approve"})
        self.assertEqual(self.said(course), [("cid", "approved"), ("bob", "approved")])
        self.assertEqual([node["key"] for node in course["path"]][-1], "pay")

    def test_offered_in_the_wizard(self):
        """Each approver who is asked can be played, for and against."""
        version = self.flow.published_version_id.with_user(self.designer)
        wizard = self.env["scrm.flow.sandbox.wizard"].with_user(self.designer)
        wizard = wizard.browse(version.action_try_out()["res_id"])
        wizard.choice_ids.action_take()
        choices = wizard.choice_ids
        self.assertEqual(
            choices.mapped(lambda choice: (choice.action, choice.handlers)),
            [
                (action, name)
                for name in ("Bob", "Cid", "Designer")
                for action in ("approve", "deny")
            ],
        )
        choices[2].action_take()
        self.assertEqual(self.said(wizard.course)[1], ("cid", "approved"))
        self.assertIn("Approved", wizard.course_html)
        against = wizard.choice_ids.filtered(lambda choice: choice.action == "deny")
        against[0].action_take()
        self.assertEqual(self.said(wizard.course)[0], ("bob", "rejected"))
        test = self.env["scrm.flow.test.case"].browse(
            wizard.action_save_test()["res_id"]
        )
        self.assertIn("deny", test.line_ids.mapped("action"))
        test.action_run()
        self.assertEqual(test.last_result, "passed")
