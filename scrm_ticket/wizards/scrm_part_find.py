import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.helpdesk_ticket_device import escaped


class ScrmPartFind(models.TransientModel):
    """A code from the site, with a photo: which part is it, and where is one?

    Scanned or typed: the barcode or reference of a part, its serial number, or what
    stands on the sticker of the device, whose fitting parts are then shown.
    """

    _name = "scrm.part.find"
    _description = "Find a Part by Its Code"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", required=True, ondelete="cascade"
    )
    code = fields.Char(help="Of the part or of the device, scanned or typed.")
    photo = fields.Binary(attachment=False)
    photo_name = fields.Char()
    product_id = fields.Many2one(
        comodel_name="product.product", string="Part", compute="_compute_found"
    )
    lot_id = fields.Many2one(
        comodel_name="stock.lot", string="Number", compute="_compute_found"
    )
    fitting_ids = fields.Many2many(
        comodel_name="product.product", string="Fitting Parts", compute="_compute_found"
    )
    free_qty = fields.Float(related="product_id.scrm_free_qty")
    stock_words = fields.Char(related="product_id.scrm_stock_words")
    is_device = fields.Boolean(compute="_compute_found")
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit")

    @api.depends("code")
    def _compute_found(self):
        for find in self:
            product, lot = self._scrm_of_code(find.code)
            find.product_id = product
            find.lot_id = lot
            find.is_device = product.scrm_is_device
            find.fitting_ids = product.scrm_fitting_part_ids

    @api.model
    def _scrm_of_code(self, code):
        """What a code stands for: a product and, when it is one piece's, its number.

        :param code: as scanned or typed; the address on a sticker too
        :return: (``product.product``, ``stock.lot``), empty when nothing or several
        """
        products = self.env["product.product"]
        lots = self.env["stock.lot"]
        code = (code or "").strip()
        if not code:
            return products, lots
        lot = lots._scrm_of_label(code.rstrip("/").rpartition("/")[2])
        if lot:
            lot = lots.browse(lot.id)._filtered_access("read")
            return lot.product_id, lot
        found = products.search(
            Domain("barcode", "=", code)
            | Domain("default_code", "=ilike", escaped(code)),
            limit=2,
        )
        if len(found) == 1:
            return found, lots
        lot = self.env["helpdesk.ticket"]._scrm_find_lot(code)
        lot = lots.browse(lot.id)._filtered_access("read")
        return lot.product_id, lot

    def action_add(self):
        """Keep the photo on the ticket, and make the part one that it needs.

        :raise UserError: nothing fits the code, or a device was scanned and no part
        """
        self.ensure_one()
        ticket = self.ticket_id
        ticket.check_access("write")
        product = self.product_id
        if not product:
            raise UserError(
                self.env._("No part and no device has the code “%s”.", self.code or "")
            )
        if self.is_device or not product.is_storable:
            raise UserError(
                self.env._(
                    "“%s” is a device: choose one of its parts.", product.display_name
                )
            )
        if self.quantity <= 0:
            raise UserError(self.env._("The quantity must be above zero."))
        self._scrm_keep_photo()
        ticket.part_line_ids.create(
            {
                "ticket_id": ticket.id,
                "product_id": product.id,
                "quantity": self.quantity,
            }
        )
        return {"type": "ir.actions.act_window_close"}

    def action_keep_photo(self):
        """Keep the photo and what the code stands for as a note on the ticket."""
        self.ensure_one()
        self.ticket_id.check_access("write")
        self._scrm_keep_photo()
        return {"type": "ir.actions.act_window_close"}

    def _scrm_keep_photo(self):
        if not self.photo:
            return
        product = self.product_id
        words = [self.code or "", product.display_name or "", self.stock_words or ""]
        self.ticket_id.message_post(
            body=" · ".join(filter(None, words)) or self.env._("Photo from the site"),
            attachments=[
                (self.photo_name or "photo.jpg", base64.b64decode(self.photo))
            ],
            subtype_xmlid="mail.mt_note",
        )
