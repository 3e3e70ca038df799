from odoo import api, models
from odoo.fields import Domain


class ScrmTicketRowMixin(models.AbstractModel):
    """A row of a ticket, named by ``ticket_id``: who may read or write the ticket may
    read or write its rows, as far as the model's own rights go."""

    _name = "scrm.ticket.row.mixin"
    _description = "Row of a Ticket"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not self.ids:
            return result
        rows = self - result[0] if result else self
        on_ticket = "read" if operation == "read" else "write"
        # sudo: which ticket a row belongs to must be known to ask for access to it
        allowed = rows.sudo().ticket_id.sudo(False)._filtered_access(on_ticket)
        # sudo: as above, only compared
        forbidden = rows.filtered(lambda row: row.sudo().ticket_id not in allowed)
        if not forbidden:
            return result
        if result:
            return result[0] | forbidden, result[1]
        return forbidden, lambda: self.env["ir.rule"]._make_access_error(
            operation, forbidden
        )

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & Domain("ticket_id", "any", [])
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)
