from odoo import api, models
from odoo.fields import Domain


class ScrmTicketDoor(models.AbstractModel):
    """A way in for tickets. Addons add ``scrm.ticket.door.<key>``.

    A door says who comes in by it, which templates are offered there and who the
    customer is; what is sent is checked and created by ``helpdesk.ticket``'s
    ``_scrm_submit``, the same for all of them. Every ticket keeps its door.
    """

    _name = "scrm.ticket.door"
    _inherit = "scrm.flow.kind"
    _description = "Ticket Entry"

    #: XML id of helpdesk_mgmt's channel for tickets of this door, where there is one.
    _channel = None
    #: Key of the platform (``platforms.py``) where customers are who come in by it.
    _platform = None
    #: Its sign in lists.
    _icon = "fa-inbox"
    #: Whether everybody comes in as a customer here, colleagues too.
    _for_customers = False
    #: Whether who comes in by it vouches for the customer it tells of.
    _vouches = False

    @api.model
    def _is_restricted(self) -> bool:
        """Whether the user submits as a customer: for himself or herself only."""
        return self._for_customers or not self.env.user._is_internal()

    @api.model
    def _template_domain(self) -> Domain:
        """The templates that the user may choose here."""
        domain = Domain("company_id", "in", [False, *self.env.companies.ids])
        if self._is_restricted():
            domain &= self._published_domain() & Domain(
                [
                    "|",
                    ("flow_id", "=", False),
                    "&",
                    ("flow_id.active", "=", True),
                    ("flow_id.published_version_id", "!=", False),
                ]
            )
        return domain

    @api.model
    def _published_domain(self) -> Domain:
        """Which of them customers may choose."""
        return Domain("portal_published", "=", True)

    @api.model
    def _customer_vals(self, data) -> dict:
        """Who the ticket is for, as values of the ticket.

        :param data: see ``helpdesk.ticket._scrm_submit``
        :raise ValidationError: naming what is wrong
        """
        partner = self.env["helpdesk.ticket"]._scrm_submit_partner(
            data.get("partner"), self._is_restricted(), self._vouches
        )
        return {
            "partner_id": partner.id,
            "partner_name": partner.name,
            "partner_email": partner.email,
        }

    @api.model
    def _known_customer(self, vals):
        """The customer whose data fills in the form's defaults, may be empty.

        :param vals: what :meth:`_customer_vals` said
        """
        return self.env["res.partner"].browse(vals["partner_id"])
