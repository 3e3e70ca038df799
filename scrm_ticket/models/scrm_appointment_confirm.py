from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq, hmac

SCOPE = "scrm_ticket-appointment"
#: What customers answer when the time suits them, in small letters.
YES = frozenset({"1", "y", "yes", "ok", "是", "好", "好的", "确认", "可以"})


class ScrmAppointment(models.Model):
    """The customer says that the time is right: by a click, or by answering the SMS."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.appointment"

    confirmed_at = fields.Datetime(string="Confirmed on", readonly=True, copy=False)

    def _scrm_confirm_url(self):
        """Where the customer confirms without a login."""
        self.ensure_one()
        path = f"/scrm/appointment/{self.id}/{self._scrm_confirm_token()}"
        return self.get_base_url() + path

    def _scrm_confirm_token(self):
        # sudo: the secret of the database, which is not shown
        return hmac(self.env(su=True), SCOPE, self.id)[:40]

    @api.model
    def _scrm_by_token(self, appointment_id, token):
        """The appointment with sudo whose address somebody has; empty without one."""
        # sudo: whoever has the address, which only the customer was told
        appointment = self.sudo().browse(appointment_id).exists()
        if appointment and consteq(appointment._scrm_confirm_token(), token):
            return appointment
        return self.sudo().browse()

    def _scrm_confirm(self):
        """Keep that the customer confirmed; whether it is booked still."""
        self.ensure_one()
        self.lock_for_update()
        self.invalidate_recordset(["state", "confirmed_at"])
        if self.state != "booked":
            return False
        if not self.confirmed_at:
            self.confirmed_at = self.env["scrm.clock"].now()
            zone = self.ticket_id._scrm_zone().key
            # sudo: what the customer says is written whoever carries it
            self.ticket_id.sudo().message_post(
                body=self.env._(
                    "%(customer)s confirmed the appointment %(time)s.",
                    customer=self.ticket_id.partner_id.name,
                    time=self.with_context(tz=zone)._scrm_words(),
                ),
                author_id=self.ticket_id.partner_id.id,
                subtype_xmlid="mail.mt_note",
            )
        return True

    @api.model
    def _scrm_take_reply(self, message_id, message):
        """What the SMS gateway says that a customer answered.

        A yes confirms the next appointment of that number; anything else is written
        on its ticket as what it is, the customer's word. The same message counts once.

        :param message_id: the gateway's own, the same when it is sent again
        :param message: {"from": phone number, "text"}
        :return: {"ticket": number, "confirmed"}
        :raise UserError: it cannot be read, or nobody with that number expects us
        """
        if not isinstance(message, dict) or not all(
            isinstance(message.get(name), str) for name in ("from", "text")
        ):
            raise UserError(self.env._("The message needs “from” and “text”."))
        appointment = self._scrm_of_phone(message["from"])
        if not appointment:
            raise UserError(
                self.env._("Nobody with the number “%s” expects us.", message["from"])
            )
        ticket = appointment.ticket_id
        ticket.check_access("write")
        text = message["text"].strip()
        if text.lower().rstrip("。.!！") in YES:
            # sudo: access to the ticket is checked
            appointment.sudo()._scrm_confirm()
        elif not self._scrm_knows(ticket, message_id):
            ticket.message_post(
                body=text,
                author_id=ticket.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                message_id=f"<scrm-sms-{message_id}@reply>",
            )
        confirmed = bool(appointment.confirmed_at)
        return {"ticket": ticket.number, "confirmed": confirmed}

    @api.model
    def _scrm_of_phone(self, phone):
        """The next booked appointment of whoever has a phone number."""
        partners = self.env["res.partner"]
        domain = partners._scrm_phone_domain(phone)
        # sudo: whose number it is; the ticket is checked
        people = partners.sudo().search(domain)
        return self.search(
            [
                ("state", "=", "booked"),
                ("ticket_id.partner_id", "in", people.ids),
                ("end", ">", self.env["scrm.clock"].now()),
            ],
            order="start, id",
            limit=1,
        )

    @api.model
    def _scrm_knows(self, ticket, message_id):
        name = f"<scrm-sms-{message_id}@reply>"
        return bool(ticket.message_ids.filtered(lambda one: one.message_id == name))
