import copy

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests.common import tagged

from .common import SettlementCommon

RULE = {
    "key": "standard",
    "name": {"en_US": "Standard fee", "zh_CN": "标准安装费"},
    "when": [
        {"dimension": "field.settle_area", "operator": "between", "value": "0, 500"}
    ],
    "formula": {
        "kind": "range",
        "of": "percent",
        "rate": "20",
        "dimension": "price_total",
        "minimum": "80",
        "maximum": "150",
    },
}
PLAN = {
    "key": "packed",
    "name": {"en_US": "Packed", "zh_CN": "打包方案"},
    "templates": ["settle_installation"],
    "payee_node": "visit",
    "provider": "packed_pay",
    "versions": [
        {
            "valid_from": "2026-01-01",
            "components": [
                {
                    "key": "fee",
                    "name": "Fee",
                    "product": "scrm_test.fee",
                    "rules": [RULE],
                }
            ],
        }
    ],
}
PACK = {
    "format": "scrm-pack/1",
    "key": "settlement_test",
    "name": "Settlement test",
    "pricelists": [
        {
            "key": "packed_basic",
            "name": {"en_US": "Basic", "zh_CN": "基础价"},
            "prices": [{"product": "scrm_test.service", "price": "388.5"}],
        }
    ],
    "decision_tables": [
        {
            "key": "packed_bands",
            "name": "Packed bands",
            "model": "helpdesk.ticket",
            "rules": [
                {
                    "name": "All",
                    "result": {"kind": "pricelist", "key": "packed_basic"},
                }
            ],
        }
    ],
    "prices": [
        {
            "template": "settle_installation",
            "table": "packed_bands",
            "product": "scrm_test.service",
        }
    ],
    "payout_providers": [
        {"key": "packed_pay", "name": "Pay", "journal": "PACKP", "account": "100902"}
    ],
    "settlement": [PLAN],
}


