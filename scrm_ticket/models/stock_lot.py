from odoo import fields, models
from odoo.tools.misc import format_date


class StockLot(models.Model):
    """A device at a customer: whose it is, since when, covered until when."""

    _inherit = "stock.lot"

    scrm_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        help="Whose device it is. Only they can name it on the portal.",
    )
    scrm_purchase_date = fields.Date(string="Bought on")
    scrm_warranty_end = fields.Date(string="Warranty until")
    scrm_ticket_ids = fields.One2many(
        comodel_name="helpdesk.ticket", inverse_name="scrm_lot_id", string="Tickets"
    )

    def _scrm_describe(self):
        """What a form says of the device, in words of the reader's language."""
        self.ensure_one()
        words = [self.product_id.display_name]
        if self.scrm_purchase_date:
            day = format_date(self.env, self.scrm_purchase_date)
            words.append(self.env._("bought on %s", day))
        if self.scrm_warranty_end:
            day = format_date(self.env, self.scrm_warranty_end)
            today = self.env["scrm.form.field"]._scrm_today()
            words.append(
                self.env._("warranty until %s", day)
                if self.scrm_warranty_end >= today
                else self.env._("warranty ended on %s", day)
            )
        return " · ".join(words)
