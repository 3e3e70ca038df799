import copy

from odoo.exceptions import UserError
from odoo.tests import tagged

from .pack_common import PackCase


@tagged("post_install", "-at_install")
class TestPackTimes(PackCase):
    """What nodes know of time goes in with packs and comes out again."""

    def setUp(self):
        super().setUp()
        self.pack = copy.deepcopy(self.pack)
        flow = self.pack["flows"][0]
        flow["nodes"].insert(
            1,
            {
                "key": "rest",
                "name": "Rest",
                "type": "timer",
                "wait": {"hours": "1.5", "count": "working"},
            },
        )
        flow["transitions"][0]["target"] = "rest"
        flow["transitions"].append(
            {"key": "rested", "source": "rest", "target": "visit"}
        )

    def node(self, key):
        flow = self.env["scrm.flow"].search(
            [("key", "=", self.pack["flows"][0]["key"])]
        )
        nodes = flow.published_version_id.node_ids
        return nodes.filtered(lambda node: node.key == key)

    def exported(self, key):
        flows = {flow["key"]: flow for flow in self.packs.export_pack()["flows"]}
        nodes = flows[self.pack["flows"][0]["key"]]["nodes"]
        return next(node for node in nodes if node["key"] == key)

    def test_wait_of_a_timer(self):
        self.packs.import_pack(self.pack)
        node = self.node("rest")
        self.assertEqual((node.timer_hours, node.time_kind), (1.5, "working"))
        self.packs.import_pack(self.pack)
        self.assertEqual(self.node("rest"), node, "nothing changed: no new version")
        self.assertEqual(
            self.exported("rest")["wait"],
            {"hours": "1.5", "count": "working", "calendar": "company"},
        )

    def test_deadline_and_ladder(self):
        visit = next(n for n in self.pack["flows"][0]["nodes"] if n["key"] == "visit")
        visit["deadline"] = {"hours": "4", "reminders": ["-1", "0.5"]}
        visit["escalation"] = [
            {"hours": "0", "do": "notify", "people": ["small_li"], "activity": True},
            {
                "hours": "2.5",
                "from": "opening",
                "do": "reassign",
                "role": "small_engineer",
            },
        ]
        self.packs.import_pack(self.pack)
        node = self.node("visit")
        self.assertEqual(node.deadline_hours, 4)
        self.assertEqual(node._reminders(), [-1, 0.5])
        self.assertEqual(node.rung_ids.mapped("action"), ["notify", "reassign"])
        self.packs.import_pack(self.pack)
        self.assertEqual(self.node("visit"), node, "nothing changed: no new version")
        back = self.exported("visit")
        self.assertEqual(back["deadline"], visit["deadline"])
        first, second = back["escalation"]
        self.assertEqual(first, {**visit["escalation"][0], "from": "deadline"})
        self.assertEqual(second, visit["escalation"][1])
        visit["escalation"][1]["hours"] = "3"
        self.packs.import_pack(self.pack)
        self.assertNotEqual(self.node("visit"), node)

    def test_clock(self):
        reason = {
            "key": "waiting_inspector",
            "name": {"en_US": "Waiting for the inspector", "zh_CN": "等待检验员"},
            "holder": "supplier",
            "keeps_deadline": True,
        }
        self.pack["pause_reasons"] = [reason]
        visit = next(n for n in self.pack["flows"][0]["nodes"] if n["key"] == "visit")
        visit["clock"] = {
            "holder": "customer",
            "by_hand": ["waiting_inspector", "waiting_parts"],
            "condition": "[('name', '=', 'later')]",
            "reason": "waiting_inspector",
        }
        self.packs.import_pack(self.pack)
        node = self.node("visit")
        inspector = self.env["scrm.flow.pause.reason"].search(
            [("key", "=", "waiting_inspector")]
        )
        self.assertEqual(
            (inspector.holder, inspector.stops_deadline), ("supplier", False)
        )
        self.assertEqual(node.clock_holder, "customer")
        self.assertEqual(
            node.hand_pause_ids,
            inspector | self.env.ref("scrm_flow.pause_reason_parts"),
        )
        self.assertEqual(node.pause_reason_id, inspector)
        self.packs.import_pack(self.pack)
        self.assertEqual(self.node("visit"), node, "nothing changed: no new version")
        self.assertEqual(self.exported("visit")["clock"], visit["clock"])
        self.assertIn(reason, self.packs.export_pack()["pause_reasons"])
        visit["clock"]["reason"] = "nobody_knows"
        with self.assertRaisesRegex(UserError, r"nodes\[2\]\.clock\.reason: .*knows"):
            self.packs.import_pack(self.pack)

    def test_what_was_changed_in_the_reasons_that_come_along(self):
        """Name, holder, whether it stops deadlines or is offered at all, go along."""
        parts = self.env.ref("scrm_flow.pause_reason_parts")
        self.packs.import_pack(self.pack)
        keys = [one["key"] for one in self.packs.export_pack().get("pause_reasons", ())]
        self.assertNotIn(parts.key, keys)
        parts.write({"holder": "supplier", "stops_deadline": False, "active": False})
        self.env.flush_all()
        (reason,) = [
            one
            for one in self.packs.export_pack()["pause_reasons"]
            if one["key"] == parts.key
        ]
        self.assertEqual(
            (reason["holder"], reason["keeps_deadline"], reason["inactive"]),
            ("supplier", True, True),
        )
        parts.write({"holder": "parts", "stops_deadline": True, "active": True})
        self.pack["pause_reasons"] = [reason]
        self.packs.import_pack(self.pack)
        self.assertEqual(
            (parts.holder, parts.stops_deadline, parts.active),
            ("supplier", False, False),
        )
