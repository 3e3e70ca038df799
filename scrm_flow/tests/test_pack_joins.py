import copy

from odoo.exceptions import UserError
from odoo.tests import tagged

from .pack_common import PackCase


@tagged("post_install", "-at_install")
class TestPackJoins(PackCase):
    """Parallel gateways with their rules in packs and in BPMN files."""

    def setUp(self):
        super().setUp()
        self.pack = copy.deepcopy(self.pack)
        flow = self.pack["flows"][0]
        handler = {"people": ["small_li"]}
        task = {"type": "user_task", "handler": handler}
        flow["nodes"][1:1] = [
            {"key": "both", "name": "Both", "type": "parallel_gateway"},
            {"key": "pay", "name": "Pay", **task},
            {"key": "pack", "name": "Pack", **task},
            {"key": "ready", "name": "Ready", "type": "parallel_gateway"},
        ]
        first = flow["transitions"][0]
        target, first["target"] = first["target"], "both"
        for source, where in [("both", "pay"), ("both", "pack")] + [
            ("pay", "ready"),
            ("pack", "ready"),
            ("ready", target),
        ]:
            flow["transitions"].append(
                {"key": f"{source}_{where}", "source": source, "target": where}
            )
        self.join = flow["nodes"][4]

    def published(self):
        key = self.pack["flows"][0]["key"]
        return self.env["scrm.flow"].search([("key", "=", key)]).published_version_id

    def node(self):
        return self.published().node_ids.filtered(lambda node: node.key == "ready")

    def test_rules_go_in_and_out(self):
        for rule, stored in (
            (None, ("all", 1)),
            ("any", ("any", 1)),
            (2, ("count", 2)),
            ("all", ("all", 1)),
        ):
            if rule:
                self.join["join"] = rule
            self.packs.import_pack(self.pack)
            node = self.node()
            self.assertEqual((node.join_rule, node.join_count), stored)
            self.packs.import_pack(self.pack)
            self.assertEqual(self.node(), node, "nothing changed: no new version")
            flows = {flow["key"]: flow for flow in self.packs.export_pack()["flows"]}
            nodes = {n["key"]: n for n in flows[self.pack["flows"][0]["key"]]["nodes"]}
            back = nodes["ready"].get("join")
            self.assertEqual(back, None if rule == "all" else rule)

    def test_what_is_wrong_is_named(self):
        for rule, message in (
            (3, "fewer than one branch or more than there are"),
            (0, "none of the allowed forms"),
            ("some", "none of the allowed forms"),
        ):
            self.join["join"] = rule
            with self.assertRaisesRegex(
                UserError, rf"flows\[0\]\.nodes\[4\].*{message}"
            ):
                self.packs.import_pack(self.pack)

    def test_rule_in_bpmn(self):
        self.join["join"] = 2
        self.packs.import_pack(self.pack)
        files = self.env["scrm.flow.bpmn"]
        xml = files.export_bpmn(self.published().id)
        self.assertIn("<parallelGateway", xml)
        draft = self.env["scrm.flow.version"].browse(
            files.import_bpmn(xml, self.pack["flows"][0]["key"])["version_id"]
        )
        node = draft.node_ids.filtered(lambda node: node.key == "ready")
        self.assertEqual((node.join_rule, node.join_count), ("count", 2))
        draft.action_publish()
        self.assertEqual(files.export_bpmn(draft.id), xml)
