import copy

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.scrm_flow.tests.pack_common import PackCase


@tagged("post_install", "-at_install")
class TestPackDepartments(PackCase):
    """Departments, who works in them, and the nodes that ask for them, in packs."""

    def setUp(self):
        super().setUp()
        self.manager.group_ids |= self.env.ref("hr.group_hr_manager")
        self.pack = copy.deepcopy(self.pack)
        self.pack["requires"] = ["scrm_flow_hr"]
        self.pack["departments"] = [
            {"key": "work", "name": "Work", "head": "small_li"},
            {
                "key": "field",
                "name": {"en_US": "Field Work", "zh_CN": "外勤"},
                "parent": "work",
                "members": ["small_li"],
            },
        ]
        self.visit = self.of_visit(self.pack["flows"][0])

    def of_visit(self, flow):
        return next(node for node in flow["nodes"] if node["key"] == "visit")

    def node(self):
        flow = self.env["scrm.flow"].search([("key", "=", "small_flow")])
        nodes = flow.published_version_id.node_ids
        return nodes.filtered(lambda node: node.key == "visit")

    def there_and_back(self, handler):
        self.visit["handler"] = handler
        self.packs.import_pack(self.pack)
        node = self.node()
        self.packs.import_pack(self.pack)
        self.assertEqual(self.node(), node, "nothing changed: no new version")
        dumped = self.packs.export_pack()
        mine = [d for d in dumped["departments"] if d["key"] in ("work", "field")]
        self.assertEqual(mine, self.pack["departments"])
        (flow,) = [f for f in dumped["flows"] if f["key"] == "small_flow"]
        self.assertEqual(self.of_visit(flow)["handler"], handler)
        return node

    def test_members(self):
        """Covers in part: H03"""
        node = self.there_and_back({"department": "field"})
        self.assertEqual(node.handler_rule, "department")
        department = node.handler_department_id
        self.assertEqual(department.name, "Field Work")
        self.assertEqual(department.parent_id.manager_id.user_id.login, "small_li")
        self.assertEqual(department.member_ids.user_id.login, "small_li")

    def test_head(self):
        node = self.there_and_back({"manager": "work"})
        self.assertEqual((node.handler_rule, node.handler_choice), ("manager", "pool"))

    def test_head_hands_out_and_takes_what_finds_nobody(self):
        """Covers in part: H05"""
        node = self.there_and_back(
            {
                "department": "field",
                "choice": "dispatch",
                "dispatcher": {"manager": "field"},
                "fallback": {"manager": "field"},
            }
        )
        self.assertEqual((node.dispatcher_rule, node.fallback_rule), ("manager",) * 2)
        self.assertEqual(node.handler_department_id.name, "Field Work")

    def test_two_departments_at_one_node(self):
        self.visit["handler"] = {
            "department": "field",
            "fallback": {"manager": "work"},
        }
        with self.assertRaisesRegex(UserError, "one department, not field, work"):
            self.packs.import_pack(self.pack)

    def test_a_department_that_is_not_there(self):
        self.visit["handler"] = {"department": "nowhere"}
        with self.assertRaisesRegex(UserError, r"handler\.department.*nowhere"):
            self.packs.import_pack(self.pack)
