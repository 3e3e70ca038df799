import copy

from odoo.tests import tagged

from .approval_common import ApprovalCase
from .pack_common import PackCase
from .test_bpmn_import import BpmnCase


@tagged("post_install", "-at_install")
class TestPackApprovals(PackCase):
    """How nodes approve goes in with packs and comes out again."""

    def setUp(self):
        super().setUp()
        self.pack = copy.deepcopy(self.pack)
        self.pack["users"].append(
            {
                "key": "small_a",
                "login": "small_a",
                "name": "A Director",
                "password": "small_a_secret",
                "email": "a@example.com",
                "roles": ["small_engineer"],
            }
        )
        flow = self.pack["flows"][0]
        self.review = {
            "key": "review",
            "name": "Review",
            "type": "approval",
            "handler": {"in_order": ["small_li", "small_a"]},
            "approval": {"policy": "count", "count": 1, "order": "serial"},
        }
        flow["nodes"].insert(1, self.review)
        flow["transitions"][0]["target"] = "review"
        flow["transitions"] += [
            {
                "key": "agreed",
                "source": "review",
                "target": "visit",
                "outcome": "approved",
            },
            {
                "key": "refused",
                "source": "review",
                "target": "end",
                "outcome": "rejected",
            },
        ]

    def version(self):
        key = self.pack["flows"][0]["key"]
        return self.env["scrm.flow"].search([("key", "=", key)]).published_version_id

    def test_in_and_out(self):
        self.packs.import_pack(self.pack)
        version = self.version()
        node = version.node_ids.filtered(lambda node: node.key == "review")
        self.assertEqual(
            node.handler_line_ids.user_id.mapped("login"), ["small_li", "small_a"]
        )
        self.assertEqual((node.approval_policy, node.approval_count), ("count", 1))
        self.packs.import_pack(self.pack)
        self.assertEqual(self.version(), version, "nothing changed: no new version")
        flows = {flow["key"]: flow for flow in self.packs.export_pack()["flows"]}
        flow = flows[self.pack["flows"][0]["key"]]
        review = next(node for node in flow["nodes"] if node["key"] == "review")
        self.assertEqual(review["handler"], {"in_order": ["small_li", "small_a"]})
        self.assertEqual(review["approval"], self.review["approval"])
        outcomes = {
            edge["key"]: edge["outcome"]
            for edge in flow["transitions"]
            if edge.get("outcome")
        }
        self.assertEqual(outcomes, {"agreed": "approved", "refused": "rejected"})
        self.review["handler"]["in_order"].reverse()
        self.packs.import_pack(self.pack)
        self.assertNotEqual(self.version(), version, "the order counts")

    def test_an_unmarked_way_is_refused(self):
        del self.pack["flows"][0]["transitions"][-1]["outcome"]
        with self.assertRaisesRegex(Exception, "neither approves nor rejects"):
            self.packs.import_pack(self.pack)


@tagged("post_install", "-at_install")
class TestBpmnApproval(BpmnCase, ApprovalCase):
    def test_there_and_back(self):
        """An approval comes back from a BPMN file as it was."""
        self.change_review(
            approval_policy="count",
            approval_count=1,
            approval_order="serial",
            requester_may_approve=True,
            **self.in_order(self.cid, self.bob),
        )
        xml = self.files.export_bpmn(self.flow.published_version_id.id)
        wizard = self.wizard(xml, flow_id=self.flow.id)
        wizard.action_import()
        draft = wizard.version_id
        self.assertFalse(draft._fault_lines())
        node = draft.node_ids.filtered(lambda node: node.type == "approval")
        self.assertEqual(node.handler_line_ids.user_id.ids, [self.cid.id, self.bob.id])
        self.assertEqual(
            (node.approval_policy, node.approval_count, node.approval_order),
            ("count", 1, "serial"),
        )
        self.assertTrue(node.requester_may_approve)
        edges = {edge.key: edge.outcome for edge in draft.transition_ids}
        self.assertEqual(edges["agreed"], "approved")
        self.assertEqual(edges["refused"], "rejected")
