from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..engine import money

#: What is known of a product without asking the stock.
ALWAYS = ("product.cost", "product.code", "product.category", "product.kind")
#: What the quants say.
STOCK = {"product.on_hand", "product.stock_age", "product.batch"}


class _Facts:
    """Of each product, and of each batch, what prices may ask."""

    def __init__(self, products, batches):
        self.products = products
        self.batches = batches

    def of(self, product, lot=None):
        return {**self.products[product], **self.batches.get(lot, {})}


class ScrmPricingFacts(models.AbstractModel):
    """What a price may ask of products: a few queries, however many they are."""

    _name = "scrm.pricing.facts"
    _description = "Product Facts for Prices"

    @api.model
    @api.private
    def of(self, products, lots, keys, now):
        """Read the facts in the current company.

        :param products: ``product.product``, with rights to read cost and stock
        :param lots: batches whose own facts go before their product's
        :param keys: what is asked, such as ``product.stock_age``
        :param now: ages are counted in whole days up to here
        """
        found = {
            product.id: {
                "product.cost": money.decimal(product.standard_price),
                "product.code": product.default_code or None,
                "product.category": product.categ_id.name or None,
                "product.kind": product.scrm_price_kind or None,
            }
            for product in products
        }
        batches = {lot.id: self._batch(lot) for lot in lots}
        valuated = products.filtered("lot_valuated")
        if keys & STOCK or valuated or lots:
            self._read_quants(found, batches, products, now)
        if "product.idle_days" in keys:
            self._read_moves(found, products, now)
        if "product.market" in keys:
            self._read_market(found, products, now)
        return _Facts(found, batches)

    @api.model
    def _batch(self, lot):
        facts = {"product.batch": lot.name}
        if lot.product_id.lot_valuated:
            facts["product.cost"] = money.decimal(lot.standard_price)
        return facts

    @api.model
    def _read_quants(self, found, batches, products, now):
        """On hand, and of the oldest batch on the shelf its age and cost."""
        self.env["stock.quant"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT quant.product_id, quant.lot_id, SUM(quant.quantity),
                       MIN(quant.in_date) FILTER (WHERE quant.quantity > 0)
                  FROM stock_quant quant
                  JOIN stock_location location ON location.id = quant.location_id
                 WHERE quant.product_id = ANY(%s)
                   AND quant.company_id = %s
                   AND location.usage = 'internal'
                 GROUP BY quant.product_id, quant.lot_id
                """,
                products.ids,
                self.env.company.id,
            )
        )
        oldest = {}
        for product, lot, quantity, since in rows:
            facts = found[product]
            quantity = money.decimal(quantity)
            facts["product.on_hand"] = facts.get("product.on_hand", 0) + quantity
            age = Decimal((now - since).days) if since else None
            if lot in batches:
                batches[lot] |= {
                    "product.on_hand": quantity,
                    "product.stock_age": age,
                }
            if since and (product not in oldest or (since, lot or 0) < oldest[product]):
                oldest[product] = (since, lot or 0)
        lots = self.env["stock.lot"].browse(
            [lot for _since, lot in oldest.values() if lot]
        )
        # sudo: cost decides a price; who sees it is decided on the line
        lots = {lot.id: lot for lot in lots.sudo()}
        for product, (since, lot) in oldest.items():
            found[product]["product.stock_age"] = Decimal((now - since).days)
            if lot:
                found[product] |= self._batch(lots[lot])
        for facts in found.values():
            facts.setdefault("product.on_hand", Decimal(0))

    @api.model
    def _read_moves(self, found, products, now):
        """Days since the goods last moved."""
        self.env["stock.move"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product_id, MAX(date)
                  FROM stock_move
                 WHERE product_id = ANY(%s) AND company_id = %s AND state = 'done'
                 GROUP BY product_id
                """,
                products.ids,
                self.env.company.id,
            )
        )
        for product, moved in rows:
            found[product]["product.idle_days"] = Decimal((now - moved).days)

    @api.model
    def _read_market(self, found, products, now):
        """The latest reference price, in the company's currency."""
        company = self.env.company
        self.env["scrm.market.price"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (product_id) product_id, price, currency_id
                  FROM scrm_market_price
                 WHERE product_id = ANY(%s) AND company_id = %s AND date <= %s
                 ORDER BY product_id, date DESC, id DESC
                """,
                products.ids,
                company.id,
                now.date(),
            )
        )
        currencies = self.env["res.currency"]
        rates = {}
        for product, price, currency in rows:
            if currency not in rates:
                rates[currency] = money.decimal(
                    currencies._get_conversion_rate(
                        currencies.browse(currency),
                        company.currency_id,
                        company,
                        now.date(),
                    )
                )
            found[product]["product.market"] = money.decimal(price) * rates[currency]
