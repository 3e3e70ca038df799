from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.mail import email_normalize, email_split_tuples

from ..fields import MaskedChar, ShownMany2many
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

    scrm_twin_ids = ShownMany2many(
        comodel_name="res.partner",
        string="Perhaps the Same",
        compute="_compute_scrm_twin_ids",
    )

    @api.depends("partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_scrm_twin_ids(self):
        for ticket in self:
            ticket.scrm_twin_ids = ticket.partner_id._scrm_readable_twins()

    def action_scrm_merge_customer(self):
        """Open the question who is the same as the customer of the ticket."""
        self.ensure_one()
        return self.partner_id.action_scrm_merge()

    # Somebody unknown

    def _scrm_step_opened(self, step):
        """Who wrote or called unknown becomes a contact once a colleague has let his
        ticket go on: before that it may be advertising, or a wrong number."""
        result = super()._scrm_step_opened(step)
        is_unknown = not self.partner_id and (
            self.partner_email or self.scrm_contact_phone
        )
        user = self.env.user
        if is_unknown and user.id != SUPERUSER_ID and user._is_internal():
            if self._scrm_has_left_first_node():
                self._scrm_make_contact()
        return result

    def action_scrm_make_contact(self):
        """Make a contact of who wrote or called, or take the one that has come since.

        :raise UserError: nothing is known of him, or several contacts fit
        """
        self.ensure_one()
        self.check_access("write")
        if not self.partner_id and not self._scrm_make_contact():
            raise UserError(
                self.env._(
                    "No contact can be made of it: ticket %s has neither an e-mail "
                    "address nor a phone number, or several contacts have them. "
                    "Choose the customer by hand.",
                    self.number,
                )
            )
        return True

    def _scrm_make_contact(self):
        """The contact with the address or number that the ticket came by, made when
        there is none; it becomes the customer.

        :return: ``res.partner`` with sudo, empty when it is not clear who it is
        """
        own = self.sudo()  # sudo: the ticket's own address, masked or not
        people = own.env["res.partner"]
        ((said, email),) = email_split_tuples(own.partner_email or "")[:1] or [("", "")]
        email = email_normalize(email) or False
        phone = own.scrm_contact_phone
        phone = phone if phone and formats.fits("phone", phone) else False
        if not (email or phone):
            return people
        partner = people._scrm_find_customer(email=email, phone=phone)
        handle = {"email": email} if email else {"phone": phone}
        if not partner and not people.search_count(
            people._scrm_company_domain() + people._scrm_handle_domain(**handle)
        ):
            name = own.partner_name or said or email or phone
            vals = {"name": name, "email": email, "phone": phone}
            partner = people.create(vals)
        if partner:
            own.partner_id = partner
        return partner

    @api.model
    def _scrm_submit_partner(self, partner, restricted, vouched=False):
        """The customer of the ticket.

        :param partner: id, e-mail address, phone number, nothing; or what a system
            that may make customers tells, see ``res.partner._scrm_recognise``
        :param restricted: whether only the user's own company comes into question
        :param vouched: whether the door stands for whom it tells of
        :raise ValidationError: there is none, or several
        """
        own = self.env.user.partner_id
        if partner is None or partner is False:
            return own if restricted else own.browse()
        if isinstance(partner, str):
            partner = self._scrm_submit_line(self.env._("Customer"), partner)
        if isinstance(partner, dict) and not restricted:
            return self._scrm_told_partner(partner, vouched)
        # Customers read no other contacts; what is found is compared with their own
        # company below.
        partners = self.env["res.partner"].sudo(restricted)
        found = partners.browse()
        if isinstance(partner, int) and not isinstance(partner, bool):
            found = partners.search_fetch([("id", "=", partner)])
        elif isinstance(partner, str) and (email := email_normalize(partner)):
            found = partners.search([("email_normalized", "=", email)], limit=2)
        elif isinstance(partner, str) and formats.fits("phone", partner):
            found = partners.search(partners._scrm_phone_domain(partner), limit=2)
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

    @api.model
    def _scrm_told_partner(self, said, vouched):
        """The customer whom another system tells of.

        :param said: see ``res.partner._scrm_recognise``
        :param vouched: whether the door stands for it; else customers are made only
            for users who may make contacts
        :raise ValidationError: there is none, and none may be made
        """
        people = self.env["res.partner"]
        makes = vouched or people.has_access("create")
        # sudo off again: the rights to the contact are the user's own
        return people._scrm_recognise(said, makes).sudo(False)
