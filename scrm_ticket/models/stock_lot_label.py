import uuid

from odoo import api, fields, models


class StockLot(models.Model):
    """The sticker on a device: who scans it gets to the form, or to the device."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.lot"

    scrm_label_token = fields.Char(
        string="Sticker",
        copy=False,
        readonly=True,
        groups="stock.group_stock_user,scrm_ticket.group_user",
        help="What the code on the sticker says besides the address.",
    )
    scrm_label_url = fields.Char(
        string="Address on the Sticker", compute="_compute_scrm_label_url"
    )

    _scrm_label_token_unique = models.UniqueIndex(
        "(scrm_label_token) WHERE scrm_label_token IS NOT NULL"
    )

    @api.depends("scrm_label_token")
    def _compute_scrm_label_url(self):
        for lot in self:
            # sudo: whoever reads the device may print its sticker
            token = lot.sudo().scrm_label_token
            base = lot.get_base_url()
            lot.scrm_label_url = f"{base}/scrm/d/{token}" if token else False

    def _scrm_ensure_label(self):
        """The addresses for stickers; a device keeps its own for good."""
        for lot in self.sudo():  # sudo: only the token, of devices one may read
            if not lot.scrm_label_token:
                lot.scrm_label_token = uuid.uuid4().hex
        return self.mapped("scrm_label_url")

    @api.model
    def _scrm_of_label(self, token):
        """The device of a sticker, with sudo: who scans it stands before it.

        :param token: text, whatever somebody sends
        """
        # sudo: see above; what is shown of it is up to the page
        lots = self.sudo()
        if not isinstance(token, str) or len(token) != 32 or not token.isalnum():
            return lots.browse()
        return lots.search([("scrm_label_token", "=", token)], limit=1)

    def action_scrm_print_label(self):
        """Print the stickers.

        :return: action that opens their PDF
        """
        self.check_access("read")
        self._scrm_ensure_label()
        numbers = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/scrm/stickers/{numbers}",
            "target": "new",
        }

    def _scrm_stickers(self):
        """What stands on the stickers, see ``documents/sticker_pdf.py``."""
        addresses = self._scrm_ensure_label()
        return [
            {
                "address": address,
                # sudo: the name of the model, of a device that one may read
                "title": lot.product_id.sudo().name,
                "serial": lot.name,
                "words": self.env._("Something wrong? Scan me."),
            }
            for lot, address in zip(self, addresses, strict=True)
        ]
