from odoo import models

from .helpdesk_ticket_quote import PENDING


class HelpdeskTicket(models.Model):
    """What the end of a ticket does to its prices and quotations.

    A quotation nobody has answered is taken back. Parts that were given back unused
    are not charged: their price lines go or shrink, and the accepted order asks for
    no more than was used, so that a bill already paid is credited by Odoo's own means.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def _scrm_run_cancelled(self, run):
        result = super()._scrm_run_cancelled(run)
        # sudo: whoever may cancel the ticket need not read orders
        ticket = self.sudo()
        ticket._scrm_close_prices()
        if not ticket._scrm_not_done():
            ticket._scrm_cancel_accepted()
        return result

    def _scrm_close_prices(self):
        result = super()._scrm_close_prices()
        if self._scrm_not_done():  # a called flow ended, the ticket goes on
            return result
        pending = self._scrm_latest_order().filtered(lambda one: one.state in PENDING)
        if pending:
            pending._action_cancel()
            self._scrm_quote_note(
                self.env._(
                    "The ticket has ended: quotation %s is taken back.", pending.name
                )
            )
        self._scrm_credit_unused()
        return result

    def _scrm_cancel_accepted(self):
        """Cancel the accepted order of a cancelled ticket, unless work or money of it
        has moved: then somebody has to decide."""
        order = self._scrm_accepted_order()
        if not order:
            return
        invoices = order.invoice_ids.filtered(lambda one: one.state == "posted")
        delivered = any(line.qty_delivered > 0 for line in order.order_line)
        if invoices or delivered or order.amount_paid:
            self._scrm_quote_note(
                self.env._(
                    "Order %s is partly delivered, invoiced or paid: it stays.",
                    order.name,
                )
            )
            return
        order.write({"locked": False})
        order._action_cancel()
        self._scrm_quote_note(self.env._("Order %s is cancelled.", order.name))

    def _scrm_credit_unused(self):
        """Charge parts as they were used: what was given back is not paid."""
        parts = {line.id: line for line in self.part_line_ids}
        for line in self.scrm_price_line_ids.filtered(lambda one: one.origin == "part"):
            part = parts.get(int(line.origin_ref))
            used = part._scrm_priced_quantity() if part else 0.0
            unused = line.quantity - used
            if line.product_id.uom_id.compare(unused, 0.0) <= 0:
                continue
            self._scrm_quote_note(
                self.env._(
                    "Given back unused and not charged: %(quantity)g × %(product)s "
                    "(%(price)s each).",
                    quantity=unused,
                    product=line.product_id.display_name,
                    price=line.currency_id.format(line.price_unit),
                )
            )
            sold = part._scrm_sale_line() if part else self.env["sale.order.line"]
            line._lower(used)
            if sold:
                self._scrm_lower_order(sold, used)

    def _scrm_lower_order(self, line, quantity):
        """Let the accepted order ask for no more than was used."""
        order = line.order_id
        locked = order.locked
        order.locked = False
        line.product_uom_qty = quantity
        order.locked = locked

    def _scrm_quote_note(self, body):
        self.message_post(body=body, subtype_xmlid="mail.mt_note")
