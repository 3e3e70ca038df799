from odoo import fields, models


class HelpdeskTicket(models.Model):
    """For which projects was worked on the ticket, and how long."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_project_hour_ids = fields.One2many(
        "scrm.project.hours", "ticket_id", "Hours for Projects", copy=False
    )
