from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.scrm_flow.engine.inside import INSIDE, is_marked

#: What makes two quotations the same to a customer.
QUOTED = ("product_id", "quantity", "price_unit", "amount", "cover")
#: States of a quotation that waits for an answer.
PENDING = ("draft", "sent")


class HelpdeskTicket(models.Model):
    """The ticket's quotation: a sale order that the customer accepts on the portal.

    A price that changes before acceptance takes the quotation back; after acceptance
    the accepted prices stay until a new quotation has been accepted.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_order_ids = fields.One2many(
        "sale.order", "scrm_ticket_id", "Quotations", readonly=True, copy=False
    )
    scrm_order_count = fields.Integer(compute="_compute_scrm_order", compute_sudo=True)
    scrm_quote_state = fields.Selection(
        [
            ("none", "None"),
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("kept", "Earlier one holds"),
        ],
        "Quotation",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        help="What became of the latest quotation; flows may wait for it. Earlier one "
        "holds: a newer quotation was refused or taken back after an earlier one had "
        "been accepted, whose prices stay.",
    )
    scrm_quote_changed = fields.Boolean(
        "Changed since Acceptance", compute="_compute_scrm_order", compute_sudo=True
    )
    scrm_quote_url = fields.Char(
        "Quotation Page",
        compute="_compute_scrm_order",
        compute_sudo=True,
        groups="base.group_user,base.group_portal",
    )

    @api.depends(
        "scrm_order_ids.state",
        "scrm_price_line_ids",
        "scrm_charge_ids",
        "scrm_values",
        "template_id",
        "partner_id",
        "scrm_run_state",
    )
    def _compute_scrm_order(self):
        for ticket in self:
            latest = ticket._scrm_latest_order()
            accepted = ticket._scrm_accepted_order()
            ticket.scrm_order_count = len(ticket.scrm_order_ids)
            page = latest if latest.state == "sent" else accepted
            ticket.scrm_quote_url = page.get_portal_url() if page else False
            ticket.scrm_quote_changed = (
                bool(accepted)
                and latest.state not in PENDING
                and ticket._scrm_not_done()
                and ticket._scrm_quoted(ticket._scrm_price_vals()[0])
                != ticket._scrm_quoted(accepted.scrm_price_vals)
            )

    def write(self, vals):
        if "scrm_quote_state" in vals and not self.env.su:
            raise UserError(self.env._("The quotation's state follows the order."))
        return super().write(vals)

    def _scrm_latest_order(self):
        return self.scrm_order_ids.sorted(
            lambda order: (order.scrm_revision, order.id)
        )[-1:]

    def _scrm_accepted_order(self):
        """The latest quotation the customer accepted."""
        return self.scrm_order_ids.filtered(lambda order: order.state == "sale").sorted(
            lambda order: (order.scrm_revision, order.id)
        )[-1:]

    @staticmethod
    def _scrm_quoted(vals_list):
        return [tuple(vals[name] for name in QUOTED) for vals in vals_list or ()]

    def _scrm_prices_open(self):
        """Accepted prices stay."""
        # sudo: users of tickets need not read orders
        return super()._scrm_prices_open() and not self.sudo()._scrm_accepted_order()

    def _scrm_update_prices(self):
        result = super()._scrm_update_prices()
        # sudo: as above
        for ticket in self.sudo():
            pending = ticket._scrm_latest_order()
            if pending.state in PENDING and ticket._scrm_quoted(
                ticket._scrm_price_vals()[0]
            ) != ticket._scrm_quoted(pending.scrm_price_vals):
                pending._action_cancel()
                ticket.message_post(
                    body=self.env._(
                        "Prices have changed: quotation %s is taken back.", pending.name
                    ),
                    subtype_xmlid="mail.mt_note",
                )
        return result

    def action_scrm_quote_send(self):
        """Make a quotation of the ticket's prices and send it to the customer."""
        self.ensure_one()
        self.check_access("write")
        ticket = self.sudo()  # sudo: access to the ticket is checked
        pending = ticket._scrm_latest_order().filtered(lambda o: o.state == "draft")
        ticket._scrm_quote_send(pending or ticket._scrm_quote())
        return True

    def action_view_scrm_orders(self):
        self.ensure_one()
        return self._scrm_open_orders(self.scrm_order_ids)

    def _scrm_open_orders(self, orders):
        if not self.env["sale.order"].has_access("read"):
            return True
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_quotations")
        action["domain"] = [("id", "in", orders.ids)]
        action["context"] = {}
        if len(orders) == 1:
            action |= {"res_id": orders.id, "views": [(False, "form")]}
        return action

    def _scrm_quote(self):
        """Make a quotation; one that waits for an answer is taken back.

        Called with rights to make orders.

        :return: ``sale.order``, a draft
        :raise UserError: nobody to quote to, no price, a price that waits for
            approval, or an accepted quotation that is invoiced
        """
        self.ensure_one()
        vals_list, fault = self._scrm_price_vals()
        accepted = self._scrm_accepted_order()
        if self.scrm_price_approval == "needed":
            fault = self.env._("The price waits for approval.")
        elif not self.partner_id:
            fault = self.env._("There is no customer to quote to.")
        elif not vals_list:
            fault = fault or self.env._("There is no price to quote.")
        elif accepted.invoice_ids.filtered(lambda move: move.state == "posted"):
            fault = self.env._(
                "Quotation %s is invoiced: credit it first.", accepted.name
            )
        elif not self._scrm_not_done():
            fault = self.env._("The ticket is done.")
        if fault:
            raise UserError(
                self.env._(
                    "Ticket %(ticket)s cannot be quoted: %(fault)s",
                    ticket=self.number,
                    fault=fault,
                )
            )
        latest = self._scrm_latest_order()
        if latest.state in PENDING:
            # the ticket's next state is the new quotation's
            latest.with_context(scrm_quote_replaced=INSIDE)._action_cancel()
        order = (
            self.env["sale.order"]
            .with_company(self.company_id or self.env.company)
            .create(
                {
                    "partner_id": self.partner_id.id,
                    "company_id": (self.company_id or self.env.company).id,
                    "pricelist_id": vals_list[0]["pricelist_id"],
                    "date_order": self.env["scrm.clock"].now(),
                    "origin": self.number,
                    "user_id": self.user_id.id,
                    "scrm_ticket_id": self.id,
                    "scrm_revision": latest.scrm_revision + 1,
                    "scrm_price_vals": vals_list,
                    "order_line": [
                        Command.create(self._scrm_quote_line(vals))
                        for vals in vals_list
                    ],
                }
            )
        )
        self._scrm_quote_follows(order)
        return order

    def _scrm_quote_line(self, vals):
        part = vals["origin"] == "part"
        return {
            "product_id": vals["product_id"],
            "product_uom_qty": vals["quantity"],
            "price_unit": vals["price_unit"],
            "discount": vals["cover"],
            "tax_ids": vals["tax_ids"],
            "scrm_part_line_id": int(vals["origin_ref"]) if part else False,
            "name": self._scrm_quote_words(vals),
        }

    def _scrm_quote_words(self, vals):
        """What is charged and why it costs that, as the customer reads it."""
        lang = self.partner_id.lang or self.env.lang
        line = (
            self.env["scrm.price.line"]
            .with_context(lang=lang)
            .new({**vals, "ticket_id": self.id})
        )
        product = line.product_id.get_product_multiline_description_sale()
        return f"{product}\n{line._sentence()}"

    def _scrm_quote_send(self, order):
        """Send a draft to the customer, who accepts it on his page.

        Without the program that prints PDF files the mail has its link only.
        """
        template = order._find_mail_template()
        if template and self.partner_id.email:
            order.with_context(
                scrm_without_reports=not order._scrm_prints()
            ).message_post_with_source(
                template,
                email_layout_xmlid="mail.mail_notification_layout_with_responsible_signature",
                subtype_xmlid="mail.mt_comment",
            )
        order.action_quotation_sent()

    def _scrm_quote_follows(self, order):
        """Follow what became of a quotation of the ticket."""
        self.ensure_one()
        if order.state == "sale":
            self._scrm_quote_accepted(order)
        elif order.state == "cancel" and is_marked(
            self.env.context, "scrm_quote_replaced"
        ):
            return
        state = self._scrm_quote_outcome()
        if self.scrm_quote_state != state:
            self.write({"scrm_quote_state": state})

    def _scrm_quote_outcome(self):
        """What holds between the ticket and its customer, see ``scrm_quote_state``."""
        latest = self._scrm_latest_order()
        if latest.state in PENDING:
            return latest.state
        if not latest:
            return "none"
        if latest.state == "sale":
            return "accepted"
        return "kept" if self._scrm_accepted_order() else "refused"

    def _scrm_quote_accepted(self, order):
        """The accepted prices are the ticket's, its moves deliver the order."""
        older = (self.scrm_order_ids - order).filtered(lambda one: one.state == "sale")
        lines = self.scrm_price_line_ids.sorted("id")
        if self._scrm_quoted(
            [{name: line._quoted(name) for name in QUOTED} for line in lines]
        ) != self._scrm_quoted(order.scrm_price_vals):
            lines._replace(self, order.scrm_price_vals)
        for line in order.order_line.filtered("scrm_part_line_id"):
            move = line.scrm_part_line_id.move_id
            if move.state != "cancel":
                move.sale_line_id = line
        for one in older.with_context(scrm_quote_replaced=INSIDE):
            one.write({"locked": False})
            one._action_cancel()
            one.message_post(body=self.env._("Replaced by quotation %s.", order.name))
