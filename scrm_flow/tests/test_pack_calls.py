import copy

from odoo.tests import tagged

from .pack_common import PackCase


@tagged("post_install", "-at_install")
class TestPackCalls(PackCase):
    """Calls of other flows go in with packs and BPMN files and come out again."""

    def setUp(self):
        super().setUp()
        self.pack = copy.deepcopy(self.pack)
        (called,) = self.pack["flows"]
        caller = copy.deepcopy(called)
        caller["key"] = "small_caller"
        self.node = next(n for n in caller["nodes"] if n["key"] == "visit")
        for key in ("handler", "auto_condition", "must_accept", "release"):
            self.node.pop(key, None)
        self.node |= {
            "type": "call_activity",
            "call": {"flow": called["key"], "on": "child_ids", "wait": "any"},
        }
        self.pack["flows"].append(caller)

    def test_in_and_out(self):
        self.packs.import_pack(self.pack)
        flow = self.env["scrm.flow"].search([("key", "=", "small_caller")])
        version = flow.published_version_id
        node = version.node_ids.filtered(lambda node: node.type == "call_activity")
        self.assertEqual(node.call_flow_id.key, self.pack["flows"][0]["key"])
        self.packs.import_pack(self.pack)
        self.assertEqual(flow.published_version_id, version)
        flows = {one["key"]: one for one in self.packs.export_pack()["flows"]}
        nodes = {one["key"]: one for one in flows["small_caller"]["nodes"]}
        self.assertEqual(nodes["visit"]["call"], self.node["call"])
        files = self.env["scrm.flow.bpmn"]
        done = files.import_bpmn(files.export_bpmn(version.id), "small_caller")
        draft = self.env["scrm.flow.version"].browse(done["version_id"])
        self.assertFalse(done["todos"])
        again = draft.node_ids.filtered(lambda node: node.type == "call_activity")
        self.assertEqual(
            (again.call_flow_key, again.call_field, again.call_wait),
            (node.call_flow_key, "child_ids", "any"),
        )

    def call_here(self):
        """A pack whose first flow calls the second one on the same record."""
        called = self.pack["flows"][0]
        self.node["call"] = {"flow": called["key"]}
        self.pack["flows"].reverse()
        self.packs.import_pack(self.pack)
        flows = self.env["scrm.flow"].search(
            [("key", "in", ["small_caller", called["key"]])]
        )
        flows = {flow.key: flow for flow in flows}
        return flows["small_caller"], flows[called["key"]]

    def test_a_call_on_the_record_itself(self):
        """In whatever order they stand; exported as drawn; imported once more nothing
        changes, but a new edition of the called flow comes to its caller."""
        flow, called = self.call_here()
        version = flow.published_version_id
        node = version.node_ids.filtered(lambda node: node.type == "call_activity")
        self.assertEqual(node.call_target, "record")
        self.assertTrue(version.inner_node_ids)
        self.packs.import_pack(self.pack)
        self.assertEqual(flow.published_version_id, version)
        exported = self.packs.export_pack()
        flows = {one["key"]: one for one in exported["flows"]}
        nodes = {one["key"]: one for one in flows["small_caller"]["nodes"]}
        self.assertEqual(nodes["visit"]["call"], {"flow": called.key})
        self.assertEqual(len(nodes), len(version.node_ids))
        self.assertEqual(
            len(flows["small_caller"]["transitions"]), len(version.transition_ids)
        )
        self.pack["flows"][1]["nodes"][1]["name"] = "Another name"
        self.packs.import_pack(self.pack)
        newer = flow.published_version_id
        self.assertNotEqual(newer, version)
        self.assertFalse(newer.outdated_text)
        self.assertIn("Another name", newer.inner_node_ids.mapped("name"))

    def test_a_call_on_the_record_in_a_file(self):
        """BPMN has a word for it, and the file holds what is drawn."""
        flow, called = self.call_here()
        version = flow.published_version_id
        files = self.env["scrm.flow.bpmn"]
        text = files.export_bpmn(version.id)
        self.assertIn(f'calledElement="{called.key}"', text)
        self.assertNotIn("visit.", text)
        done = files.import_bpmn(text, "small_caller")
        self.assertFalse(done["todos"])
        draft = self.env["scrm.flow.version"].browse(done["version_id"])
        node = draft.node_ids.filtered(lambda node: node.type == "call_activity")
        self.assertEqual((node.call_target, node.call_flow_id), ("record", called))
        self.assertEqual(len(draft.node_ids), len(version.node_ids))
        draft.action_publish()
        self.assertEqual(
            draft.inner_node_ids.mapped("key"), version.inner_node_ids.mapped("key")
        )

    def test_a_flow_that_does_not_exist_is_refused(self):
        self.node["call"]["flow"] = "small_nothing"
        with self.assertRaisesRegex(Exception, "small_nothing.*does not exist"):
            self.packs.import_pack(self.pack)
