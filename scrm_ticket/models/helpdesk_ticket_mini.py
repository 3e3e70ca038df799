from odoo import models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, plaintext2html

from ..doors.texts import is_storable
from .scrm_door_mini import CHANNEL

#: Longest reply, in characters.
REPLY_LIMIT = 5000
#: Messages that are shown of a ticket, the latest.
MESSAGE_LIMIT = 50
#: Types of messages that customers read.
SAID = ("comment", "email", "email_outgoing", "auto_comment")


class HelpdeskTicket(models.Model):
    """What a customer reads and says of a ticket in a mini-program."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def _scrm_mini_messages(self, customer):
        """What was said to the customer, and by him or her; the oldest first.

        :param customer: ``res.partner``
        :return: list of {"at", "author", "is_own", "text"}
        """
        self.ensure_one()
        # sudo: who asks is the customer of the ticket; notes stay inside
        messages = self.env["mail.message"].sudo()
        messages = messages.search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("message_type", "in", SAID),
                ("is_internal", "=", False),
                ("subtype_id.internal", "=", False),
                ("subtype_id", "!=", False),
            ],
            order="id desc",
            limit=MESSAGE_LIMIT,
        )
        return [
            {
                "at": f"{message.date:%Y-%m-%dT%H:%M:%SZ}",
                "author": message.author_id.name or "",
                "is_own": message.author_id == customer,
                "text": text,
            }
            for message in reversed(messages)
            if (text := html2plaintext(message.body or "").strip())
        ]

    def _scrm_mini_reply(self, session, text, key):
        """Post what the customer says, once per key.

        :param session: ``scrm.door.mini.session``
        :raise UserError: naming what is wrong
        """
        self.ensure_one()
        if not isinstance(text, str) or not text.strip() or not is_storable(text):
            raise UserError(self.env._("“text” is empty."))
        if len(text) > REPLY_LIMIT:
            raise UserError(
                self.env._("“text” is too long: at most %s characters.", REPLY_LIMIT)
            )
        if (
            not isinstance(key, str)
            or not 8 <= len(key) <= 128
            or not key.isprintable()
            or not key.isascii()
        ):
            raise UserError(
                self.env._("“idempotency_key” must have 8 to 128 characters.")
            )
        customer = session.partner_id
        # the same message twice at once: one after the other
        for row in customer.scrm_channel_ids.filtered(lambda r: r.channel == CHANNEL):
            row._scrm_queue(CHANNEL, row.identity)
        message_id = f"<{session.door_id.id}.{customer.id}.{key}@scrm.mini>"
        known = [
            ("message_id", "=", message_id),
            ("model", "=", self._name),
            ("message_type", "=", "comment"),
        ]
        # sudo: whether it was said before
        if self.env["mail.message"].sudo().search_count(known, limit=1):
            return
        self.message_post(
            author_id=customer.id,
            body=plaintext2html(text.strip()),
            message_id=message_id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
