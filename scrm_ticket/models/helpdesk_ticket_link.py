from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

#: System parameter: days that a link to a ticket opens it without a login.
DAYS_PARAMETER = "scrm_ticket.link_days"
DEFAULT_DAYS = 90


class HelpdeskTicket(models.Model):
    """Links that open a ticket without a login: they end by themselves, or are
    taken back; also those in mails that were sent."""

    # One model, a file per concern.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_link_until = fields.Datetime(
        string="Links Open Until",
        readonly=True,
        copy=False,
        help="Until then the links in mails open the ticket without a login.",
    )

    def _portal_ensure_token(self):
        if self._scrm_link_is_past():
            # sudo: as Odoo makes tokens for whoever may send a link
            self.sudo().access_token = False
        token = super()._portal_ensure_token()
        if not self.scrm_link_until or self._scrm_link_is_past():
            days = self._scrm_link_days()
            until = self.env["scrm.clock"].now() + timedelta(days=days)
            # sudo: as above
            self.sudo().scrm_link_until = until if days else False
        return token

    @api.model
    def _scrm_link_days(self):
        """Days that links are good for, 0 for ever."""
        # sudo: a figure
        text = self.env["ir.config_parameter"].sudo().get_param(DAYS_PARAMETER, "")
        return int(text) if text.isdecimal() else DEFAULT_DAYS

    def _scrm_link_is_past(self):
        """Whether the links that were given away do not open the ticket any more."""
        until = self.sudo().scrm_link_until  # sudo: asked before access is given
        return bool(until) and until <= self.env["scrm.clock"].now()

    @api.model
    def _get_thread_with_access(
        self, thread_id, *, hash=None, pid=None, token=None, **kwargs
    ):
        # Messages follow the page: a past link neither reads nor writes them.
        ticket = self.browse(thread_id).exists()
        if ticket and ticket._scrm_link_is_past():
            hash = pid = token = None
        return super()._get_thread_with_access(
            thread_id, hash=hash, pid=pid, token=token, **kwargs
        )

    def action_scrm_revoke_links(self):
        """Take back all links to the tickets; new mails bring new ones.

        :raise AccessError: the user may not change the ticket
        """
        self.check_access("write")
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only colleagues take links back."))
        # sudo: the token is nobody's to read
        self.sudo().write({"access_token": False, "scrm_link_until": False})
        for ticket in self:
            ticket.message_post(
                body=self.env._("The links to this ticket were taken back."),
                subtype_xmlid="mail.mt_note",
            )
        return True
