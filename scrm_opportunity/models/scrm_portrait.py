from odoo import api, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.scrm_ticket.models.scrm_portrait import ROW_LIMIT, Moment

from .scrm_profile_entry import BROWSE, CART

_lt = LazyTranslate(__name__)


class ScrmPortraitBrowsing(models.AbstractModel):
    """What the customer looked at in a shop, as its tracking tells: a row a product."""

    _name = "scrm.portrait.browsing"
    _inherit = "scrm.portrait"
    _description = "Portrait: Browsing"

    _label = _lt("Browsing")
    _kind_rank = 50

    @api.model
    def _moments(self, owner, since):
        looks = {}
        for entry in self._entries(owner, since, BROWSE):
            looks.setdefault((entry.product_id, entry.name), []).append(entry)
        rows = [
            Moment(
                at=entries[0].at,
                kind=self.env._("Browsing"),
                text=self._short(self._product_name(entries[0])),
                channel=entries[0].source or "",
                state=self.env._(
                    "%(times)s×, %(seconds)s s",
                    times=len(entries),
                    seconds=round(
                        sum((entry.facts or {}).get("seconds", 0) for entry in entries)
                    ),
                ),
                link=f"/odoo/scrm.profile.entry/{entries[0].id}",
            )
            for entries in looks.values()
        ]
        return rows[:ROW_LIMIT]

    @api.model
    def _entries(self, owner, since, kind):
        """Entries of a kind that the user may read, the newest first."""
        entries = self.env["scrm.profile.entry"]
        if not entries.has_access("read"):
            return entries
        return entries._of(owner, [kind]).filtered(lambda entry: entry.at >= since)

    @api.model
    def _product_name(self, entry):
        # sudo: the name of a product, for who may read that it was looked at
        return entry.sudo().product_id.display_name or entry.name


class ScrmPortraitCart(models.AbstractModel):
    """What is in the customer's cart now: of shops that send it, and of the website."""

    _name = "scrm.portrait.cart"
    _inherit = "scrm.portrait.browsing"
    _description = "Portrait: Cart"

    _label = _lt("Cart")
    _kind_rank = 45

    @api.model
    def _moments(self, owner, since):
        seen, rows = set(), []
        for entry in self._entries(owner, since, CART):
            mark = (entry.product_id, entry.name, entry.source)
            if mark in seen:
                continue  # an earlier state of the same line
            seen.add(mark)
            facts = entry.facts or {}
            if not facts.get("quantity"):
                continue  # it was taken out
            price = facts.get("price")
            rows.append(
                Moment(
                    at=entry.at,
                    kind=self.env._("In the cart"),
                    text=self._short(
                        f"{facts['quantity']:g} × {self._product_name(entry)}"
                    ),
                    channel=entry.source or "",
                    amount=self._amount(price * facts["quantity"]) if price else "",
                    link=f"/odoo/scrm.profile.entry/{entry.id}",
                )
            )
        return (rows + self._website_carts(owner, since))[:ROW_LIMIT]

    @api.model
    def _amount(self, amount):
        return self.env.company.currency_id.format(amount)

    @api.model
    def _website_carts(self, owner, since):
        """Carts of Odoo's own shop, where that is installed."""
        # sudo: see the family; carts of this customer
        orders = self.env["sale.order"].sudo()
        if "website_id" not in orders._fields:
            return []
        found = orders.search(
            [
                ("partner_id.commercial_partner_id", "=", owner.id),
                ("state", "=", "draft"),
                ("website_id", "!=", False),
                ("write_date", ">=", since),
                ("company_id", "in", self._companies()),
            ],
            order="write_date desc",
            limit=ROW_LIMIT,
        )
        return [
            Moment(
                at=order.write_date,
                kind=self.env._("In the cart"),
                text=self._short(
                    ", ".join(
                        f"{line.product_uom_qty:g} × {line.product_id.display_name}"
                        for line in order.order_line
                        if line.product_id
                    )
                    or order.name
                ),
                channel=order.website_id.name or "",
                amount=order.currency_id.format(order.amount_total),
                link=f"/odoo/sale.order/{order.id}",
            )
            for order in found
        ]


class ScrmPortraitOrders(models.AbstractModel):
    # the shop says most
    _inherit = "scrm.portrait.orders"

    @api.model
    def _channel(self, order, model):
        if model == "sale.order" and order.scrm_shop_id:
            return order.scrm_shop_id.name
        return super()._channel(order, model)
