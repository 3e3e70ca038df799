from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.mail.tools.discuss import Store

from .helpdesk_ticket_posts import RECORDED

TICKET = "helpdesk.ticket"


class IrAttachment(models.Model):
    """Files of tickets follow what their template keeps for some posts: recordings,
    and what came with messages."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "ir.attachment"

    def _scrm_is_recording(self):
        """Whether it is a recording on a ticket."""
        return self.res_model == TICKET and (self.mimetype or "").startswith(RECORDED)

    def _scrm_out_of_reach(self, operation):
        found = super()._scrm_out_of_reach(operation)
        templates = self.env["scrm.ticket.template"]
        if not any(
            templates._scrm_closed_to(self.env.user, matter)
            for matter in ("recording", "message")
        ):
            return found
        # sudo: where a file belongs; access is what is asked here
        files = self.sudo().filtered(
            lambda file: file.res_model == TICKET
            and file.res_id
            and file.create_uid != self.env.user
        )
        tickets = self.env[TICKET].browse(set(files.mapped("res_id")))
        silent = set(tickets._scrm_closed("recording").ids)
        closed = set(tickets._scrm_closed("message").ids)
        for file in files:
            if file.res_id in silent and file._scrm_is_recording():
                found |= self.browse(file.id)
            elif file.res_id in closed and not self._scrm_is_said_to_me(file):
                found |= self.browse(file.id)
        return found

    def _scrm_is_said_to_me(self, file):
        """Whether a file came with no message, or with one that the user may read."""
        # sudo: with which messages; access is what is asked here
        messages = self.env["mail.message"].sudo()
        messages = messages.search([("attachment_ids", "in", file.ids)])
        return not messages or bool(messages.sudo(False)._filtered_access("read"))

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        query = super()._search(domain, *args, bypass_access=bypass_access, **kwargs)
        if not self.env.su and not bypass_access:
            for hidden in self._scrm_hidden_sql(query):
                query.add_where(SQL("NOT (%s)", hidden))
        return query

    def _scrm_hidden_sql(self, query):
        """Conditions of files that tickets keep from the user."""
        templates = self.env["scrm.ticket.template"]
        user = self.env.user
        found = []
        for matter in ("recording", "message"):
            if not templates._scrm_closed_to(user, matter):
                continue
            # sudo: which tickets keep it from whoever asks
            tickets = self.env[TICKET].sudo().with_context(active_test=False)
            is_open = self.env[TICKET]._scrm_open_domain(matter)
            kept = tickets._search(~is_open)
            mine = Domain("res_model", "=", TICKET) & Domain("res_id", "in", kept)
            mine &= Domain("create_uid", "!=", user.id)
            if matter == "recording":
                mine &= Domain.OR(
                    Domain("mimetype", "=like", f"{kind}%") for kind in RECORDED
                )
            condition = mine.optimize_full(self)._to_sql(self, query.table, query)
            if matter == "message":
                condition = SQL("%s AND %s", condition, self._scrm_unsaid_sql(query))
            found.append(condition)
        return found

    def _scrm_unsaid_sql(self, query):
        """Files that came with messages, none of which is the user's or to him."""
        partner = self.env.user.partner_id.id
        self.env["mail.message"].flush_model()
        return SQL(
            """
            EXISTS (
                SELECT FROM message_attachment_rel WHERE attachment_id = %(file)s
            ) AND NOT EXISTS (
                SELECT
                  FROM message_attachment_rel AS said
                  JOIN mail_message AS message ON message.id = said.message_id
                 WHERE said.attachment_id = %(file)s
                   AND (message.author_id = %(partner)s
                        OR message.create_uid = %(user)s
                        OR EXISTS (
                            SELECT FROM mail_message_res_partner_rel AS addressed
                             WHERE addressed.mail_message_id = message.id
                               AND addressed.res_partner_id = %(partner)s))
            )
            """,
            file=SQL.identifier(query.table, "id"),
            partner=partner,
            user=self.env.uid,
        )

    def _to_store_defaults(self, target):
        # Odoo hands out keys that open a file without asking who wants it
        keys = ("raw_access_token", "thumbnail_access_token")
        return [
            Store.Attr(one.field_name, one.value, predicate=_is_free)
            if isinstance(one, Store.Attr) and one.field_name in keys
            else one
            for one in super()._to_store_defaults(target)
        ]


def _is_free(file):
    """Whether a file is none that a template keeps for some posts."""
    # sudo: of which template the ticket is
    file = file.sudo()
    if file.res_model != TICKET or not file.res_id:
        return True
    templates = file.env["scrm.ticket.template"]
    posts = set(templates._scrm_posts("message"))
    if file._scrm_is_recording():
        posts.update(templates._scrm_posts("recording"))
    if not posts:
        return True
    return file.env[TICKET].browse(file.res_id).template_id.id not in posts
