import copy

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .pack_common import PackCase


@tagged("post_install", "-at_install")
class TestPackTests(PackCase):
    """Tests of flows go in with packs, gate them, and come out again."""

    def setUp(self):
        super().setUp()
        self.pack = copy.deepcopy(self.pack)
        self.test = {
            "key": "small_visit",
            "name": {"en_US": "A visit", "zh_CN": "一次上门"},
            "inactive": True,
            "at": "2026-03-02 08:00:00",
            "values": {"name": "Lotus", "ref": "paid"},
            "script": [
                {"do": "expect", "node": "visit", "role": "small_engineer"},
                {"do": "accept", "node": "visit", "as": "small_li"},
                {"do": "complete", "node": "visit", "as": "small_li"},
                {"do": "approve", "node": "visit", "as": "small_li"},
                {"do": "deny", "node": "check", "as": "small_li", "reason": "Dear"},
                {"do": "wait", "hours": 1.5},
                {"do": "wait"},
                {
                    "do": "transfer",
                    "node": "check",
                    "user": "small_li",
                    "reason": "Holiday",
                },
                {"do": "set", "values": {"ref": "unpaid"}},
                {"do": "expect", "values": {"ref": "unpaid"}},
                {"do": "expect", "as": "small_li", "message": "due"},
            ],
            "path": ["start", "visit", "check"],
            "state": "running",
        }
        self.pack["flows"][0]["tests"] = [self.test]

    def flow(self):
        key = self.pack["flows"][0]["key"]
        return self.env["scrm.flow"].search([("key", "=", key)])

    def test_there_and_back(self):
        self.packs.import_pack(self.pack)
        case = self.flow().with_context(active_test=False).test_ids
        self.assertEqual(case.name, "A visit")
        flows = {flow["key"]: flow for flow in self.packs.export_pack()["flows"]}
        (back,) = flows[self.flow().key]["tests"]
        self.assertEqual(back, self.test)
        lines = case.line_ids
        report = self.packs.import_pack(self.pack)
        self.assertEqual(case.line_ids, lines)
        self.assertFalse(report.get("updated"))
        self.test["script"].pop()
        self.packs.import_pack(self.pack)
        self.assertEqual(len(case.line_ids), len(lines) - 1)

    @mute_logger("odoo.addons.scrm_flow.models.scrm_flow_test_case")
    def test_a_failing_test_refuses_the_pack(self):
        del self.test["inactive"]
        self.test["values"] = {"nothing": 1}
        with self.assertRaises(UserError) as caught:
            self.packs.import_pack(self.pack)
        text = str(caught.exception)
        self.assertIn("$.flows[0]: “Small flow, version 1” cannot be published", text)
        self.assertIn("A visit: it cannot be run: “nothing” is no field", text)
        self.assertFalse(self.flow(), "nothing is imported")

    def test_unknown_people_are_named(self):
        self.test["script"][1]["as"] = "nobody"
        with self.assertRaisesRegex(UserError, r"tests\[0\].script\[1\].as"):
            self.packs.import_pack(self.pack)
