"""What upgrades do with what earlier versions kept."""

import json
from datetime import date

from lxml import etree

from odoo.tests import tagged
from odoo.tools import sql

from odoo.addons.scrm_flow.tests.upgrade_script import upgrade_script

from .goods_common import GoodsCommon


@tagged("post_install", "-at_install")
class TestMigration(GoodsCommon):
    def test_replenishment_becomes_care(self):
        """A plan for each product, a member for each own use; days stay planned, and
        what was told is not told again."""
        milk, tea = self.goods("Milk"), self.goods("Tea")
        partner = self.customer.partner_id
        other = self.env["res.partner"].create({"name": "Other"})
        self.env.cr.execute(
            """CREATE TABLE scrm_replenishment (
                   id serial PRIMARY KEY, partner_id int, product_id int,
                   company_id int, template_id int, days_ahead int,
                   use_entered numeric, due_date date, reminded_for date)"""
        )
        rows = [
            (partner.id, milk.id, 0.1, "2026-04-10", None),
            (other.id, milk.id, 0, "2026-05-06", "2026-03-29"),
            (other.id, tea.id, None, None, None),
        ]
        for row in rows:
            self.env.cr.execute(
                """INSERT INTO scrm_replenishment (partner_id, product_id, use_entered,
                       due_date, reminded_for, company_id, template_id, days_ahead)
                   VALUES (%s, %s, %s, %s, %s, %s, %s, 5)""",
                (*row, self.company.id, self.template.id),
            )
        self.order(milk, 4, "2026-03-01", partner)
        migrate = upgrade_script("scrm_settlement", "19.0.1.2.0")
        migrate(self.env.cr, "19.0.1.1.0")
        plans = self.env["scrm.care.plan"].search(
            [("product_ids", "in", (milk + tea).ids)], order="id"
        )
        self.assertEqual(plans.mapped("name"), ["Milk", "Tea"])
        self.assertEqual(plans.mapped("offset_days"), [-5, -5])
        self.assertTrue(plans[0]._concerns(other))
        self.assertFalse(plans[0]._concerns(self.env.user.partner_id))
        self.assertEqual(plans.member_ids.partner_id, partner)
        self.assertEqual(plans.member_ids.daily_use, 0.1)
        cares = self.env["scrm.care"].search([("plan_id", "in", plans.ids)])
        self.assertEqual(
            {(care.partner_id, care.due_on, care.state) for care in cares},
            {
                (partner, date(2026, 4, 5), "planned"),
                (other, date(2026, 3, 24), "done"),
                (other, date(2026, 5, 1), "planned"),
            },
        )
        self.assertFalse(sql.table_exists(self.env.cr, "scrm_replenishment"))
        migrate(self.env.cr, "19.0.1.1.0")  # nothing left to do

    def test_names_in_the_source_language(self):
        """Conditions of prices and of a plan in use that were kept in Chinese ask for
        the same device again: 350 for the boiler instead of 400."""
        self.env["res.lang"]._activate_lang("zh_CN")
        boiler = self.env["product.product"].create(
            {"name": "Boiler", "is_storable": True, "tracking": "serial"}
        )
        boiler.product_tmpl_id.with_context(lang="zh_CN").name = "锅炉"
        lot = self.env["stock.lot"].create({"name": "B-1", "product_id": boiler.id})
        item = self.item(
            [("device_model", "=", "Boiler")], self.service, fixed_price=350
        )
        self.rule.condition_ids = self._conditions([("device_model", "=", "Boiler")])
        ticket = self.new_ticket(50, scrm_lot_id=lot.id)
        self.assertEqual(ticket.scrm_price_total, 350)
        self.assertTrue(self.finish(ticket), "the plan is in use")
        conditions = [item.scrm_condition_ids, self.rule.condition_ids]
        for condition in conditions:
            self.env.cr.execute(
                f"UPDATE {condition._table} SET value = '锅炉' WHERE id = %s",
                [condition.id],
            )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        ticket = self.new_ticket(50, scrm_lot_id=lot.id)
        self.assertEqual(ticket.scrm_price_total, 400)
        upgrade_script("scrm_settlement", "19.0.1.4.0")(self.env.cr, "19.0.1.3.0")
        for condition in conditions:
            self.assertEqual(condition.value, "Boiler")
        ticket = self.new_ticket(50, scrm_lot_id=lot.id)
        self.assertEqual(ticket.scrm_price_total, 350)
        self.assertTrue(self.finish(ticket), "the plan's rule holds")

    def test_forms_for_colleagues(self):
        """Views of the earlier version are mended before the first one is checked; in
        all languages, and nothing else of them changes."""
        view = self.env.ref("scrm_settlement.helpdesk_ticket_view_form_compensation")
        now = etree.fromstring(view.arch_db)
        for element in now.iter(etree.Element):
            element.attrib.pop("groups", None)
        before = etree.tostring(now, encoding="unicode")
        view.flush_recordset()
        self.env.cr.execute(
            "UPDATE ir_ui_view SET arch_db = %s WHERE id = %s",
            (json.dumps({"en_US": before, "zh_CN": before}), view.id),
        )
        upgrade_script("scrm_settlement", "19.0.1.5.0", "pre")(
            self.env.cr, "19.0.1.4.0"
        )
        self.env.cr.execute("SELECT arch_db FROM ir_ui_view WHERE id = %s", (view.id,))
        [archs] = self.env.cr.fetchone()
        self.assertEqual(archs["en_US"], archs["zh_CN"])
        after = etree.fromstring(archs["en_US"])
        marked = after.xpath("//*[@groups='base.group_user']")
        self.assertEqual([one.tag for one in marked], ["div", "span", "span"])
        for element in marked:
            del element.attrib["groups"]
        self.assertEqual(etree.tostring(after, encoding="unicode"), before)
