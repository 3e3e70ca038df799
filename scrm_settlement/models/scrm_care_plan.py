from odoo import api, models


class ScrmCarePlan(models.Model):
    """Customers buy by orders as well: what is ordered counts before it is delivered,
    and what is never delivered from the stock, such as a course, counts by its order.
    """

    _inherit = "scrm.care.plan"

    def _bought(self, partner):
        bought = super()._bought(partner)
        domain = [
            ("order_id.partner_id", "child_of", partner.ids),
            ("order_id.state", "=", "sale"),
            ("product_id", "in", self.product_ids.ids),
        ]
        if company := self.template_id.company_id:
            domain.append(("company_id", "=", company.id))
        # sudo: what this customer has ordered, not the orders
        for line in self.env["sale.order.line"].sudo().search(domain):
            by_stock = line.qty_delivered_method == "stock_move"
            quantity = line.product_uom_qty - (line.qty_delivered if by_stock else 0)
            if quantity > 0:
                unit = line.product_id.uom_id
                quantity = line.product_uom_id._compute_quantity(quantity, unit)
                day = self._day_of(line.order_id.date_order)
                bought.append((day, quantity, line.product_id))
        return bought

    @api.model
    def _after_order(self, order):
        """What an order makes due that was confirmed, or is not any more.

        :param order: ``sale.order``, with the cron's rights
        """
        partner = order.partner_id
        products = order.order_line.product_id
        domain = [("kind", "=", "supply"), ("product_ids", "in", products.ids)]
        for plan in self.search(domain):
            if customer := plan._customer(partner):
                plan._reckon(customer)
        if order.state != "sale":
            return
        for line in order.order_line.filtered(
            lambda line: line.product_id.type == "service"
        ):
            self._after_purchase(partner, line.product_id, f"order line:{line.id}")
