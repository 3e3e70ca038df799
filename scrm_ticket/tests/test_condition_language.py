"""Rules on translated names: written in any language, asked in any language."""

from odoo import Command
from odoo.tests import tagged

from odoo.addons.scrm_flow.tests.upgrade_script import upgrade_script

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestConditionLanguage(TicketCase):
    """A printer, its part and a team that have a name in Chinese as well::

    Test Printer    测试打印机
    Test Bracket    测试支架      code BR-1
    Test Installers 测试安装队
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.printer = cls.env["product.product"].create(
            {"name": "Test Printer", "is_storable": True, "scrm_is_device": True}
        )
        device = cls.env["stock.lot"].create(
            {"name": "TP-1", "product_id": cls.printer.id}
        )
        cls.bracket.default_code = "BR-1"
        cls.env["scrm.form.field"].create(
            {
                "key": "test_item",
                "name": "Item",
                "type": "stock",
                "record_public": True,
            }
        )
        cls.template.line_ids = [
            Command.create(
                {
                    "field_id": cls.env["scrm.form.field"]
                    .search([("key", "=", "test_item")])
                    .id
                }
            )
        ]
        cls.ticket = cls.submit(values={**cls.good_values, "test_item": cls.bracket.id})
        cls.ticket.scrm_lot_id = device
        for record, name in (
            (cls.printer.product_tmpl_id, "测试打印机"),
            (cls.bracket.product_tmpl_id, "测试支架"),
            (cls.team, "测试安装队"),
        ):
            record.with_context(lang="zh_CN").name = name

    def table(self, dimension, operator, value):
        """A decision table that asks one thing."""
        tables = self.env["scrm.decision.table"]
        condition = {"dimension": dimension, "operator": operator, "value": value}
        return tables.create(
            {
                "key": f"test_names_{tables.search_count([])}",
                "name": "Names",
                "model_id": self.env["ir.model"]._get("helpdesk.ticket").id,
                "result_kind": "key",
                "rule_ids": [
                    Command.create(
                        {
                            "name": "It",
                            "result_key": "it",
                            "condition_ids": [Command.create(condition)],
                        }
                    )
                ],
            }
        )

    def test_written_and_asked_in_any_language(self):
        """What is kept is the name in the source language, and whoever moves the
        ticket gets the same answer. A full name has its code, a part of one stays."""
        for dimension, operator, value, kept in (
            ("device_model", "=", "测试打印机", "Test Printer"),
            ("device_model", "in", "其他, 测试打印机", "其他, Test Printer"),
            ("team", "=", "测试安装队", "Test Installers"),
            ("field.test_item", "=", "[BR-1] 测试支架", "[BR-1] Test Bracket"),
            ("field.test_item", "=", "测试支架", "[BR-1] Test Bracket"),
            ("field.test_item", "=", "Test Bracket", "[BR-1] Test Bracket"),
            ("field.test_item", "in", "其他, 测试支架", "其他, [BR-1] Test Bracket"),
            ("field.test_item", "contains", "测试支架", "Test Bracket"),
            ("field.test_item", "contains", "Brack", "Brack"),
        ):
            with self.subTest(dimension=dimension, operator=operator, value=value):
                table = self.table(dimension, operator, value)
                self.assertEqual(table.rule_ids.condition_ids.value, kept)
                for lang in ("en_US", "zh_CN"):
                    asked = self.ticket.with_user(self.dora).with_context(lang=lang)
                    self.assertTrue(table.with_context(lang=lang).decide(asked), lang)

    def test_changed_later(self):
        """Another value or comparison is brought into the language as well; what
        names another record does not hold."""
        table = self.table("field.test_item", "=", "Test Printer")
        condition = table.rule_ids.condition_ids
        self.assertEqual(condition.value, "Test Printer")
        self.assertFalse(table.decide(self.ticket))
        condition.value = "测试支架"
        self.assertEqual(condition.value, "[BR-1] Test Bracket")
        condition.write({"dimension": "team", "value": "测试安装队"})
        self.assertEqual(condition.value, "Test Installers")
        self.assertTrue(table.decide(self.ticket))
        condition.write({"dimension": "field.test_note", "value": "测试支架"})
        self.assertEqual(condition.value, "测试支架", "a text is no name")

    def test_upgrade(self):
        """Rules that were kept in Chinese by an earlier version answer again."""
        tables = [
            self.table("device_model", "=", "测试打印机"),
            self.table("team", "=", "测试安装队"),
            self.table("field.test_item", "in", "其他, 测试支架"),
        ]
        other = self.table("field.test_note", "=", "测试支架")
        kept = ["测试打印机", "测试安装队", "其他, 测试支架", "测试支架"]
        conditions = self.env["scrm.decision.condition"]
        for table, value in zip([*tables, other], kept, strict=True):
            condition = table.rule_ids.condition_ids
            self.env.cr.execute(
                "UPDATE scrm_decision_condition SET value = %s WHERE id = %s",
                [value, condition.id],
            )
            conditions |= condition
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertFalse(any(table.decide(self.ticket) for table in tables))
        migrate = upgrade_script("scrm_ticket", "19.0.1.2.0")
        for _time in range(2):  # a second run changes nothing
            migrate(self.env.cr, "19.0.1.1.0")
            self.assertEqual(
                conditions.mapped("value"),
                [
                    "Test Printer",
                    "Test Installers",
                    "其他, [BR-1] Test Bracket",
                    "测试支架",
                ],
            )
        self.assertTrue(all(table.decide(self.ticket) for table in tables))
