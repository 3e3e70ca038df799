"""What approvals show, and what publishing asks of them."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .approval_common import ApprovalCase


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
