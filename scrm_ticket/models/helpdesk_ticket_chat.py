from datetime import timedelta

from markupsafe import Markup
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import plaintext2html

from ..doors import chat_message, words

#: Priority of a message with an urgent word: the highest.
URGENT = "3"


class HelpdeskTicket(models.Model):
    """Messages of chat accounts: who writes to us alone gets a ticket, and what is
    written next belongs to it; who mentions a colleague in a group gives that one
    something to do."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_chat_key = fields.Char(
        string="Chat Message",
        copy=False,
        readonly=True,
        prefetch="scrm_door",
        groups="base.group_user",
    )
    scrm_chat_sender = fields.Char(
        string="Conversation",
        copy=False,
        readonly=True,
        prefetch="scrm_door",
        index="btree_not_null",
        groups="base.group_user",
    )
    scrm_chat_at = fields.Datetime(
        string="Last Chat Message", copy=False, readonly=True, prefetch="scrm_door"
    )

    _scrm_chat_key_unique = models.UniqueIndex(
        "(scrm_chat_key) WHERE scrm_chat_key IS NOT NULL"
    )

    @api.model
    def _scrm_take_chat(self, account, message):
        """Take a message in, once, however often it is delivered.

        :param account: ``scrm.door.chat``, sudo
        :param message: ``chat_message.Message``
        :return: the ticket it belongs to; empty for what is written in a group to
            nobody of us
        :raise UserError: naming what cannot be done
        """
        key = f"{account.key}:{message.id}"
        if known := self._scrm_chat_known(key):
            return known
        self.env["scrm.chat.message"]._keep(account, message)
        colleagues = self._scrm_chat_colleagues(message)
        sender = f"{account.key}:{message.group}:{message.sender}"
        if not colleagues and self._scrm_chat_waits(account, message, sender):
            return self.browse()
        customer = self._scrm_chat_customer(account, message)
        ticket = self._scrm_chat_open(account, sender)
        if ticket and not colleagues:
            ticket._scrm_chat_join(key, customer, message)
            return ticket
        ticket = self._scrm_chat_create(account, key, sender, customer, message)
        ticket._scrm_chat_ask(colleagues, message)
        return ticket

    @api.model
    def _scrm_chat_waits(self, account, message, sender):
        """Whether nothing is done with a message, unless a colleague does it."""
        if message.group:
            return True
        return account.intake == "panel" and not self._scrm_chat_open(account, sender)

    @api.model
    def _scrm_chat_customer(self, account, message):
        """Who wrote it; an official account's answers go to the same person."""
        customer = self.env["res.partner"]._scrm_recognise(
            {"channel": account.platform, "id": message.sender}
        )
        # sudo: what somebody writes is taken in one after the other, whoever does it
        channels = self.env["scrm.customer.channel"].sudo()
        channels._scrm_queue(account.platform, message.sender)
        if account.platform == "wechat" and not customer.scrm_wechat_openid:
            customer.scrm_wechat_openid = message.sender
        # sudo off again: the rights to the contact are the user's own
        return customer.sudo(False)

    @api.model
    def _scrm_chat_known(self, key):
        """The ticket that a message was taken into before."""
        # sudo: whether it came before, whoever may still read that ticket
        tickets = self.sudo().with_context(active_test=False)
        known = tickets.search([("scrm_chat_key", "=", key)])
        if not known:
            # mails are left out: anybody can write such an id into a mail
            said = tickets.env["mail.message"].search(
                [
                    ("message_id", "=", self._scrm_chat_id(key)),
                    ("model", "=", self._name),
                    ("message_type", "=", "comment"),
                ],
                limit=1,
            )
            known = tickets.browse(said.res_id)
        return self.browse(known.id)

    @api.model
    def _scrm_chat_id(self, key):
        return f"<{key}@scrm.chat>"

    @api.model
    def _scrm_chat_open(self, account, sender):
        """The open ticket that the conversation is about, if there is one."""
        since = self.env["scrm.clock"].now() - timedelta(hours=account.join_hours)
        ticket = self.search(
            [
                ("scrm_chat_sender", "=", sender),
                ("scrm_chat_at", ">", since),
                ("closed", "=", False),
            ],
            order="scrm_chat_at DESC, id DESC",
            limit=1,
        )
        ticket.lock_for_update()
        return ticket

    def _scrm_chat_join(self, key, customer, message):
        """What is written next is said on the ticket, by the customer."""
        self.ensure_one()
        if self._scrm_chat_known(key):  # its twin held the lock before
            return
        self.scrm_chat_at = self.env["scrm.clock"].now()
        self.message_post(
            author_id=customer.id,
            body=self._scrm_chat_body(message),
            message_id=self._scrm_chat_id(key),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    @api.model
    def _scrm_chat_body(self, message):
        """A message as HTML; a picture as the link that the platform gave."""
        body = plaintext2html(message.text) if message.text else Markup()
        if message.picture:
            body += Markup(
                "<p><a href='%s' target='_blank' rel='noreferrer'>%s</a></p>"
            ) % (message.picture, self.env._("Picture"))
        return body

    @api.model
    def _scrm_chat_create(self, account, key, sender, customer, message):
        """A ticket of a message: what it is about, where and how urgent, its words
        say; a message about several matters becomes several linked tickets."""
        templates = self.env["scrm.ticket.template"].search(
            [("company_id", "in", [False, self.env.company.id])]
        )
        parts = self.env["scrm.ticket.classifier"]._parts(message.text, templates)
        matters = [(template, text) for template, text in parts if template]
        template = matters[0][0] if matters else account.template_id
        desk = template.with_context(lang=template._scrm_desk_lang())
        vals = {
            "name": self._scrm_talk_name(desk.name, customer.display_name),
            "description": self._scrm_chat_body(message),
            "template_id": template.id,
            "partner_id": customer.id,
            "tag_ids": [fields.Command.set(self._scrm_said_tags(message.text).ids)],
            "scrm_values": self._scrm_said_values(template, message.text),
            "scrm_door": "chat",
            "scrm_channel": account.platform,
            "scrm_chat_key": key,
            "scrm_chat_sender": sender,
            "scrm_chat_at": self.env["scrm.clock"].now(),
            "user_id": False,
        }
        if store := self._scrm_said_store(message.text):
            vals["store_id"] = store.id
        if words.score(words.read(account.urgent_words), message.text):
            vals["priority"] = URGENT
        try:
            with self.env.cr.savepoint():
                ticket = self.create(vals)
        except UniqueViolation as error:
            if not (error.diag.constraint_name or "").endswith("chat_key_unique"):
                raise
            # its twin came first: the platform sends it again
            raise LockError(self.env._("The message is being taken in.")) from error
        ticket._scrm_let_customer_follow()
        if len(matters) > 1:
            ticket._scrm_split_off(matters[1:])
        return ticket

    # Mentions in groups

    @api.model
    def _scrm_chat_colleagues(self, message):
        """The colleagues whom a message in a group mentions."""
        if not message.group or "@" not in message.text.replace("＠", "@"):
            return self.env["res.users"]
        # sudo: colleagues by name
        users = self.env["res.users"].sudo()
        users = users.search(
            [("share", "=", False), ("company_ids", "in", self.env.companies.ids)]
        )
        names = {user.id: user.name for user in users}
        return users.browse(chat_message.mentioned(message.text, names))

    def _scrm_chat_ask(self, colleagues, message):
        """Each who was mentioned has it on the list of what there is to do."""
        self.ensure_one()
        for user in colleagues:
            try:
                with self.env.cr.savepoint():
                    self.message_subscribe(user.partner_id.ids)
                    self.activity_schedule(
                        "mail.mail_activity_data_todo",
                        fields.Date.context_today(self, self.env["scrm.clock"].now()),
                        summary=self.env._("You were mentioned in a group"),
                        note=self._scrm_chat_body(message),
                        user_id=user.id,
                    )
            except UserError as error:  # one who may not see tickets
                self.message_post(body=str(error), subtype_xmlid="mail.mt_note")
