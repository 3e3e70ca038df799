from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_datetime, html2plaintext

from ..doors import words
from ..forms.file_names import runs


class MailMessage(models.Model):
    """Messages of conversations: a ticket is offered where the words of a template
    fall, and made of any of them."""

    _inherit = "mail.message"

    scrm_ticket_ids = fields.One2many(
        comodel_name="helpdesk.ticket",
        inverse_name="scrm_message_id",
        string="Tickets",
    )

    def scrm_offers(self):
        """What is offered for messages of conversations.

        :return: {id: {"ticket": {"id", "name"}}} of those with a ticket, and
            {id: {"template": name}} of those where a template's words fall
        """
        if not self.env["helpdesk.ticket"].has_access("create"):
            return {}
        found = {}
        messages = self.exists()._filtered_access("read")
        known = self._scrm_offer_words()
        for message in messages:
            tickets = message.scrm_ticket_ids._filtered_access("read")
            if tickets:
                ticket = tickets[0]
                found[message.id] = {"ticket": {"id": ticket.id, "name": ticket.number}}
            elif message.message_type == "comment" and message.model in (
                "discuss.channel",
            ):
                key = words.best(known, html2plaintext(message.body or ""))
                if key is not None:
                    template = self.env["scrm.ticket.template"].browse(key)
                    found[message.id] = {"template": template.name}
        return found

    @api.model
    def _scrm_offer_words(self):
        """Id of a template -> its words, in order."""
        templates = self.env["scrm.ticket.template"].search(
            [("company_id", "in", [False, *self.env.companies.ids])]
        )
        return {template.id: words.read(template.words) for template in templates}

    def scrm_ticket_draft(self):
        """What the form of a ticket holds that is made of a message: who the customer
        is, which template its words speak for, and the message as it was written.

        :return: context of the form
        :raise AccessError: the user may not read it, or not create tickets
        """
        self.ensure_one()
        self.check_access("read")
        self.env["helpdesk.ticket"].check_access("create")
        text = html2plaintext(self.body or "").strip()
        partner = self._scrm_customer_said()
        template = words.best(self._scrm_offer_words(), text)
        draft = {
            "default_name": self.env["helpdesk.ticket"]._scrm_talk_name(
                self.env["scrm.ticket.template"].browse(template or []).name,
                partner.name or self.author_id.name or self.author_guest_id.name,
                at=self.date,
            ),
            "default_description": self._scrm_quote(),
            "default_scrm_message_id": self.id,
            "default_scrm_door": "discuss",
            "form_view_ref": "scrm_ticket.helpdesk_ticket_view_form_quick",
        }
        if partner:
            draft["default_partner_id"] = partner.id
        if template:
            draft["default_template_id"] = template
        return draft

    def _scrm_quote(self):
        """The message as a quotation that says whose it is."""
        author = self.author_id.name or self.author_guest_id.name or self.email_from
        at = format_datetime(self.env, self.date, dt_format="short")
        return Markup("<p>%s · %s</p><blockquote>%s</blockquote><p></p>") % (
            author or "",
            at,
            self.body or "",
        )

    def _scrm_customer_said(self):
        """Who the customer of a conversation is: who wrote it, when that is nobody of
        us, else the only one in the conversation who is not."""
        author = self.author_id
        if author and author.partner_share:
            return author
        if self.model != "discuss.channel" or not self.res_id:
            return self.env["res.partner"]
        channel = self.env["discuss.channel"].browse(self.res_id)
        # sudo: members of a conversation that the user reads
        outside = channel.sudo().channel_partner_ids.filtered("partner_share")
        return outside.sudo(False) if len(outside) == 1 else author.browse()


class HelpdeskTicket(models.Model):
    # what a ticket keeps of the message it was made of
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_message_id = fields.Many2one(
        comodel_name="mail.message",
        string="Made of the Message",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        for ticket in tickets.filtered("scrm_message_id"):
            ticket._scrm_take_message()
        return tickets

    def _scrm_take_message(self):
        """Take over the files of the message, when the user may read it.

        :raise AccessError: he or she may not
        """
        self.scrm_message_id.check_access("read")
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only colleagues make tickets of messages."))
        # sudo: files of a message that the user reads, onto a ticket of his or hers
        for file in self.scrm_message_id.sudo().attachment_ids:
            if not runs(file.name):  # such ones stay in the conversation
                file.copy({"res_model": self._name, "res_id": self.id})
