import copy
import json

from odoo.exceptions import UserError
from odoo.tests import tagged

from .pack_common import PackCase


@tagged("post_install", "-at_install")
class TestPackDecisions(PackCase):
    """Decision tables that gateways ask go in with packs and come out again."""

    def setUp(self):
        super().setUp()
        self.pack = copy.deepcopy(self.pack)
        flow = self.pack["flows"][0]
        flow["nodes"].insert(
            1,
            {
                "key": "which",
                "name": "Which",
                "type": "exclusive_gateway",
                "table": "small_ways",
            },
        )
        flow["transitions"][0]["target"] = "which"
        flow["transitions"] += [
            {"key": "to_visit", "source": "which", "target": "visit", "default": True},
            {"key": "to_check", "source": "which", "target": "check"},
        ]
        self.table = {
            "key": "small_ways",
            "name": {"en_US": "Small ways", "zh_CN": "路线"},
            "model": "res.partner",
            "rules": [
                {
                    "name": "Ours",
                    "when": [
                        {"dimension": "company", "operator": "contains", "value": "A"}
                    ],
                    "result": {"kind": "transition", "key": "to_check"},
                },
                {
                    "name": "Rest",
                    "default": True,
                    "result": {"kind": "transition", "key": "to_visit"},
                },
            ],
        }
        self.pack["decision_tables"].append(self.table)

    def gateway(self):
        flow = self.env["scrm.flow"].search(
            [("key", "=", self.pack["flows"][0]["key"])]
        )
        nodes = flow.published_version_id.node_ids
        return nodes.filtered(lambda node: node.key == "which")

    def test_in_and_out(self):
        self.packs.import_pack(self.pack)
        gateway = self.gateway()
        table = gateway.gateway_table_id
        self.assertEqual((table.key, table.result_kind), ("small_ways", "key"))
        self.assertEqual(table.rule_ids.mapped("result_key"), ["to_check", "to_visit"])
        self.assertEqual(table.rule_ids.mapped("is_default"), [False, True])
        report = self.packs.import_pack(self.pack)
        self.assertEqual((report["created"], report["updated"]), (0, 0))
        back = self.packs.export_pack()
        self.assertIn(self.table, back["decision_tables"])
        nodes = {node["key"]: node for node in back["flows"][0]["nodes"]}
        self.assertEqual(nodes["which"]["table"], "small_ways")

    def test_table_and_flow_change_together(self):
        """A transition gets another key: the table names it before the flow does."""
        self.packs.import_pack(self.pack)
        text = json.dumps(self.pack).replace("to_check", "to_look")
        self.packs.import_pack(text)
        self.assertIn("to_look", self.gateway().gateway_table_id.rule_ids[0].result_key)
        self.assertIn("to_look", self.gateway().version_id.transition_ids.mapped("key"))

    def test_a_published_flow_keeps_its_ways(self):
        self.packs.import_pack(self.pack)
        self.table["rules"][0]["result"]["key"] = "to_nowhere"
        table = self.gateway().gateway_table_id
        del self.pack["flows"], self.pack["scenarios"]
        with self.assertRaisesRegex(
            UserError, r"\$\.decision_tables\[1\]: .* asks this table"
        ):
            self.packs.import_pack(self.pack)
        self.assertEqual(table.rule_ids[0].result_key, "to_check")

    def test_collecting(self):
        self.table["hit_policy"] = "collect"
        self.packs.import_pack(self.pack)
        self.assertEqual(self.gateway().gateway_table_id.hit_policy, "collect")
        self.assertIn(self.table, self.packs.export_pack()["decision_tables"])

    def test_results_are_of_one_kind(self):
        self.table["rules"][1]["result"] = {"kind": "partner", "key": "small_office"}
        self.assertEqual(
            self.faults(),
            {
                "$.decision_tables[1].rules[1].result.kind": (
                    "all rules of a table answer with transitions, or none"
                )
            },
        )
