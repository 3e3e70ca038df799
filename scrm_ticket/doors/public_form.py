from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.translate import LazyTranslate

from ..forms import formats

_lt = LazyTranslate(__name__)


class ScrmTicketDoorPublicForm(models.AbstractModel):
    """The form on the website, for people who do not log in.

    They say who they are. Where that is a known e-mail address, or only a known
    phone number, the ticket is that customer's; nothing of what is known of the
    customer goes into the form or onto the page, for anybody can write an address.
    """

    _name = "scrm.ticket.door.public_form"
    _inherit = "scrm.ticket.door"
    _description = "Entry Website"

    _label = _lt("Website")
    _icon = "fa-globe"
    _kind_rank = 15
    _channel = "helpdesk_mgmt.helpdesk_ticket_channel_web"
    _for_customers = True

    @api.model
    def _published_domain(self):
        return Domain("public_published", "=", True)

    @api.model
    def _customer_vals(self, data):
        contact = data.get("contact") or {}
        faults = self._contact_faults(contact)
        if faults:
            raise ValidationError("\n".join(faults.values()))
        partner = self.env["res.partner"]._scrm_find_customer(
            contact.get("email"), contact.get("phone")
        )
        return {
            "partner_id": partner.id,
            "partner_name": contact["name"].strip(),
            "partner_email": email_normalize(contact.get("email") or "") or False,
            "scrm_contact_phone": (contact.get("phone") or "").strip() or False,
        }

    @api.model
    def _known_customer(self, vals):
        return self.env["res.partner"]

    @api.model
    def _contact_faults(self, contact) -> dict:
        """What is wrong with what somebody says of himself or herself.

        :param contact: {"name", "email", "phone"} of texts
        :return: key -> message
        """
        name, email, phone = (
            (contact.get(key) or "").strip() for key in ("name", "email", "phone")
        )
        faults = {}
        if not name:
            faults["name"] = self.env._("Please tell us your name.")
        elif len(name) > 128 or any(ord(sign) < 32 for sign in name):
            faults["name"] = self.env._("This is no name we can keep.")
        if not email and not phone:
            faults["email"] = self.env._(
                "Please give us an e-mail address or a phone number."
            )
        if email and not (
            formats.fits("email", email) and email_normalize(email, strict=True)
        ):
            faults["email"] = self.env._("“%s” is no e-mail address.", email[:60])
        if phone and not formats.fits("phone", phone):
            faults["phone"] = self.env._("“%s” is no phone number.", phone[:60])
        return faults
