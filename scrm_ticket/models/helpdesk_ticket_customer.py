from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ..fields import MaskedChar
from ..forms import formats


class HelpdeskTicket(models.Model):
    """Who a ticket is for: one customer, whatever door and address he comes by."""

    # One model, a file per concern.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_contact_phone = MaskedChar(
        masking="phone",
        string="Phone Left",
        readonly=True,
        copy=False,
        help="The phone number that somebody left on the website.",
    )

    @api.model
    def _scrm_find_customer(self, email=None, phone=None):
        """The one contact with this e-mail address, else with this phone number.

        Several contacts of one company are that company; a phone number counts only
        where no address was given, which says more.

        :param email: in any format
        :param phone: in any format
        :return: ``res.partner``, empty when there is none, or it is not clear who
        """
        # sudo: the contact goes onto the ticket, nothing of it is shown to who asks
        partners = self.env["res.partner"].sudo()
        domain = [("company_id", "in", [False, *self.env.companies.ids])]
        if email and (address := email_normalize(email)):
            found = partners.search([*domain, ("email_normalized", "=", address)])
        elif phone and formats.fits("phone", phone):
            found = partners.search([*domain, *self._scrm_phone_domain(phone)])
        else:
            return partners
        if len(found) > 1:
            owner = found.commercial_partner_id
            found = owner if len(owner) == 1 else partners
        return found

    @api.model
    def _scrm_phone_domain(self, phone):
        """Contacts with a phone number, however it is written."""
        # sudo: the country of the company, for numbers without one
        company = self.env.company.partner_id.sudo()
        number = company._phone_format(number=phone) or phone
        return [("phone_sanitized", "=", number)]

    @api.model
    def _scrm_submit_partner(self, partner, restricted):
        """The customer of the ticket.

        :param partner: id, e-mail address, phone number, or nothing
        :param restricted: whether only the user's own company comes into question
        :raise ValidationError: there is none, or several
        """
        own = self.env.user.partner_id
        if partner is None or partner is False:
            return own if restricted else own.browse()
        if isinstance(partner, str):
            partner = self._scrm_submit_line(self.env._("Customer"), partner)
        # Customers read no other contacts; what is found is compared with their own
        # company below.
        partners = self.env["res.partner"].sudo(restricted)
        found = partners.browse()
        if isinstance(partner, int) and not isinstance(partner, bool):
            found = partners.search([("id", "=", partner)])
        elif isinstance(partner, str) and (email := email_normalize(partner)):
            found = partners.search([("email_normalized", "=", email)], limit=2)
        elif isinstance(partner, str) and formats.fits("phone", partner):
            found = partners.search(self._scrm_phone_domain(partner), limit=2)
        if restricted:
            found = found.filtered(
                lambda found: found.commercial_partner_id == own.commercial_partner_id
            )
        if len(found) > 1:
            raise ValidationError(
                self.env._(
                    "Several contacts have the address “%s”. Name the customer by id.",
                    partner,
                )
            )
        if not found:
            raise ValidationError(
                self.env._("There is no customer “%s”.", str(partner)[:60])
            )
        return found
