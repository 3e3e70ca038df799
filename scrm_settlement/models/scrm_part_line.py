from odoo import models


class ScrmPartLine(models.Model):
    """The ticket's stock move of a quoted part is the order's delivery."""

    _inherit = "scrm.part.line"

    def _scrm_move_vals(self):
        vals = super()._scrm_move_vals()
        line = self._scrm_sale_line()
        return {**vals, "sale_line_id": line.id} if line else vals

    def _scrm_sale_line(self):
        """The line of the accepted quotation that sells this part."""
        # sudo: users of tickets need not read orders
        lines = self.env["sale.order.line"].sudo()
        return lines.search(
            [("scrm_part_line_id", "=", self.id), ("order_id.state", "=", "sale")],
            order="id desc",
            limit=1,
        )
