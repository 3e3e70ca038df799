from odoo import models

from .scrm_shop import PREFIX


class HelpdeskTicket(models.Model):
    """Conversations of shop platforms are answered there."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def _scrm_chat_account(self):
        # sudo: by which shop, whoever answers
        key = (self.sudo().scrm_chat_sender or "").partition(":")[0]
        if not key.startswith(PREFIX):
            return super()._scrm_chat_account()
        # sudo: as above
        shops = self.env["scrm.shop"].sudo()
        return shops.search([("key", "=", key.removeprefix(PREFIX))])
