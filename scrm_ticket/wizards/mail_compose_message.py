from odoo import models

from ..fields_sealed import SealedPlainChar, SealedPlainHtml


class MailComposeMessage(models.TransientModel):
    """Mails that are being written."""

    _name = "mail.compose.message"
    _inherit = ["mail.compose.message", "scrm.sealed.all.mixin"]

    body = SealedPlainHtml()
    subject = SealedPlainChar()
