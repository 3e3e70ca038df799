from lxml import html

from odoo.exceptions import AccessError, ValidationError
from odoo.tests.common import HttpCase, tagged

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestPrice(SettlementCommon):
    def test_bands(self):
        """Each area is in exactly one band, limits belong to the lower band.

        (0, 60] 399, (60, 100] 699, above 100 999.

        Covers: P13
        """
        for area, price, band in (
            (0.01, 399, 0),
            (59.99, 399, 0),
            (60, 399, 0),
            (60.01, 699, 1),
            (100, 699, 1),
            (100.01, 999, 2),
            (5000, 999, 2),
        ):
            with self.subTest(area=area):
                ticket = self.new_ticket(area)
                self.assertEqual(ticket.scrm_price_total, price)
                line = ticket.scrm_price_line_ids
                self.assertEqual(len(line), 1)
                self.assertEqual(line.pricelist_id, self.pricelists[band])
                self.assertEqual(line.rule_id, self.price_table.rule_ids[band])
                self.assertEqual(line.inputs, {"field.settle_area": area})
                self.assertFalse(ticket.scrm_price_message)

    def test_sentence(self):
        """The line says in words which rule and pricelist gave the price."""
        self.env["res.lang"]._activate_lang("zh_CN")
        line = self.new_ticket(61).scrm_price_line_ids
        for words in (
            "Floor Area 61 is above 60 and at most 100",
            "Band 699",
            "699.00",
        ):
            self.assertIn(words, line.reason)
        self.assertEqual(line.rule_name, "Up to 100")
        chinese = line.with_context(lang="zh_CN").reason
        for words in ("61 大于 60 且不超过 100", "价格表“Band 699”", "699.00"):
            self.assertIn(words, chinese)

    def test_no_band(self):
        """Without the measured value, or outside all bands, a message says so."""
        ticket = self.new_ticket()
        self.assertFalse(ticket.scrm_price_line_ids)
        self.assertIn("Floor Area", ticket.scrm_price_message)
        ticket = self.new_ticket(0)
        self.assertFalse(ticket.scrm_price_line_ids)
        self.assertIn("Floor Area", ticket.scrm_price_message)
        ticket.scrm_values = {"settle_area": -3}
        self.assertFalse(ticket.scrm_price_line_ids)
        self.assertIn("-3", ticket.scrm_price_message)

    def test_not_enabled(self):
        """A template without price calculation prices nothing."""
        self.template.price_enabled = False
        ticket = self.new_ticket(61)
        self.assertFalse(ticket.scrm_price_line_ids)
        self.assertFalse(ticket.scrm_price_message)

    def test_recomputed_while_open(self):
        """A corrected area corrects the price; nothing else touches the line."""
        ticket = self.new_ticket(50)
        line = ticket.scrm_price_line_ids
        ticket.write({"name": "Other words", "priority": "2"})
        self.assertEqual(ticket.scrm_price_line_ids, line)
        ticket.with_user(self.engineer).scrm_step_complete()
        ticket.with_user(self.supervisor).scrm_values = {"settle_area": 101}
        self.assertEqual(ticket.scrm_price_total, 999)
        self.assertFalse(line.exists())

    def test_frozen_after_the_end(self):
        """When the run has ended neither ticket nor pricelist change the price."""
        ticket = self.new_ticket(50)
        self.finish(ticket)
        line = ticket.scrm_price_line_ids
        before = line.read()
        self.pricelists[0].item_ids.fixed_price = 1
        ticket.scrm_values = {"settle_area": 101}
        self.assertEqual(ticket.scrm_price_line_ids, line)
        line.invalidate_recordset()
        self.assertEqual(line.read(), before)
        self.assertEqual(ticket.scrm_price_total, 399)
        with self.refused():
            line.sudo().unlink()

    def test_settings_refused(self):
        """A template cannot be priced without table and service, or in a circle."""
        with self.refused("Installation", ValidationError):
            self.template.price_table_id = False
        condition = self.price_table.rule_ids[0].condition_ids
        condition.write({"dimension": "price_total", "operator": ">", "value": "1"})
        with self.refused("asks for the price", ValidationError):
            self.template.write({"price_table_id": self.price_table.id})
        self.price_table.rule_ids[0].write(
            {"result_model": "res.partner", "result_id": self.env.user.partner_id.id}
        )
        with self.refused("lead to a pricelist", ValidationError):
            self.template.write({"price_table_id": self.price_table.id})

    def test_currencies(self):
        """A price is rounded to its currency: 2 digits, none, 3.

        Fixed prices of 399.4567 give CNY 399.46, JPY 399, KWD 399.457.
        """
        for code, price in (("CNY", 399.46), ("JPY", 399), ("KWD", 399.457)):
            currency = self.env.ref(f"base.{code}")
            currency.active = True
            pricelist = self.pricelists[0]
            pricelist.currency_id = currency
            pricelist.item_ids.fixed_price = 399.4567
            ticket = self.new_ticket(50)
            self.assertEqual(ticket.scrm_price_total, price)
            self.assertEqual(ticket.scrm_price_currency_id, currency)

    def test_nobody_enters_a_price(self):
        """Neither handlers nor the administrator write price lines by hand."""
        line = self.new_ticket(50).scrm_price_line_ids
        for user in (self.supervisor, self.manager, self.env.ref("base.user_admin")):
            with self.refused():
                line.with_user(user).write({"amount": 1})
            with self.refused():
                line.with_user(user).unlink()
            with self.refused():
                line.with_user(user).copy()
        self.assertEqual(line.amount, 399)

    def test_who_reads(self):
        """A price is read by who reads its ticket, by nobody else."""
        ticket = self.new_ticket(50)
        line = ticket.scrm_price_line_ids
        model = self.env["scrm.price.line"]
        self.assertEqual(line.with_user(self.engineer).amount, 399)
        stranger = self.accountant
        self.assertFalse(model.with_user(stranger).search([("id", "=", line.id)]))
        with self.assertRaises(AccessError):
            line.with_user(stranger).read(["amount"])


@tagged("post_install", "-at_install")
class TestPricePortal(SettlementCommon, HttpCase):
    def test_ticket_page(self):
        """The customer sees the price, its reason and the sum on the ticket page.

        Covers: P13
        """
        ticket = self.new_ticket(61)
        self.authenticate("customer", "customer")
        page = self.url_open(f"/my/ticket/{ticket.id}")
        self.assertEqual(page.status_code, 200)
        tree = html.fromstring(page.text)
        (row,) = tree.xpath("//tr[contains(@class, 'o_scrm_price_line')]")
        self.assertIn("699.00", row.text_content())
        self.assertIn("Band 699", row.text_content())
        (total,) = tree.xpath("//th[contains(@class, 'o_scrm_price_total')]")
        self.assertIn("699.00", total.text_content())

    def test_ticket_page_without_price(self):
        """Without an area the page says what is missing."""
        ticket = self.new_ticket()
        self.authenticate("customer", "customer")
        page = self.url_open(f"/my/ticket/{ticket.id}")
        tree = html.fromstring(page.text)
        (block,) = tree.xpath("//div[@name='scrm_prices']")
        self.assertIn("Floor Area", block.text_content())
