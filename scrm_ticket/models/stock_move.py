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

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        """Moves of two tickets stay two moves."""
        return [*super()._prepare_merge_moves_distinct_fields(), "scrm_part_line_id"]

    def _action_done(self, cancel_backorder=False):
        done = super()._action_done(cancel_backorder=cancel_backorder)
        arrived = done.filtered(
            lambda move: move.state == "done"
            and move.location_dest_id.usage == "internal"
        )
        if arrived:
            # sudo: tickets that wait for these goods, whoever brought them in
            self.env["scrm.part.line"].sudo()._scrm_take_arrived(arrived)
        return done
