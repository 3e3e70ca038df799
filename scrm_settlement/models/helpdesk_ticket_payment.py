from odoo import api, models

from odoo.addons.scrm_ticket.fields import GuardedMonetary, GuardedSelection

#: What a document adds to what is invoiced.
SIGN = {"out_invoice": 1, "out_refund": -1}


class HelpdeskTicket(models.Model):
    """How far a ticket is paid: what was agreed, invoiced and paid.

    Told to colleagues who need not open orders and invoices, as far as the template
    does not keep it for some posts.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_payment_state = GuardedSelection(
        [
            ("agreed", "Agreed"),
            ("invoiced", "Invoiced"),
            ("partial", "Partly paid"),
            ("paid", "Paid"),
        ],
        "Payment",
        compute="_compute_scrm_payment",
        compute_sudo=True,
        groups="base.group_user",
    )
    scrm_payment_agreed = GuardedMonetary(
        "Agreed Amount",
        compute="_compute_scrm_payment",
        compute_sudo=True,
        currency_field="scrm_price_currency_id",
        groups="base.group_user",
        help="What the quotations come to that the customer accepted, with taxes.",
    )
    scrm_payment_invoiced = GuardedMonetary(
        "Invoiced",
        compute="_compute_scrm_payment",
        compute_sudo=True,
        currency_field="scrm_price_currency_id",
        groups="base.group_user",
    )
    scrm_payment_paid = GuardedMonetary(
        "Paid by the Customer",
        compute="_compute_scrm_payment",
        compute_sudo=True,
        currency_field="scrm_price_currency_id",
        groups="base.group_user",
    )

    @api.depends(
        "scrm_order_ids.state",
        "scrm_order_ids.amount_total",
        "scrm_order_ids.invoice_ids.state",
        "scrm_order_ids.invoice_ids.amount_residual",
        "scrm_order_ids.invoice_ids.amount_total",
    )
    def _compute_scrm_payment(self):
        for ticket in self:
            orders = ticket.scrm_order_ids.filtered(lambda one: one.state == "sale")
            bills = orders.invoice_ids.filtered(
                lambda bill: bill.state == "posted" and bill.move_type in SIGN
            )
            agreed = sum(orders.mapped("amount_total"))
            invoiced = sum(SIGN[one.move_type] * one.amount_total for one in bills)
            paid = sum(
                SIGN[one.move_type] * (one.amount_total - one.amount_residual)
                for one in bills
            )
            ticket.scrm_payment_agreed = agreed
            ticket.scrm_payment_invoiced = invoiced
            ticket.scrm_payment_paid = paid
            currency = ticket.scrm_price_currency_id or ticket.env.company.currency_id
            if not orders:
                state = False
            elif bills and currency.compare_amounts(paid, max(agreed, invoiced)) >= 0:
                state = "paid"
            elif not currency.is_zero(paid):
                state = "partial"
            else:
                state = "invoiced" if bills else "agreed"
            ticket.scrm_payment_state = state

    @api.model
    def _scrm_telling(self):
        names = ("state", "agreed", "invoiced", "paid")
        return {
            **super()._scrm_telling(),
            **{f"scrm_payment_{name}": "payment" for name in names},
        }

    @api.model
    def _scrm_matter_words(self):
        return {**super()._scrm_matter_words(), "payment": self.env._("payments")}
