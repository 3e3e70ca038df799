from odoo import api, models

#: Writing one of these may change what the ticket charges.
PRICED = frozenset(
    {"ticket_id", "product_id", "quantity", "quantity_used", "quantity_returned"}
    | {"state"}
)


class ScrmPartLine(models.Model):
    """A part of a ticket is charged as it is used, and delivers the order's line."""

    _inherit = "scrm.part.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._scrm_price_tickets(lines.ticket_id)
        return lines

    def write(self, vals):
        if not PRICED & vals.keys():
            return super().write(vals)
        tickets = self.ticket_id
        result = super().write(vals)
        self._scrm_price_tickets(tickets | self.ticket_id)
        return result

    def unlink(self):
        tickets = self.ticket_id
        result = super().unlink()
        self._scrm_price_tickets(tickets)
        return result

    @staticmethod
    def _scrm_price_tickets(tickets):
        tickets.filtered("template_id.price_parts")._scrm_update_prices()

    def _scrm_priced_quantity(self):
        """How many of it the ticket charges: none of what was given back."""
        self.ensure_one()
        if self.state == "released":
            return 0.0
        return (self.quantity_used or self.quantity) - self.quantity_returned

    def _scrm_move_vals(self):
        vals = super()._scrm_move_vals()
        line = self._scrm_sale_line()
        return {**vals, "sale_line_id": line.id} if line else vals

    def _scrm_return_vals(self, quantity):
        vals = super()._scrm_return_vals(quantity)
        # what comes back is not delivered, so it is not to be paid
        return {**vals, "to_refund": bool(vals.get("sale_line_id"))}

    def _scrm_sale_line(self):
        """The line of the accepted quotation that sells this part."""
        # sudo: users of tickets need not read orders
        lines = self.env["sale.order.line"].sudo()
        return lines.search(
            [("scrm_part_line_id", "=", self.id), ("order_id.state", "=", "sale")],
            order="id desc",
            limit=1,
        )
