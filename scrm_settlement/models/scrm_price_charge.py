from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ScrmPriceCharge(models.Model):
    """Something more that a ticket charges: added on site, suggested, in a package."""

    _name = "scrm.price.charge"
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

    # Access follows the ticket

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & Domain("ticket_id", "any", [])
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not self.ids:
            return result
        rows = self - result[0] if result else self
        on_ticket = "read" if operation == "read" else "write"
        # sudo: which ticket a row belongs to must be known to ask for access to it
        allowed = rows.sudo().ticket_id.sudo(False)._filtered_access(on_ticket)
        # sudo: as above, only compared
        forbidden = rows.filtered(lambda row: row.sudo().ticket_id not in allowed)
        if not forbidden:
            return result
        if result:
            return result[0] | forbidden, result[1]
        return forbidden, lambda: self.env["ir.rule"]._make_access_error(
            operation, forbidden
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
