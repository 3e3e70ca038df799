from odoo import api, models
from odoo.fields import Domain
from odoo.tools import formatLang
from odoo.tools.translate import LazyTranslate

from ..matching import habits

_lt = LazyTranslate(__name__)
SHOWN = 5


class ScrmCardBlockKindPurchases(models.AbstractModel):
    """How often the customer buys and for how much."""

    _name = "scrm.card.block.kind.purchases"
    _inherit = "scrm.card.block.kind"
    _description = "Card Block Purchases"

    _label = _lt("Purchases")
    _kind_rank = 40

    @api.model
    def _orders(self, partner):
        """Confirmed orders of the customer that the user may read."""
        orders = self.env["sale.order"]
        entity = partner.commercial_partner_id
        if not entity or not orders.has_access("read"):
            return orders
        return orders.search(
            [("partner_id", "child_of", entity.ids), ("state", "=", "sale")]
        )

    @api.model
    def _rows(self, block, partner, text, record):
        orders = self._orders(partner)
        found = habits.purchases(
            [
                (
                    order.date_order.date(),
                    order.amount_total / (order.currency_rate or 1.0),
                )
                for order in orders
            ]
        )
        if not found:
            return []
        currency = self.env.company.currency_id

        def money(amount):
            return formatLang(self.env, amount, currency_obj=currency)

        amounts = money(found.low)
        if found.low != found.high:
            amounts = self.env._(
                "%(low)s to %(high)s, %(average)s on average",
                low=money(found.low),
                high=money(found.high),
                average=money(found.average),
            )
        return [
            self._row(self.env._("Frequency"), self._how_often(found)),
            self._row(self.env._("Order amounts"), amounts),
            self._row(self.env._("Last order"), f"{found.last:%Y-%m-%d}"),
        ]

    @api.model
    def _how_often(self, found):
        """How many orders there are, and how far apart, in words."""
        if found.count == 1:
            return self.env._("one order")
        if not found.every_days:
            return self.env._("%(count)s orders", count=found.count)
        if found.every_days == 1:
            return self.env._("%(count)s orders, one a day", count=found.count)
        return self.env._(
            "%(count)s orders, one every %(days)s days",
            count=found.count,
            days=found.every_days,
        )


class ScrmCardBlockKindRenewal(models.AbstractModel):
    """When the customer is to buy again: from what is left, or from the usual gap."""

    _name = "scrm.card.block.kind.renewal"
    _inherit = "scrm.card.block.kind.purchases"
    _description = "Card Block Renewal"

    _label = _lt("Renewal")
    _kind_rank = 45

    @api.model
    def _rows(self, block, partner, text, record):
        bought, left = 0.0, None
        keys = (block.bought_field_id.key, block.left_field_id.key)
        if all(keys):
            for ticket in self._tickets(block, partner, record):
                shown = {row["key"] for row in ticket._scrm_values_for_display()}
                if shown >= set(keys):  # the newest one that says both
                    bought, left = (ticket._scrm_value(key) for key in keys)
                    break
        days = [order.date_order.date() for order in self._orders(partner)]
        today = self.env["scrm.clock"].today()
        period = habits.renewal(days, bought, left, today)
        if not period:
            return []
        rows = [
            self._row(
                self.env._("Likely to renew"),
                self.env._(
                    "%(start)s to %(end)s",
                    start=f"{period[0]:%Y-%m-%d}",
                    end=f"{period[1]:%Y-%m-%d}",
                ),
            )
        ]
        if left is not None:
            rows.append(
                self._row(
                    self.env._("Left"),
                    self.env._(
                        "%(left)s of %(bought)s", left=f"{left:g}", bought=f"{bought:g}"
                    ),
                )
            )
        return rows


class ScrmCardBlockKindPromotions(models.AbstractModel):
    """Promotions that run now on goods like those the customer has or asks for."""

    _name = "scrm.card.block.kind.promotions"
    _inherit = "scrm.card.block.kind"
    _description = "Card Block Promotions"

    _label = _lt("Promotions of Related Goods")
    _kind_rank = 50

    @api.model
    def _rows(self, block, partner, text, record):
        items = self.env["product.pricelist.item"]
        if not items.has_access("read"):
            return []
        # sudo: what was bought decides which promotions show, nothing else of it does
        products = (
            self.env["helpdesk.ticket"]
            .sudo()
            ._scrm_bought(partner.sudo().commercial_partner_id)
        )
        if record._name == "helpdesk.ticket":
            asked = record.sudo()
            products |= asked.scrm_lot_id.product_id | asked.part_line_ids.product_id
        if not products:
            return []
        now = self.env["scrm.clock"].now()
        related = products.categ_id.ids
        domain = Domain("date_end", ">=", now) & (
            Domain("date_start", "=", False) | Domain("date_start", "<=", now)
        )
        domain &= Domain.OR(
            [
                Domain("categ_id", "in", related),
                Domain("product_tmpl_id.categ_id", "in", related),
                Domain("product_id.categ_id", "in", related),
            ]
        )
        return [
            self._row(
                item.name,
                self.env._(
                    "%(price)s until %(end)s",
                    price=item.price,
                    end=f"{item.date_end:%Y-%m-%d}",
                ),
            )
            for item in items.search(domain, order="date_end, id", limit=SHOWN)
        ]
