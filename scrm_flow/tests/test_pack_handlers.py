from odoo.tests import tagged

from odoo.addons.scrm_flow.engine import bpmn

from .pack_common import PackCase

ALL = {
    "role": "small_engineer",
    "choice": "dispatch",
    "dispatcher": {"people": ["small_li"]},
    "availability": "working_now",
    "load_limit": 3,
    "fallback": {"field": "user_id"},
}


@tagged("post_install", "-at_install")
class TestPackHandlers(PackCase):
    """Rules, choices, availability and fallbacks go in with packs and come out."""

    def node(self):
        flow = self.env["scrm.flow"].search([("key", "=", self.key)])
        return flow.published_version_id.node_ids.filtered(lambda n: n.key == "check")

    @property
    def key(self):
        return self.pack["flows"][0]["key"]

    def load(self, handler):
        nodes = self.pack["flows"][0]["nodes"]
        next(n for n in nodes if n["key"] == "check")["handler"] = handler
        self.packs.import_pack(self.pack)
        return self.node()

    def exported(self):
        flows = {flow["key"]: flow for flow in self.packs.export_pack()["flows"]}
        nodes = flows[self.key]["nodes"]
        return next(n for n in nodes if n["key"] == "check")["handler"]

    def test_there_and_back(self):
        self.pack["decision_tables"][0]["rules"] = [
            {"name": "All", "result": {"kind": "user", "key": "small_li"}}
        ]
        self.pack["flows"][0]["owner"] = "small_li"
        self.pack["flows"][0]["fallback"] = {"role": "small_engineer"}
        for handler in (
            ALL,
            {"people": ["small_li"], "choice": "load"},
            {"field": "user_id"},
            {"previous": "visit", "fallback": {"owner": True}},
            {"table": "small_table", "availability": "leave_only"},
            {"manual": True, "role": "small_engineer"},
            {"manual": True, "dispatcher": {"people": ["small_li"]}},
            {"owner": True},
        ):
            with self.subTest(handler=handler):
                node = self.load(handler)
                self.assertEqual(self.exported(), handler)
                self.packs.import_pack(self.pack)
                self.assertEqual(self.node(), node, "nothing changed: no new version")
                version = node.version_id
                text = self.env["scrm.flow.bpmn"].export_bpmn(version.id)
                nodes = bpmn.read(text.encode()).definition["nodes"]
                read = next(n for n in nodes if n["key"] == "check")
                self.assertEqual(set(read["handler"]), set(handler))
        flows = {flow["key"]: flow for flow in self.packs.export_pack()["flows"]}
        self.assertEqual(flows[self.key]["owner"], "small_li")
        self.assertEqual(flows[self.key]["fallback"], {"role": "small_engineer"})

    def test_load_limit_of_a_user(self):
        self.pack["users"][0]["load_limit"] = 4
        self.packs.import_pack(self.pack)
        users = {user["key"]: user for user in self.packs.export_pack()["users"]}
        self.assertEqual(users[self.pack["users"][0]["key"]]["load_limit"], 4)

    def test_faults_name_their_place(self):
        path = "$.flows[0].nodes[2].handler"
        for handler, place, words in (
            ({"role": "small_engineer", "field": "x"}, path, "exactly one rule"),
            ({"choice": "load"}, path, "exactly one rule"),
            (
                {"role": "small_engineer", "choice": "dice"},
                f"{path}.choice",
                "there is no choice “dice”",
            ),
            (
                {"role": "small_engineer", "load_limit": -1},
                f"{path}.load_limit",
                "cannot be negative",
            ),
            ({"table": "nowhere"}, f"{path}.table", "nowhere"),
            (
                {"role": "small_engineer", "availability": "now"},
                f"{path}.availability",
                "now",
            ),
            (
                {"role": "small_engineer", "fallback": {"previous": "visit"}},
                f"{path}.fallback.previous",
                "",
            ),
        ):
            with self.subTest(handler=handler):
                nodes = self.pack["flows"][0]["nodes"]
                nodes[2]["handler"] = handler
                faults = self.faults()
                self.assertIn(place, faults)
                self.assertIn(words, faults[place])
