from odoo import api, fields, models
from odoo.exceptions import UserError


class ScrmPartOperation(models.TransientModel):
    """Give back a used part, or throw a broken one away."""

    _name = "scrm.part.operation"
    _description = "Return or Scrap a Part"

    line_id = fields.Many2one(
        comodel_name="scrm.part.line", string="Part", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="line_id.product_id")
    product_tracking = fields.Selection(related="line_id.product_tracking")
    kind = fields.Selection(
        selection=[("return", "Return to stock"), ("scrap", "Broken: scrap it")],
        string="What to Do",
        compute="_compute_kind",
        help="Used parts come back to where they were taken from; of held ones, broken "
        "ones are replaced.",
    )
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit")
    lot_ids = fields.Many2many(
        comodel_name="stock.lot",
        string="Serial Numbers",
        domain="[('product_id', '=', product_id)]",
    )

    @api.depends("line_id.state")
    def _compute_kind(self):
        for operation in self:
            used = operation.line_id.state == "consumed"
            operation.kind = "return" if used else "scrap"

    def action_apply(self):
        """Do it.

        :raise UserError: when the quantity or the numbers do not fit
        """
        self.ensure_one()
        if self.quantity <= 0:
            raise UserError(self.env._("The quantity must be above zero."))
        if self.kind == "return":
            self.line_id._scrm_return(self.quantity, self.lot_ids)
        else:
            self.line_id._scrm_scrap(self.quantity, self.lot_ids)
        return {"type": "ir.actions.act_window_close"}
