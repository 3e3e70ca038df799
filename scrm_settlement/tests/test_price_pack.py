import copy

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SettlementCommon

GOLD = [{"dimension": "customer_level", "operator": "=", "value": "gold"}]
PACK = {
    "format": "scrm-pack/1",
    "key": "price_test",
    "name": "Price test",
    "roles": [{"key": "vip_seller", "name": "VIP seller"}],
    "partners": [
        {"key": "lotus", "name": "Lotus", "level": "gold", "contract": "full"},
        {"key": "maker", "name": "Maker", "supplier_tier": "silver"},
    ],
    "products": [
        {
            "key": "lamp",
            "name": "Lamp",
            "price": "100",
            "cost": "60",
            "price_unit": "material",
        },
        {
            "key": "lifting",
            "name": "Lifting",
            "type": "service",
            "price": "80",
            "price_unit": "labour",
        },
    ],
    "supplier_prices": [
        {"product": "lamp", "supplier": "maker", "price": "60"},
        {"product": "lamp", "supplier": "maker", "tier": "silver", "price": "50.5"},
    ],
    "market_prices": [
        {"product": "lamp", "from": "2026-01-01", "price": "95", "source": "index"}
    ],
    "pricelists": [
        {
            "key": "vip",
            "name": {"en_US": "VIP", "zh_CN": "贵宾价"},
            "prices": [{"product": "lifting", "price": "70"}],
            "rules": [
                {"product": "lamp", "price": "88.5", "rank": 5, "when": GOLD},
                {"discount": "12.5", "min_quantity": "10"},
                {
                    "product": "lamp",
                    "bands": [
                        {"band": ", 50", "second": ", 90", "factor": "2.5"},
                        {"band": "50,", "factor": "1.8"},
                    ],
                    "second_of": "product.stock_age",
                    "from": "2026-01-01 00:00:00",
                    "until": "2026-12-31 00:00:00",
                },
            ],
            "margin_floor": "15",
            "market_limit": "10",
            "role": "vip_seller",
            "nodes": ["visit"],
            "discount_limit": "5",
            "beyond": "approval",
        }
    ],
    "price_adjustments": [
        {
            "key": "east",
            "name": {"en_US": "East", "zh_CN": "华东"},
            "kind": "coefficient",
            "factor": "1.15",
            "when": [{"dimension": "region", "operator": "=", "value": "East"}],
        },
        {
            "key": "spring",
            "name": "Spring",
            "kind": "promotion",
            "percent": "10",
            "alone": True,
            "tiers": ["vip"],
            "from": "2026-03-01 00:00:00",
            "until": "2026-04-01 00:00:00",
        },
        {
            "key": "lifting",
            "name": "Lifting",
            "kind": "surcharge",
            "product": "lifting",
            "amount": "80",
            "quantity": "field.settle_area",
        },
        {
            "key": "urgent",
            "name": "Urgent",
            "kind": "surcharge",
            "product": "lifting",
            "percent": "30",
        },
        {"key": "remote", "name": "Remote", "kind": "surcharge", "product": "lifting"},
        {"key": "warranty", "name": "Warranty", "kind": "cover", "percent": "100"},
    ],
    "price_offers": [
        {
            "key": "care",
            "name": {"en_US": "Care", "zh_CN": "保养"},
            "description": "Twice a year",
            "region": "East",
            "templates": ["settle_installation"],
            "contents": [
                {"product": "lamp", "quantity": "2"},
                {"product": "lifting"},
            ],
            "when": [{"dimension": "device_visits", "operator": ">=", "value": "2"}],
        }
    ],
}


@tagged("post_install", "-at_install")
class TestPricePack(SettlementCommon):
    """Tiers, adjustments, market and supplier prices in packs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.packs = cls.env["scrm.pack"]

    def test_round_trip(self):
        """What is exported is what was imported; a second import changes nothing."""
        self.maxDiff = None
        self.packs.import_pack(PACK)
        report = self.packs.import_pack(PACK)
        self.assertEqual((report["created"], report["updated"]), (0, 0))
        exported = self.packs.export_pack("price_test")
        for section in (
            "pricelists",
            "price_adjustments",
            "price_offers",
            "market_prices",
            "supplier_prices",
        ):
            pairs = zip(
                sorted(PACK[section], key=lambda item: item.get("key", "")),
                exported[section],
                strict=True,
            )
            for wanted, found in pairs:
                found.pop("currency", None)
                with self.subTest(section, key=wanted.get("key")):
                    self.assertEqual(found, wanted)
        for section in ("partners", "products"):
            found = {item["key"]: item for item in exported[section]}
            for wanted in PACK[section]:
                self.assertEqual(
                    found[wanted["key"]], {**found[wanted["key"]], **wanted}
                )

    def test_changed(self):
        """A changed rule is written, a removed one goes."""
        self.packs.import_pack(PACK)
        pack = copy.deepcopy(PACK)
        rules = pack["pricelists"][0]["rules"]
        rules[0]["price"] = "90"
        rules[2]["bands"].append({"factor": "1"})
        del rules[1]
        pack["price_adjustments"][0]["factor"] = "1.2"
        self.packs.import_pack(pack)
        exported = self.packs.export_pack("price_test")
        self.assertEqual(
            sorted(map(str, exported["pricelists"][0]["rules"])),
            sorted(map(str, rules)),
        )
        self.assertEqual(exported["price_adjustments"][0]["factor"], "1.2")

    def test_faults(self):
        """Wrong rules are refused with their JSON path, and nothing stays."""
        for path, change in (
            (
                "$.pricelists[0].rules[0]",
                lambda pack: pack["pricelists"][0]["rules"][0].update(discount="1"),
            ),
            (
                "$.pricelists[0].rules[0].when[0]",
                lambda pack: pack["pricelists"][0]["rules"][0]["when"][0].update(
                    dimension="no_such"
                ),
            ),
            (
                "$.pricelists[0].rules[2]",
                lambda pack: pack["pricelists"][0]["rules"][2]["bands"][1].update(
                    band=", 60", second="80, 100"
                ),
            ),
            (
                "$.price_adjustments[2].product",
                lambda pack: pack["price_adjustments"][2].update(product="nothing"),
            ),
        ):
            pack = copy.deepcopy(PACK)
            change(pack)
            with (
                self.subTest(path),
                self.assertRaises(UserError) as caught,
                self.env.cr.savepoint(),
            ):
                self.packs.import_pack(pack)
            self.assertIn(path, str(caught.exception))
            self.assertFalse(
                self.env["scrm.price.adjustment"].search([("key", "=", "spring")])
            )
