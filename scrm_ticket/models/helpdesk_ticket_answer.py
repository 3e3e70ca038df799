from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.scrm_flow.models.scrm_notice_delivery import NOT_SENT

#: Name of the event of an answer in the outbox.
ANSWER = "answer"


class HelpdeskTicket(models.Model):
    """What colleagues write to the customer leaves by the channel the customer came
    by: a chat platform's own messages, else e-mail and portal, which Odoo serves."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_answer_state = fields.Selection(
        selection=lambda self: self.env["scrm.notice.delivery"]
        ._fields["state"]
        ._description_selection(self.env),
        string="Last Answer",
        compute="_compute_scrm_answer_state",
    )
    scrm_answer_error = fields.Char(
        string="Answer Failed", compute="_compute_scrm_answer_state"
    )

    scrm_chat_thread = fields.Char(
        string="Conversation on the Platform",
        copy=False,
        readonly=True,
        prefetch="scrm_door",
    )

    def _compute_scrm_answer_state(self):
        """What became of the newest answer of each, in one query."""
        last = self._scrm_last_answers()
        for ticket in self:
            answer = last.get(ticket._origin.id, last[False])
            ticket.scrm_answer_state = answer.state
            ticket.scrm_answer_error = answer.error

    def _scrm_last_answers(self):
        """{id of a ticket: the newest ``scrm.notice.delivery`` of an answer, sudo}; of
        False an empty one."""
        # sudo: of tickets that the user reads, how the answer went
        deliveries = self.env["scrm.notice.delivery"].sudo()
        rows = deliveries._read_group(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self._origin.ids),
                ("event_id.name", "=", ANSWER),
            ],
            ["res_id"],
            ["id:max"],
        )
        found = {ticket_id: deliveries.browse(newest) for ticket_id, newest in rows}
        deliveries.browse([one.id for one in found.values()]).fetch(
            ["state", "problem"]
        )
        return {**found, False: deliveries}

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if message.message_type == "comment":
            self._scrm_send_answer(message)
        return result

    def _scrm_answer_route(self):
        """How answers reach the customer beside Odoo's own ways.

        :return: (``scrm.notice.channel``, address in it); empty channel: by none
        """
        self.ensure_one()
        none = self.env["scrm.notice.channel"]
        account = self._scrm_chat_account()
        if not account or not account.answer_channel_id.active:
            return none, ""
        return account.answer_channel_id, account._answer_address(self)

    def _scrm_chat_account(self):
        """The account the customer wrote to, sudo; None where there is none."""
        # sudo: by which account, whoever answers
        sender = self.sudo().scrm_chat_sender
        if not sender:
            return None
        key = sender.partition(":")[0]
        # sudo: as above
        return self.env["scrm.door.chat"].sudo().search([("key", "=", key)])

    def _scrm_last_chat_id(self):
        """Account and id of the newest message of the conversation, as in
        ``scrm_chat_key``."""
        # sudo: which message is answered, whoever answers
        ticket = self.sudo()
        said = ticket.message_ids.filtered(
            lambda message: (message.message_id or "").endswith("@scrm.chat>")
        )
        if said:
            return said[0].message_id.removeprefix("<").removesuffix("@scrm.chat>")
        return ticket.scrm_chat_key or ""

    def _scrm_send_answer(self, message):
        """Put a message of ours to the customer into the outbox of his channel.

        :param message: ``mail.message``, just posted
        """
        # sudo: who wrote it and whether customers may read it, whoever posted
        said = message.sudo()
        if said.is_internal or said.subtype_id != self.env.ref("mail.mt_comment"):
            return
        if not any(user._is_internal() for user in said.author_id.user_ids):
            return
        channel, address = self._scrm_answer_route()
        if not channel:
            return
        # sudo: the outbox is written by the system alone
        events = self.env["scrm.notice.event"].sudo()
        events._tell_directly(
            f"{ANSWER}:{message.id}",
            ANSWER,
            self,
            [
                {
                    "channel": channel,
                    "partner_id": self.sudo().partner_id.id,
                    "user_id": False,
                    "address": address,
                    "message_id": message.id,
                    "subject": self.env._("Answer"),
                    "why": self.env._("asked by this channel"),
                    "is_urgent": True,
                }
            ],
        )
        # sudo: whoever answers, the message goes out now
        self.env["scrm.notice.delivery"].sudo()._call_for_help(
            "scrm_flow.ir_cron_notice_call_1"
        )

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Who is answered where he chats gets no mail of it beside."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if len(self) != 1:
            return recipients
        # sudo: as in `_scrm_chat_account`
        ticket = self.sudo()
        if not ticket.scrm_chat_sender or not self._scrm_answer_route()[0]:
            return recipients
        customer = ticket.partner_id.id
        return [one for one in recipients if one["id"] != customer]

    def _message_get_suggested_recipients_batch(self, *args, **kwargs):
        """Who has no address is not asked for one: answers go by another way, or are
        read on the portal."""
        found = super()._message_get_suggested_recipients_batch(*args, **kwargs)
        for ticket in self:
            # sudo: as in `_scrm_chat_account`
            chats = ticket.sudo().scrm_chat_sender and ticket._scrm_answer_route()[0]
            customer = chats and ticket.sudo().partner_id.id
            found[ticket.id] = [
                one
                for one in found[ticket.id]
                if one["email"] and not (customer and one["partner_id"] == customer)
            ]
        return found

    def scrm_resend_answer(self):
        """Send the newest answer once more that did not go out, or that nobody knows
        of.

        :raise AccessError: the user may not answer this customer
        :raise UserError: it went out, or still waits
        """
        self.ensure_one()
        self.check_access("write")
        answer = self._scrm_last_answers().get(self.id)
        if not answer or answer.state not in NOT_SENT:
            raise UserError(self.env._("The last answer went out, or still waits."))
        answer._resend()
        answer._call_for_help("scrm_flow.ir_cron_notice_call_1")
        return True
