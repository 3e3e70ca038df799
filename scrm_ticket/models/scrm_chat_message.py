from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..fields_sealed import SealedText, sealed


class ScrmChatMessage(models.Model):
    """What was written in a chat, kept for a while for the page beside the chat: a
    colleague makes a ticket of it there."""

    _name = "scrm.chat.message"
    _inherit = "scrm.sealed.all.mixin"
    _description = "Message of a Chat"
    _order = "at desc, id desc"
    _log_access = False

    account_id = fields.Many2one(
        comodel_name="scrm.door.chat", required=True, ondelete="cascade", index=True
    )
    key = fields.Char(required=True, help="What the platform calls it.")
    talk = fields.Char(required=True, help="The group, or who writes to us alone.")
    sender = fields.Char(required=True)
    at = fields.Datetime(required=True, index=True)
    text = SealedText()
    picture = fields.Char()

    _once = models.UniqueIndex("(account_id, key)")
    _by_talk = models.Index("(account_id, talk, at)")

    @api.model
    def _keep(self, account, message):
        """Keep a message, once.

        :param account: ``scrm.door.chat``, sudo
        :param message: ``chat_message.Message``
        """
        if not account.keep_hours:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO scrm_chat_message (
                       account_id, key, talk, sender, at, text, picture)
                VALUES (%s, %s, %s, %s, %s, %s, %s)
                    ON CONFLICT DO NOTHING
                """,
                account.id,
                message.id,
                message.group or message.sender,
                message.sender,
                self.env["scrm.clock"].now(),
                message.text and sealed(message.text, self.env),
                message.picture,
            )
        )
        self.invalidate_model(flush=False)

    @api.autovacuum
    def _gc_past(self):
        """Forget what was kept long enough."""
        now = self.env["scrm.clock"].now()
        accounts = self.env["scrm.door.chat"].with_context(active_test=False)
        # each account keeps its messages for a time of its own; accounts are few
        for account in accounts.search([]):  # pylint: disable=no-search-all
            limit = now - timedelta(hours=account.keep_hours)
            self.search([("account_id", "=", account.id), ("at", "<", limit)]).unlink()
