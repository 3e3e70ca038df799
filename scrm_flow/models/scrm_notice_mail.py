from datetime import timedelta

from odoo import fields, models

#: After which a process that hands a mail to its server is given up.
LEASE = timedelta(minutes=10)


class MailMail(models.Model):
    """The queue says whether the mail server took a notice.

    A mail server cannot be asked whether it has a mail already. So the notice is
    marked ``sending`` and committed before its mail is handed over, as with every
    gateway; a mail whose notice has that mark when the queue finds it was in the
    hands of a process that died, and is not sent again by itself.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "mail.mail"

    def _send(self, auto_commit=False, **options):
        if auto_commit is not True:
            return super()._send(auto_commit=auto_commit, **options)
        notices = self._scrm_notices().grouped("mail_id")
        result = True
        for mail in self:
            notice = notices.get(mail)
            if not notice or notice._begin_mail():
                result = super(MailMail, mail)._send(auto_commit=True, **options)
        return result

    def _scrm_notices(self):
        # sudo: whoever runs the queue; the notices of these mails only
        notices = self.env["scrm.notice.delivery"].sudo()
        return notices.search([("mail_id", "in", self.ids)])

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        notices = self._scrm_notices()
        if failure_type:
            about = {"model": self._name, "failure": failure_type}
            notices._note_failed(failure_reason or ["queue", about])
        else:
            notices._note_sent()
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason, failure_type
        )


class ScrmNoticeDelivery(models.Model):
    # the other side of the queue
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.notice.delivery"

    def _begin_mail(self) -> bool:
        """Mark a notice before its mail is handed over; whether it may be."""
        # the server's own time: how long a process lives is no business
        now = fields.Datetime.now()
        if self.state == "queued":
            self.write({"state": "sending", "lease_until": now + LEASE})
            self.env["ir.cron"]._commit_progress()
            return True
        if self.state == "sending" and self.lease_until < now:
            self._doubt(["server_stopped", {}])
        return False

    def _doubt(self, problem):
        result = super()._doubt(problem)
        reason = self.env["scrm.notice.problem"]._words(problem)
        # the queue leaves it alone; it may be sent again by hand, as another mail
        self.mail_id.filtered(lambda mail: mail.state == "outgoing").write(
            {"state": "exception", "failure_reason": reason}
        )
        return result
