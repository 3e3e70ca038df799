from odoo import api, fields, models
from odoo.exceptions import UserError


class ScrmTicketChange(models.Model):
    """What became of a ticket's quotations, step by step."""

    _inherit = "scrm.ticket.change"

    kind = fields.Selection(
        selection_add=[("quote", "Quotation")], ondelete={"quote": "cascade"}
    )

    def _describe(self, field):
        if self.kind != "quote":
            return super()._describe(field)
        order = self.after
        states = self.env["sale.order"]._fields["state"]
        states = dict(states._description_selection(self.env))
        # sudo: a currency
        currency = self.env["res.currency"].sudo().browse(order["currency_id"])
        return self.env._(
            "%(order)s, number %(revision)s: %(amount)s, %(state)s",
            order=order["name"],
            revision=order["revision"],
            amount=currency.format(order["amount"]),
            state=states[order["state"]],
        )


class ScrmTicketTrace(models.Model):
    _inherit = "scrm.ticket.trace"

    kind = fields.Selection(selection_add=[("quote", "Quotation")])


class SaleOrder(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "sale.order"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_ticket(self):
        """The quotations of a ticket are kept, the refused ones as well."""
        for order in self:
            if order.scrm_ticket_id:
                raise UserError(
                    self.env._(
                        "Quotation %s belongs to a ticket and is kept: cancel it.",
                        order.name,
                    )
                )


class HelpdeskTicket(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def _scrm_quote_follows(self, order):
        self.env["scrm.ticket.change"]._add(
            [
                {
                    "ticket_id": self.id,
                    "kind": "quote",
                    "after": {
                        "name": order.name,
                        "revision": order.scrm_revision,
                        "state": order.state,
                        "amount": order.amount_total,
                        "currency_id": order.currency_id.id,
                    },
                }
            ]
        )
        return super()._scrm_quote_follows(order)
