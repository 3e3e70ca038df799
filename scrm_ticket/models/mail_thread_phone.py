from odoo import models
from odoo.fields import Domain


class MailThreadPhone(models.AbstractModel):
    """Records with phone numbers: who gets them masked finds nothing by them."""

    _inherit = "mail.thread.phone"

    def _search_phone_mobile_search(self, operator, value):
        masking = self.env.registry["scrm.masking.mixin"]
        if isinstance(self, masking) and self._scrm_is_blind("phone"):
            return Domain.FALSE
        return super()._search_phone_mobile_search(operator, value)
