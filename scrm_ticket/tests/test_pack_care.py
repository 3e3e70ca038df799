from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.scrm_ticket.packs.care import CarePlanSection

PLANS = [
    {
        "key": "test_age",
        "name": {"en_US": "Age", "zh_CN": "月龄"},
        "when": "date",
        "template": "test_care",
        "date": "scrm_child_birthday",
        "days": 1,
        "stages": [
            {"months": 6, "name": "Half a year", "content": "Guide"},
            {"months": 12, "name": "A year"},
        ],
    },
    {
        "key": "test_refill",
        "name": "Refill",
        "when": "supply",
        "template": "test_care",
        "contacts": "[('email', '!=', False)]",
        "days": -3,
        "products": ["test_milk"],
        "unit_content": "900",
        "daily_use": "60",
        "learns_use": True,
        "favourite": True,
        "coupon_days": 5,
    },
    {
        "key": "test_regular",
        "name": "Regular",
        "when": "visit",
        "template": "test_care",
        "visits": ["test_treatment"],
        "cycle_days": 21,
    },
]


@tagged("post_install", "-at_install")
class TestPackCare(TransactionCase):
    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("zh_CN")
        self.pack = {
            "format": "scrm-pack/1",
            "key": "test_care",
            "name": "Care",
            "requires": ["scrm_ticket"],
            "products": [{"key": "test_milk", "name": "Milk"}],
            "templates": [
                {"key": "test_care", "name": "Care"},
                {"key": "test_treatment", "name": "Treatment"},
            ],
            "care_plans": PLANS,
        }
        self.packs = self.env["scrm.pack"]

    def test_round_trip(self):
        """What is imported comes out again; twice makes no second one."""
        self.packs.import_pack(self.pack)
        self.packs.import_pack(self.pack)
        dump = self.packs.export_pack()["care_plans"]
        ours = [plan for plan in dump if plan["key"].startswith("test_")]
        self.assertEqual(ours, PLANS)
        known = CarePlanSection.schema["items"]["properties"]
        self.assertEqual({key for plan in PLANS for key in plan}, set(known))

    def test_no_such_date(self):
        broken = {**PLANS[0], "date": "name"}
        with self.assertRaisesRegex(UserError, "no date “name”"):
            self.packs.import_pack({**self.pack, "care_plans": [broken]})
