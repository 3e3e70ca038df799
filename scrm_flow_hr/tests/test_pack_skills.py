import copy

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.scrm_flow.tests.pack_common import PackCase


@tagged("post_install", "-at_install")
class TestPackSkills(PackCase):
    """Skills, who has them, and the nodes that ask for them, in packs."""

    def setUp(self):
        super().setUp()
        rights = self.env.ref("hr.group_hr_manager")
        self.manager.group_ids |= rights
        self.pack = copy.deepcopy(self.pack)
        self.pack["requires"] = ["scrm_flow_hr"]
        self.pack["skills"] = [
            {
                "key": "service",
                "name": "Service",
                "levels": [
                    {"name": "Some", "level": 30},
                    {"name": "Good", "level": 80},
                ],
                "skills": [{"key": "phone", "name": "Phone"}],
            }
        ]
        self.pack["users"][0]["skills"] = [{"skill": "phone", "level": 80}]
        self.visit = next(
            node for node in self.pack["flows"][0]["nodes"] if node["key"] == "visit"
        )
        self.visit["handler"] = {"skill": True}
        self.visit["skills"] = [{"skill": "phone", "level": 50}]
        self.visit["skill_role"] = "small_engineer"

    def item(self, pack, section, key):
        return next(item for item in pack[section] if item["key"] == key)

    def test_there_and_back(self):
        self.packs.import_pack(self.pack)
        user = self.env["res.users"].search([("login", "=", "small_li")])
        employee = self.env["hr.employee"].search([("user_id", "=", user.id)])
        self.assertEqual(employee.current_employee_skill_ids.level_progress, 80)
        flow = self.env["scrm.flow"].search([("key", "=", "small_flow")])
        version = flow.published_version_id
        node = version.node_ids.filtered(lambda node: node.key == "visit")
        self.assertEqual(node.handler_rule, "skill")
        self.assertEqual(node.skill_ids.level, 50)
        self.assertEqual(node.handler_group_id.scrm_key, "small_engineer")
        self.packs.import_pack(self.pack)
        self.assertEqual(flow.published_version_id, version, "nothing changed")
        self.assertEqual(len(employee.employee_skill_ids), 1)
        dumped = self.packs.export_pack()
        self.assertEqual(self.item(dumped, "skills", "service"), self.pack["skills"][0])
        self.assertEqual(
            self.item(dumped, "users", "small_li")["skills"],
            self.pack["users"][0]["skills"],
        )
        nodes = self.item(dumped, "flows", "small_flow")["nodes"]
        visit = next(node for node in nodes if node["key"] == "visit")
        for key in ("handler", "skills", "skill_role"):
            self.assertEqual(visit[key], self.visit[key], key)

    def test_a_level_that_is_not_there(self):
        self.pack["users"][0]["skills"][0]["level"] = 55
        with self.assertRaisesRegex(UserError, "has no level of 55 %"):
            self.packs.import_pack(self.pack)
