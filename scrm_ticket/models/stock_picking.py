from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    scrm_ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Ticket",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The ticket that needs these parts.",
    )

    def write(self, vals):
        """Goods of a scenario move in its time: stock knows the server's only."""
        clock = self.env["scrm.clock"]
        if vals.get("date_done") and clock._can_be_set():
            vals = {**vals, "date_done": clock.now()}
        return super().write(vals)

    def _create_backorder_picking(self):
        """What comes later is for the same ticket."""
        backorder = super()._create_backorder_picking()
        backorder.scrm_ticket_id = self.scrm_ticket_id
        return backorder
