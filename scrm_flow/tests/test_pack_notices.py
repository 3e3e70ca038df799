import copy

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.scrm_flow.packs.notices import NoticeSection

from .pack_common import PackCase


@tagged("post_install", "-at_install")
class TestPackNotices(PackCase):
    """Notification rules and channels in packs."""

    def setUp(self):
        super().setUp()
        self.pack = copy.deepcopy(self.pack)
        self.pack["notice_channels"] = [
            {
                "key": "group",
                "name": "Our group",
                "kind": "wecom_robot",
                "timeout": 5,
                "mentions_all": True,
            }
        ]
        self.pack["notices"] = [
            {
                "key": "on_the_way",
                "name": {"en_US": "On the way", "zh_CN": "已出发"},
                "flow": self.pack["flows"][0]["key"],
                "when": "reached",
                "nodes": ["visit"],
                "condition": "[('id', '>', 0)]",
                "to": ["customer", "handlers"],
                "people": ["small_li"],
                "channels": ["group", "inbox"],
                "severities": [
                    {
                        "name": "Bad",
                        "condition": "[('id', '<', 0)]",
                        "channels": ["sms"],
                        "urgent": True,
                    }
                ],
                "text": {"en_US": "{{ record }} left", "zh_CN": "{{ record }}已发出"},
                "texts": [{"node": "visit", "text": "We are coming"}],
                "timing": "delay",
                "hours": "0.5",
                "quiet": {"from": "22", "until": "8"},
            }
        ]

    def rule(self):
        return self.env["scrm.notice.rule"].search([("key", "=", "on_the_way")])

    def test_round_trip(self):
        """What is imported comes out again, twice makes no second one, no secrets."""
        self.packs.import_pack(self.pack)
        rule = self.rule()
        self.assertEqual(set(rule.channel_ids.mapped("key")), {"inbox", "group"})
        self.assertEqual(rule.with_context(lang="zh_CN").name, "已出发")
        self.assertEqual((rule.delay_hours, rule.quiet_until), (0.5, 8))
        channel = rule.channel_ids.filtered(lambda one: one.key == "group")
        channel.write({"url": "https://127.0.0.1/?key=hidden", "secret": "hidden"})
        dump = self.packs.export_pack()
        self.assertNotIn("hidden", str(dump))
        self.assertEqual(dump["notice_channels"], self.pack["notice_channels"])
        (notice,) = [one for one in dump["notices"] if one["key"] == "on_the_way"]
        wanted = self.pack["notices"][0]
        wanted["people"] = notice["people"]
        self.assertEqual(notice, {**notice, **wanted})
        self.assertEqual(set(notice) - set(wanted), set())
        self.packs.import_pack(self.pack)
        self.assertEqual(self.rule(), rule)
        self.assertEqual(len(rule.level_ids), 1)
        self.assertEqual(channel.secret, "hidden")

    def test_every_key(self):
        """Whatever a rule can say comes out as it went in."""
        flow = self.pack["flows"][0]["key"]
        self.pack["rosters"] = [
            {"key": "hotline", "name": "Hotline", "timezone": "Asia/Shanghai"}
        ]
        self.pack["backup_pools"] = [
            {"key": "peak", "name": "Peak", "people": ["small_li"], "hours": "2.5"}
        ]
        rules = [
            {
                "key": "b_every",
                "name": "While it lasts",
                "flow": flow,
                "when": "deadline",
                "to": ["owner"],
                "roles": ["small_engineer"],
                "on_duty": ["hotline"],
                "path": "user_id",
                "also_actor": True,
                "channels": ["inbox"],
                "subject": "Late",
                "timing": "repeat",
                "every": "1.5",
                "hours": "1",
                "urgent_if": "[('id', '>', 1)]",
            },
            {
                "key": "c_late",
                "name": "Late, over or not",
                "flow": flow,
                "when": "reached",
                "channels": ["inbox"],
                "subject": "Late",
                "timing": "delay",
                "hours": "2",
                "even_if_over": True,
            },
            {
                "key": "d_day",
                "name": "Daily",
                "model": "res.partner",
                "when": "field",
                "field": "ref",
                "channels": ["inbox"],
                "subject": "Kinds",
                "timing": "day",
                "digest_hour": "17.5",
            },
            {
                "key": "e_surge",
                "name": "Surge",
                "flow": flow,
                "when": "share",
                "condition": "[('id', '>', 0)]",
                "count": {
                    "hours": "2",
                    "percent": "30",
                    "least": 3,
                    "by": "country_id",
                    "of": "[('id', '>', 1)]",
                },
                "people": ["small_li"],
                "pools": ["peak"],
                "calls": ["f_called"],
                "channels": ["email"],
                "subject": "Too many",
                "timing": "now",
                "urgent": True,
            },
            {
                "key": "f_called",
                "name": "Each",
                "flow": flow,
                "when": "called",
                "to": ["customer"],
                "channels": ["email"],
                "subject": "Sorry",
                "timing": "now",
            },
        ]
        self.pack["notices"] += rules
        self.packs.import_pack(self.pack)
        dump = self.packs.export_pack()
        keys = [rule["key"] for rule in rules]
        found = [rule for rule in dump["notices"] if rule["key"] in keys]
        found.sort(key=lambda rule: rule["key"])
        logins = {user["key"]: user["login"] for user in dump["users"]}
        for rule in found:
            if "people" in rule:
                logins_of = [logins[key] for key in rule["people"]]
                self.assertEqual(logins_of, ["small_li"])
                rule["people"] = ["small_li"]
        for wanted, rule in zip(rules, found, strict=True):
            given = {
                key: value for key, value in rule.items() if value not in ([], False)
            }
            self.assertEqual(given, wanted)
        known = NoticeSection.schema["items"]["properties"]
        mine = {key for rule in self.pack["notices"] for key in rule}
        self.assertEqual({key for key in known if key not in mine}, set())

    def test_unknown_kind(self):
        self.pack["notice_channels"][0]["kind"] = "pigeon"
        self.assertIn("pigeon", self.faults()["$.notice_channels[0].kind"])

    def test_unknown_node(self):
        self.pack["notices"][0]["nodes"] = ["moon"]
        with self.assertRaisesRegex(UserError, "moon"):
            self.packs.import_pack(self.pack)
