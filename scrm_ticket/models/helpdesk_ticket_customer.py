from odoo import api, fields, models
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

    scrm_twin_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Perhaps the Same",
        compute="_compute_scrm_twin_ids",
    )

    @api.depends("partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_scrm_twin_ids(self):
        for ticket in self:
            ticket.scrm_twin_ids = ticket.partner_id.scrm_twin_ids

    def action_scrm_merge_customer(self):
        """Open the question who is the same as the customer of the ticket."""
        self.ensure_one()
        return self.partner_id.action_scrm_merge()

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
