from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.scrm_ticket.engine import cycle

#: Tickets that are opened before one commit.
CHUNK = 50


class ScrmReplenishment(models.Model):
    """When a customer runs out of what he bought: quantity over use a day.

    Each customer has a day of his own. What he bought is what his last order of the
    product says; how much he uses a day is entered, or what he used between his
    earlier orders.
    """

    _name = "scrm.replenishment"
    _description = "Replenishment Reminder"
    _order = "due_date, id"
    _rec_name = "product_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade", index=True
    )
    product_id = fields.Many2one(
        "product.product", "Product", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    use_entered = fields.Float(
        "Uses a Day (Entered)",
        digits=(16, 4),
        help="Of what one unit holds, in units of the product. 0: as the orders say.",
    )
    daily_use = fields.Float(
        "Uses a Day", digits=(16, 4), compute="_compute_due", store=True
    )
    bought_on = fields.Date(compute="_compute_due", store=True)
    bought = fields.Float(digits="Product Unit", compute="_compute_due", store=True)
    due_date = fields.Date(
        "Runs Out on", compute="_compute_due", store=True, index="btree_not_null"
    )
    template_id = fields.Many2one(
        "scrm.ticket.template",
        "Ticket",
        required=True,
        ondelete="restrict",
        help="A ticket of this template reminds of it.",
    )
    days_ahead = fields.Integer(default=5, help="How long before it runs out.")
    reminded_for = fields.Date(readonly=True, copy=False)

    _once = models.UniqueIndex(
        "(partner_id, product_id, company_id)",
        "This customer is reminded of this product already.",
    )
    _positive = models.Constraint(
        "CHECK (COALESCE(use_entered, 0) >= 0 AND COALESCE(days_ahead, 0) >= 0)",
        "Use and days ahead cannot be negative.",
    )

    @api.depends("partner_id", "product_id", "company_id", "use_entered")
    def _compute_due(self):
        for one in self:
            orders = one._orders()
            one.bought_on, one.bought = orders[-1] if orders else (False, 0.0)
            bought = one.bought
            daily = one.use_entered or self._used(orders)
            one.daily_use = daily
            days = cycle.lasts(bought, daily)
            one.due_date = (
                one.bought_on + timedelta(days=days)
                if orders and days is not None
                else False
            )

    def _orders(self):
        """Days and quantities of the customer's orders of the product, in order."""
        self.ensure_one()
        # sudo: what the customer of this reminder has bought, not the orders
        lines = self.env["sale.order.line"].sudo()
        found = lines.search(
            [
                ("order_id.partner_id", "child_of", self.partner_id.ids),
                ("order_id.company_id", "=", self.company_id.id),
                ("order_id.state", "=", "sale"),
                ("product_id", "=", self.product_id.id),
            ]
        )
        days = {}
        for line in found:
            day = fields.Datetime.context_timestamp(self, line.order_id.date_order)
            days[day.date()] = days.get(day.date(), 0.0) + line.product_uom_qty
        return sorted(days.items())

    @api.model
    def _used(self, orders):
        """Use a day between the first and the last order: what was bought before it.

        :param orders: (day, quantity), in order
        """
        if len(orders) < 2:
            return 0.0
        total = 0.0
        readings = []
        for day, quantity in orders:
            readings.append((day, total))
            total += quantity
        return cycle.per_day(readings) or 0.0

    @api.model
    def _refresh(self, partners, products):
        """Compute anew what orders of these customers and products change.

        :param partners: commercial ``res.partner``
        """
        found = self.search(
            [
                ("partner_id.commercial_partner_id", "in", partners.ids),
                ("product_id", "in", products.ids),
            ]
        )
        if found:
            self.env.add_to_compute(self._fields["due_date"], found)

    @api.model
    def _cron_remind(self):
        """Open the tickets of customers who run out soon, once for each day."""
        today = self.env["scrm.form.field"]._scrm_today()
        due = self.search([("due_date", "!=", False)]).filtered(
            lambda one: one.due_date - timedelta(days=one.days_ahead) <= today
            and one.reminded_for != one.due_date
        )
        for number in range(0, len(due), CHUNK):
            chunk = due[number : number + CHUNK]
            chunk._remind()
            left = len(due) - number - len(chunk)
            self.env["ir.cron"]._commit_progress(len(chunk), remaining=left)

    def _remind(self):
        """Open a ticket for each.

        :return: ``helpdesk.ticket``
        """
        tickets = self.env["helpdesk.ticket"]
        for one in self:
            name = self.env._(
                "%(customer)s runs out of %(product)s",
                customer=one.partner_id.name,
                product=one.product_id.name,
            )
            tickets += tickets.create(
                {
                    "template_id": one.template_id.id,
                    "name": name,
                    "partner_id": one.partner_id.id,
                    "company_id": one.company_id.id,
                }
            )
            one.reminded_for = one.due_date
        return tickets
