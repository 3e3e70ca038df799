"""What would reach the world outside of the database stays in the sandbox."""

from odoo import models

from ..sandbox.cursor import sandbox_of


class MailMail(models.Model):
    """Mails are made, so that they can be looked at, and never sent."""

    _inherit = "mail.mail"

    def send_after_commit(self):
        return None if sandbox_of(self.env) else super().send_after_commit()

    def send(self, *args, **kwargs):
        return True if sandbox_of(self.env) else super().send(*args, **kwargs)


class IrMailServer(models.Model):
    """For code that does without mails of its own: no server is spoken to."""

    _inherit = "ir.mail_server"

    def _connect__(self, *args, **kwargs):  # noqa: PLW3201
        if sandbox_of(self.env):
            return None
        return super()._connect__(*args, **kwargs)

    def send_email(self, message, *args, **kwargs):
        if sandbox_of(self.env):
            return message["Message-Id"]
        return super().send_email(message, *args, **kwargs)


class SmsSms(models.Model):
    """Text messages are made and never sent."""

    _inherit = "sms.sms"

    def send(self, *args, **kwargs):
        return None if sandbox_of(self.env) else super().send(*args, **kwargs)

    def _send(self, *args, **kwargs):
        return None if sandbox_of(self.env) else super()._send(*args, **kwargs)


class MailThread(models.AbstractModel):
    """Nobody's browser is told."""

    _inherit = "mail.thread"

    def _notify_thread_by_web_push(self, *args, **kwargs):
        if sandbox_of(self.env):
            return None
        return super()._notify_thread_by_web_push(*args, **kwargs)


class IrAttachment(models.Model):
    """Files go into the database, from where they vanish with everything else."""

    _inherit = "ir.attachment"

    def _storage(self):
        return "db" if sandbox_of(self.env) else super()._storage()

    def _mark_for_gc(self, fname):
        return None if sandbox_of(self.env) else super()._mark_for_gc(fname)
