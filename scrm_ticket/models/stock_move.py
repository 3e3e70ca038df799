from odoo import api, fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    scrm_part_line_id = fields.Many2one(
        comodel_name="scrm.part.line",
        string="Ticket Part",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        help="The ticket that reserves or consumed these goods.",
    )
    scrm_ticket_id = fields.Many2one(
        related="scrm_part_line_id.ticket_id", string="Ticket"
    )

    @api.depends("scrm_part_line_id")
    def _compute_reference(self):
        result = super()._compute_reference()
        for move in self:
            if move.scrm_ticket_id and not move.picking_id:
                move.reference = move.scrm_ticket_id.number
        return result

    def _prepare_move_split_vals(self, qty):
        """What is split off still belongs to the ticket."""
        vals = super()._prepare_move_split_vals(qty)
        vals["scrm_part_line_id"] = self.scrm_part_line_id.id
        return vals
