from odoo import models


class MailMessage(models.Model):
    """Notes on tickets are for colleagues, whatever way they are asked for.

    Odoo keeps notes that people write from customers who guess their number, but not
    those that it writes itself: which parts were ordered, who was told.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "mail.message"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or operation != "read" or self.env.user._is_internal():
            return result
        forbidden, error = result or (self.browse(), None)
        # sudo: what kind of message it is; access is what is asked here
        notes = (self - forbidden).filtered(lambda message: message.sudo()._is_note())
        if not notes:
            return result
        refuse = self.env["ir.rule"]._make_access_error
        return forbidden + notes, error or (lambda: refuse(operation, notes))

    def _is_note(self):
        """Whether it is written on a ticket for colleagues only."""
        return self.model == "helpdesk.ticket" and (
            self.is_internal or not self.subtype_id or self.subtype_id.internal
        )
