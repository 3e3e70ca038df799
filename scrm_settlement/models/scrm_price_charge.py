from odoo import api, fields, models
from odoo.exceptions import UserError


class ScrmPriceCharge(models.Model):
    """Something more that a ticket charges: added on site, suggested, in a package."""

    _name = "scrm.price.charge"
    _inherit = "scrm.ticket.row.mixin"
    _description = "Charged Item"
    _order = "ticket_id, id"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="restrict",
        domain=[("sale_ok", "=", True)],
    )
    quantity = fields.Float(
        required=True,
        default=1.0,
        digits="Product Unit",
        help="Below zero: given back.",
    )
    lot_id = fields.Many2one(
        "stock.lot",
        "Batch",
        domain="[('product_id', '=', product_id)]",
        help="Its cost and age decide the price. Empty: the oldest on the shelf.",
    )
    offer_id = fields.Many2one(
        "scrm.price.offer",
        "Offer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="What was offered and accepted.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Added by",
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )

    _quantity_not_zero = models.Constraint(
        "CHECK (quantity != 0)", "A charged item has a quantity."
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                vals["user_id"] = self.env.uid
        charges = super().create(vals_list)
        charges._check_open()
        charges.ticket_id._scrm_update_prices()
        return charges

    def write(self, vals):
        self._check_open()
        if "user_id" in vals and not self.env.su:
            raise UserError(self.env._("Who added an item is not changed."))
        tickets = self.ticket_id
        result = super().write(vals)
        self._check_open()
        (tickets | self.ticket_id)._scrm_update_prices()
        return result

    def unlink(self):
        self._check_open()
        tickets = self.ticket_id
        result = super().unlink()
        tickets._scrm_update_prices()
        return result

    def _check_open(self):
        for ticket in self.ticket_id:
            if not ticket.sudo()._scrm_not_done():  # sudo: reads its runs
                raise UserError(
                    self.env._(
                        "Ticket %s is done: its prices no longer change.",
                        ticket.number,
                    )
                )
