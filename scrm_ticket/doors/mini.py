from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmTicketDoorMini(models.AbstractModel):
    """A mini-program of ours (``scrm.door.mini``): who comes in is the customer of the
    session, whom the platform vouches for."""

    _name = "scrm.ticket.door.mini"
    _inherit = "scrm.ticket.door"
    _description = "Entry Mini-Program"

    _label = _lt("Mini-Program")
    _platform = "miniprogram"
    _kind_rank = 17
    _for_customers = True

    @api.model
    def _published_domain(self):
        return Domain("mini_published", "=", True)

    @api.model
    def _customer_vals(self, data):
        partner = self._session_customer()
        if not partner:
            raise ValidationError(self.env._("The session has ended."))
        return {
            "partner_id": partner.id,
            "partner_name": partner.name,
            "partner_email": partner.email,
        }

    @api.model
    def _session_customer(self):
        """Whose session it is, with sudo; the token in the context proves it."""
        token = self.env.context.get("scrm_mini_token")
        # sudo: nobody reads sessions; who has the token is that customer
        return self.env["scrm.door.mini.session"].sudo()._of_token(token).partner_id
