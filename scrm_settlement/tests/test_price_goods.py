"""Tier rules that ask for the goods: cost, batch, age, stock, market, supplier."""

from datetime import timedelta
from decimal import Decimal
from itertools import combinations

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.scrm_pricing import Request
from .price_common import PriceCommon

#: What a rule can ask of the goods, each with the value that :meth:`make_goods` gives.
GOODS = [
    ("product.cost", ">", "50"),
    ("product.stock_age", ">", "90"),
    ("product.on_hand", ">=", "5"),
    ("product.idle_days", ">", "30"),
    ("product.batch", "=", "P7"),
    ("product.market", ">", "100"),
    ("product.category", "=", "Imported goods"),
    ("product.code", "=", "X1"),
    ("quantity", ">=", "10"),
]
#: What a rule can ask of the ticket, see test_price_rules for tickets that have it.
ASKER = [
    ("customer_level", "gold"),
    ("region", "North"),
    ("store_class", "A"),
    ("channel", "Web"),
    ("contract", "full"),
    ("device_class", "imported"),
    ("priority", "3"),
    ("field.settle_area", "61"),
    ("field.settle_level", "vip"),
]


@tagged("post_install", "-at_install")
class TestPriceGoods(PriceCommon):
    def test_cost_bands_and_age(self):
        """Cost x multiplier: 60 x 2 = 120; older than 90 days 60 x 1.5 = 90; a cost
        of 101 is in the band of 1.2: 121.20. On hand and idle goods have rules too.

        Covers in part: P21
        """
        bands = self.item(
            product=self.part,
            compute_price="scrm_matrix",
            scrm_column_dimension="product.stock_age",
            scrm_cell_ids=[
                Command.create({"row": ", 100", "column": ", 90", "factor": 2}),
                Command.create({"row": ", 100", "column": "90,", "factor": 1.5}),
                Command.create({"row": "100,", "column": "", "factor": 1.2}),
            ],
        )
        self.stock(3, days=90)
        self.assertEqual(self.unit(), 120)
        self.stock(1, days=91)
        self.assertEqual(self.unit(), 90)
        self.part.standard_price = 101
        self.assertEqual(self.unit(), Decimal("121.2"))
        bands.unlink()
        self.item([("product.on_hand", ">=", "4")], self.part, fixed_price=70)
        self.assertEqual(self.unit(), 70)
        self.stock(-1)
        self.assertEqual(self.unit(), 100)

    def test_matrix_of_a_kind_of_customer(self):
        """Customers of one kind have a matrix of their own: a cost of 60 is sold for
        2 x 60 = 120, to gold for 1.5 x 60 = 90; a cost of 150 for 1.4 x 150 = 210, to
        gold for 1.2 x 150 = 180. A cost on the limit is in the lower band.
        """
        for conditions, low, high in (
            ([], 2, 1.4),
            ([("customer_level", "=", "gold")], 1.5, 1.2),
        ):
            self.item(
                conditions,
                product=self.part,
                compute_price="scrm_matrix",
                scrm_cell_ids=[
                    Command.create({"row": ", 100", "factor": low}),
                    Command.create({"row": "100,", "factor": high}),
                ],
            )
        for cost, level, price in (
            (60, "silver", 120),
            (60, "gold", 90),
            (100, "gold", 150),
            (150, "silver", 210),
            (150, "gold", 180),
        ):
            with self.subTest(cost=cost, level=level):
                self.part.standard_price = cost
                found = self.unit(values={"customer_level": level})
                self.assertEqual(found, price)

    def goods_that(self, keys):
        """What a product costs of which just these dimensions have the wanted value."""
        return self.unit(*self.make_goods(keys))

    def make_goods(self, keys):
        """A product of 100 of which just these dimensions have the wanted value, and
        how many are sold."""
        number = self.env["product.product"].search_count([])
        product = self.env["product.product"].create(
            {
                "name": f"Goods {number}",
                "is_storable": True,
                "tracking": "lot",
                "list_price": 100,
                "taxes_id": False,
                "standard_price": 60 if "product.cost" in keys else 10,
                "default_code": f"{'X' if 'product.code' in keys else 'Y'}1",
                "categ_id": self.kinds["product.category" in keys].id,
            }
        )
        lot = self.env["stock.lot"].create(
            {
                "name": "P7" if "product.batch" in keys else "P6",
                "product_id": product.id,
            }
        )
        self.stock(
            5 if "product.on_hand" in keys else 4,
            product,
            lot,
            days=91 if "product.stock_age" in keys else 90,
        )
        today = self.env["scrm.clock"].today()
        self.env["scrm.market.price"].create(
            {
                "product_id": product.id,
                "date": today,
                "price": 120 if "product.market" in keys else 80,
            }
        )
        now = self.env["scrm.clock"].now()
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": 1,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "company_id": self.company.id,
            }
        )
        idle = 31 if "product.idle_days" in keys else 30
        move.write({"state": "done", "date": now - timedelta(days=idle)})
        return product, 10 if "quantity" in keys else 9

    def _make_kinds(self):
        self.kinds = self.env["product.category"].create(
            [{"name": name} for name in ("Domestic", "Imported goods")]
        )

    def test_goods_alone_and_in_pairs(self):
        """Each dimension of the goods alone, then in pairs, gives its rule's price.

        Without any 100. Alone the rules of rank 1: 201 for a cost above 50, 202
        older than 90 days, 203 from 5 on hand, 204 idle for more than 30 days, 205
        batch P7, 206 a market price above 100, 207 imported, 208 code X1, 209 from
        10 pieces. A pair is a rule of rank 0: 300 + its place.
        """
        self._make_kinds()
        conditions = GOODS
        self.assertEqual(self.goods_that(()), 100)
        for place, condition in enumerate(conditions, 1):
            self.item([condition], fixed_price=200 + place, scrm_rank=1)
        self.assertEqual(self.goods_that(()), 100)
        for place, condition in enumerate(conditions, 1):
            with self.subTest(condition[0]):
                self.assertEqual(self.goods_that({condition[0]}), 200 + place)
        pairs = list(combinations(conditions, 2))
        for place, pair in enumerate(pairs):
            self.item(pair, fixed_price=300 + place, scrm_rank=0)
        for place, pair in enumerate(pairs):
            keys = {key for key, _operator, _value in pair}
            with self.subTest(pair=keys):
                self.assertEqual(self.goods_that(keys), 300 + place)

    def test_ticket_and_goods_in_pairs(self):
        """Who asks, paired with what is sold: 100 when only one of both fits, else
        300 + the place of the pair.

        The first pair, gold and a cost above 50, is 300; the next one, gold and older
        than 90 days, 301; the last of 9 x 9 is 380.
        """
        self._make_kinds()
        self.add_service_level()
        pairs = [(who, what) for who in ASKER for what in GOODS]
        self.assertEqual(len(pairs), 81)
        for place, (who, what) in enumerate(pairs):
            self.item(
                [(who[0], "=", who[1]), what], fixed_price=300 + place, scrm_rank=0
            )
        plain = self.make_goods(())
        goods = {what: self.make_goods({what[0]}) for what in GOODS}
        for who, value in ASKER:
            self.assertEqual(self.unit(*plain, values={who: value}), 100)
        for what in GOODS:
            self.assertEqual(self.unit(*goods[what], values={}), 100)
        for place, ((who, value), what) in enumerate(pairs):
            with self.subTest(who=who, what=what[0]):
                price = self.unit(*goods[what], values={who: value})
                self.assertEqual(price, 300 + place)

    def test_valid_from_until(self):
        """A rule of 80 holds from 1 to 31 May; with gold beside it, in May only gold
        pays 70. Before and after 100 for everybody.
        """
        dates = {"date_start": "2026-05-01", "date_end": "2026-05-31 23:59:59"}
        self.item(product=self.part, fixed_price=80, **dates)
        self.item([("customer_level", "=", "gold")], self.part, fixed_price=70, **dates)
        for moment, plain, gold in (
            ("2026-04-30 23:59:59", 100, 100),
            ("2026-05-01 00:00:00", 80, 70),
            ("2026-05-31 23:59:59", 80, 70),
            ("2026-06-01 00:00:00", 100, 100),
        ):
            with self.subTest(moment), self.at(moment):
                self.assertEqual(self.unit(), plain)
                self.assertEqual(self.unit(values={"customer_level": "gold"}), gold)

    def test_lot_cost_and_batch(self):
        """Each batch has its own cost: 50 x 2 = 100, 80 x 2 = 160; the oldest one on
        the shelf decides when none is named; batch P7 is sold for 99.
        """
        self.part.write({"tracking": "lot"})
        self.part.categ_id = self.part.categ_id.copy({"property_cost_method": "fifo"})
        self.part.lot_valuated = True
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": self.part.id} for name in ("P6", "P7")]
        )
        for lot, cost, days in zip(lots, (50, 80), (10, 200), strict=True):
            lot.with_context(disable_auto_revaluation=True).standard_price = cost
            self.stock(2, lot=lot, days=days)
        self.item(
            product=self.part,
            compute_price="scrm_matrix",
            scrm_cell_ids=[Command.create({"factor": 2})],
        )
        self.assertEqual(self.unit(lot=lots[0]), 100)
        self.assertEqual(self.unit(lot=lots[1]), 160)
        self.assertEqual(self.unit(), 160)
        self.item([("product.batch", "=", "P7")], self.part, fixed_price=99)
        self.assertEqual(self.unit(lot=lots[0]), 100)
        self.assertEqual(self.unit(lot=lots[1]), 99)

    def test_market_and_floor(self):
        """Market 80 +- 10 %: 100 becomes 88; yesterday's 80 counts, tomorrow's not.

        Cost 60 with 40 % margin is 100 at least: the floor goes before the market.
        """
        today = self.env["scrm.clock"].today()
        for days, price in ((-30, 50), (-1, 80), (1, 200)):
            self.env["scrm.market.price"].create(
                {
                    "product_id": self.part.id,
                    "date": today + timedelta(days=days),
                    "price": price,
                }
            )
        self.tier.write({"scrm_market_limited": True, "scrm_market_limit": 10})
        self.assertEqual(self.unit(), 88)
        self.tier.write({"scrm_margin_limited": True, "scrm_margin_floor": 40})
        self.assertEqual(self.unit(), 100)
        self.assertEqual(self.unit(discount=Decimal(90)), 100)

    def test_supplier_tiers(self):
        """The purchase price follows the supplier's tier: 10, 9.20, 8.20; else 11.

        Covers: P20
        """
        supplier = self.env["res.partner"].create({"name": "Tableware"})
        for tier, price in (
            (False, 11),
            ("bronze", 10),
            ("silver", 9.2),
            ("diamond", 8.2),
        ):
            self.env["product.supplierinfo"].create(
                {
                    "partner_id": supplier.id,
                    "product_tmpl_id": self.part.product_tmpl_id.id,
                    "scrm_supplier_tier": tier,
                    "price": price,
                }
            )
        for tier, price in (
            ("bronze", 10),
            ("silver", 9.2),
            ("diamond", 8.2),
            ("none agreed", 11),
            (False, 11),
        ):
            supplier.scrm_supplier_tier = tier
            seller = self.part._select_seller(partner_id=supplier, quantity=1)
            self.assertEqual(seller.price, price)

    def test_plain_orders_do_not_ask(self):
        """A rule with conditions prices no order that has no ticket."""
        self.item([("customer_level", "=", "gold")], self.part, fixed_price=1)
        price = self.tier._get_product_price(self.part, 1)
        self.assertEqual(price, 100)

    def test_as_odoo(self):
        """Plain rules give Odoo's own price, whatever they are based on."""
        other = self.env["product.pricelist"].create({"name": "Other"})
        self.env["product.pricelist.item"].create(
            {
                "pricelist_id": other.id,
                "compute_price": "percentage",
                "percent_price": 12.5,
            }
        )
        for values in (
            {"compute_price": "percentage", "percent_price": 7.5},
            {"compute_price": "formula", "price_discount": 15, "price_round": 5},
            {"compute_price": "formula", "price_discount": -3, "price_surcharge": 1.3},
            {"compute_price": "formula", "base": "standard_price", "price_markup": 33},
            {
                "compute_price": "formula",
                "base": "pricelist",
                "base_pricelist_id": other.id,
                "price_discount": 10,
                "price_min_margin": 2,
                "price_max_margin": 4,
            },
            {"min_quantity": 5, "fixed_price": 77},
            {
                "applied_on": "2_product_category",
                "categ_id": self.part.categ_id.id,
                "fixed_price": 66,
            },
        ):
            item = self.item(**values)
            for quantity in (1, 5):
                odoo = self.tier._get_product_price(self.part, quantity)
                self.assertAlmostEqual(
                    float(self.unit(quantity=quantity)), odoo, 2, values
                )
            item.unlink()

    def test_no_band(self):
        """A cost in no band gives no price, and the ticket says so."""
        self.tier.item_ids.unlink()
        self.item(
            compute_price="scrm_matrix",
            scrm_cell_ids=[Command.create({"row": "10, 20", "factor": 2})],
        )
        ticket = self.new_ticket(50)
        self.assertFalse(ticket.scrm_price_line_ids)
        self.assertIn("no band", ticket.scrm_price_message)
        self.service.standard_price = 15
        ticket._scrm_update_prices()
        self.assertEqual(ticket.scrm_price_total, 30)

    def test_bad_bands(self):
        """Bands that share a value, or none at all, are refused."""
        with self.refused("bands", ValidationError):
            self.item(compute_price="scrm_matrix")
        with self.refused("bands", ValidationError):
            self.item(
                compute_price="scrm_matrix",
                scrm_cell_ids=[
                    Command.create({"row": ", 50", "factor": 1}),
                    Command.create({"row": "40,", "factor": 2}),
                ],
            )

    def test_queries_do_not_grow(self):
        """Ten times the lines cost not one query more.

        Covers in part: P21
        """
        products = self.env["product.product"].create(
            [
                {"name": f"Part {number}", "standard_price": number, "taxes_id": False}
                for number in range(100)
            ]
        )
        self.tier.write({"scrm_market_limited": True, "scrm_margin_limited": True})
        self.item([("product.idle_days", ">", "5")], fixed_price=5)
        self.item([("product.on_hand", ">", "5")], fixed_price=6)
        self.env.flush_all()

        def queries(count):
            requests = [Request(product, self.tier) for product in products[:count]]
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["scrm.pricing"].price(requests)
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(100), queries(10))
