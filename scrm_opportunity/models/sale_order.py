from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Command


class SaleOrder(models.Model):
    """Orders of shop platforms: each once, as the platform last said it is."""

    _inherit = "sale.order"

    scrm_shop_id = fields.Many2one(
        "scrm.shop",
        string="Shop",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    scrm_shop_ref = fields.Char(string="Number in the Shop", readonly=True, copy=False)
    scrm_shop_modified = fields.Datetime(
        string="As of", readonly=True, copy=False, help="The shop's last word on it."
    )

    _scrm_shop_once = models.UniqueIndex(
        "(scrm_shop_id, scrm_shop_ref) WHERE scrm_shop_id IS NOT NULL"
    )

    @api.model
    def _scrm_take_order(self, shop, order):
        """Bring an order in line with what the platform says; older words are passed
        over.

        :param shop: ``scrm.shop``, sudo
        :param order: ``shops.order.Order``
        :return: ``sale.order``
        :raise UserError: naming what cannot be used
        """
        known = self.search(
            [("scrm_shop_id", "=", shop.id), ("scrm_shop_ref", "=", order.id)]
        )
        modified = fields.Datetime.to_datetime(order.modified)
        if known:
            known.lock_for_update()
            if known.scrm_shop_modified and known.scrm_shop_modified >= modified:
                return known
            if known.state == "draft":
                vals = self._scrm_shop_lines(shop, order)
                vals["order_line"].insert(0, Command.clear())
                known.write(vals)
            known.scrm_shop_modified = modified
        else:
            known = self._scrm_shop_create(shop, order, modified)
        known._scrm_shop_state(order)
        if order.coupon:
            # sudo: that a code was used, whoever acts for the shop
            self.env["scrm.coupon"].sudo()._redeem(order.coupon, order.id)
        return known

    @api.model
    def _scrm_shop_create(self, shop, order, modified):
        buyer = order.buyer
        customer = self.env["res.partner"]._scrm_recognise(
            {
                "channel": shop._kind()._channel,
                "id": buyer.id,
                "name": buyer.name or None,
                "phone": buyer.phone or None,
                "email": buyer.email or None,
            }
        )
        vals = {
            "partner_id": customer.id,
            "company_id": shop.company_id.id,
            "client_order_ref": order.id,
            "origin": shop.name,
            "scrm_shop_id": shop.id,
            "scrm_shop_ref": order.id,
            "scrm_shop_modified": modified,
            **self._scrm_shop_lines(shop, order),
        }
        try:
            with self.env.cr.savepoint():
                return self.create(vals)
        except UniqueViolation as error:
            if not (error.diag.constraint_name or "").endswith("scrm_shop_once"):
                raise
            # its twin came first: this one is tried again, and finds it
            raise ConcurrencyError(
                self.env._("The order is being taken in.")
            ) from error

    @api.model
    def _scrm_shop_lines(self, shop, order):
        """Values of the lines: all of them, or none.

        :raise UserError: naming the codes that no product has
        """
        products = self._scrm_shop_products(shop, order)
        lines = [
            Command.create(
                {
                    "product_id": products[line.code].id,
                    "product_uom_qty": float(line.quantity),
                    "price_unit": self._scrm_without_tax(
                        products[line.code], shop, float(line.price)
                    ),
                }
            )
            for line in order.lines
        ]
        if order.freight:
            if not shop.freight_product_id:
                raise UserError(
                    self.env._(
                        "Order %(order)s has freight of %(amount)s: choose the product "
                        "for it on the shop “%(shop)s”.",
                        order=order.id,
                        amount=order.freight,
                        shop=shop.name,
                    )
                )
            # sudo off again: the rights to the product are the user's own
            freight = shop.freight_product_id.sudo(False)
            price = self._scrm_without_tax(freight, shop, float(order.freight))
            lines.append(
                Command.create(
                    {
                        "product_id": freight.id,
                        "product_uom_qty": 1,
                        "price_unit": price,
                    }
                )
            )
        return {"order_line": lines}

    @api.model
    def _scrm_shop_products(self, shop, order):
        """{code: ``product.product``}, by internal reference or barcode."""
        codes = list(dict.fromkeys(line.code for line in order.lines))
        found = self.env["product.product"].search(
            [
                "|",
                ("default_code", "in", codes),
                ("barcode", "in", codes),
                ("company_id", "in", [False, shop.company_id.id]),
            ]
        )
        products = {}
        for product in found:
            for code in (product.default_code, product.barcode):
                if code in codes:
                    products.setdefault(code, product)
        missing = [line for line in order.lines if line.code not in products]
        if missing:
            names = ", ".join(
                f"{line.code} ({line.name})" if line.name else line.code
                for line in missing
            )
            raise UserError(
                self.env._(
                    "Order %(order)s: no product has the internal reference or barcode "
                    "%(codes)s.",
                    order=order.id,
                    codes=names,
                )
            )
        return products

    @api.model
    def _scrm_without_tax(self, product, shop, price):
        """What is written on the line, so that with its taxes the customer's price is
        reached: platforms tell what was paid."""
        # sudo: taxes of the product, whoever acts for the shop
        taxes = product.sudo().taxes_id
        taxes = taxes.filtered(lambda tax: tax.company_id == shop.company_id)
        outside = taxes.filtered(lambda tax: not tax.price_include)
        if not outside or outside != taxes:
            return price
        found = outside.with_context(force_price_include=True).compute_all(
            price, product=product, rounding_method="round_globally"
        )
        return found["total_excluded"]

    def _scrm_shop_state(self, order):
        """Confirm what was paid, call off what the platform called off."""
        self.ensure_one()
        if order.state == "paid" and self.state in ("draft", "sent"):
            self.action_confirm()
        elif order.state == "cancelled" and self.state not in ("cancel",):
            self._action_cancel()
