"""The models whose records are, or tell of, customers."""

from odoo import api, models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "scrm.guard.mixin"]

    @api.model
    def _search_mention_suggestions(self, domain, limit, extra_domain=None):
        # what is offered behind an @, as many as the caller likes
        found = super()._search_mention_suggestions(domain, limit, extra_domain)
        found._scrm_count_read(["name"])
        return found

    def _get_store_avatar_card_fields(self, target):
        # what is shown of whom one points at: address and phone number
        self._scrm_count_read(["email", "phone"])
        return super()._get_store_avatar_card_fields(target)


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "scrm.guard.mixin"]


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "scrm.guard.mixin"]


class MailMessage(models.Model):
    _name = "mail.message"
    _inherit = ["mail.message", "scrm.guard.mixin"]

    @api.model
    def _message_fetch(self, domain, **kwargs):
        # the conversation of a record, and what is in somebody's mailboxes
        found = super()._message_fetch(domain, **kwargs)
        found["messages"]._scrm_count_read(["body"])
        return found


class ScrmCustomerChannel(models.Model):
    _name = "scrm.customer.channel"
    _inherit = ["scrm.customer.channel", "scrm.guard.mixin"]


class ScrmTicketTrace(models.Model):
    _name = "scrm.ticket.trace"
    _inherit = ["scrm.ticket.trace", "scrm.guard.mixin"]
