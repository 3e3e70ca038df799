from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_ticket_quote import PENDING


class SaleOrder(models.Model):
    """A ticket's quotation: the ticket follows what becomes of it."""

    _inherit = "sale.order"

    scrm_ticket_id = fields.Many2one(
        "helpdesk.ticket",
        "Ticket",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The ticket whose prices are quoted.",
    )
    scrm_revision = fields.Integer("Quotation Number", readonly=True, copy=False)
    scrm_price_vals = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="The price lines that were quoted: the ticket has them once accepted.",
    )

    def _scrm_today(self):
        """The day at the company, by the product's clock."""
        zone = self.company_id.partner_id.tz or "UTC"
        return self.env["scrm.clock"].today(zone)

    def _compute_validity_date(self):
        """A ticket's quotation lasts from the day that the product's clock shows."""
        result = super()._compute_validity_date()
        for order in self:
            if order.scrm_ticket_id and order.validity_date:
                days = timedelta(order.company_id.quotation_validity_days)
                order.validity_date = order._scrm_today() + days
        return result

    def _compute_is_expired(self):
        result = super()._compute_is_expired()
        for order in self.filtered("scrm_ticket_id"):
            end = order.validity_date
            is_open = order.state in PENDING
            order.is_expired = bool(is_open and end and end < order._scrm_today())
        return result

    def write(self, vals):
        if "state" in vals and vals["state"] != "cancel":
            self._scrm_check_revived()
        before = {order: order.state for order in self if order.scrm_ticket_id}
        result = super().write(vals)
        changed = self.browse(
            [order.id for order, state in before.items() if order.state != state]
        )
        if vals.keys() & {"state", "date_order"}:
            # sudo: what customers run out of follows their orders, whoever enters them
            plans = self.env["scrm.care.plan"].sudo()
            for order in self.sudo():
                plans._after_order(order)
        # sudo: whoever confirms the order moves the ticket by it
        for order in changed.sudo():
            order.scrm_ticket_id._scrm_quote_follows(order)
        return result

    @api.model
    def _scrm_prints(self):
        """Whether this machine has the program that prints PDF files."""
        return self.env["ir.actions.report"].get_wkhtmltopdf_state() != "install"

    def message_post(self, **kwargs):
        """A copy that could not be printed is not attached."""
        if self.env.context.get("scrm_without_reports"):
            files = kwargs.get("attachments") or []
            kwargs["attachments"] = [file for file in files if file[1]]
        return super().message_post(**kwargs)

    def _send_order_notification_mail(self, *args, **kwargs):
        """Mails of an order go out without its report where nothing prints it."""
        order = self.with_context(scrm_without_reports=not self._scrm_prints())
        return super(SaleOrder, order)._send_order_notification_mail(*args, **kwargs)

    def _scrm_check_revived(self):
        """A quotation that was refused or taken back is not brought to life again."""
        for order in self:
            if order.scrm_ticket_id and order.state == "cancel":
                raise UserError(
                    self.env._(
                        "Quotation %(order)s is refused or taken back: make a new one "
                        "from ticket %(ticket)s.",
                        order=order.name,
                        # sudo: its number
                        ticket=order.scrm_ticket_id.sudo().number,
                    )
                )
