from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import plaintext2html


class ScrmOffer(models.Model):
    """An offer that the customer is written, not only told."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.offer"

    customer_text = fields.Text(
        string="Message to the Customer",
        translate=True,
        help="What the customer reads when the offer is sent from the ticket.",
    )
    send_at_once = fields.Boolean(
        string="Send at Once",
        help="The message is sent as soon as the offer comes up, once for each ticket.",
    )

    @api.constrains("customer_text", "send_at_once")
    def _check_message(self):
        for offer in self:
            if offer.send_at_once and not offer.customer_text:
                raise ValidationError(
                    self.env._(
                        "“%(offer)s” is to be sent at once: write the message to the "
                        "customer.",
                        offer=offer.name,
                    )
                )


class ScrmTicketOffer(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.offer"

    customer_text = fields.Text(related="offer_id.customer_text")
    sent_at = fields.Datetime(
        string="Sent on", readonly=True, help="When the customer was written."
    )

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        for one in made:
            if one.offer_id.send_at_once and one.ticket_id.partner_id:
                # nobody of us has written it: the company has
                one._send(author=(one.company_id or self.env.company).partner_id)
        return made

    def action_send(self):
        """Write the offer's message to the customer, on the ticket.

        :raise AccessError: the user may not edit the ticket
        :raise UserError: there is no message, no customer, or it was sent before
        """
        self.ensure_one()
        self.check_access("read")
        self.ticket_id.check_access("write")
        # sudo: the right to edit the ticket was checked; the words are the offer's
        made = self.sudo()
        made.lock_for_update()
        if made.sent_at:
            raise UserError(
                self.env._("“%(offer)s” was sent already.", offer=made.offer_id.name)
            )
        if not made.customer_text:
            raise UserError(
                self.env._(
                    "“%(offer)s” has no message to the customer.",
                    offer=made.offer_id.name,
                )
            )
        if not made.ticket_id.partner_id:
            raise UserError(
                self.env._(
                    "The ticket %(ticket)s has no customer to write to.",
                    ticket=made.ticket_id.number,
                )
            )
        made._send(author=self.env.user.partner_id)
        return True

    def _send(self, author):
        """Write to the customer in the customer's language; needs sudo.

        :param author: partner in whose name it is written
        """
        self.ensure_one()
        customer = self.ticket_id.partner_id
        words = self.offer_id.with_context(lang=customer.lang or self.env.lang)
        self.ticket_id.message_post(
            body=plaintext2html(words.customer_text),
            author_id=author.id,
            email_from=author.email_formatted,
            message_type="comment",
            partner_ids=customer.ids,
            subtype_xmlid="mail.mt_comment",
        )
        self.sent_at = self.env["scrm.clock"].now()
