import copy

from odoo.tests import tagged

from .check_common import CheckCase
from .pack_common import PackCase
from .test_bpmn_import import BpmnCase


@tagged("post_install", "-at_install")
class TestPackChecks(PackCase):
    """What nodes check goes in with packs and comes out again."""

    def setUp(self):
        super().setUp()
        self.pack = copy.deepcopy(self.pack)
        flow = self.pack["flows"][0]
        self.node = next(n for n in flow["nodes"] if n["key"] == "visit")
        self.node |= {
            "type": "check",
            "checks": [
                {
                    "key": "color",
                    "number": "color",
                    "at_least": "1",
                    "at_most": "9.50",
                    "otherwise": "freeze",
                    "message": {"en_US": "Bad color", "zh_CN": "颜色不对"},
                },
                {
                    "key": "named",
                    "condition": "[('ref', '!=', False)]",
                    "otherwise": "block",
                    "message": "No reference",
                },
            ],
            "alert": {"people": ["small_li"], "role": "small_engineer"},
            "release": "small_engineer",
            "release_exclusive": True,
        }

    def version(self):
        key = self.pack["flows"][0]["key"]
        return self.env["scrm.flow"].search([("key", "=", key)]).published_version_id

    def test_in_and_out(self):
        self.packs.import_pack(self.pack)
        version = self.version()
        checks = version.node_ids.check_ids
        self.assertEqual(checks.mapped("kind"), ["limits", "domain"])
        self.assertEqual(checks[0].with_context(lang="zh_CN").message, "颜色不对")
        self.packs.import_pack(self.pack)
        self.assertEqual(self.version(), version, "nothing changed: no new version")
        flows = {flow["key"]: flow for flow in self.packs.export_pack()["flows"]}
        nodes = flows[self.pack["flows"][0]["key"]]["nodes"]
        node = next(node for node in nodes if node["key"] == "visit")
        for key in ("checks", "alert", "release_exclusive"):
            self.assertEqual(node[key], self.node[key])

    def test_a_wrong_number_is_refused_with_its_place(self):
        self.node["checks"][0]["number"] = "nothing"
        with self.assertRaisesRegex(Exception, r"\$\.flows\[0\].*nothing"):
            self.packs.import_pack(self.pack)


@tagged("post_install", "-at_install")
class TestBpmnCheck(BpmnCase, CheckCase):
    def test_there_and_back(self):
        """A check comes back from a BPMN file as it was."""
        self.directors.scrm_key = "test_director"
        xml = self.files.export_bpmn(self.flow.published_version_id.id)
        wizard = self.wizard(xml, flow_id=self.flow.id)
        wizard.action_import()
        draft = wizard.version_id
        self.assertFalse(draft._fault_lines())
        node = draft.node_ids.filtered(lambda node: node.type == "check")
        self.assertEqual(node.check_ids.mapped("severity"), ["freeze", "block"])
        self.assertEqual((node.check_ids[0].lower, node.check_ids[0].upper), ("2", "8"))
        self.assertEqual(node.alert_group_id, self.directors)
        self.assertTrue(node.is_release_exclusive)
