from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _scrm_open_maintenance(self):
        """Remember on each ticket which day of the cycle it was opened for."""
        tickets = super()._scrm_open_maintenance()
        for ticket in tickets:
            ticket.scrm_cycle_due = ticket.scrm_lot_id.scrm_next_maintenance
        return tickets
