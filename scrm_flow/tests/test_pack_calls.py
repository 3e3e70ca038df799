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

    def test_a_flow_that_does_not_exist_is_refused(self):
        self.node["call"]["flow"] = "small_nothing"
        with self.assertRaisesRegex(Exception, "small_nothing.*does not exist"):
            self.packs.import_pack(self.pack)
