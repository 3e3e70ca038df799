from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

#: Orders of the customer that a ticket shows.
ORDER_LIMIT = 10


class HelpdeskTicket(models.Model):
    """What the customer has bought and where it is: open on the ticket, no search.

    Asked with more rights than the reader has: who may read the ticket reads which
    orders its customer has, not the orders themselves.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_purchases_html = fields.Html(
        string="Purchases and Deliveries",
        compute="_compute_scrm_purchases_html",
        sanitize=False,
        groups="base.group_user",
    )
    scrm_purchases_first = fields.Boolean(related="template_id.purchases_first")

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "lang", "tz")
    def _compute_scrm_purchases_html(self):
        for ticket in self:
            orders = ticket._scrm_purchases()
            rows = Markup().join(ticket._scrm_purchase_row(order) for order in orders)
            ticket.scrm_purchases_html = rows and Markup(
                "<ul class='list-unstyled o_scrm_purchases mb-0'>%s</ul>"
            ) % (rows)

    def _scrm_purchases(self):
        """Confirmed orders of the ticket's customer, the newest first."""
        self.ensure_one()
        # sudo: see the class
        ticket = self.sudo()
        orders = self.env["sale.order"].sudo()
        customer = ticket.commercial_partner_id
        if not customer or not self.env.user._is_internal():
            return orders
        return orders.search(
            [
                ("partner_id", "child_of", customer.id),
                ("company_id", "=", (ticket.company_id or self.env.company).id),
                ("state", "=", "sale"),
            ],
            order="date_order desc, id desc",
            limit=ORDER_LIMIT,
        )

    def _scrm_purchase_row(self, order):
        goods = ", ".join(
            self.env._(
                "%(quantity)g × %(product)s, %(delivered)g delivered",
                quantity=line.product_uom_qty,
                product=line.product_id.display_name or line.name,
                delivered=line.qty_delivered,
            )
            for line in order.order_line
            if not line.display_type
        )
        way = Markup().join(
            Markup("<div class='text-muted'>%s</div>") % self._scrm_way_words(picking)
            for picking in order.picking_ids.sorted("id")
        )
        return Markup("<li class='mb-2'><strong>%s</strong> %s<div>%s</div>%s</li>") % (
            order.name,
            format_date(self.env, order.date_order),
            goods,
            way,
        )

    def _scrm_way_words(self, picking):
        """Where a delivery is: its state, when, and the carrier's number if known."""
        states = dict(picking._fields["state"]._description_selection(self.env))
        when = picking.date_done or picking.scheduled_date
        # the number is a field of Odoo's delivery application
        has_number = "carrier_tracking_ref" in picking._fields
        words = [
            picking.name,
            states.get(picking.state),
            when and format_date(self.env, when),
            has_number and picking.carrier_tracking_ref,
        ]
        return " · ".join(filter(None, words))

    def _scrm_usual_product(self, months=12):
        """The storable product that the customer has ordered most often.

        In how many orders it is counts, then how much, then which was first.

        :param months: how far back orders count
        :return: ``product.product``, may be empty
        """
        self.ensure_one()
        # sudo: what the customer of the ticket orders, asked by the flow
        ticket = self.sudo()
        products = self.env["product.product"].sudo()
        if not ticket.commercial_partner_id:
            return products
        since = fields.Datetime.subtract(self.env["scrm.clock"].now(), months=months)
        # sudo: as above
        rows = (
            self.env["sale.order.line"]
            .sudo()
            ._read_group(
                [
                    (
                        "order_id.partner_id",
                        "child_of",
                        ticket.commercial_partner_id.id,
                    ),
                    ("order_id.company_id", "=", ticket.company_id.id),
                    ("order_id.state", "=", "sale"),
                    ("order_id.date_order", ">=", since),
                    ("product_id.is_storable", "=", True),
                ],
                ["product_id"],
                ["order_id:count_distinct", "product_uom_qty:sum"],
            )
        )
        best = max(rows, key=lambda row: (row[1], row[2], -row[0].id), default=None)
        return best[0] if best else products
