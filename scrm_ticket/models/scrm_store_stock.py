from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from odoo import api, fields, models


@dataclass(slots=True)
class StoreStock:
    """What a store has of a product: its variants with what is free."""

    store: Any
    is_usual: bool
    free: dict = field(default_factory=dict)

    @property
    def total(self):
        return sum(self.free.values())


class ScrmStore(models.Model):
    """What the stores have of a product, the one the customer goes to first."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.store"

    @api.model
    @api.private
    def _scrm_stock(self, product, partner, company) -> list[StoreStock]:
        """What is free of a product and its other variants, store by store.

        The customer's usual store comes first, then those that have most. Stores that
        share a warehouse have the same goods. Stores without any are left out, but
        not the usual one: that it has none is an answer too.

        :param product: ``product.product``; all variants of its template count
        :param partner: ``res.partner`` who asks, may be empty
        :param company: ``res.company`` whose stores count
        """
        variants = product.product_tmpl_id.product_variant_ids
        places = self.env["scrm.part.stock"]._of(variants, company)
        # sudo: names of stores and which warehouse serves them
        stores = self.sudo().search([("company_id", "=", company.id)])
        usual = stores._scrm_usual(partner) if partner else stores.browse()
        found = []
        for store in stores:
            if not store.warehouse_id:
                continue
            shelf = store.warehouse_id.lot_stock_id
            answer = StoreStock(store, store == usual)
            for variant in variants:
                free = sum(
                    place.free
                    for place in places[variant.id]
                    if place.location == shelf
                )
                if free > 0:
                    answer.free[variant] = free
            if answer.free or answer.is_usual:
                found.append(answer)
        return sorted(
            found, key=lambda one: (not one.is_usual, -one.total, one.store.id)
        )

    def _scrm_usual(self, partner):
        """The one of these stores that a customer goes to most often."""
        visits = self._scrm_visits(partner.commercial_partner_id)
        stores = [store for store in self if visits.get(store.id)]
        return max(stores, key=lambda store: visits[store.id], default=self.browse())

    def _scrm_visits(self, partner) -> dict[int, int]:
        """How often a customer was at each of these stores, by id.

        Addons add what they know with ``super()``.
        """
        # sudo: only how often
        tickets = self.env["helpdesk.ticket"].sudo()
        rows = tickets._read_group(
            [
                ("commercial_partner_id", "=", partner.id),
                ("store_id", "in", self.ids),
            ],
            ["store_id"],
            ["__count"],
        )
        return {store.id: count for store, count in rows}


class HelpdeskTicket(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_store_stock_html = fields.Html(
        string="In Stores",
        compute="_compute_scrm_store_stock_html",
        sanitize=False,
        groups="base.group_user",
    )

    @api.depends("partner_id", "scrm_values", "template_id", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_scrm_store_stock_html(self):
        for ticket in self:
            # most forms ask for no product
            answers = ticket._scrm_asked_product() and ticket.scrm_store_stock()
            rows = Markup().join(map(ticket._scrm_store_row, answers or ()))
            ticket.scrm_store_stock_html = rows and Markup(
                "<ul class='list-unstyled o_scrm_store_stock mb-0'>%s</ul>"
            ) % (rows)

    @api.readonly
    def scrm_store_stock(self, product_id=None):
        """What the stores have of a product, for who talks to the ticket's customer.

        :param product_id: by default the product that the ticket's form names
        :return: [{"store": name, "usual": bool, "variants": [{"product_id", "name",
            "free"}], "text"}], the customer's usual store first
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user._is_internal():
            return []
        product = self._scrm_asked_product()
        if product_id:
            # sudo: stock figures for who may read the ticket
            product = self.env["product.product"].sudo().browse(product_id).exists()
        if not product:
            return []
        # sudo: whose usual store is asked for, and where
        ticket = self.sudo()
        company = ticket.company_id or self.env.company
        answers = self.env["scrm.store"]._scrm_stock(
            product, ticket.partner_id, company
        )
        return [
            {
                "store": answer.store.name,
                "usual": answer.is_usual,
                "variants": [
                    {
                        "product_id": variant.id,
                        "name": self._scrm_variant_name(variant),
                        "free": free,
                    }
                    for variant, free in answer.free.items()
                ],
                "text": self._scrm_store_words(answer),
            }
            for answer in answers
        ]

    def _scrm_asked_product(self):
        """The product that the form names and that the user may read there."""
        for line in self.template_id._scrm_lines_of("stock"):
            key = line.field_id.key
            if not self._scrm_is_hidden(key):
                # sudo: which product it is, on a field that the user may read
                products = self.env["product.product"].sudo()
                product = products.browse(self.sudo()._scrm_value(key)).exists()
                if product:
                    return product
        return self.env["product.product"]

    @api.model
    def _scrm_variant_name(self, variant):
        """Size, colour and the like; the product's name when it has no variants."""
        # sudo: names of a product's variants
        values = variant.sudo().product_template_attribute_value_ids
        return ", ".join(values.mapped("name")) or variant.sudo().name

    def _scrm_store_words(self, answer):
        left = ", ".join(
            self.env._(
                "%(free)g × %(variant)s",
                free=free,
                variant=self._scrm_variant_name(variant),
            )
            for variant, free in answer.free.items()
        )
        words = {"store": answer.store.name, "left": left or self.env._("none")}
        if answer.is_usual:
            return self.env._("%(store)s (your usual store): %(left)s", **words)
        return self.env._("%(store)s: %(left)s", **words)

    def _scrm_store_row(self, answer):
        row = Markup("<li class='%s'>%s</li>")
        return row % ("fw-bold" if answer["usual"] else "", answer["text"])
