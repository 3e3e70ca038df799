from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .price_common import PriceCommon


@tagged("post_install", "-at_install")
class TestPriceWhatif(PriceCommon):
    """A service of 400, two lamps of 100 (cost 60), transport of 50."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service.write({"scrm_price_kind": "labour", "standard_price": 200})
        cls.part.scrm_price_kind = "material"
        cls.transport = cls.env["product.product"].create(
            {
                "name": "Transport",
                "type": "service",
                "list_price": 50,
                "standard_price": 40,
                "scrm_price_kind": "transport",
                "taxes_id": False,
            }
        )
        cls.ticket = cls.new_ticket_with(cls.part, 2)
        cls.env["scrm.price.charge"].create(
            {"ticket_id": cls.ticket.id, "product_id": cls.transport.id}
        )

    @classmethod
    def new_ticket_with(cls, product, quantity):
        ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": "Bargain",
                "description": "Please",
                "template_id": cls.template.id,
                "partner_id": cls.customer.partner_id.id,
                "scrm_values": {"settle_area": 50},
            }
        )
        cls.env["scrm.price.charge"].create(
            {
                "ticket_id": ticket.id,
                "product_id": product.id,
                "quantity": quantity,
            }
        )
        return ticket

    def trial(self, user=None):
        action = self.ticket.with_user(user or self.engineer).action_scrm_whatif()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_units_recombined(self):
        """400 + 200 + 50 = 650, cost 200 + 120 + 40 = 360, margin 290 / 650 = 44.6 %.

        Without transport 600 of 320: 46.7 %. With 10 % off 540: 40.7 %. The ticket
        itself stays at 650.

        Covers: P19
        """
        trial = self.trial()
        self.assertEqual(
            (trial.labour, trial.material, trial.transport, trial.total, trial.cost),
            (400, 200, 50, 650, 360),
        )
        self.assertAlmostEqual(trial.margin, 44.615, 2)
        with Form(trial) as form:
            with form.line_ids.edit(2) as line:
                line.included = False
            self.assertEqual((form.total, form.transport), (600, 0))
            self.assertAlmostEqual(form.margin, 46.667, 2)
            form.discount = 10
            self.assertEqual(form.total, 540)
            self.assertAlmostEqual(form.margin, 40.741, 2)
        self.assertEqual(self.ticket.scrm_price_total, 650)

    def test_taken_over(self):
        """A trial becomes the ticket's price only as far as one's rights reach."""
        trial = self.trial().with_user(self.engineer)
        trial.discount = 10
        with self.refused("beyond 0 %"):
            trial.action_take_over()
        self.tier.scrm_discount_limit = 10
        trial.action_take_over()
        self.assertEqual(self.ticket.scrm_price_total, 585)
        with self.assertRaises(AccessError):
            self.trial(self.accountant)

    def test_recommended_batch(self):
        """Of three batches the one that leaves most inside the market is proposed.

        Cost x 2, younger than 90 days, else x 1.5; the market is 100 +- 10 %.
        P6 cost 50: 100, leaves 50. P7 cost 70 and 200 days old: 105, leaves 35.
        P8 cost 80: 160, the market allows 110, leaves 30. P6 is proposed; when only
        one of it is left, two are taken from P7.

        Covers: P21
        """
        self.part.write({"tracking": "lot", "lot_valuated": True})
        self.env["scrm.market.price"].create(
            {"product_id": self.part.id, "price": 100, "date": "2020-01-01"}
        )
        self.tier.write({"scrm_market_limited": True, "scrm_market_limit": 10})
        self.item(
            product=self.part,
            compute_price="scrm_matrix",
            scrm_column_dimension="product.stock_age",
            scrm_cell_ids=[
                Command.create({"column": ", 90", "factor": 2}),
                Command.create({"column": "90,", "factor": 1.5}),
            ],
        )
        lots = self.env["stock.lot"].create(
            [{"name": n, "product_id": self.part.id} for n in ("P6", "P7", "P8")]
        )
        for lot, cost, days in zip(lots, (50, 70, 80), (1, 200, 5), strict=True):
            lot.with_context(disable_auto_revaluation=True).standard_price = cost
            self.stock(2, lot=lot, days=days)
        trial = self.trial()
        line = trial.line_ids.filtered(lambda line: line.product_id == self.part)
        for lot, price in zip(lots, (100, 105, 110), strict=True):
            line.lot_id = lot
            self.assertEqual(line.price_unit, price)
        trial.with_user(self.engineer).action_recommend()
        self.assertEqual(line.lot_id, lots[0])
        self.assertEqual(line.margin, 50)
        self.stock(-1, lot=lots[0])
        trial.with_user(self.engineer).action_recommend()
        self.assertEqual(line.lot_id, lots[1])
