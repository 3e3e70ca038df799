import copy

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .pack_common import PackCase


@tagged("post_install", "-at_install")
class TestPackStandby(PackCase):
    """Rosters, backup pools and the nodes that use them, in packs and in BPMN."""

    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time("2026-03-01 08:00:00"))
        self.pack = copy.deepcopy(self.pack)
        self.pack["users"].append(
            {"key": "boss", "login": "small_boss", "name": "Boss"}
        )
        self.pack["rosters"] = [
            {
                "key": "hotline",
                "name": "Hotline",
                "timezone": "Asia/Shanghai",
                "rotations": [
                    {
                        "name": "Nights",
                        "people": ["small_li", "boss"],
                        "first": "2026-03-02",
                        "last": "2026-03-15",
                        "from": "20",
                        "until": "8",
                    }
                ],
                "shifts": [
                    {
                        "person": "boss",
                        "from": "2026-03-05 02:00:00",
                        "until": "2026-03-05 04:00:00",
                    }
                ],
            }
        ]
        self.pack["backup_pools"] = [
            {"key": "peak", "name": "Peak", "people": ["small_li"], "hours": "2.5"}
        ]
        self.visit = next(
            node for node in self.pack["flows"][0]["nodes"] if node["key"] == "visit"
        )
        self.visit.update(
            handler={"roster": {"key": "hotline", "pass_on": True}},
            backup_pool="peak",
            stays_on_leave=True,
        )

    def node(self):
        flow = self.env["scrm.flow"].search(
            [("key", "=", self.pack["flows"][0]["key"])]
        )
        nodes = flow.published_version_id.node_ids
        return nodes.filtered(lambda node: node.key == "visit")

    def exported(self, section, key):
        items = self.packs.export_pack()[section]
        return next(item for item in items if item["key"] == key)

    def test_roster(self):
        self.packs.import_pack(self.pack)
        roster = self.env["scrm.flow.roster"].search([("key", "=", "hotline")])
        self.assertEqual(len(roster.shift_ids), 15)
        before = roster.shift_ids
        self.packs.import_pack(self.pack)
        self.assertEqual(roster.shift_ids, before)
        dumped = self.exported("rosters", "hotline")
        self.assertEqual(dumped["shifts"], self.pack["rosters"][0]["shifts"])
        (rotation,) = dumped["rotations"]
        wanted = self.pack["rosters"][0]["rotations"][0]
        self.assertEqual({**rotation, **wanted}, rotation)

    def test_backup_pool(self):
        self.packs.import_pack(self.pack)
        dumped = self.exported("backup_pools", "peak")
        self.assertEqual(dumped, self.pack["backup_pools"][0])

    def test_node(self):
        self.packs.import_pack(self.pack)
        node = self.node()
        self.assertEqual(node.handler_roster_id.key, "hotline")
        self.assertTrue(node.is_passed_on)
        self.assertEqual(node.backup_pool_id.key, "peak")
        self.assertFalse(node.reassign_on_leave)
        self.packs.import_pack(self.pack)
        self.assertEqual(self.node(), node, "nothing changed: no new version")
        flow = self.exported("flows", self.pack["flows"][0]["key"])
        dumped = next(one for one in flow["nodes"] if one["key"] == "visit")
        for key in ("handler", "backup_pool", "stays_on_leave"):
            self.assertEqual(dumped[key], self.visit[key], key)

    def test_partner_and_place(self):
        del self.visit["backup_pool"], self.visit["stays_on_leave"]
        self.visit["handler"] = {"partner": {"path": "parent_id", "company": True}}
        self.visit["location"] = "parent_id"
        self.packs.import_pack(self.pack)
        node = self.node()
        self.assertEqual(node.partner_path, "parent_id")
        self.assertTrue(node.is_partner_company)
        self.assertTrue(node.reassign_on_leave)
        flow = self.exported("flows", self.pack["flows"][0]["key"])
        dumped = next(one for one in flow["nodes"] if one["key"] == "visit")
        self.assertEqual(dumped["handler"], self.visit["handler"])
        self.assertEqual(dumped["location"], "parent_id")

    def test_bpmn_there_and_back(self):
        self.packs.import_pack(self.pack)
        files = self.env["scrm.flow.bpmn"]
        node = self.node()
        content = files.export_bpmn(node.version_id.id)
        answer = files.import_bpmn(content, node.version_id.flow_id.key)
        version = self.env["scrm.flow.version"].browse(answer["version_id"])
        copied = version.node_ids.filtered(lambda node: node.key == "visit")
        for name in (
            "handler_rule",
            "handler_roster_id",
            "is_passed_on",
            "backup_pool_id",
            "reassign_on_leave",
        ):
            self.assertEqual(copied[name], node[name], name)

    def test_faults_name_their_place(self):
        self.pack["rosters"][0]["timezone"] = "Moon/Crater"
        with self.assertRaisesRegex(UserError, r"\$\.rosters\[0\]\.timezone"):
            self.packs.import_pack(self.pack)
        self.pack["backup_pools"][0]["people"] = ["nobody"]
        with self.assertRaisesRegex(UserError, r"\$\.backup_pools\[0\]\.people\[0\]"):
            self.packs.import_pack(self.pack)
        self.assertFalse(self.env["scrm.flow.roster"].search([("key", "=", "hotline")]))
