from odoo import api, models

from odoo.addons.scrm_ticket.fields import FreeChar, MaskedChar
from odoo.addons.scrm_ticket.forms import masks

#: Where a form gets an opportunity's value from when a customer is chosen.
OF_CUSTOMER = {"email_from": "email"}


class CrmLead(models.Model):
    """Opportunities: those not entitled see customers' personal data masked."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _name = "crm.lead"
    _inherit = ["crm.lead", "scrm.masking.mixin"]

    name = FreeChar()
    email_cc = FreeChar()
    email_from = MaskedChar(masking="email")
    email_normalized = MaskedChar(masking="email")
    email_domain_criterion = MaskedChar(masking="email")
    phone = MaskedChar(masking="phone")
    phone_sanitized = MaskedChar(masking="phone")
    street = MaskedChar(masking="address")
    street2 = MaskedChar(masking="address")
    zip = MaskedChar(masking="address")

    def _scrm_known_values(self, name, vals):
        # a customer who is chosen fills in the form, a number is written out there
        found = super()._scrm_known_values(name, vals)
        # sudo: only compared
        customers = self.env["res.partner"].sudo().browse(vals.get("partner_id"))
        customers |= self.sudo().partner_id
        found += customers.mapped(OF_CUSTOMER.get(name, name))
        if name == "phone":
            written = [
                record._phone_format(number=number, force_format="INTERNATIONAL")
                for record in (*self.sudo(), *customers)
                for number in found
                if number
            ]
            found += [number for number in written if number]
        return list(dict.fromkeys(found))

    @api.depends_context("uid")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        # sudo off: Odoo's client reads names of chosen records with it
        for lead in self.sudo(False)._scrm_masked().with_env(self.env):
            lead.display_name = masks.masked_text(lead.display_name)
        return result
