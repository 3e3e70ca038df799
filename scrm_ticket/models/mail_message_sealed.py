from odoo import api, models
from odoo.tools import SQL

from ..fields_sealed import THREAD

#: Records whose messages are chat records.
CHATS = ("helpdesk.ticket", "discuss.channel")


class MailMessage(models.Model):
    """What is said on tickets and in conversations is stored sealed; who may read a
    message reads it as ever. A search in one conversation opens that one alone."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "mail.message"

    def _scrm_seals(self, values):
        if values is not None:
            return values.get("model") in CHATS
        return self.sudo().model in CHATS  # sudo: what it is about, to store it

    @api.model
    def _scrm_sealed_where(self):
        if thread := self.env.context.get(THREAD):
            model, id_ = thread
            return SQL("model = %s AND res_id = %s", model, id_)
        return SQL("model IN %s", CHATS)

    @api.model
    def _message_fetch(self, domain, *, thread=None, search_term=None, **options):
        messages = self
        if search_term and thread:
            messages = self.with_context(**{THREAD: (thread._name, thread.id)})
        found = super(MailMessage, messages)._message_fetch(
            domain, thread=thread, search_term=search_term, **options
        )
        return {**found, "messages": found["messages"].with_env(self.env)}
