from odoo import api, fields, models
from odoo.exceptions import UserError

#: What a customer accepts.
ACCEPTED = frozenset(
    {"product_id", "product_uom_qty", "price_unit", "discount", "tax_ids"}
)


class SaleOrderLine(models.Model):
    """A line of a ticket's quotation: accepted once, delivered once."""

    _inherit = "sale.order.line"

    scrm_part_line_id = fields.Many2one(
        "scrm.part.line",
        "Ticket Part",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The ticket's own stock move delivers it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered(
            lambda line: not (line.is_downpayment or line.display_type)
        )._scrm_check_accepted()
        return lines

    def write(self, vals):
        if vals.keys() & ACCEPTED:
            self.filtered(
                lambda line: any(
                    name in vals
                    and line._fields[name].convert_to_write(line[name], line)
                    != vals[name]
                    for name in ACCEPTED
                )
            )._scrm_check_accepted()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_quoted(self):
        self.filtered(
            lambda line: not (line.is_downpayment or line.display_type)
        )._scrm_check_accepted()

    def _scrm_check_accepted(self):
        """A quotation that the customer has is changed by a new one.

        Before it is sent as well: what he accepts are the prices of the ticket.
        """
        for order in self.order_id:
            if not order.scrm_ticket_id or order.state == "cancel" or self.env.su:
                continue
            words = {
                "order": order.name,
                "ticket": order.scrm_ticket_id.sudo().number,  # sudo: its number
            }
            if order.state == "sale":
                raise UserError(
                    self.env._(
                        "The customer accepted quotation %(order)s of ticket "
                        "%(ticket)s: a change needs a new quotation.",
                        **words,
                    )
                )
            raise UserError(
                self.env._(
                    "Quotation %(order)s has the prices of ticket %(ticket)s: change "
                    "them there and make a new quotation.",
                    **words,
                )
            )

    def _action_launch_stock_rule(self, *args, **kwargs):
        """What the ticket's own move delivers is not delivered twice."""
        lines = self.filtered(lambda line: not line.scrm_part_line_id)
        return super(SaleOrderLine, lines)._action_launch_stock_rule(*args, **kwargs)
