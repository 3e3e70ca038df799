from odoo import models

from ..fields import MaskedChar


class ResUsers(models.Model):
    """Users are contacts too; a customer's login mostly is an e-mail address."""

    _name = "res.users"
    _inherit = ["res.users", "scrm.masking.mixin"]

    login = MaskedChar(masking="email")
    email = MaskedChar(masking="email")
    phone = MaskedChar(masking="phone")

    def _scrm_masked(self):
        if not self._scrm_is_masking():
            return self.browse()
        return self.filtered("share")