@tagged("post_install", "-at_install")
class TestPack(SettlementCommon):
    """Sections pricelists, prices and settlement, and the company's chart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": "scrm_test.fee", "record": cls.fee_product},
                {"xml_id": "scrm_test.service", "record": cls.service},
            ]
        )
        cls.env["account.account"].create(
            {"code": "100902", "name": "At Pay", "account_type": "asset_cash"}
        )
        cls.env["account.journal"].create(
            {"name": "Pay", "code": "PACKP", "type": "general"}
        )
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.packs = cls.env["scrm.pack"]

    def _fault(self, change):
        """What an import says to the pack after ``change``; nothing is imported."""
        pack = copy.deepcopy(PACK)
        change(pack)
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            self.packs.import_pack(pack)
        plans = self.env["scrm.settlement.plan"]
        self.assertFalse(plans.search([("key", "=", "packed")]))
        return str(caught.exception)

    def test_import(self):
        """The imported business prices and pays."""
        self.packs.import_pack(PACK)
        plan = self.env["scrm.settlement.plan"].search([("key", "=", "packed")])
        self.assertEqual(plan.with_context(lang="zh_CN").name, "打包方案")
        self.assertEqual(plan.payout_provider_id.account_id.code, "100902")
        rule = plan.version_ids.component_ids.rule_ids
        self.assertEqual(rule.with_context(lang="zh_CN").name, "标准安装费")
        self.assertEqual((rule.minimum, rule.maximum, rule.rate), (80, 150, 20))
        ticket = self.new_ticket(50)
        self.assertEqual(ticket.scrm_price_total, 388.5)
        records = self.finish(ticket).filtered(lambda record: record.plan_id == plan)
        self.assertEqual(records.amount, 80)

    def test_import_again(self):
        """A second import changes nothing, also when the plan has been used."""
        self.packs.import_pack(PACK)
        self.finish(self.new_ticket(50))
        report = self.packs.import_pack(PACK)
        self.assertEqual((report["created"], report["updated"]), (0, 0))

    def test_used_version_is_refused(self):
        """A pack cannot change rules that have paid: the path says which."""
        self.packs.import_pack(PACK)
        self.finish(self.new_ticket(50))
        pack = copy.deepcopy(PACK)
        component = pack["settlement"][0]["versions"][0]["components"][0]
        component["rules"][0]["formula"]["minimum"] = "81"
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            self.packs.import_pack(pack)
        self.assertIn("$.settlement[0].versions[0]", str(caught.exception))
        plan = self.env["scrm.settlement.plan"].search([("key", "=", "packed")])
        self.assertEqual(plan.version_ids.component_ids.rule_ids.minimum, 80)

    def test_round_trip(self):
        """What is exported is what was imported."""
        self.packs.import_pack(PACK)
        exported = self.packs.export_pack("settlement_test")
        plans = {plan["key"]: plan for plan in exported["settlement"]}
        for key, value in PLAN.items():
            self.assertEqual(plans["packed"][key], value, key)
        lists = {item["key"]: item for item in exported["pricelists"]}
        prices = lists["packed_basic"]["prices"]
        self.assertEqual([price["price"] for price in prices], ["388.5"])
        self.assertEqual(exported["company"]["chart"], self.company.chart_template)
        self.assertIn("settle_installation", str(exported["prices"]))

    def test_payout(self):
        """Signature, approval, minimum and retention go into a pack and come back."""
        account = self.env["account.account"].create(
            {"code": "299902", "name": "Held", "account_type": "liability_current"}
        )
        more = {
            "signature": True,
            "senior_approval": "5000",
            "minimum_payout": "100",
            "negative": "refund",
            "retention": {"percent": "5", "days": 30, "account": "299902"},
        }
        pack = copy.deepcopy(PACK)
        pack["settlement"][0] |= more
        self.packs.import_pack(pack)
        plan = self.env["scrm.settlement.plan"].search([("key", "=", "packed")])
        self.assertEqual(plan.retention_account_id, account)
        self.assertEqual((plan.minimum_payout, plan.approve_above), (100, 5000))
        exported = self.packs.export_pack("settlement_test")["settlement"]
        packed = next(one for one in exported if one["key"] == "packed")
        for key, value in more.items():
            self.assertEqual(packed[key], value, key)
        pack["settlement"][0]["retention"]["account"] = "000"
        with self.refused("no account with the code"):
            self.packs.import_pack(pack)

    def test_posting(self):
        """How statements are posted, and when, goes into a pack and comes back."""
        self.env["account.account"].create(
            {
                "code": "230099",
                "name": "Wages",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )
        self.env["account.journal"].create(
            {"name": "Payroll", "code": "PAYRL", "type": "general"}
        )
        posting = {"as": "journal_entry", "journal": "PAYRL", "account": "230099"}
        pack = copy.deepcopy(PACK)
        pack["settlement"][0] |= {"posting": posting, "basis": "ticket_paid"}
        del pack["settlement"][0]["provider"]
        self.packs.import_pack(pack)
        exported = self.packs.export_pack("settlement_test")["settlement"]
        packed = next(one for one in exported if one["key"] == "packed")
        self.assertEqual((packed["posting"], packed["basis"]), (posting, "ticket_paid"))
        posting["journal"] = "NONE"
        with self.refused("no journal with the code"):
            self.packs.import_pack(pack)

    def test_compensations(self):
        """Compensations go into a pack and come back the same, once."""
        name = {"en_US": "Coupon", "zh_CN": "优惠券"}
        offered = [
            {"key": "packed_coupon", "name": name, "kind": "coupon", "amount": "50.5"},
            {
                "key": "packed_meal",
                "name": "Meal",
                "kind": "product",
                "product": "scrm_test.service",
                "templates": ["settle_installation"],
            },
            {
                "key": "packed_points",
                "name": "Points",
                "kind": "points",
                "factor": "3",
                "points_per_unit": "0.5",
                "point_value": "0.02",
            },
        ]
        pack = {**PACK, "compensations": offered}
        self.packs.import_pack(pack)
        report = self.packs.import_pack(pack)
        self.assertEqual((report["created"], report["updated"]), (0, 0))
        exported = self.packs.export_pack("settlement_test")["compensations"]
        found = {item["key"]: item for item in exported}
        for item in offered:
            kept = {name: value for name, value in found[item["key"]].items() if value}
            if "product" in item:
                self.assertIn("product", kept)
                kept["product"] = item["product"]
            self.assertEqual(kept, item)
        with self.refused("say how much the coupon is"):
            self.packs.import_pack(
                {**PACK, "compensations": [{**offered[0], "amount": "0"}]}
            )

    def test_every_formula(self):
        """Each formula, period and share goes into a pack and comes back the same."""
        tiers = [
            {"above": "0", "up_to": "100", "value": "10"},
            {"above": "100", "value": "20.5"},
        ]
        measured = {"dimension": "price_total", "unit": "percent"}
        formulas = [
            {"kind": "fixed", "amount": "5", "floor": "6", "cap": "7"},
            {"kind": "per_unit", "rate": "2", "dimension": "price_total"},
            {"kind": "percent", "rate": "2", "dimension": "price_total"},
            {
                "kind": "base_percent",
                "amount": "5000",
                "rate": "3",
                "dimension": "price_total",
                "threshold": "200000",
            },
            {"kind": "slab", **measured, "tiers": tiers},
            {"kind": "retroactive", **measured, "tiers": tiers},
            {
                "kind": "bonus",
                **measured,
                "tiers": [
                    {"above": "500000", "value": "1"},
                    {"above": "800000", "value": "0.5"},
                ],
            },
            {
                "kind": "coefficient",
                "amount": "0",
                "terms": [{"dimension": "price_total", "coefficient": "0.1"}],
                "times": "field.settle_area",
            },
            {
                "kind": "matrix",
                "rows": "template",
                "columns": "field.settle_area",
                "unit": "amount",
                "cells": [
                    {"row": "settle_installation", "column": "0, 50", "value": "3"},
                    {"value": "1"},
                ],
            },
            {"kind": "guarantee", "amount": "9"},
            {"kind": "period_cap", "amount": "9"},
            {
                "kind": "stages",
                "of": "fixed",
                "amount": "90",
                "cells": [
                    {"row": "visit", "value": "2"},
                    {"row": "check", "value": "1"},
                ],
            },
        ]
        pack = copy.deepcopy(PACK)
        pack["cost_centres"] = [{"key": "east", "name": "East"}]
        pack["stores"] = [{"key": "packed_store", "name": "Packed store"}]
        plan = pack["settlement"][0]
        plan["rework"] = "nothing"
        plan["basis"] = "stage_done"
        plan["versions"][0]["components"] = [
            {
                "key": f"part_{formula['kind']}",
                "name": formula["kind"],
                "product": "scrm_test.fee",
                "per": "quarter",
                "stores": ["packed_store"],
                "shares": [
                    {
                        "cost_centre": "east",
                        "weight": "2.5",
                        "times": "field.settle_area",
                    },
                    {"project_hours": True, "weight": "1"},
                ],
                "rules": [{"key": "only", "name": "Only", "formula": formula}],
            }
            for formula in formulas
        ]
        self.packs.import_pack(pack)
        report = self.packs.import_pack(pack)
        self.assertEqual((report["created"], report["updated"]), (0, 0))
        exported = self.packs.export_pack("settlement_test")
        plans = {plan["key"]: plan for plan in exported["settlement"]}
        self.maxDiff = None
        self.assertEqual(plans["packed"]["rework"], "nothing")
        self.assertEqual(plans["packed"]["basis"], "stage_done")
        self.assertEqual(
            plans["packed"]["versions"][0]["components"],
            plan["versions"][0]["components"],
        )
        # a changed table is written anew
        slab = plan["versions"][0]["components"][4]["rules"][0]["formula"]
        slab["tiers"] = [{"above": "0", "value": "7"}]
        self.packs.import_pack(pack)
        plan = self.env["scrm.settlement.plan"].search([("key", "=", "packed")])
        rule = plan.version_ids.component_ids.rule_ids.filtered(
            lambda rule: rule.formula == "slab"
        )
        self.assertEqual(rule.tier_ids.mapped("value"), [7])

    def test_faults(self):
        """Wrong packs are refused whole, each fault with its JSON path."""

        def formula(pack):
            component = pack["settlement"][0]["versions"][0]["components"][0]
            return component["rules"][0]["formula"]

        path = "$.settlement[0].versions[0].components[0].rules[0].formula"
        message = self._fault(lambda pack: formula(pack).pop("maximum"))
        self.assertIn(f"{path}: ", message)
        self.assertIn("maximum", message)
        message = self._fault(lambda pack: formula(pack).update(amount="3"))
        self.assertIn(f"{path}.amount", message)
        message = self._fault(lambda pack: formula(pack).update(minimum="151"))
        self.assertIn("$.settlement[0].versions[0].components[0]", message)
        message = self._fault(lambda pack: formula(pack).update(rate=20))
        self.assertIn(f"{path}.rate", message)
        message = self._fault(lambda pack: pack["prices"][0].update(table="nothing"))
        self.assertIn("$.prices[0].table", message)
        message = self._fault(
            lambda pack: pack.update(company={"chart": "no_such_chart"})
        )
        self.assertIn("$.company.chart", message)
        # a company with entries keeps its chart, and is told what to do
        self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.customer.partner_id.id,
                "invoice_date": "2026-01-05",
                "invoice_line_ids": [
                    Command.create({"product_id": self.service.id, "price_unit": 1})
                ],
            }
        ).action_post()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET chart_template = 'other' WHERE id = %s",
            [self.company.id],
        )
        self.env.invalidate_all()
        message = self._fault(
            lambda pack: pack.update(company={"chart": "generic_coa"})
        )
        self.assertIn("$.company.chart: ", message)
        for word in (
            self.company.name,
            "“other”",
            "“generic_coa”",
            "Leave the key out",
        ):
            self.assertIn(word, message)
        message = self._fault(lambda pack: pack["settlement"].append(PLAN))
        self.assertIn("$.settlement[1]", message)
