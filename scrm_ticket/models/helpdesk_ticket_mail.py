from odoo import api, models
from odoo.tools.mail import append_content_to_html

from ..forms.file_names import bare, runs

#: What a mail says that goes into a line of other mails later.
LINES = ("subject", "from", "email_from", "to", "cc", "reply_to")
#: What a ticket says that goes into a line of mails.
FIELDS = ("name", "partner_name", "partner_email")


class HelpdeskTicket(models.Model):
    """What comes in by mail is made harmless before a ticket is made of it, or it goes
    onto one."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    @api.model
    def message_new(self, msg, custom_values=None):
        self._scrm_clean_mail(msg)
        return super().message_new(msg, custom_values=custom_values)

    def message_update(self, msg, update_vals=None):
        self._scrm_clean_mail(msg)
        return super().message_update(msg, update_vals=update_vals)

    @api.model
    def _scrm_clean_mail(self, msg):
        """Take out of a mail what could do harm, and say so in its text.

        Line breaks in a subject or name would begin a header of their own in the next
        mail; files that run are refused as at every other door.

        :param msg: the mail as Odoo's gateway read it; changed in place
        """
        for name in LINES:
            if isinstance(msg.get(name), str):
                msg[name] = " ".join(msg[name].split())
        files = msg.get("attachments") or []
        refused = [file for file in files if runs(file[0] or "")]
        if refused:
            msg["attachments"] = [file for file in files if file not in refused]
            text = self.env._(
                "“%s” was not taken: files that can run are refused.",
                "”, “".join(bare(file[0]) for file in refused),
            )
            msg["body"] = append_content_to_html(msg.get("body") or "", text)

    @api.model
    def _scrm_in_one_line(self, vals):
        """Values to write, with those in one line that go into headers of mails.

        :param vals: values by field
        """
        broken = {
            name: " ".join(vals[name].split())
            for name in FIELDS
            if isinstance(vals.get(name), str) and len(vals[name].splitlines()) > 1
        }
        return {**vals, **broken} if broken else vals
