"""What else holds the words of messages, before and after they are said."""

from odoo import api, models
from odoo.tools import SQL

from ..fields_sealed import SealedPlainChar, SealedPlainHtml, SealedSignal, SealedText
from .mail_message_sealed import CHATS

#: What files belong to while their message is written.
WRITING = "mail.compose.message"


class ScrmSealedAll(models.AbstractModel):
    """Texts of which all are sealed, as they are soon gone."""

    _name = "scrm.sealed.all.mixin"
    _description = "Sealed Texts"

    def _scrm_seals(self, values):
        return True

    @api.model
    def _scrm_sealed_where(self):
        return SQL("TRUE")


class ScrmSealedAbout(models.AbstractModel):
    """Texts that are sealed where they are about a conversation."""

    _name = "scrm.sealed.about.mixin"
    _description = "Sealed Texts of Conversations"

    #: Field that names the model that a record is about.
    _scrm_about = "model"
    _scrm_sealed_models = CHATS

    def _scrm_seals(self, values):
        if values is None:
            # sudo: what it is about, to store it
            return self.sudo()[self._scrm_about] in self._scrm_sealed_models
        return values.get(self._scrm_about) in self._scrm_sealed_models

    @api.model
    def _scrm_sealed_where(self):
        name = SQL.identifier(self._scrm_about)
        return SQL("%s IN %s", name, self._scrm_sealed_models)


class MailMail(models.Model):
    """Mails hold what messages say until they are sent."""

    _name = "mail.mail"
    _inherit = ["mail.mail", "scrm.sealed.all.mixin"]

    body_html = SealedText()

    def send(self, *args, **kwargs):
        """One that cannot be read is not sent, and says why."""
        field = self._fields["body_html"]
        left = self
        for mail in self:
            if why := field.why_closed(mail):
                mail.write({"state": "exception", "failure_reason": why})
                left -= mail
        return super(MailMail, left).send(*args, **kwargs)


class BusBus(models.Model):
    """What browsers are told of new messages holds them whole for a day."""

    _name = "bus.bus"
    _inherit = ["bus.bus", "scrm.sealed.all.mixin"]

    message = SealedSignal()


class MailMessageTranslation(models.Model):
    _name = "mail.message.translation"
    _inherit = ["mail.message.translation", "scrm.sealed.all.mixin"]

    body = SealedPlainHtml()


class MailScheduledMessage(models.Model):
    """Messages that are said later."""

    _name = "mail.scheduled.message"
    _inherit = ["mail.scheduled.message", "scrm.sealed.about.mixin"]

    body = SealedPlainHtml()
    subject = SealedPlainChar()


class MailActivity(models.Model):
    """Who is mentioned in a group has the message on the list of what there is to
    do."""

    _name = "mail.activity"
    _inherit = ["mail.activity", "scrm.sealed.about.mixin"]

    _scrm_about = "res_model"

    note = SealedPlainHtml()


class IrAttachment(models.Model):
    """The words in files of conversations."""

    _name = "ir.attachment"
    _inherit = ["ir.attachment", "scrm.sealed.about.mixin"]

    _scrm_about = "res_model"
    _scrm_sealed_models = (*CHATS, WRITING)

    index_content = SealedText()
