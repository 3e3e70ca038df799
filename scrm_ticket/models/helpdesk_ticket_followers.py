from psycopg2.errors import UniqueViolation

from odoo import models
from odoo.exceptions import ConcurrencyError


class HelpdeskTicket(models.Model):
    """Two write on a ticket at the same moment, and both make the same one follow it:
    the second is tried anew and finds it done."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        try:
            return super()._message_subscribe(partner_ids, subtype_ids, customer_ids)
        except UniqueViolation as error:
            if error.diag.table_name != "mail_followers":
                raise
            raise ConcurrencyError(
                self.env._("Somebody else writes on this ticket just now.")
            ) from error
