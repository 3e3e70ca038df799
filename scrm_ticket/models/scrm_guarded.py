"""The models whose records are, or tell of, customers."""

from odoo import models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "scrm.guard.mixin"]


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "scrm.guard.mixin"]


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "scrm.guard.mixin"]


class MailMessage(models.Model):
    _name = "mail.message"
    _inherit = ["mail.message", "scrm.guard.mixin"]


class ScrmCustomerChannel(models.Model):
    _name = "scrm.customer.channel"
    _inherit = ["scrm.customer.channel", "scrm.guard.mixin"]


class ScrmTicketTrace(models.Model):
    _name = "scrm.ticket.trace"
    _inherit = ["scrm.ticket.trace", "scrm.guard.mixin"]
