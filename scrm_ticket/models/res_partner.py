from odoo import api, models

from ..fields import MaskedChar


class ResPartner(models.Model):
    """Contacts: those not entitled see customers' personal data masked."""

    _name = "res.partner"
    _inherit = ["res.partner", "scrm.masking.mixin"]

    phone = MaskedChar(masking="phone")
    phone_sanitized = MaskedChar(masking="phone")
    email = MaskedChar(masking="email")
    email_formatted = MaskedChar(masking="email")
    email_normalized = MaskedChar(masking="email")
    street = MaskedChar(masking="address")
    street2 = MaskedChar(masking="address")
    zip = MaskedChar(masking="address")
    contact_address = MaskedChar(masking="address")
    vat = MaskedChar(masking="id")

    def _scrm_masked(self):
        # colleagues among themselves do not hide their addresses
        if not self._scrm_is_masking():
            return self.browse()
        return self.filtered("partner_share")

    def _scrm_known_values(self, name, vals):
        # a contact takes over the address of its company
        found = super()._scrm_known_values(name, vals)
        parents = self.browse(vals.get("parent_id")) | self.parent_id
        return [*found, *parents.sudo().mapped(name)]  # sudo: only compared

    @api.depends_context("uid")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        flags = ("show_address", "show_email", "show_vat", "formatted_display_name")
        is_asked = any(self.env.context.get(flag) for flag in flags)
        # sudo off: Odoo's client reads names of chosen records with it
        if is_asked and self.sudo(False)._scrm_is_masking():
            # sudo: names only
            for partner in self.sudo().filtered("partner_share"):
                name = partner.complete_name or partner.name
                partner.with_env(self.env).display_name = name
        return result
