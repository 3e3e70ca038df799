from odoo import api, fields, models
from odoo.fields import Domain

from ..fields import GuardedChar, GuardedOne2many

#: Kinds of files that are recordings.
RECORDED = ("audio/", "video/")
#: Own fields of a ticket that tell of a matter.
TELLING = {
    "message_ids": "message",
    "website_message_ids": "message",
    # a link with it shows the customer's page, which has the messages
    "access_token": "message",
    "scrm_recording_url": "recording",
}


class HelpdeskTicket(models.Model):
    """What of a ticket is only for some posts, as its template says.

    What is said on a ticket is closed to other colleagues in the client, by search,
    by id and as a condition; they read what they wrote, and what was addressed to
    them by name. Followers among them are not told of it.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    message_ids = GuardedOne2many()
    website_message_ids = GuardedOne2many()
    access_token = GuardedChar()
    scrm_recording_url = GuardedChar()

    scrm_closed_words = fields.Char(
        string="Kept for Others", compute="_compute_scrm_closed_words"
    )

    @api.depends("template_id", "store_id")
    @api.depends_context("uid", "lang")
    def _compute_scrm_closed_words(self):
        words = self._scrm_matter_words()
        closed = {matter: self._scrm_closed(matter) for matter in words}
        for ticket in self:
            kept = [words[matter] for matter in words if ticket in closed[matter]]
            ticket.scrm_closed_words = (
                self.env._("Only for other roles: %s.", ", ".join(kept))
                if kept
                else False
            )

    @api.model
    def _scrm_matter_words(self):
        """Matter -> what it is called on the ticket."""
        return {
            "message": self.env._("messages"),
            "recording": self.env._("recordings"),
        }

    @api.model
    def _scrm_telling(self):
        """Name of a field of type ``fields.Guarded`` -> the matter it tells of."""
        return dict(TELLING)

    def _scrm_closed(self, matter, user=None):
        """Those of these tickets that keep a matter from somebody.

        :param matter: key of ``scrm.ticket.template._scrm_matters``
        :param user: ``res.users``, by default the current one
        """
        if not user and self.env.su:
            return self.browse()
        user = user or self.env.user
        closed = self.env["scrm.ticket.template"]._scrm_closed_to(user, matter)
        if not closed:
            return self.browse()
        # sudo: which template and store they have decides
        kept = self.sudo().filtered(
            lambda ticket: ticket.template_id.id in closed
            and ticket.store_id.manager_id != user
        )
        return kept.with_env(self.env).filtered(
            lambda ticket: not ticket.with_user(user)._scrm_is_looked_through()
        )

    @api.model
    def _scrm_open_domain(self, matter):
        """Tickets that do not keep a matter from the user, as a condition."""
        user = self.env.user
        closed = self.env["scrm.ticket.template"]._scrm_closed_to(user, matter)
        if self.env.su or not closed:
            return Domain.TRUE
        return Domain("template_id", "not in", list(closed)) | Domain(
            "store_id.manager_id", "=", user.id
        )

    def _scrm_withheld(self, name):
        matter = self._scrm_telling().get(name)
        return self._scrm_closed(matter) if matter else super()._scrm_withheld(name)

    @api.model
    def _scrm_is_blind(self, name):
        matter = self._scrm_telling().get(name)
        if not matter:
            return super()._scrm_is_blind(name)
        templates = self.env["scrm.ticket.template"]
        return not self.env.su and bool(
            templates._scrm_closed_to(self.env.user, matter)
        )

    # Messages

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        operations = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        if message_operation != "create":
            # sudo off: Odoo asks with it on behalf of the user
            closed = set(self.sudo(False)._scrm_closed("message").ids)
            for ticket in operations:
                if ticket.id in closed:
                    operations[ticket] = False
        return operations

    def _mail_group_by_operation_for_mail_message_operation(self, message_operation):
        groups = super()._mail_group_by_operation_for_mail_message_operation(
            message_operation
        )
        groups.pop(False, None)
        return groups

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        templates = self.env["scrm.ticket.template"]
        matters = ("message", "recording")
        if not any(templates._scrm_posts(matter) for matter in matters):
            return recipients
        msg_vals = msg_vals or {}
        # sudo: to whom it is addressed, and with which files
        sent = message.sudo()
        addressed = set(msg_vals.get("partner_ids") or sent.partner_ids.ids)
        closing = ["message"]
        if sent.attachment_ids.filtered(lambda file: file._scrm_is_recording()):
            closing.append("recording")
        users = self.env["res.users"]

        def is_told(one):
            if not one.get("uid") or one.get("ushare"):
                return True
            user = users.browse(one["uid"])
            return not any(
                self._scrm_closed(matter, user)
                for matter in closing
                if matter == "recording" or one["id"] not in addressed
            )

        return [one for one in recipients if is_told(one)]

    # Links to the customer's page

    def _portal_ensure_token(self):
        # sudo: as Odoo makes tokens for whoever sends a link to somebody else
        return super(HelpdeskTicket, self.sudo())._portal_ensure_token()

    @api.private
    def get_portal_url(self, *args, **kwargs):
        """The page as it opens with a login, for who may not read the messages.

        For mails and pages that are made here: over RPC nobody gets the link of a
        ticket, with which it opens without a login.
        """
        if self._scrm_closed("message"):
            return f"{self.access_url}{kwargs.get('suffix') or ''}"
        return super().get_portal_url(*args, **kwargs)
